"""What tests of the REST interface share: a client with a token, and changes as a program sends them."""

from typing import Any
from uuid import UUID

from django.test import Client
from rest_framework.authtoken.models import Token

from accounts.models import User
from milestones.models import Node


def api(user: User) -> Client:
    """A program that reads English."""
    token, _ = Token.objects.get_or_create(user=user)
    return Client(headers={"Authorization": f"Token {token}", "Accept-Language": "en"})


def send(
    client: Client,
    address: str,
    *,
    method: str = "post",
    if_match: str = "",
    key: UUID | None = None,
    **data: Any,
) -> Any:
    """A request below ``/api/v1/`` with JSON in it."""
    headers = {
        name: str(value) for name, value in (("If-Match", if_match), ("Idempotency-Key", key)) if value
    }
    return getattr(client, method)(f"/api/v1/{address}", data, "application/json", headers=headers)


def post(client: Client, node: Node, what: str, **more: Any) -> Any:
    return send(client, f"nodes/{node.pk}/{what}/", **more)

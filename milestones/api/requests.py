"""What a request says beside its body: which version it has read, and whether it was sent before."""

import json
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from accounts.http import UserApiRequest
from domain.errors import InputError, StaleError, gettext_noop
from domain.lights import LightRule
from history.actions import take_once
from milestones.calendar_table import load_calendar

Answer = TypeVar("Answer")

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The row's ETag.")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    UUID,
    OpenApiParameter.HEADER,
    description="A change that is sent again with the same key and content is done once.",
)
CHANGE_HEADERS = [IF_MATCH, IDEMPOTENCY_KEY]


class RuleFilterBackend(DjangoFilterBackend):
    """Gives the filter the rule of the day."""

    def get_filterset_kwargs(self, request: Request, queryset: Any, view: Any) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(request, queryset, view), "rule": view.rule}


class RuleOfTheDay:
    @cached_property
    def rule(self) -> LightRule:
        return LightRule.on(timezone.localdate(), load_calendar())


def body_of(
    request: Request, shape: type[Serializer], *, partial: bool = False, of: Model | None = None
) -> dict[str, Any]:
    """What was sent, as `shape` reads it (for the row `of`). Raises DRF's ValidationError where it cannot be read."""
    read = shape(of, data=request.data, partial=partial)
    read.is_valid(raise_exception=True)
    data: dict[str, Any] = read.validated_data
    return data


def once(request: UserApiRequest, change: Callable[[], Answer]) -> Answer | None:
    """What `change` gives; None where the same request has been carried out before.

    Without an ``Idempotency-Key`` every request is another one. Where `change` fails, the key is free again.
    """
    receipt = receipt_of(request)
    if receipt is None:
        return change()
    with transaction.atomic():
        return change() if take_once(receipt, actor=request.user) else None


def carry_out(
    request: UserApiRequest, change: Callable[..., Answer], row: Model, **details: Any
) -> Answer | None:
    """`change` the row in the name of the sender, at the version that ``If-Match`` names, once for each key.

    What `change` gives; None where the same request has been carried out before.
    """
    version = version_asked_for(request.headers.get("If-Match", ""), row)
    return once(request, lambda: change(row, actor=request.user, version=version, **details))


def receipt_of(request: UserApiRequest) -> UUID | None:
    """What names this request and no other: its key, address and content; None where it has no key.

    The content counts, so that a key that is used for something else by mistake swallows nothing. Raises
    InputError where the key is no UUID.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return None
    try:
        namespace = UUID(key)
    except ValueError:
        raise InputError(gettext_noop("Idempotency-Key: %(key)s is not a UUID."), key=key[:60]) from None
    sent = request.data
    # Of a form every value counts, not only the last of a name.
    content = json.dumps(
        dict(sent.lists()) if isinstance(sent, MultiValueDict) else sent, sort_keys=True, default=str
    )
    return uuid5(namespace, f"{request.method} {request.get_full_path()} {content}")


def version_asked_for(if_match: str, row: Model) -> int | None:
    """The version of `row` that ``If-Match`` names; None where any will do.

    Raises StaleError where the tag belongs to another row, InputError where it is not one of ours.
    """
    tag = tag_asked_for(if_match)
    if tag is None:
        return None
    pk, _dash, version = tag.strip('"').partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (pk, version)):
        raise InputError(gettext_noop("If-Match: %(tag)s is not an ETag of this interface."), tag=tag)
    if int(pk) != row.pk:
        raise StaleError(gettext_noop("If-Match: %(tag)s is the ETag of another row."), tag=tag)
    return int(version)


def tag_asked_for(if_match: str) -> str | None:
    """The entity tag of the header, quotes included; None where any will do."""
    tag = if_match.strip()
    return None if tag in {"", "*"} else tag.removeprefix("W/")

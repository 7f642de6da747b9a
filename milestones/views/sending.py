"""A form that is sent again, after a second tap or a lost connection, is carried out once."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID, uuid5

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from accounts.http import UserRequest
from accounts.models import User
from domain.errors import InputError
from history.actions import take_once

Answer = TypeVar("Answer")


def sent_once(request: UserRequest, change: Callable[[], Answer]) -> Answer | None:
    """What `change` gives; None where this form has been carried out for the same person before.

    A form without a field ``once`` is another one each time. Where `change` fails, the key is free again.
    """
    return sent_once_by(request.user, request, change)


def sent_once_by(actor: User, request: HttpRequest, change: Callable[[], Answer]) -> Answer | None:
    """The same for a page that is read without logging in, whose changes are made in the name of `actor`."""
    receipt = receipt_of(request)
    if receipt is None:
        return change()
    with transaction.atomic():
        return change() if take_once(receipt, actor=actor) else None


def receipt_of(request: HttpRequest) -> UUID | None:
    """What names this form and no other: its key, address and content; None where it has no key.

    The content counts, so that a form that is filled in anew on a page from the browser's memory, with its old
    key, is not swallowed. Raises InputError where the key is no UUID.
    """
    key = request.POST.get("once", "")
    if not key:
        return None
    try:
        namespace = UUID(key)
    except ValueError:
        raise InputError(gettext_noop("The form's key %(key)s is not a UUID."), key=key[:60]) from None
    fields = [(name, *values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"]
    files = [(name, file.name, file.size) for name, many in request.FILES.lists() for file in many]
    return uuid5(namespace, f"{request.path} {sorted(fields)} {files}")

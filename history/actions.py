"""What history keeps beside the changes themselves."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from history.models import Receipt


@transaction.atomic
def take_once(key: UUID, *, actor: User) -> bool:
    """Whether this is the first time that `actor` sends the form with `key`.

    To be called in the transaction of what the form asks for: if that fails, the key is free again. Two that
    arrive at once wait for each other.
    """
    _receipt, is_new = Receipt.objects.get_or_create(actor=actor, key=key)
    return is_new

"""Which imports."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models import Count, Q

from accounts.access import EVERYTHING, NOTHING, editable
from accounts.models import User

if TYPE_CHECKING:
    from ledger.models import Import

_IMPORTS = 7_061_221
"""The number of the lock that imports take; it means nothing else."""


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own; who may change everything sees all."""
        if not isinstance(user, User):
            return self.none()
        return self if editable(user) == EVERYTHING else self.filter(by=user)

    def in_all(self) -> dict[str, int]:
        """How many imports there are, and how many of them wait to be confirmed, are applied, have failed."""
        counted = self.order_by().aggregate(
            all=Count("pk"),
            **{state: Count("pk", filter=Q(state=state)) for state in self.model.State.values},
        )
        return dict(counted)

    def for_list(self) -> Self:
        return self.select_related("by").defer("report")


def may_import(user: User) -> bool:
    """Whether there is anything that the user may change."""
    return editable(user) != NOTHING


def one_import_at_a_time() -> None:
    """Wait until no other import is being applied, and let the next wait until this transaction ends.

    Two imports of one file would otherwise both find that its projects are new. SQLite writes one transaction
    at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORTS])

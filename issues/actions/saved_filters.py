"""Every change of the lists that somebody asks for again and again.

They leave no line in the history: that is the history of projects, and a saved list belongs to none. It is its owner's
own, nobody else makes or changes it, and what was has no meaning for anybody.
"""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import InputError, RuleError
from issues.models import SavedFilter

MOST_FILTERS: Final = 30
LONGEST_NAME: Final = 40
LONGEST_QUERY: Final = 1000


@transaction.atomic
def save_filter(*, actor: User, name: str, query: str) -> SavedFilter:
    """Keep the part of an address that says which issues it asks for, under a name; the same name again replaces it.

    `query` holds names of filters only (``issues.issue_list.address_of``). Raises InputError without a name, or where
    the name or the query is too long to be kept; RuleError where `actor` has as many as there may be.
    """
    name = " ".join(name.split())
    if not name:
        raise InputError(gettext_noop("Give the list a name."))
    if len(name) > LONGEST_NAME:
        raise InputError(gettext_noop("A name has at most %(most)d characters."), most=LONGEST_NAME)
    if len(query) > LONGEST_QUERY:
        raise InputError(gettext_noop("These filters are too long to be kept; leave some of them out."))
    _hold(actor)
    mine = SavedFilter.objects.filter(user=actor)
    if not mine.filter(name=name).exists() and mine.count() >= MOST_FILTERS:
        raise RuleError(
            gettext_noop("You have %(most)d saved lists; remove one before you save another."),
            most=MOST_FILTERS,
        )
    saved, _is_new = SavedFilter.objects.update_or_create(user=actor, name=name, defaults={"query": query})
    return saved


@transaction.atomic
def remove_filter(saved: SavedFilter, *, actor: User) -> None:
    """It is kept no longer; doing it again changes nothing, and nobody removes what is somebody else's."""
    _hold(actor)
    SavedFilter.objects.filter(user=actor, pk=saved.pk).delete()


def _hold(user: User) -> None:
    """Two changes of one person's lists go one after the other: together they do not pass the limit."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)

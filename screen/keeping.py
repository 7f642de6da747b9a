"""Counts that are kept for a few minutes, so that a hundred leaders cost one count.

Never an old number: beside a count stands which changes had been made when it was counted, and as soon as an action
has made another one that can move it, it is counted anew. What is counted must therefore depend on nothing but what
actions record, on `key`, and on the reader's scope.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

from django.core.cache import cache

from accounts.access import sees_the_district
from accounts.models import User
from history.models import Change
from history.querysets import LATE_COMMITS

Verb = Change.Verb
Counted = TypeVar("Counted")

PREFIX = "screen."
SECONDS: Final = 600
"""So long a count is kept where nothing changes."""

_ISSUES: Final = frozenset(
    verb for verb in Verb if verb.startswith(("issue_", "slip_", "topic_", "visit_", "link_"))
)
_MEETINGS: Final = frozenset(
    verb for verb in Verb if verb.startswith(("meeting_", "agenda_", "decision_", "minutes"))
)
_MONEY: Final = frozenset(verb for verb in Verb if verb.startswith("investment_"))
_APART: Final = frozenset(
    verb for verb in Verb if verb.startswith(("indicator_", "kiosk_", "outline_", "person_"))
)
_DATES: Final = frozenset(verb for verb in Verb if verb.startswith(("date_change_", "proof_")))
_NODES: Final = frozenset(verb for verb in Verb if verb.startswith("node_")) | {
    Verb.CHAIN_LAID,
    Verb.CHAIN_MOVED,
}

MOVES_NO_NODE: Final = _MONEY | _APART | _MEETINGS | _DATES
"""Changes that move neither the state of a node nor a project. An issue may put a node on hold."""
MOVES_NO_PROJECT: Final = MOVES_NO_NODE | _NODES | _ISSUES
"""Changes that leave what is entered of projects alone."""
MOVES_NO_ISSUE: Final = _NODES | _MONEY | _APART | _DATES
MOVES_NO_MONEY: Final = _NODES | _ISSUES | _MEETINGS | _APART | _DATES


_WIDENS_SIGHT: Final = frozenset(
    {Verb.NODE_ASSIGNED, Verb.CHAIN_LAID, Verb.CHAIN_MOVED, Verb.NODES_RECORDED, Verb.ISSUE_ASSIGNED}
    | {Verb.SLIP_ISSUED, Verb.TOPIC_ASSIGNED, Verb.WORKBOOK_APPLIED}
)
"""Changes by which another unit comes to take part in a project, and so to see it (``projects.actions.join_units``)."""


class Kept(NamedTuple):
    """A count, made when `seen` changes that can move it had been made after the one numbered `base`.

    `version` named the state of all that is on record shortly before.
    """

    base: int
    seen: int
    value: Any
    version: str


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps counts of one reader's scope and one narrowing; without a `scope` it counts whenever it is asked."""

    scope: str = ""
    version: str = ""
    sees_all: bool = False

    @classmethod
    def of(cls, reader: User, narrowed_to: str) -> "Keeper":
        """Where nothing at all has changed since a count, that is asked once for all of them."""
        if sees_the_district(reader):
            sees = "all"
        else:  # what the others see hangs on the role, the unit and, of a liaison, the person
            sees = f"{reader.role}-{reader.unit_id}-{reader.pk if reader.role == User.Role.LIAISON else ''}"
        return cls(f"{sees}?{narrowed_to}", Change.objects.version(), sees == "all")

    def kept(
        self, what: str, unmoved_by: frozenset[Change.Verb], count: Callable[[], Counted], *, key: str = ""
    ) -> Counted:
        """What `count` gives; changes of these verbs are known not to move it, all others are taken to."""
        if not self.scope:
            return count()
        if not self.sees_all:
            unmoved_by -= _WIDENS_SIGHT
        name = PREFIX + hashlib.sha256(f"{what}|{key}|{self.scope}".encode()).hexdigest()
        kept: Kept | None = cache.get(name)
        if kept is not None and (kept.version == self.version or _seen(kept.base, unmoved_by) == kept.seen):
            found: Counted = kept.value
            return found
        # Asked before counting: what is changed meanwhile makes the count an old one, never a newer one.
        newest = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        base = max(0, newest - LATE_COMMITS)
        seen = _seen(base, unmoved_by)
        value = count()
        cache.set(name, Kept(base, seen, value, self.version), SECONDS)
        return value


COUNT_ANEW: Final = Keeper()


def _seen(base: int, unmoved_by: frozenset[Change.Verb]) -> int:
    return Change.objects.filter(pk__gt=base).exclude(verb__in=unmoved_by).count()

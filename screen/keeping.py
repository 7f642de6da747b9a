"""Counts that are kept, so that a hundred leaders cost one count.

Never an old number: beside a count stands which changes had been made when it was counted, and as soon as an action
has made another one that can move it, it is counted anew. What is counted must therefore depend on nothing but what
actions record, on `key`, and on the reader's scope.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, TypeVar

from django.core.cache import cache

from accounts.access import sees_the_district
from accounts.models import User
from history.models import Change
from history.querysets import LATE_COMMITS
from screen.on_record import OnRecord
from screen.release import release

Verb = Change.Verb
Counted = TypeVar("Counted")

PREFIX = "screen."
SECONDS: Final = 600
"""So long what a page shows is kept where nothing changes."""
COUNT_SECONDS: Final = 12 * 3600
"""So long a count is kept, however often it was brought up to date: from the night's reckoning through the day."""

MOST_CHANGES: Final = 5 * LATE_COMMITS
MOST_PROJECTS: Final = 500
"""So many changes are looked at, and so many projects counted one by one; where there are more, all is counted."""

Projects = Collection[int] | None
"""The numbers of some projects, or None for all."""

PART: Final = 256
MOST_PARTS: Final = 8
"""So many numbers of projects that follow one another make a part; where more parts have changed, all is counted."""

_ISSUES: Final = frozenset(
    verb for verb in Verb if verb.startswith(("issue_", "slip_", "topic_", "visit_", "link_"))
)
_MEETINGS: Final = frozenset(
    verb for verb in Verb if verb.startswith(("meeting_", "agenda_", "decision_", "minutes"))
)
_MONEY: Final = frozenset(verb for verb in Verb if verb.startswith("investment_"))
_APART: Final = frozenset(
    verb for verb in Verb if verb.startswith(("indicator_", "kiosk_", "outline_", "person_", "race_"))
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
MOVES_NO_DEADLINE: Final = MOVES_NO_NODE - {Verb.DATE_CHANGE_APPROVED}
MOVES_NO_CHAIN: Final = MOVES_NO_PROJECT - {Verb.CHAIN_LAID, Verb.CHAIN_MOVED, Verb.NODES_RECORDED}
"""Changes that leave alone which projects there are, what is entered of them and which chain they follow."""
MOVES_NO_ISSUE: Final = _NODES | _MONEY | _APART | _DATES
MOVES_NO_MONEY: Final = _NODES | _ISSUES | _MEETINGS | _APART | _DATES


_WIDENS_SIGHT: Final = frozenset(
    {Verb.NODE_ASSIGNED, Verb.CHAIN_LAID, Verb.CHAIN_MOVED, Verb.NODES_RECORDED, Verb.ISSUE_ASSIGNED}
    | {Verb.SLIP_ISSUED, Verb.TOPIC_ASSIGNED, Verb.WORKBOOK_APPLIED}
)
"""Changes by which another unit comes to take part in a project, and so to see it (``projects.actions.join_units``)."""


class Kept(NamedTuple):
    """A count, made when of the changes after the one numbered `base` those `seen` could move it.

    `record` was the state of all that is on record shortly before.
    """

    base: int
    seen: frozenset[int]
    value: Any
    record: OnRecord | None


class _Made(NamedTuple):
    """A change that has been made, and of which project, None where it is of no single one."""

    pk: int
    verb: str
    project: int | None


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps counts of one reader's scope and one narrowing; without a `scope` it counts whenever it is asked.

    What it has asked of the history it does not ask again: one keeper serves one answer.
    """

    scope: str = ""
    record: OnRecord | None = None
    sees_all: bool = False
    _made: dict[int, list[_Made]] = field(default_factory=dict, repr=False, compare=False)
    _seen_before: dict[tuple[int, frozenset[Change.Verb]], frozenset[int]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, reader: User, narrowed_to: str = "", record: OnRecord | None = None) -> "Keeper":
        """`record` is the state of now, where it has been asked for already."""
        if sees_the_district(reader):
            sees = "all"
        else:  # what the others see hangs on the role, the unit and, of a liaison, the person
            sees = f"{reader.role}-{reader.unit_id}-{reader.pk if reader.role == User.Role.LIAISON else ''}"
        return cls(f"{sees}?{narrowed_to}", record or OnRecord.now(), sees == "all")

    def not_narrowed(self) -> "Keeper":
        """Of all that the reader may see."""
        return replace(self, scope=self.scope.partition("?")[0])

    def unchanged(
        self, what: str, make: Callable[[], Counted], *, key: str = "", seconds: int = SECONDS
    ) -> Counted:  # fmt: skip
        """What `make` gives, kept for `seconds` and only as long as nothing at all is changed by anybody.

        It may hang on all that is on record; beside that on nothing but `key` and the reader's scope.
        """
        if self.record is None:
            return make()
        name = self._name(what, f"{key}|{self.record}")
        found: Counted | None = cache.get(name)
        if found is None:
            found = make()
            cache.set(name, found, seconds)
        return found

    def kept(
        self, what: str, unmoved_by: frozenset[Change.Verb], count: Callable[[], Counted], *, key: str = ""
    ) -> Counted:
        """What `count` gives; changes of these verbs are known not to move it, all others are taken to."""
        return self._kept(what, key, unmoved_by, lambda _kept: count())

    def by_project(
        self, what: str, unmoved_by: frozenset[Change.Verb], count: Callable[[Projects], dict[int, Counted]],
        *, key: str = "",
    ) -> dict[int, Counted]:  # fmt: skip
        """What `count` gives by project: of all that are meant (None), or of those among them with these numbers.

        After a change only its project is counted again, unless it is of no single one or there are many.
        """
        return self._kept(what, key, unmoved_by, lambda kept: self._brought_up(kept, unmoved_by, count))

    def by_part(
        self, what: str, unmoved_by: frozenset[Change.Verb], count: Callable[[Projects], dict[int, Counted]],
        *, key: str = "",
    ) -> dict[int, Counted]:  # fmt: skip
        """The same by parts of ``PART`` projects, numbered as ``project // PART``: of what is too much by project."""
        return self._kept(
            what, key, unmoved_by,
            lambda kept: self._brought_up(kept, unmoved_by, count, part=PART, most=MOST_PARTS),
        )  # fmt: skip

    def _brought_up(
        self, kept: Kept | None, unmoved_by: frozenset[Change.Verb],
        count: Callable[[Projects], dict[int, Counted]], *, part: int = 1, most: int = MOST_PROJECTS,
    ) -> dict[int, Counted]:  # fmt: skip
        projects = self._changed_since(kept, unmoved_by) if kept else None
        if kept is None or projects is None:
            return count(None)
        changed = {project // part for project in projects}
        if len(changed) > most:
            return count(None)
        others = {number: value for number, value in kept.value.items() if number not in changed}
        return others | count(changed)

    def _kept(
        self, what: str, key: str, unmoved_by: frozenset[Change.Verb], count: Callable[[Kept | None], Counted]
    ) -> Counted:
        """What is kept, where it still holds; else what `count` makes of it, or of nothing."""
        if self.record is None:
            return count(None)
        name = self._name(what, key)
        kept: Kept | None = cache.get(name)
        if kept is not None and (
            kept.record == self.record or self._seen(kept.base, unmoved_by) == kept.seen
        ):  # fmt: skip
            found: Counted = kept.value
            return found
        # Asked before counting: what is changed meanwhile makes the count an old one, never a newer one.
        base = max(0, self.record.newest - LATE_COMMITS)
        seen = self._seen(base, unmoved_by)
        value = count(kept)
        cache.set(name, Kept(base, seen, value, self.record), COUNT_SECONDS)
        return value

    def _changed_since(self, kept: Kept, unmoved_by: frozenset[Change.Verb]) -> Collection[int] | None:
        """The projects that have been changed since; None where these may be any, or the changes too many."""
        if len(self._changes_after(kept.base)) > MOST_CHANGES:
            return None
        projects = {
            made.project
            for made in self._moving(kept.base, unmoved_by)
            if made.pk not in kept.seen
        }  # fmt: skip
        named = {pk for pk in projects if pk is not None}
        return named if len(named) == len(projects) else None

    def _name(self, what: str, key: str) -> str:
        # The release too: what an older one has kept may be of another shape.
        return PREFIX + hashlib.sha256(f"{release()}|{what}|{key}|{self.scope}".encode()).hexdigest()

    def _seen(self, base: int, unmoved_by: frozenset[Change.Verb]) -> frozenset[int]:
        found = self._seen_before.get((base, unmoved_by))
        if found is None:
            moving = frozenset(made.pk for made in self._moving(base, unmoved_by))
            found = self._seen_before[base, unmoved_by] = moving
        return found

    def _moving(self, base: int, unmoved_by: frozenset[Change.Verb]) -> Iterator[_Made]:
        """The changes after the one numbered `base`, without those of these verbs."""
        if not self.sees_all:
            unmoved_by -= _WIDENS_SIGHT
        return (made for made in self._changes_after(base) if made.verb not in unmoved_by)

    def _changes_after(self, base: int) -> list[_Made]:
        """The newest first; of very many only the newest ones, which then are more than ``MOST_CHANGES``."""
        found = self._made.get(base)
        if found is None:
            made = Change.objects.filter(pk__gt=base).order_by("-pk").values_list("pk", "verb", "project_id")
            found = self._made[base] = [_Made(*row) for row in made[: MOST_CHANGES + 1]]
        return found


COUNT_ANEW: Final = Keeper()

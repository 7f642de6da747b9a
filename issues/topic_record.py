"""What was done with a topic itself, the latest first: who renamed it, gave it to another unit, closed it.

Its notes stand apart (``TopicNote``), and what it did to an issue stands at that issue as well.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from history.models import TOPIC_VERBS, Change
from issues.models import Topic
from issues.querysets import IssueQuerySet
from milestones.field_history import FieldEntry, value_words

Verb = Change.Verb

LABELS: Final[Mapping[str, Promise]] = {
    "name": gettext_lazy("topic"),
    "description": pgettext_lazy("of a topic", "description"),
    "category": gettext_lazy("category"),
    "lead_unit": gettext_lazy("lead unit"),
    "due_on": gettext_lazy("due"),
    "supporting": gettext_lazy("supporting units"),
    "added": pgettext_lazy("to a topic", "issues added"),
    "taken_out": pgettext_lazy("of a topic", "issues taken out"),
}

_SAID: Final = {"lead_unit": "lead", "due_on": "due"}
"""How history calls what was said when a topic was opened or assigned, even where that changed nothing."""

_LISTS: Final = ("supporting", "added", "taken_out")
_ISSUES: Final = frozenset({"added", "taken_out"})


class FieldChange(NamedTuple):
    """What became of one field, as history keeps it: names, days in ISO, lists of names or numbers."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class TopicChange:
    """One change of a topic, with what became different as far as the reader sees it."""

    change: Change
    fields: tuple[FieldChange, ...]

    @property
    def is_reopening(self) -> bool:
        return self.change.verb == Verb.TOPIC_OPENED and "closed_on" in self.change.before


def topic_record(topic: Topic, issues: IssueQuerySet) -> list[TopicChange]:
    """The changes of `topic`; of issues that joined or left it those among `issues`, which the reader sees, are named.
    Two queries however much was done."""
    changes = (
        Change.objects.filter(verb__in=TOPIC_VERBS, after__topic=topic.pk)
        .exclude(verb=Verb.TOPIC_NOTED)
        .select_related("actor")
        .order_by("-pk")
    )
    found = list(changes)
    numbers = {number for change in found for name in _ISSUES for number in change.after.get(name, ())}
    in_sight = set(issues.filter(number__in=numbers).order_by().values_list("number", flat=True))
    return [TopicChange(change, tuple(_fields(change, in_sight))) for change in found]


def topic_entries(record: Iterable[TopicChange], today: date) -> list[FieldEntry]:
    """The record in words."""
    return [
        FieldEntry(
            pk=done.change.pk, at=done.change.at, actor=str(done.change.actor), note=done.change.note,
            said=_("opened the topic again") if done.is_reopening else done.change.get_verb_display(),
            fields=[
                (str(LABELS[name]), "" if before is None else _words(before, today), _words(after, today))
                for name, before, after in done.fields
            ],
        )
        for done in record
    ]  # fmt: skip


def _fields(change: Change, in_sight: Collection[str]) -> Iterator[FieldChange]:
    before, after = change.before, change.after
    for name in LABELS:
        if name in before:
            yield FieldChange(name, before[name], after.get(name))
        elif name in _LISTS:
            listed = [one for one in after.get(name, ()) if name not in _ISSUES or one in in_sight]
            if listed:
                yield FieldChange(name, None, listed)
        elif after.get(_SAID.get(name, "")):
            yield FieldChange(name, None, after[_SAID[name]])


def _words(value: object, today: date) -> str:
    if isinstance(value, list):
        return pgettext("between names", ", ").join(map(str, value))
    return value_words(value, today)

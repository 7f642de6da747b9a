"""The history of something that is no project, such as a decision or a topic: entries with what became different."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from milestones.templatetags.lights import day_text


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """One change; `said` goes on after the name of who made it, `fields` are what became different: label, what it was
    (blank: nothing) and what it became. ``parts/field_history.html`` shows it."""

    pk: int
    at: datetime
    actor: str
    said: str
    note: str
    fields: Sequence[tuple[str, str, str]]


def value_words(value: object, today: date) -> str:
    """A value as history keeps it; days as pages write them."""
    try:
        return day_text(date.fromisoformat(str(value)), get_language() or "en", today.year)
    except ValueError:
        return "—" if value in {None, ""} else str(value)

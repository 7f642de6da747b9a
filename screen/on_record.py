"""The state of all that is on record, by name: another one as soon as anything has changed that a page could show."""

from datetime import datetime
from typing import NamedTuple, Self

from django.contrib.admin.models import LogEntry

from history.models import Change
from milestones.calendar_table import calendar_version
from screen.models import Reckoning


class OnRecord(NamedTuple):
    """What actions have recorded, what was last edited under *Administration*, the calendar, and the last reckoning.

    Asked before anything is read: what is changed meanwhile belongs to a newer state.
    """

    changes: str
    edited: int | None
    calendar: str
    reckoned_at: datetime | None

    @classmethod
    def now(cls) -> Self:
        """Five short queries, none of which counts."""
        edited = LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
        reckoned_at = Reckoning.objects.order_by("-day").values_list("made_at", flat=True).first()
        return cls(Change.objects.version(), edited, calendar_version(), reckoned_at)

    @property
    def newest(self) -> int:
        """The number of the newest change, with which their name begins; 0 where there is none."""
        return int(self.changes.partition("-")[0])

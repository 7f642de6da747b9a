"""The months of the scenario, moved so that its August 2022 is the last full month; on 15 September 2022 they stay."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from domain.periods import first_of_month, last_full_month, months_later
from domain.workdays import WorkCalendar

AUGUST = date(2022, 8, 1)


@dataclass(frozen=True)
class Timeline:
    """What a day or month of the scenario is, seen from `today`."""

    today: date
    calendar: WorkCalendar

    @cached_property
    def last_month(self) -> date:
        """The scenario's August."""
        return last_full_month(self.today)

    @cached_property
    def opening(self) -> date:
        """The day on which the platform took over the ledgers: the scenario's New Year. What was before came late."""
        return self.month("2022-01")

    @cached_property
    def this_month(self) -> date:
        return first_of_month(self.today)

    def month(self, said: str) -> date:
        """The first day of the month that the scenario calls ``2022-08``."""
        told = date.fromisoformat(f"{said}-01")
        return months_later(self.last_month, (told.year - AUGUST.year) * 12 + told.month - AUGUST.month)

    def months(self, first: str, last: str) -> list[date]:
        """From one month of the scenario to another, both counted."""
        month, end = self.month(first), self.month(last)
        found = []
        while month <= end:
            found.append(month)
            month = months_later(month, 1)
        return found

    def working_days(self, first: date, last: date) -> list[date]:
        """Both counted, as far as they lie before today."""
        return list(self._working_days(first, min(last, self.today - timedelta(days=1))))

    def working_days_of(self, month: date) -> list[date]:
        return self.working_days(month, months_later(month, 1) - timedelta(days=1))

    def _working_days(self, first: date, last: date) -> Iterator[date]:
        day = self.calendar.on_or_after(first)
        while day <= last:
            yield day
            day = self.calendar.add(day, 1)

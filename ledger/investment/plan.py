"""What an import of investment would do, amount by amount, before anything is written.

As with a ledger, the plan that is applied is made under the locks of the transaction that applies it.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import DomainError, InputError
from ledger.directory import NewUnit
from ledger.drafts import NOT_YOURS, CellChange, Verdict
from ledger.investment.doubts import Doubt, doubt_about
from ledger.investment.opening import YUAN, OpenInvestment
from ledger.investment.reading import InvestmentReader, InvestmentRow, Key, Said
from ledger.match import Matcher, read_matcher
from ledger.plan import PlannedRow
from ledger.sentences import Problem, Sentence
from projects.bulk_actions import editable_projects
from projects.investment_actions import MonthAmount, YearPlan
from projects.investments import recorded_amounts
from projects.models import Project

_UNKNOWN = gettext_noop("“%(name)s” is not on record; investment is only taken for projects on record.")
_SEVERAL = gettext_noop("Row %(row)d has an amount of %(when)s for the same project.")


@dataclass(frozen=True)
class InvestmentChanges:
    """What an import would do. The four counts of amounts add up to the amounts of the table."""

    opened: OpenInvestment
    rows: tuple[PlannedRow, ...]
    counts: Mapping[Verdict, int]
    """Of amounts; one of a row that is rejected is rejected with it, and such a row counts one at least."""
    months: tuple[MonthAmount, ...]
    plans: tuple[YearPlan, ...]
    doubt: Doubt | None
    digest: str
    """Two that would do the same have the same digest."""
    new_units: tuple[NewUnit, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def problems(self) -> Iterator[Problem]:
        return (problem for row in self.rows for problem in row.problems)


def plan_changes(
    opened: OpenInvestment, *, actor: User, today: dt.date, holds: bool = False, keep_changes: int = 200
) -> InvestmentChanges:
    """What importing an open table of investment would do for `actor` on the day `today`.

    Where it `holds`, the projects that rows mean are locked until the transaction ends. Changes are kept of the
    first `keep_changes` rows that change something.
    """
    readings = InvestmentReader(opened, today=today).read(opened.table.rows)
    matcher = read_matcher(actor, ())
    found = {row.number: pk for row in readings if (pk := _project_of(row, matcher, opened)) is not None}
    projects = editable_projects(actor, set(found.values()), lock=holds)
    on_record = _on_record(readings, projects)
    return _Planner(opened, found, projects, on_record, keep_changes).plan(readings)


def _project_of(row: InvestmentRow, matcher: Matcher, opened: OpenInvestment) -> int | None:
    """The project's number; None, with the reason in the row, where there is not exactly one."""
    if row.problems or not row.said:
        return None
    fields = opened.columns.fields
    header = fields["code" if row.fields.get("code") and "code" in fields else "name"].header
    try:
        pk = matcher.find(row.fields)
        if pk is None:
            raise InputError(_UNKNOWN, name=row.title)
    except DomainError as error:
        row.refuse(header, row.fields.get("code") or row.title, Sentence.of(error))
        return None
    return pk


def _on_record(
    readings: Iterable[InvestmentRow], projects: Mapping[int, Project]
) -> Mapping[tuple[int, Key], Decimal]:
    keys = {said.key for row in readings for said in row.said}
    return recorded_amounts(
        projects, months={key for key in keys if isinstance(key, dt.date)},
        years={key for key in keys if isinstance(key, int)},
    )  # fmt: skip


class _Planner:
    """Takes row after row and knows which amounts earlier rows were about."""

    def __init__(
        self, opened: OpenInvestment, found: Mapping[int, int], projects: Mapping[int, Project],
        on_record: Mapping[tuple[int, Key], Decimal], keep_changes: int,
    ) -> None:  # fmt: skip
        self._opened, self._found, self._projects, self._on_record = opened, found, projects, on_record
        self._keep = keep_changes
        self._earlier: dict[tuple[int, Key], tuple[int, Decimal]] = {}
        """The row that an amount stood in, and the amount."""
        self._changed: dict[tuple[int, Key], Decimal] = {}
        self._counts: Counter[Verdict] = Counter()
        self._digest = hashlib.sha256()

    def plan(self, readings: Sequence[InvestmentRow]) -> InvestmentChanges:
        rows = tuple(self._row(row) for row in readings if row.said or row.problems)
        return InvestmentChanges(
            opened=self._opened,
            rows=rows,
            counts={verdict: self._counts[verdict] for verdict in Verdict},
            months=tuple(
                MonthAmount(pk, key, amount)
                for (pk, key), amount in self._changed.items()
                if isinstance(key, dt.date)
            ),
            plans=tuple(
                YearPlan(pk, key, amount)
                for (pk, key), amount in self._changed.items()
                if isinstance(key, int)
            ),
            doubt=self._doubt() if self._changed else None,
            digest=self._digest.hexdigest(),
        )

    def _row(self, row: InvestmentRow) -> PlannedRow:
        pk = self._found.get(row.number)
        if pk is not None and pk not in self._projects:
            header = next(iter(self._opened.columns.fields.values())).header
            row.refuse(header, row.title, Sentence(NOT_YOURS, {"name": row.title}))
        fresh = self._fresh(row, pk) if pk is not None and not row.problems else []
        changes: list[CellChange] = []
        if row.problems or pk is None:
            verdict = Verdict.REJECTED
            self._counts[Verdict.REJECTED] += max(len(row.said) + self._unread(row), 1)
        else:
            verdict, changes = self._take(pk, row.number, fresh)
        self._digest.update(repr((row.number, verdict, [tuple(map(str, one)) for one in changes])).encode())
        kept: tuple[CellChange, ...] = ()
        if changes and self._keep > 0:
            self._keep -= 1
            kept = tuple(changes)
        return PlannedRow(row.number, row.title, verdict, kept, tuple(row.problems), ())

    def _unread(self, row: InvestmentRow) -> int:
        """How many amounts of the row could not be read."""
        headers = {column.header for column in self._opened.columns.amounts}
        read = {said.header for said in row.said}
        return len({problem.column for problem in row.problems} & headers - read)

    def _fresh(self, row: InvestmentRow, pk: int) -> list[Said]:
        """The amounts that no earlier row has; a month that comes again is refused.

        So is the plan of a year, unless it is the same: where each month has a row, each row repeats it.
        """
        fresh = []
        for said in row.said:
            earlier = self._earlier.get((pk, said.key))
            if earlier is None:
                fresh.append(said)
            elif earlier[1] != said.amount or isinstance(said.key, dt.date):
                row.refuse(
                    said.header,
                    said.value,
                    Sentence(_SEVERAL, {"row": earlier[0], "when": name_of(said.key)}),
                )
        return fresh

    def _take(self, pk: int, number: int, fresh: Sequence[Said]) -> tuple[Verdict, list[CellChange]]:
        changes = []
        row_counts: Counter[Verdict] = Counter()
        for key, amount, _header, _value in fresh:
            self._earlier[pk, key] = number, amount
            before = self._on_record.get((pk, key))
            if before == amount:
                row_counts[Verdict.UNCHANGED] += 1
                continue
            row_counts[Verdict.CREATED if before is None else Verdict.UPDATED] += 1
            self._changed[pk, key] = amount
            changes.append(CellChange("", name_of(key), before, amount))
        self._counts += row_counts
        first = (verdict for verdict in (Verdict.UPDATED, Verdict.CREATED) if row_counts[verdict])
        return next(first, Verdict.UNCHANGED), changes

    def _doubt(self) -> Doubt | None:
        said = [(pk, key, amount) for (pk, key), (_row, amount) in self._earlier.items()]
        return doubt_about(
            ((pk, amount) for pk, key, amount in said if isinstance(key, dt.date)),
            ((pk, amount) for pk, key, amount in said if isinstance(key, int)),
            {pk: project.investment for pk, project in self._projects.items()},
            is_in_yuan=self._opened.units == (YUAN,),
        )


def name_of(key: Key) -> str:
    """As the history names it: ``2022-08`` for a month, ``2022`` for the plan of a year."""
    return f"{key:%Y-%m}" if isinstance(key, dt.date) else str(key)

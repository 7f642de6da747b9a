"""The forecast: of all projects in the worker, and its score on records of other authorities.

The records are those of ``../shared/data``, read in place; where they are absent that is said. Each step is forecast on
several cut-off dates with what was known on that date alone, by the same functions as in production
(``domain.pace``), and scored on all that came later (``domain.forecast_score``). Nothing is tuned to a data set.
"""

import csv
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from bench.lists import median_ms, session_of
from bench.report import Figure, Report
from bench.server import Client, serving
from domain.day_ranks import UNKNOWN, DayRanks, Days
from domain.forecast_score import OURS, Score, score
from domain.pace import Paces, PaceTable, paces_of
from domain.workdays import WorkCalendar
from issues.models import Block
from screen.forecast.block import block
from screen.narrowing import everything

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
_SHAPE: Final = "10,000 projects × 48 nodes"
_LONGEST: Final = 20_000
_HORIZON: Final = timedelta(days=80 * 366)


_WORKER: Final = """
import django
django.setup()
from time import perf_counter
from django.utils import timezone
from bench.memory import peak_mb
from milestones.calendar_table import load_calendar
from screen.reckoning.actions import reckon
began = perf_counter()
reckon(timezone.localdate(), load_calendar())
print(perf_counter() - began, peak_mb())
"""


def measure(report: Report, manager: User) -> None:
    """The nightly reckoning in a process of its own, and what is shown of it."""
    command = [sys.executable, "-c", _WORKER]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = map(float, said.split())
    report.add(Figure(f"forecast of all, 1,000 draws, {_SHAPE}", seconds, "s", 15))
    report.add(Figure("… memory at its peak", megabytes, "MB", 1024))
    _shown(report, manager)


def _shown(report: Report, manager: User) -> None:
    def draw() -> None:
        made = block(manager, everything(timezone.localdate()))
        if made is None:
            raise RuntimeError("nothing was reckoned")
        render_to_string(made.template, {"judgement": made})

    with serving({}) as port:
        page = Client(port, {"Cookie": f"sessionid={session_of(manager)}"})
        for address in ("/forecast/", "/forecast/?state=all&page=40"):
            page.send("GET", address)
            report.add(Figure(f"… {address}", page.median(address), "ms", 300))
        project, issue = _blocked()
        address = (
            f"/projects/{project}/?if_issue={issue}&solved_by={timezone.localdate() + timedelta(days=60)}"
        )
        page.send("GET", address)
        bare = page.median(f"/projects/{project}/")
        report.add(Figure("… what if, on a project's page", page.median(address) - bare, "ms", 300))
    draw()
    report.add(Figure("… its block of the one screen", median_ms(draw), "ms", 5))


def _blocked() -> tuple[int, int]:
    """A project with an open issue that blocks one of its nodes, and the issue."""
    project, issue = Block.objects.filter(issue__closed_on__isnull=True).values_list(
        "node__project", "issue"
    )[0]
    return project, issue


@dataclass(frozen=True)
class Steps:
    """Steps of records; days are ordinals. `planned` is UNKNOWN throughout where the records have no plan.

    `unit` is what durations are multiples of, in working days: the planned duration, 1 where there is none. `last` is
    the last day of the records; `since` the first on which an end would be on record: what had run before then is known
    only because it had not ended (``domain.pace.pace``). `remark` says what to know of them.
    """

    name: str
    started: Days
    ended: Days
    planned: Days
    kind: npt.NDArray[np.int64]
    fine: npt.NDArray[np.int64]
    unit: npt.NDArray[np.float64]
    last: date
    cuts: Sequence[date]
    since: date
    remark: str = ""


@dataclass
class _Rows:
    """Steps as they are read."""

    started: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    planned: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    fine: list[str] = field(default_factory=list)

    def add(self, started: date, ended: date | None, planned: date | None, kind: str, fine: str) -> None:
        self.started.append(started.toordinal())
        self.ended.append(ended.toordinal() if ended else UNKNOWN)
        self.planned.append(planned.toordinal() if planned else UNKNOWN)
        self.kind.append(kind)
        self.fine.append(fine)

    def steps(
        self,
        name: str,
        last: date,
        cuts: Sequence[date],
        ranks: DayRanks,
        remark: str,
        since: date = date.min,
    ) -> Steps:
        started, ended, planned = (
            np.array(days, dtype=np.int32) for days in (self.started, self.ended, self.planned)
        )
        plan = np.maximum(ranks.count(started, planned), 1)
        return Steps(
            name, started, ended, planned, _numbered(self.kind), _numbered(self.fine),
            np.where(planned != UNKNOWN, plan, 1).astype(np.float64), last, cuts, since, remark,
        )  # fmt: skip


def _numbered(words: Sequence[str]) -> npt.NDArray[np.int64]:
    return np.unique(np.array(words, dtype=np.str_), return_inverse=True)[1].astype(np.int64)


def ranks_of_records() -> DayRanks:
    """Monday to Friday: whose holidays the records are of is not known to us."""
    return DayRanks(WorkCalendar(), date(1999, 1, 1), date(2030, 1, 1) + _HORIZON)


def nyc(path: Path, ranks: DayRanks) -> Steps:
    """Phases of school construction in New York that have a start and a planned end."""
    rows, last = _Rows(), date.min
    for row in _read(path):
        started, planned, ended = (
            _american(row[f"Project Phase {name} Date"])
            for name in ("Actual Start", "Planned End", "Actual End")
        )
        last = max(last, started or last, ended or last)
        # In progress and with an end: one of the two is wrong, and which is not known.
        is_over = row["Project Status Name"] == "Complete"
        if started and planned and is_over == bool(ended) and not (ended and ended < started):
            phase = row["Project Phase Name"]
            rows.add(started, ended, planned, phase, f"{phase}|{row['Project Type']}")
    cuts = [date(year, month, 1) for year in (2022, 2023, 2024) for month in (1, 7)]
    return rows.steps(
        "New York school construction, phases", last, cuts, ranks,
        "planned dates may have been revised after the fact, which would make \"as planned\" look better than it was",
    )  # fmt: skip


def calgary(path: Path, ranks: DayRanks) -> Iterator[Steps]:
    """Building permits in Calgary: from applied to issued, and from issued to completed. They have no plan."""
    issue, completion, last = _Rows(), _Rows(), date.min
    for row in _read(path):
        applied, issued, completed = (
            _iso(row[name]) for name in ("applieddate", "issueddate", "completeddate")
        )
        last = max(last, *(day for day in (applied, issued, completed) if day))
        # On what day a permit was cancelled, refused or expired is not recorded: it is neither over nor waiting.
        if row["statuscurrent"] in {"Cancelled", "Refused", "Expired", "File Closed"}:
            continue
        kind, fine = row["permittype"], f"{row['permittype']}|{row['permitclassgroup']}"
        if applied and (issued or not completed) and not (issued and issued < applied):
            issue.add(applied, issued, None, kind, fine)
        if issued and not (completed and completed < issued):
            completion.add(issued, completed, None, kind, fine)
    # From 2019 to January 2024 the file holds some permits a year that were completed, from then on hundreds a month.
    since = date(2024, 2, 1)
    cuts = [date(2024, 7, 1), date(2024, 10, 1), date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1)]
    remark = 'no plan is recorded: the forecast "as planned" does not exist here'
    yield issue.steps("Calgary permits, applied to issued", last, cuts, ranks, remark)
    yield completion.steps("Calgary permits, issued to completed", last, cuts, ranks, remark, since)


def _read(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {(name or "").strip(): (value or "").strip() for name, value in row.items()}


def _american(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a day, of no time zone
    except ValueError:
        return None


def _iso(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


@dataclass(frozen=True)
class Forecasts:
    """What was forecast on a day of the steps that ran on it (`rows`); days are ordinals."""

    rows: npt.NDArray[np.int64]
    half: Days
    most: Days
    median: Days


def forecast_on(steps: Steps, cut: date, ranks: DayRanks) -> Forecasts:
    """Forecast what runs at the end of the day `cut`, with what was known then: later ends have not happened yet."""
    day = cut.toordinal()
    paces = paces_known(steps, day, ranks)
    ended = (steps.ended != UNKNOWN) & (steps.ended <= day)
    rows = np.flatnonzero((steps.started <= day) & ~ended)
    which = np.array([paces.of(int(steps.fine[row]), int(steps.kind[row])) for row in rows], dtype=np.int64)
    unit = steps.unit[rows]
    taken = ranks.count(steps.started[rows], np.full(len(rows), day))
    shares = np.array([0.5, 0.8])
    whole = PaceTable.of(paces.paces).draw_beyond(which, taken / unit, shares) * unit[:, None]
    still = np.clip(np.ceil(whole - taken[:, None] - 1e-3), 1, _LONGEST).astype(np.int64)
    medians = np.array([pace.median for pace in paces.paces])[which] * unit
    naive = np.maximum(np.ceil(medians - taken), 1).astype(np.int64)
    today = int(ranks.rank(day))
    return Forecasts(rows, *(ranks.of_rank(today + days) for days in (still[:, 0], still[:, 1], naive)))


def paces_known(steps: Steps, day: int, ranks: DayRanks) -> Paces:
    """What the steps that had started by that day had taken by then."""
    rows = np.flatnonzero(steps.started <= day)
    ended = (steps.ended[rows] != UNKNOWN) & (steps.ended[rows] <= day)
    until = np.where(ended, steps.ended[rows], day)
    ratios = ranks.count(steps.started[rows], until) / steps.unit[rows]
    begun_before = np.maximum(
        ranks.count(steps.started[rows], np.full(len(rows), steps.since.toordinal())), 0
    )
    entered = np.minimum(begun_before / steps.unit[rows], ratios)
    return paces_of(ratios, ended, steps.kind[rows], steps.fine[rows], entered=entered)


def scores(steps: Steps, ranks: DayRanks) -> Iterator[tuple[str, Score]]:
    """The score of each cut-off date, and of all of them together."""
    made = [(cut, forecast_on(steps, cut, ranks)) for cut in steps.cuts]
    for cut, one in made:
        yield f"{cut}", _score(steps, [one], ranks)
    yield "all", _score(steps, [one for _, one in made], ranks)


def _score(steps: Steps, made: Sequence[Forecasts], ranks: DayRanks) -> Score:
    rows = np.concatenate([one.rows for one in made])
    half, most, median = (
        np.concatenate([getattr(one, name) for one in made]) for name in ("half", "most", "median")
    )
    others = {"median": median}
    planned = steps.planned[rows]
    if (planned != UNKNOWN).any():
        others = {"planned": planned, **others}
    return score(half, most, others, steps.ended[rows], steps.last.toordinal(), ranks)


HEADER: Final = (
    f"{'cut-off':12} {'cases':>6} {'open':>5}  {'forecast':>9} {'planned':>9} {'median':>9}   "
    f"{'forecast':>9} {'planned':>9} {'median':>9}   {'50 % date':>12} {'80 % date':>12}"
)


def print_scores(data: Path = DATA) -> None:
    """The score table of each of the records that are there."""
    print(
        "\nThe forecast on records of others. Mean absolute error in working days: first of all cases, what has not"
    )
    print("ended with its lower bound, then of what has ended alone. Coverage of the dates that have come.")
    ranks = ranks_of_records()
    for name, reader in (("nyc_school_phases.csv", _nyc), ("calgary_permits.csv", calgary)):
        if not (data / name).exists():
            print(f"skipped: {name} is not there")
            continue
        for steps in reader(data / name, ranks):
            print(f"\n{steps.name} ({len(steps.started)} steps to {steps.last}; {steps.remark})")
            print(HEADER)
            for cut, found in scores(steps, ranks):
                print(line(cut, found))


def _nyc(path: Path, ranks: DayRanks) -> Iterator[Steps]:
    yield nyc(path, ranks)


def line(cut: str, found: Score) -> str:
    """One line of the table."""
    ours = found.errors[OURS]
    names = (OURS, "planned", "median")
    means = " ".join(_days(found.errors[name].mean if name in found.errors else None) for name in names)
    ended = " ".join(_days(found.errors[name].happened if name in found.errors else None) for name in names)
    shares = " ".join(
        f"{'–' if one.share is None else f'{one.share:.0%} of {one.decided}':>12}"
        for one in (found.half, found.most)
    )
    return f"{cut:12} {ours.cases:6} {ours.open:5}  {means}   {ended}   {shares}"


def _days(days: float | None) -> str:
    return f"{'–' if days is None else f'{days:.1f}':>9}"

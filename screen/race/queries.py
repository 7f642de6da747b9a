"""The boards of a period: each numerator and denominator counted by the database, a question a measure, for all units.

The rows are those of ``screen.race.rows``; ``screen.race.evidence`` lists the same ones. What needs the calendar is
counted by dates and judged here: of half a million nodes some thousand pairs of days are left.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import BigIntegerField, Case, Count, F, Max, Q, Sum, Value, When
from django.db.models.functions import TruncDate

from accounts.models import Unit
from domain.chains import ClockOwner
from domain.investment import planned_to_date
from domain.issue_figures import median
from domain.lights import LightRule
from domain.periods import Months
from domain.race import (
    AGE_NONE,
    HIGHEST_RATING,
    Board,
    Counted,
    Found,
    Line,
    Mark,
    Measure,
    Rules,
    improved,
    ranked,
    ranks_of,
    read_line,
)
from domain.workdays import ONE_DAY, LimitUnit, WorkCalendar, days_held
from history.models import Change
from issues.models import Issue, Supervision
from milestones.models import Node, TemplateNode
from projects.models import Investment, InvestmentPlan, Project
from screen.keeping import Keeper
from screen.models import RaceAdjustment, RaceBoard, RaceRules
from screen.on_record import OnRecord
from screen.race import rows
from screen.race.periods import RacePeriod, preset_period

MOVED_WITHIN: Final = 5
"""A date that was asked to be moved in its last so many working days, or after them, is marked."""

HELD_BEFORE: Final = 1
"""A hold that begins so many working days before the deadline, or later, is marked."""

NAMED_AT_ONCE: Final = 3_000
"""So many nodes are asked for by their numbers in one question."""

BOARDS_SHOWN: Final = 4
"""On so many of the last boards the editor shows what other weights would have done."""

KINDS: Final = {Unit.Kind.TOWN: Board.TOWNS, Unit.Kind.DEPARTMENT: Board.DEPARTMENTS}
KIND_OF: Final = {board: kind for kind, board in KINDS.items()}

_FEN: Final = Decimal("0.01")
_Tally = dict[int, Counted]
_Counts = dict[Measure, _Tally]


@dataclass(frozen=True, slots=True)
class Race:
    """Both boards of a period, and the frozen board before it, with which ranks are compared."""

    period: RacePeriod
    rules: Rules
    boards: Mapping[Board, tuple[Line, ...]]
    before: str = ""
    """The number of the meeting at which that one was frozen, blank where there is none."""
    meeting: str = ""
    """The number of the meeting at which this one was frozen, blank where it is of now."""

    def line(self, board: Board, unit: int) -> Line | None:
        return next((line for line in self.boards[board] if line.found.unit == unit), None)

    def improved(self, board: Board) -> tuple[Line, ...]:
        return improved(self.boards[board])


def race_of(period: RacePeriod, rule: LightRule, now: datetime, rules: Rules | None = None) -> Race:
    """The boards of `period` as they stand, ranks compared with the last board that was frozen before `now`.

    Of all there is, whoever reads: the boards are published (晾晒). As many questions however many units.
    """
    rules = rules or rules_in_force()
    found = _found(period, rule)
    last = RaceBoard.objects.before(now).first()
    before = {board: ranks_of(lines_of(last, board)) if last else {} for board in Board}
    boards = {board: ranked(found[board], board, rules, before[board]) for board in Board}
    return Race(period, rules, boards, before=last.meeting if last else "")


def race_now(period: RacePeriod, rule: LightRule, now: datetime) -> Race:
    """The same, kept as long as nothing at all is changed: after a meeting everybody opens it, and row after row."""
    keeper = Keeper("race", OnRecord.now())
    return keeper.unchanged("race", lambda: race_of(period, rule, now), key=f"{period}|{rule.today}")


def meeting_race(rule: LightRule, now: datetime) -> Race:
    """The boards that a meeting which is cut off on the day of `rule` shows: of the quarter to date."""
    return race_of(preset_period("quarter", rule.today), rule, now)


def frozen_race(board: RaceBoard) -> Race:
    """What was frozen, as it was."""
    before = RaceBoard.objects.before(board.frozen_at).first()
    return _frozen(board, before=before.meeting if before else "")


def _frozen(board: RaceBoard, *, before: str) -> Race:
    return Race(
        RacePeriod(board.first, board.last, board.day),
        rules_of(board.rules),
        {one: lines_of(board, one) for one in Board},
        before=before,
        meeting=board.meeting,
    )


def board_of_meeting(meeting: str) -> Race | None:
    """What was frozen with the meeting of this number; None where that is older than the race."""
    board = RaceBoard.objects.filter(meeting=meeting).select_related("rules").first()
    return _frozen(board, before="") if board else None


def lines_of(board: RaceBoard, one: Board) -> tuple[Line, ...]:
    return tuple(read_line(data) for data in board.boards.get(one.value, ()))


def rules_in_force() -> Rules:
    """The newest version; version 1 is the software's own as long as nobody has weighed anew."""
    newest = RaceRules.objects.first()
    return rules_of(newest) if newest else Rules()


def rules_of(stored: RaceRules) -> Rules:
    return Rules.read(stored.data, stored.version)


def _found(period: RacePeriod, rule: LightRule) -> dict[Board, list[Found]]:
    units = list(Unit.objects.filter(kind__in=KINDS).values_list("pk", "name", "kind"))
    nodes = _nodes(period)
    entered, back_filled = _entries(period, rule)
    adjustments, slips = _adjustments(period), _red_slips(period)
    issues = _issues(period, rule.calendar)
    counts: dict[Board, _Counts] = {
        Board.TOWNS: {
            Measure.NODES: nodes.towns, Measure.INVESTMENT: _investment(period.months),
            Measure.MILESTONES: nodes.milestones, Measure.ISSUES: issues.towns, Measure.ISSUE_AGE: issues.ages,
            Measure.ENTRIES: entered, Measure.UPDATES: _updates(period),
        },
        Board.DEPARTMENTS: {
            Measure.NODES: nodes.departments, Measure.PACE: _pace(period, rule.calendar),
            Measure.ISSUES: issues.departments, Measure.RETURNS: _returns(period), Measure.RATING: _ratings(period),
        },
    }  # fmt: skip
    reopened = _reopened(period)
    moved, held = _moved(period, rule.calendar), _held(period, rule.calendar)
    found: dict[Board, list[Found]] = {board: [] for board in Board}
    for pk, name, kind in units:
        board = KINDS[Unit.Kind(kind)]
        counted = {one: tally.get(pk, Counted()) for one, tally in counts[board].items()}
        given, red = adjustments.get(pk, Decimal(0)), slips.get(pk, 0)
        marks = {
            Mark.BACK_FILLED: back_filled[pk], Mark.MOVED: moved[pk], Mark.REOPENED: reopened[board][pk],
            Mark.HELD: held[pk],
        }  # fmt: skip
        knocked_on = nodes.knocked_on[board][pk]
        # A unit without anything at all takes no part.
        if any(each.rows for each in counted.values()) or given or red or knocked_on:
            found[board].append(Found(pk, name, counted, given, red, knocked_on, marks))
    return found


@dataclass(frozen=True, slots=True)
class _Nodes:
    towns: _Tally
    departments: _Tally
    knocked_on: Mapping[Board, Counter[int]]
    milestones: _Tally


def _nodes(period: RacePeriod) -> _Nodes:
    """Nodes on time of nodes due, by who has to do them; milestones reached of those due, by the town of the project.

    All from one look at what was due, a good part of all nodes. They are counted together; each of those that were not
    begun when they were due is a row of its own, of which it is asked whether another one held it up.
    """
    due: Any = rows.due_nodes(Node.objects.all(), period, Board.TOWNS).order_by()
    late = Case(When(rows.NOT_BEGUN, then=F("pk")), default=Value(None), output_field=BigIntegerField())
    found = list(
        due.annotate(late=late)
        .values_list("unit_id", "project__town_id", "template_node_id", "late")
        .annotate(
            nodes=Count("pk"),
            in_time=Count("pk", filter=rows.ON_TIME),
            reached=Count("pk", filter=rows.reached(period)),
        )
    )
    held_up = _held_up([row[3] for row in found if row[3]])
    approvals, milestones = _steps()
    tallies = {board: defaultdict[int, list[int]](lambda: [0, 0, 0]) for board in Board}
    kept = defaultdict[int, list[int]](lambda: [0, 0])
    for unit, town, step, late_one, nodes, in_time, reached in found:
        for board in Board if step in approvals else (Board.TOWNS,):
            tally = tallies[board][unit or town]
            tally[0] += in_time
            tally[1] += 0 if late_one in held_up else nodes
            tally[2] += late_one in held_up
        if step in milestones:
            kept[town][0] += reached
            kept[town][1] += nodes
    towns, departments = (
        {unit: _share(part, whole) for unit, (part, whole, _knocked_on) in tallies[board].items()}
        for board in (Board.TOWNS, Board.DEPARTMENTS)
    )
    knocked_on = {
        board: Counter({unit: tally[2] for unit, tally in tallies[board].items()}) for board in Board
    }
    return _Nodes(towns, departments, knocked_on, {town: _share(*pair) for town, pair in kept.items()})


def _held_up(late: Sequence[int]) -> frozenset[int]:
    """Which of the nodes with the numbers `late` were held up.

    Asked for some at a time: of more a database expects so many that it looks at every node there is.
    """
    some = (late[start : start + NAMED_AT_ONCE] for start in range(0, len(late), NAMED_AT_ONCE))
    return frozenset().union(
        *(rows.held_up_when_due(Node.objects.filter(pk__in=numbers)) for numbers in some)
    )


def _steps() -> tuple[frozenset[int], frozenset[int]]:
    """The numbers of the template nodes that are approvals, and of those that stand for a key milestone."""
    steps = list(TemplateNode.objects.order_by().values_list("pk", "clock", "milestone"))
    return (
        frozenset(pk for pk, clock, _milestone in steps if clock != ClockOwner.ENTERPRISE),
        frozenset(pk for pk, _clock, milestone in steps if milestone in rows.KEY_MILESTONES),
    )


def _share(part: int, whole: int) -> Counted:
    return Counted(Decimal(part), Decimal(whole), whole)


def _investment(months: Months) -> _Tally:
    """What projects with a plan for the year have made of what their plans want to date, by town.

    The same projects and sums as ``with_investment_plan``, added up by the database by town.
    """
    year = months.last.year
    plans = InvestmentPlan.objects.filter(year=year, amount__gt=0).order_by()
    made = Investment.objects.filter(
        month__range=(months.first, months.last), project__in=plans.values("project")
    )
    sums = dict(made.order_by().values_list("project__town_id").annotate(made=Sum("amount")))
    return {
        town: Counted(
            sums.get(town, Decimal(0)).quantize(_FEN),
            planned_to_date(plan, year, months.last).quantize(_FEN),
            projects,
        )
        for town, projects, plan in plans.values_list("project__town_id").annotate(
            projects=Count("pk"), plan=Sum("amount")
        )
    }


@dataclass(frozen=True, slots=True)
class _Issues:
    towns: _Tally
    departments: _Tally
    ages: _Tally


def _issues(period: RacePeriod, calendar: WorkCalendar) -> _Issues:
    """Those due, by the town of the project and by the unit that leads; the age of the open ones, by town."""
    due = (
        rows.issues_due(Issue.objects.all(), period)
        .order_by()
        .values_list("project__town_id", "lead_unit_id")
    )
    towns, departments = (
        defaultdict[int, list[int]](lambda: [0, 0]),
        defaultdict[int, list[int]](lambda: [0, 0]),
    )
    for town, lead, whole, closed in due.annotate(
        due=Count("pk"), closed=Count("pk", filter=rows.CLOSED_IN_TIME)
    ):
        for pair in (towns[town], departments[lead]):
            pair[0] += closed
            pair[1] += whole
    still_open = rows.issues_open(Issue.objects.all(), period).order_by()
    ages = defaultdict[int, Counter[int]](Counter)
    for town, raised_on, count in still_open.values_list("project__town_id", "raised_on").annotate(
        count=Count("pk")
    ):
        ages[town][calendar.count(raised_on, period.last)] += count
    return _Issues(
        {unit: _share(*pair) for unit, pair in towns.items()},
        {unit: _share(*pair) for unit, pair in departments.items()},
        {town: age_of(counts) for town, counts in ages.items()},
    )


def age_of(ages: Mapping[int, int]) -> Counted:
    """The median age in working days against the age that earns nothing; `ages` says how many issues have which."""
    return Counted(Decimal(median(ages) or 0), Decimal(AGE_NONE), sum(ages.values()))


def _entries(period: RacePeriod, rule: LightRule) -> tuple[_Tally, Counter[int]]:
    """Entries in time and with their proof, of all entries; and how many were back-filled late."""
    entered: Any = rows.entries(Node.objects.all(), period).with_marks().order_by()
    by_days = entered.values_list(
        "unit_id", "project__town_id", "finished_on", "finish_entered_on", "lacks_proof"
    )
    whole, good, back_filled = Counter[int](), Counter[int](), Counter[int]()
    for own, town, finished_on, entered_on, lacks_proof, count in by_days.annotate(count=Count("pk")):
        unit = own or town
        is_late = rule.is_back_filled(finished_on, entered_on)
        whole[unit] += count
        good[unit] += 0 if is_late or lacks_proof else count
        back_filled[unit] += count if is_late else 0
    return {unit: _share(good[unit], count) for unit, count in whole.items()}, back_filled


def _updates(period: RacePeriod) -> _Tally:
    """Projects of which something was reported in the last week, of those under way, by town."""
    under_way = rows.under_way(Project.objects.all(), period).order_by().values_list("town_id")
    return {
        town: _share(updated, whole)
        for town, updated, whole in under_way.annotate(
            updated=Count("pk", filter=rows.is_updated(period)), whole=Count("pk")
        )
    }


def _pace(period: RacePeriod, calendar: WorkCalendar) -> _Tally:
    """Days that approvals took, without those held, of the days of their limits, each in the unit of its limit."""
    done = rows.timed_approvals(Node.objects.all(), period).order_by().annotate(answers=rows.ANSWERS)
    used, limits, count = Counter[int](), Counter[int](), Counter[int]()
    by_days = done.values_list("answers", "template_node__limit_unit", "started_on", "finished_on").annotate(
        nodes=Count("pk"), limits=Sum("limit")
    )
    for unit, limit_unit, started_on, finished_on, nodes, limit in by_days:
        used[unit] += nodes * days_used(calendar, limit_unit, started_on, finished_on)
        limits[unit] += limit
        count[unit] += nodes
    for unit, held in _days_held(done.filter(holds__isnull=False), calendar):
        used[unit] -= held
    return {unit: Counted(Decimal(used[unit]), Decimal(limits[unit]), count[unit]) for unit in count}


def _days_held(nodes: Any, calendar: WorkCalendar) -> Iterable[tuple[int, int]]:
    """Of nodes that were on hold, who answers for them and the days, each once however many holds it lay in."""
    holds = defaultdict[tuple[int, int, str, date, date], list[tuple[date, date]]](list)
    for *node, held_on, resumed_on in nodes.values_list(
        "pk", "answers", "template_node__limit_unit", "started_on", "finished_on", "holds__held_on",
        "holds__resumed_on",
    ):  # fmt: skip
        holds[tuple(node)].append((held_on, resumed_on))
    for (_pk, unit, limit_unit, started_on, finished_on), pairs in holds.items():
        yield unit, held_days(calendar, limit_unit, started_on, finished_on, pairs)


def days_used(calendar: WorkCalendar, limit_unit: str, started_on: date, finished_on: date) -> int:
    """Days from the start, day 1 being the day after, to the finish: 0 on the same day."""
    if limit_unit == LimitUnit.CALENDAR:
        return max(0, (finished_on - started_on).days)
    return max(0, calendar.count(started_on, finished_on))


def held_days(
    calendar: WorkCalendar, limit_unit: str, started_on: date, finished_on: date,
    holds: Iterable[tuple[date, date | None]],
) -> int:  # fmt: skip
    """How many of the days that a node took it was on hold, in the unit of its limit."""
    within = [
        (
            max(held_on, started_on + ONE_DAY),
            min((resumed_on or finished_on + ONE_DAY) - ONE_DAY, finished_on),
        )
        for held_on, resumed_on in holds
    ]
    if limit_unit != LimitUnit.CALENDAR:
        return days_held(calendar, within)
    days = {first + ONE_DAY * n for first, last in within for n in range((last - first).days + 1)}
    return len(days)


def _returns(period: RacePeriod) -> _Tally:
    """What ``rows.answered_issues`` and ``rows.stayed_closed`` say, by lead unit: those closed are counted in an index,
    and the few that came back are looked at."""
    led = Issue.objects.filter(lead_unit__isnull=False).order_by()
    closed = (
        led.closed_between(period.first, period.last).values_list("lead_unit_id").annotate(count=Count("*"))
    )
    whole = Counter[int](dict(closed))
    stayed = whole.copy()
    for unit, closed_on in led.filter(rows.came_back(period)).values_list("lead_unit_id", "closed_on"):
        if closed_on and period.first <= closed_on <= period.last:
            stayed[unit] -= 1
        else:
            whole[unit] += 1
    return {unit: _share(stayed[unit], count) for unit, count in whole.items()}


def _ratings(period: RacePeriod) -> _Tally:
    rated = rows.rated_issues(Issue.objects.filter(lead_unit__isnull=False), period).order_by()
    return {
        unit: Counted(Decimal(stars), Decimal(HIGHEST_RATING * count), count)
        for unit, stars, count in rated.values_list("lead_unit_id").annotate(
            stars=Sum("rating"), count=Count("pk")
        )
    }


def _adjustments(period: RacePeriod) -> dict[int, Decimal]:
    counting = RaceAdjustment.objects.counting(period.first, period.last).order_by()
    return dict(counting.values_list("unit_id").annotate(points=Sum("points")))


def _red_slips(period: RacePeriod) -> dict[int, int]:
    slips = rows.red_slips(Supervision.objects.all(), period).order_by()
    return dict(slips.values_list("addressee_id").annotate(slips=Count("pk")))


def _reopened(period: RacePeriod) -> dict[Board, Counter[int]]:
    """How many issues were reopened, by the town of their project and by the unit that leads."""
    issues = Issue.objects.filter(rows.came_back(period, (Change.Verb.ISSUE_REOPENED,))).order_by()
    counts: dict[Board, Counter[int]] = {board: Counter() for board in Board}
    for town, lead in issues.values_list("project__town_id", "lead_unit_id"):
        counts[Board.TOWNS][town] += 1
        counts[Board.DEPARTMENTS][lead] += 1
    return counts


def _moved(period: RacePeriod, calendar: WorkCalendar) -> Counter[int]:
    moved = (
        rows.moved_dates(period)
        .order_by()
        .annotate(answers=rows.ANSWERS_OF_NODE, asked=TruncDate("change__asked_at"))
    )
    counts = Counter[int]()
    for unit, asked, due, count in moved.values_list("answers", "asked", "due_before").annotate(
        count=Count("pk")
    ):
        if was_moved_late(calendar, asked, due):
            counts[unit] += count
    return counts


def was_moved_late(calendar: WorkCalendar, asked: date, due: date) -> bool:
    """Whether a date was asked to be moved in its last 5 working days, or when it had passed."""
    return calendar.count(asked, due) <= MOVED_WITHIN


def _held(period: RacePeriod, calendar: WorkCalendar) -> Counter[int]:
    counts = Counter[int]()
    for unit, held_on, due in holds_with_due(
        rows.holds_begun(period).annotate(answers=rows.ANSWERS_OF_NODE), calendar, "answers"
    ):
        if was_held_late(calendar, held_on, due):
            counts[unit] += 1
    return counts


def holds_with_due(holds: Any, calendar: WorkCalendar, *more: str) -> Iterable[tuple[Any, ...]]:
    """Of each hold the columns `more`, its first day, and the deadline that the node had then.

    By how much the ends of it and of later holds have moved the deadline is known; an approved date change since then
    is not taken back.
    """
    # The shift since is asked of the database at once: the holds of a node are few.
    shifted: Callable[..., Any] = Sum
    since = shifted("node__holds__moved_days", filter=Q(node__holds__pk__gte=F("pk")))
    found = holds.order_by("pk").annotate(since=since, deadline=Max("node__deadline_on"))
    for *values, held_on, deadline, moved in found.values_list(*more, "held_on", "deadline", "since"):
        yield *values, held_on, calendar.add(deadline, -(moved or 0)) if deadline else None


def was_held_late(calendar: WorkCalendar, held_on: date, due: date | None) -> bool:
    """Whether a hold began on the working day before the deadline or later."""
    return due is not None and calendar.count(held_on, due) <= HELD_BEFORE


@dataclass(frozen=True, slots=True)
class Rescored:
    """A frozen board with other weights beside its own: of each line what it was and what it would have been."""

    meeting: str
    day: date
    lines: Mapping[Board, tuple[tuple[Line, Line], ...]]


def rescored(rules: Rules) -> list[Rescored]:
    """What `rules` would have done to the last four boards, the last first; from what they keep, nothing is counted."""
    found = []
    for board in RaceBoard.objects.all()[:BOARDS_SHOWN]:
        lines = {}
        for one in Board:
            old = lines_of(board, one)
            new = {line.found.unit: line for line in ranked([line.found for line in old], one, rules)}
            lines[one] = tuple((line, new[line.found.unit]) for line in old)
        found.append(Rescored(board.meeting, board.day, lines))
    return found

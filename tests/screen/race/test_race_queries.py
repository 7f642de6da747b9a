"""What is counted of each measure, on which days, for whom; and that the rows behind a number are its numbers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit, User
from domain.errors import DomainError
from domain.lifecycle import Status
from domain.race import Board, Counted, Line, Mark, Measure
from domain.supervision import SlipLevel
from history.models import Change
from issues.models import Supervision
from milestones.models import DateChange, DateChangeItem, Hold, Node, TemplateNode
from screen.race.evidence import Asked, evidence, marked
from screen.race.periods import PeriodForm, RacePeriod
from tests.make import (
    FRIDAY,
    MONDAY,
    make_issue,
    make_node,
    make_nodes,
    make_project,
    make_template,
    make_unit,
    make_user,
)
from tests.screen.race.race_district import (
    FEBRUARY,
    JANUARY,
    PERIOD,
    RULE,
    RaceDistrict,
    board_of,
    close,
    done,
    make_race_district,
    race,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> RaceDistrict:
    return make_race_district()


def line_of(unit: Unit, board: Board = Board.TOWNS, period: RacePeriod = PERIOD) -> Line:
    line = race(period).line(board, unit.pk)
    assert line is not None
    return line


def numbers(
    unit: Unit, measure: Measure, board: Board = Board.TOWNS, period: RacePeriod = PERIOD
) -> tuple[int, ...]:
    counted: Counted = line_of(unit, board, period).part(measure).counted
    return int(counted.numerator), int(counted.denominator), counted.rows


def test_the_board_of_the_towns_as_it_is_added_up_by_hand(district: RaceDistrict) -> None:
    # 义蓬, 30 × 1/3, 20 × (300/500)/1.2, 20 × 0/1, 12 × 1/2, 8 × (1 − 17/30), 7 × 1/2, 3 × 0/1
    assert [part.points for part in line_of(district.town).parts] == [
        Decimal(points) for points in ("10.00", "10.00", "0.00", "6.00", "3.47", "3.50", "0.00")
    ]
    assert board_of(race()) == {
        "河庄街道": (1, "100.00"),  # no issue: the other five weights, 80, are raised to 100
        "义蓬街道": (2, "32.97"),
        "远村街道": (None, "0.00"),
    }


def test_a_node_is_on_time_on_its_deadline_and_not_a_day_later(district: RaceDistrict) -> None:
    node = done(district.nodes["b"], FEBRUARY)
    assert numbers(district.town, Measure.NODES) == (2, 3, 3)
    done(node, FEBRUARY + timedelta(days=1))
    assert numbers(district.town, Measure.NODES) == (1, 3, 3)


@pytest.mark.parametrize(
    ("due", "counts"),
    [
        (date(2025, 12, 31), False), (date(2026, 1, 1), True), (FRIDAY - timedelta(days=1), True),
        (FRIDAY, False), (FRIDAY + timedelta(days=1), False),
    ],
)  # fmt: skip
def test_due_is_what_fell_due_from_the_first_day_until_yesterday(due: date, counts: bool) -> None:
    town = make_unit()
    project = make_project(town=town)
    make_nodes(make_template("a", "b", edges=()), project=project, a=due, b=JANUARY)
    assert numbers(town, Measure.NODES) == (0, 1 + counts, 1 + counts)


def test_what_is_waived_or_on_hold_is_not_due(district: RaceDistrict) -> None:
    node = district.nodes["b"]
    for status, more in ((Status.HELD, {"held_on": JANUARY}), (Status.WAIVED, {"waived_reason": "无需"})):
        node.status, node.finished_on, node.held_on, node.waived_reason = status, None, None, ""
        for name, value in more.items():
            setattr(node, name, value)
        node.save()
        assert numbers(district.town, Measure.NODES) == (1, 2, 2)


def test_the_unit_of_the_cause_answers_not_the_one_whose_turn_never_came(district: RaceDistrict) -> None:
    line = line_of(district.town)
    assert (line.part(Measure.NODES).counted.rows, line.found.knocked_on) == (3, 1), "d waits for c"
    done(district.nodes["c"], date(2026, 2, 12))
    assert line_of(district.town).found.knocked_on == 0, "c was done on the deadline of d: d could be"
    done(district.nodes["c"], date(2026, 2, 13))
    assert line_of(district.town).found.knocked_on == 1, "c was still open on the deadline of d"
    done(district.nodes["d"], date(2026, 2, 12))
    assert line_of(district.town).found.knocked_on == 0, "what was done in time is scored"


def test_what_had_begun_when_it_was_due_is_its_own(district: RaceDistrict) -> None:
    node = district.nodes["d"]
    for started_on, knocked_on in ((date(2026, 2, 12), 0), (date(2026, 2, 13), 1)):
        node.status, node.started_on = Status.RUNNING, started_on
        node.save()
        assert line_of(district.town).found.knocked_on == knocked_on
        assert len(evidence(Measure.NODES, asked(district.town)).apart) == knocked_on


def test_of_a_group_one_member_done_in_time_is_enough() -> None:
    town = make_unit()
    template = make_template("a", "b", "c", edges=(), any_of=(("a", "c", "g"), ("b", "c", "g")))
    nodes = make_nodes(template, project=make_project(town=town), c=FEBRUARY)
    assert scored_and_knocked_on(town) == (0, 1)
    done(nodes["a"], FEBRUARY)
    assert scored_and_knocked_on(town) == (1, 0)


def scored_and_knocked_on(town: Unit) -> tuple[int, int]:
    line = line_of(town)
    return line.part(Measure.NODES).counted.rows, line.found.knocked_on


def test_a_node_without_a_unit_is_the_towns(district: RaceDistrict) -> None:
    Node.objects.filter(project=district.project).update(unit=None)
    assert numbers(district.town, Measure.NODES) == (1, 3, 3)
    assert len(evidence(Measure.NODES, asked(district.town)).rows) == 3


def test_departments_are_scored_by_approvals_and_not_by_what_enterprises_do(district: RaceDistrict) -> None:
    Node.objects.filter(unit=district.power).update(due_on=FEBRUARY)
    assert numbers(district.power, Measure.NODES, Board.DEPARTMENTS) == (0, 1, 1), "e is the enterprise's"


def test_the_pace_leaves_out_the_days_on_hold(district: RaceDistrict) -> None:
    node = Node.objects.get(project=district.theirs, template_node__code="d")
    done(node, date(2026, 2, 13), started=date(2026, 2, 2))
    assert numbers(district.power, Measure.PACE, Board.DEPARTMENTS) == (9, 10, 1)
    for held_on, resumed_on in ((date(2026, 2, 4), date(2026, 2, 9)), (date(2026, 2, 5), date(2026, 2, 10))):
        Hold.objects.create(
            node=node, held_on=held_on, resumed_on=resumed_on, reason="听证", held_by=district.manager
        )
    assert numbers(district.power, Measure.PACE, Board.DEPARTMENTS) == (5, 10, 1), "4 working days, each once"
    TemplateNode.objects.filter(pk=node.template_node_id).update(limit_unit="calendar")
    assert numbers(district.power, Measure.PACE, Board.DEPARTMENTS) == (5, 10, 1), (
        "11 days, 6 of them on hold"
    )


def test_milestones_and_investment_are_those_of_the_projects_of_the_town(district: RaceDistrict) -> None:
    Node.objects.filter(project=district.project).update(unit=district.power)
    assert numbers(district.town, Measure.MILESTONES) == (0, 1, 1)
    assert numbers(district.town, Measure.INVESTMENT) == (300, 500, 1)
    done(district.nodes["c"], FRIDAY)
    assert numbers(district.town, Measure.MILESTONES) == (1, 1, 1), "reached, if late"


def test_issues_are_the_towns_and_those_that_a_department_leads(district: RaceDistrict) -> None:
    assert numbers(district.town, Measure.ISSUES) == (1, 2, 2)
    assert numbers(district.power, Measure.ISSUES, Board.DEPARTMENTS) == (1, 2, 2)
    make_issue(
        district.project, today=FEBRUARY, lead_unit=district.power, due_on=FEBRUARY, status="suspended"
    )
    make_issue(district.project, today=FEBRUARY, lead_unit=district.power, due_on=FRIDAY)
    assert numbers(district.town, Measure.ISSUES) == (1, 2, 2), "suspended, or due today: not yet late"


def test_the_age_is_the_median_of_the_open_ones_in_working_days(district: RaceDistrict) -> None:
    for raised in (MONDAY, FRIDAY):
        make_issue(district.project, today=raised)
    assert numbers(district.town, Measure.ISSUE_AGE) == (4, 30, 3)


def test_what_was_closed_and_came_back_does_not_count_as_closed(district: RaceDistrict) -> None:
    assert numbers(district.power, Measure.RETURNS, Board.DEPARTMENTS) == (1, 1, 1)
    issue = make_issue(
        district.theirs, today=JANUARY, lead_unit=district.power, due_on=FEBRUARY, status="working"
    )
    issue.returned = 1
    issue.save()
    Change.objects.create(verb=Change.Verb.ISSUE_RETURNED, actor=district.manager, issue=issue)
    today = timezone.localdate()
    assert numbers(district.power, Measure.RETURNS, Board.DEPARTMENTS) == (1, 1, 1), "not in this quarter"
    now = RacePeriod(JANUARY, today, today)
    assert numbers(district.power, Measure.RETURNS, Board.DEPARTMENTS, now) == (1, 2, 2)


def test_ratings_are_stars_of_the_stars_there_could_have_been(district: RaceDistrict) -> None:
    for rating in (5, 3):
        issue = close(make_issue(today=JANUARY, lead_unit=district.power, due_on=FEBRUARY), FEBRUARY)
        issue.rating, issue.rated_on = rating, FEBRUARY
        issue.save()
    assert numbers(district.power, Measure.RATING, Board.DEPARTMENTS) == (8, 10, 2)


def test_an_entry_counts_with_its_proof_and_entered_in_time(district: RaceDistrict) -> None:
    assert numbers(district.town, Measure.ENTRIES) == (1, 2, 2), "one was entered weeks later"
    TemplateNode.objects.filter(code="a").update(proof="批复")
    assert numbers(district.town, Measure.ENTRIES) == (0, 2, 2)
    assert line_of(district.town).found.marks[Mark.BACK_FILLED] == 1


@pytest.mark.parametrize(
    ("day", "counts"),
    [(date(2026, 2, 27), 0), (date(2026, 2, 28), 1), (FRIDAY, 1), (FRIDAY + timedelta(days=1), 0)],
)
def test_a_project_is_up_to_date_where_something_was_reported_in_the_last_seven_days(
    district: RaceDistrict, day: date, counts: int
) -> None:
    assert numbers(district.town, Measure.UPDATES) == (0, 1, 1)
    at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    reported = {"actor": district.manager, "project": district.project, "at": at}
    Change.objects.create(verb=Change.Verb.NODE_REMINDED, **reported)
    assert numbers(district.town, Measure.UPDATES) == (0, 1, 1), "a reminder says nothing of the project"
    for verb in (Change.Verb.ISSUE_NOTED, Change.Verb.PROOF_ADDED):
        Change.objects.create(verb=verb, **reported)
    assert numbers(district.town, Measure.UPDATES) == (counts, 1, 1)
    rows_found = evidence(Measure.UPDATES, asked(district.town)).rows
    assert [row.days for row in rows_found] == [(day if day <= FRIDAY else JANUARY,)]


def test_only_projects_under_way_are_to_be_reported(district: RaceDistrict) -> None:
    chain, left = district.project.chain, [district.nodes[code] for code in ("c", "d", "e")]
    chain.starts_on = FRIDAY + timedelta(days=1)
    chain.save()
    assert numbers(district.town, Measure.UPDATES) == (0, 0, 0), "it has not begun"
    chain.starts_on = FRIDAY
    chain.save()
    assert numbers(district.town, Measure.UPDATES) == (0, 1, 1)
    for node in left:
        done(node, FRIDAY + timedelta(days=3))
    past = RacePeriod(PERIOD.first, FRIDAY, FRIDAY + timedelta(days=5))
    assert numbers(district.town, Measure.UPDATES, period=past) == (0, 1, 1), (
        "it was not done on the last day"
    )
    for node in left:
        done(node, FRIDAY)
    assert numbers(district.town, Measure.UPDATES) == (0, 0, 0)
    left[0].status, left[0].finished_on, left[0].held_on = Status.HELD, None, FEBRUARY
    left[0].finish_entered_on = None
    left[0].save()
    assert numbers(district.town, Measure.UPDATES) == (0, 0, 0), "on hold"


def test_red_slips_are_counted_by_their_addressee(district: RaceDistrict) -> None:
    for number, level in enumerate((SlipLevel.RED, SlipLevel.YELLOW)):
        Supervision.objects.create(
            project=district.project, node=district.nodes["c"], level=level, deadline_on=FEBRUARY, days_late=16,
            state="issued", number=f"2026-000{number}", addressee=district.town, reply_by=FRIDAY, issued_on=MONDAY,
            proposed_on=MONDAY,
        )  # fmt: skip
    line = line_of(district.town)
    assert (line.found.red_slips, line.adjusted, line.score) == (1, Decimal(-2), Decimal("30.97"))


def _moved(district: RaceDistrict, *, asked: date, due: date) -> None:
    decided = datetime(2026, 2, 27, 9, tzinfo=UTC)
    change = DateChange.objects.create(
        node=district.nodes["c"], reason="other", status="approved", asked_by=district.manager, decided_at=decided,
        decided_by=district.manager,
    )  # fmt: skip
    DateChange.objects.filter(pk=change.pk).update(
        asked_at=datetime(asked.year, asked.month, asked.day, 4, tzinfo=UTC)
    )
    DateChangeItem.objects.create(
        change=change, node=district.nodes["c"], due_before=due, due_after=due + timedelta(days=30)
    )


@pytest.mark.parametrize(
    ("asked", "is_marked"),
    [
        (date(2026, 2, 18), False),
        (date(2026, 2, 19), True),
        (date(2026, 2, 26), True),
        (date(2026, 2, 27), True),
    ],
)
def test_a_date_that_is_moved_in_its_last_five_working_days_is_marked(
    district: RaceDistrict, asked: date, is_marked: bool
) -> None:
    _moved(district, asked=asked, due=date(2026, 2, 26))
    assert line_of(district.town).found.marks[Mark.MOVED] == is_marked


@pytest.mark.parametrize(("held_on", "is_marked"), [(9, False), (10, True), (11, True), (12, True)])
def test_a_hold_that_begins_on_the_day_before_the_deadline_is_marked(
    district: RaceDistrict, held_on: int, is_marked: bool
) -> None:
    node = district.nodes["c"]
    Hold.objects.create(node=node, held_on=date(2026, 2, held_on), reason="听证", held_by=district.manager)
    assert line_of(district.town).found.marks[Mark.HELD] == is_marked
    Hold.objects.update(resumed_on=date(2026, 2, 16), moved_days=3)
    node.due_on = date(2026, 2, 16)  # three working days later than it was
    node.save()
    assert line_of(district.town).found.marks[Mark.HELD] == is_marked, "its end has moved the deadline"


def test_reopened_issues_are_marked_at_the_town_and_at_the_unit_that_leads(district: RaceDistrict) -> None:
    issue = make_issue(district.project, today=JANUARY, lead_unit=district.power, due_on=FEBRUARY)
    issue.reopened = 1
    issue.save()
    Change.objects.create(verb=Change.Verb.ISSUE_REOPENED, actor=district.manager, issue=issue)
    today = timezone.localdate()
    now = RacePeriod(JANUARY, today, today)
    assert line_of(district.town, period=now).found.marks[Mark.REOPENED] == 1
    assert line_of(district.power, Board.DEPARTMENTS, now).found.marks[Mark.REOPENED] == 1
    assert len(marked(Mark.REOPENED, asked(district.town, period=now)).rows) == 1


def asked(
    unit: Unit, board: Board = Board.TOWNS, reader: User | None = None, period: RacePeriod = PERIOD
) -> Asked:
    return Asked(board, unit, period, RULE, reader or make_user())


def test_the_rows_behind_each_number_are_its_numerator_and_its_denominator(district: RaceDistrict) -> None:
    node = Node.objects.get(project=district.theirs, template_node__code="d")
    done(node, date(2026, 2, 13), started=date(2026, 2, 2))
    _moved(district, asked=date(2026, 2, 19), due=date(2026, 2, 20))
    Hold.objects.create(
        node=district.nodes["c"], held_on=date(2026, 2, 11), reason="听证", held_by=district.manager
    )
    units = {unit.pk: unit for unit in Unit.objects.all()}
    looked_at = 0
    for board in Board:
        for line in race().boards[board]:
            of = asked(units[line.found.unit], board)
            for part in line.parts:
                found = evidence(part.measure, of)
                assert len(found.rows) == part.counted.rows, (line.found.name, part.measure)
                if part.measure != Measure.ISSUE_AGE:
                    assert (found.above, found.below) == (part.counted.numerator, part.counted.denominator)
                looked_at += part.counted.rows
            assert {mark: len(marked(mark, of).rows) for mark in Mark} == line.found.marks
            assert len(evidence(Measure.NODES, of).apart) == line.found.knocked_on
    assert looked_at > 15


def test_rows_are_those_in_sight_and_the_board_is_everybodys(district: RaceDistrict) -> None:
    stranger = make_user(unit=district.other)
    assert evidence(Measure.NODES, asked(district.town, reader=stranger)).rows == []
    assert evidence(Measure.ISSUES, asked(district.town, reader=stranger)).rows == []
    assert evidence(Measure.INVESTMENT, asked(district.town, reader=stranger)).rows == []
    assert len(evidence(Measure.NODES, asked(district.other, reader=stranger)).rows) == 3


def test_a_unit_that_is_renamed_or_joined_to_another_breaks_nothing(district: RaceDistrict) -> None:
    Unit.objects.filter(pk=district.town.pk).update(name="江海街道")
    Node.objects.filter(project=district.theirs).update(unit=district.town)
    district.theirs.town = district.town
    district.theirs.save()
    assert board_of(race())["江海街道"][0] == 1
    assert "河庄街道" not in board_of(race()), "it has nothing any more"


def test_no_history_is_an_empty_board() -> None:
    make_unit()
    assert race().boards == {Board.TOWNS: (), Board.DEPARTMENTS: ()}
    make_node()
    assert board_of(race()) == {}


@pytest.mark.parametrize("more", [0, 6])
def test_as_many_questions_however_many_units(
    more: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_race_district()
    for _ in range(more):
        nodes = make_nodes(project=make_project(), a=JANUARY, b=FEBRUARY)
        done(nodes["a"], JANUARY)
    with django_assert_num_queries(22):
        race()


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ({}, date(2026, 1, 1), FRIDAY),
        ({"period": "month"}, date(2026, 3, 1), FRIDAY),
        ({"period": "last_quarter"}, date(2025, 10, 1), date(2025, 12, 31)),
        ({"from": "2026-02-01", "to": "2026-02-28"}, date(2026, 2, 1), date(2026, 2, 28)),
        ({"from": "2026-02-01", "to": "2026-12-31"}, date(2026, 2, 1), FRIDAY),
    ],
)
def test_the_days_that_an_address_asks_for(said: dict[str, str], first: date, last: date) -> None:
    period = PeriodForm(said).asked(FRIDAY)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"from": "2026-04-01"}, "has not begun"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "before it begins"),
        ({"from": "1026-02-01"}, "before the year 2000"),
        ({"from": "2023-02-01"}, "at most two years"),
    ],
)
def test_days_that_make_no_period_are_a_sentence(said: dict[str, str], why: str) -> None:
    with pytest.raises(DomainError, match=why):
        PeriodForm(said).asked(FRIDAY)

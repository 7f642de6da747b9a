"""Two towns and a department with something of every measure; the day is Friday, 6 March 2026, the race of the quarter.

义蓬 has 4 nodes due of which 3 are scored, 河庄 3, 远村 one. What else 义蓬 has earns it other points by each measure.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from accounts.models import Unit, User
from domain.chains import ClockOwner, Milestone
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.race import Board
from domain.workdays import WorkCalendar
from history.models import Change
from history.moments import told_of
from issues.models import Issue
from milestones.models import Chain, Node
from projects.models import Investment, InvestmentPlan, Project
from screen.race.periods import RacePeriod, preset_period
from screen.race.queries import Race, race_of
from tests.make import FRIDAY, make_issue, make_nodes, make_project, make_template, make_unit, make_user

RULE = LightRule.on(FRIDAY, WorkCalendar())
NOW = datetime(2026, 3, 6, 4, tzinfo=UTC)
PERIOD = preset_period("quarter", FRIDAY)
JANUARY, FEBRUARY = date(2026, 1, 14), date(2026, 2, 11)


@dataclass
class RaceDistrict:
    town: Unit
    other: Unit
    far: Unit
    power: Unit
    project: Project
    theirs: Project
    nodes: dict[str, Node]
    manager: User


def race(period: RacePeriod = PERIOD) -> Race:
    return race_of(period, RULE, NOW)


def done(node: Node, on: date, *, entered: date | None = None, started: date | None = None) -> Node:
    node.status, node.finished_on, node.finish_entered_on = Status.DONE, on, entered or on
    node.started_on = started or on
    node.save()
    return node


def close(issue: Issue, on: date, *, returned: int = 0) -> Issue:
    issue.status, issue.closed_on, issue.close_asked_on = "closed", on, on
    issue.close_asked_by, issue.verified_by, issue.returned = make_user(), make_user(), returned
    issue.save()
    return issue


def invest(project: Project, made: int, planned: int) -> None:
    Investment.objects.create(project=project, month=date(2026, 1, 1), amount=Decimal(made))
    InvestmentPlan.objects.create(project=project, year=2026, amount=Decimal(planned))


def make_race_district() -> RaceDistrict:
    """Of 河庄's project something is reported today, of the others in January."""
    with told_of(datetime(2026, 1, 14, 4, tzinfo=UTC)):
        district = _district()
    Change.objects.create(
        verb=Change.Verb.NODE_FINISHED, actor=district.manager, project=district.theirs, at=NOW
    )
    return district


def _district() -> RaceDistrict:
    town, other, far = make_unit("义蓬街道"), make_unit("河庄街道"), make_unit("远村街道")
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    template = make_template("a", "b", "c", "d", "e", edges=(("c", "d"),), limit=10)
    template.nodes.filter(code="c").update(milestone=Milestone.STARTED)
    template.nodes.filter(code="e").update(clock=ClockOwner.ENTERPRISE)
    project, theirs = make_project(name="晶圆二期", town=town), make_project(name="轮胎技改", town=other)
    village = make_project(name="远村厂房", town=far)
    due = {"a": JANUARY, "b": FEBRUARY, "c": FEBRUARY, "d": date(2026, 2, 12), "e": date(2026, 4, 1)}
    nodes = make_nodes(template, project=project, **due)
    done(nodes["a"], JANUARY)  # on its deadline: in time
    done(nodes["b"], date(2026, 2, 12), entered=date(2026, 3, 2))  # a day late, entered weeks later
    # c is open and late, d waits for it: only c counts
    others = make_nodes(template, project=theirs, **due)
    for code in ("a", "b", "c"):
        done(others[code], date(2026, 1, 9))
    others["d"].unit, others["e"].unit = power, power
    others["d"].save()
    others["e"].save()
    hut = make_template("x")
    make_nodes(hut, project=village, x=JANUARY)
    for one, chain in ((project, template), (theirs, template), (village, hut)):
        Chain.objects.create(project=one, template=chain, starts_on=date(2026, 1, 5))
    invest(project, made=300, planned=3_000)  # two months are planned: 500
    invest(theirs, made=900, planned=3_000)
    close(make_issue(project, today=JANUARY, lead_unit=power, due_on=date(2026, 1, 30)), date(2026, 1, 30))
    make_issue(project, today=FEBRUARY, lead_unit=power, due_on=date(2026, 2, 20))
    return RaceDistrict(town, other, far, power, project, theirs, nodes, make_user())


def board_of(found: Race, board: Board = Board.TOWNS) -> dict[str, tuple[int | None, str]]:
    return {line.found.name: (line.rank, f"{line.score:.2f}") for line in found.boards[board]}

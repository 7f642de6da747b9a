"""Six projects in every state, the same for the one screen and the workbook; the day is Friday, 6 March 2026."""

from datetime import date

from accounts.models import Unit, User
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import WorkCalendar
from milestones.models import Chain, ChainTemplate, Node
from projects.models import Project
from tests.make import FRIDAY, MONDAY, make_nodes, make_project, make_template, make_unit, make_user

RULE = LightRule.on(FRIDAY, WorkCalendar())
NOON = "2026-03-06 12:00+08:00"
LONG_AGO, LAST_WEEK, LAST_FRIDAY = date(2026, 2, 2), date(2026, 2, 24), date(2026, 2, 27)
THIS_WEEK, SOON, IN_TWO_WEEKS, LATER = date(2026, 3, 4), date(2026, 3, 9), date(2026, 3, 20), date(2026, 5, 1)


def make_laid(template: ChainTemplate, *, project: Project, **due: date | None) -> dict[str, Node]:
    Chain.objects.create(project=project, template=template, starts_on=LONG_AGO)
    return make_nodes(template, project=project, **due)


def put(node: Node, status: Status, on: date = MONDAY, unit: Unit | None = None) -> None:
    """The node in `status`, since or on this day, with `unit` if it is named."""
    node.status = status
    node.started_on = on if status != Status.WAITING else None
    node.held_on = on if status == Status.HELD else None
    node.finished_on = on if status == Status.DONE else None
    node.waived_reason = "无需" if status == Status.WAIVED else ""
    node.unit = unit or node.unit
    node.save()


def make_small_district() -> User:
    """2 causes at step b with the power company, 2 knocked on behind them; the manager who sees all of it."""
    road, short = make_template("a", "b", "c", "d", code="road"), make_template("x", "y", code="short")
    town = make_unit("义蓬街道")
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    for name, since in (("晶圆材料二期", LONG_AGO), ("轮胎技改", THIS_WEEK)):
        project = make_project(name=name, town=town, department=power, investment=10_000)
        nodes = make_laid(road, project=project, a=LAST_WEEK, b=since, c=THIS_WEEK, d=LATER)
        put(nodes["a"], Status.DONE, MONDAY if since == LONG_AGO else LAST_WEEK)
        put(nodes["b"], Status.RUNNING, LAST_WEEK, power)
    nodes = make_laid(road, project=make_project(name="抗体基地", town=town), a=SOON, b=IN_TWO_WEEKS, c=LATER)
    put(nodes["a"], Status.RUNNING)
    nodes = make_laid(short, project=make_project(name="智能家居", town=town), x=LAST_WEEK, y=LATER)
    put(nodes["x"], Status.HELD)
    nodes = make_laid(short, project=make_project(name="老厂房", town=make_unit("河庄街道")), x=LAST_WEEK)
    put(nodes["x"], Status.DONE, LAST_FRIDAY)
    put(nodes["y"], Status.WAIVED)
    make_project(name="刚签约", town=town)
    return make_user()

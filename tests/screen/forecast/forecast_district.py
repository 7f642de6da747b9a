"""Fifteen projects on a chain a → b → c, which are piling start, completion and production. It is 30 June 2026.

Twelve have done all three, five working days each. Of the others a is done and b runs since 26 June: `tight` is to
produce on 3 July, `easy` on 1 December, `past` was to produce in May.
"""

from dataclasses import dataclass
from datetime import date

from accounts.models import Unit, User
from domain.chains import Milestone
from domain.lifecycle import Status
from domain.workdays import WorkCalendar
from milestones.models import ChainTemplate, Node, TemplateNode
from projects.models import Project
from screen.forecast.outlooks import KEYS
from tests.make import MONDAY, make_nodes, make_project, make_template, make_unit, make_user

CALENDAR = WorkCalendar()
TODAY = date(2026, 6, 30)
NOON = "2026-06-30 12:00+08:00"
DONE_ONES = 12
LAST_WEEK = date(2026, 6, 26)


@dataclass(frozen=True)
class District:
    template: ChainTemplate
    towns: tuple[Unit, Unit]
    manager: User
    tight: Project
    easy: Project
    past: Project
    nodes: dict[str, dict[str, Node]]


def put(node: Node, status: Status, began: date | None = None, ended: date | None = None) -> None:
    node.status, node.started_on, node.finished_on = status, began, ended
    node.held_on = began if status == Status.HELD else None
    node.save()


def day(number: int) -> date:
    """So many working days after the chains began."""
    return CALENDAR.add(MONDAY, number)


def make_keyed_template(code: str = "road") -> ChainTemplate:
    template = make_template("a", "b", "c", code=code)
    for step, milestone in zip("abc", KEYS, strict=True):
        TemplateNode.objects.filter(template=template, code=step).update(milestone=milestone)
    return template


def make_done(template: ChainTemplate, town: Unit, took: int = 5, **due: date) -> Project:
    """A project that has done everything, `took` working days a step."""
    project = make_project(town=town)
    nodes = make_nodes(template, project=project, starts_on=MONDAY, **due)
    for number, code in enumerate("abc"):
        put(nodes[code], Status.DONE, day(number * took), day((number + 1) * took))
    return project


def make_district() -> District:
    template, towns = make_keyed_template(), (make_unit("义蓬街道"), make_unit("河庄街道"))
    for number in range(DONE_ONES):
        make_done(template, towns[number % 2], c=day(20))
    made, nodes = {}, {}
    for name, town, due in (
        ("tight", towns[0], date(2026, 7, 3)),
        ("easy", towns[1], date(2026, 12, 1)),
        ("past", towns[0], date(2026, 5, 8)),
    ):  # fmt: skip
        project = make_project(name=name, town=town)
        mine = make_nodes(template, project=project, starts_on=date(2026, 6, 19), a=date(2026, 6, 26), c=due)
        put(mine["a"], Status.DONE, date(2026, 6, 19), LAST_WEEK)
        put(mine["b"], Status.RUNNING, LAST_WEEK)
        made[name], nodes[name] = project, mine
    return District(template, towns, make_user(), made["tight"], made["easy"], made["past"], nodes)


PRODUCING = Milestone.PRODUCING

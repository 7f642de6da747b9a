"""Sixteen projects on a chain a → b → c of five planned days each, where b is the weak link. It is 30 June 2026.

Of all, a took its five days and b lay idle for two. In twelve it then took eight; in four it is still open. So each of
the twelve handed on five working days, in March.
"""

from dataclasses import dataclass
from datetime import date

from accounts.models import Unit, User
from domain.lifecycle import Status
from domain.workdays import WorkCalendar
from milestones.models import ChainTemplate, Node
from screen.models import Reckoning
from screen.reckoning.actions import reckon
from tests.make import (
    MONDAY,
    make_category,
    make_issue,
    make_nodes,
    make_project,
    make_template,
    make_unit,
    make_user,
)

CALENDAR = WorkCalendar()
TODAY = date(2026, 6, 30)
NOON = "2026-06-30 12:00+08:00"
ENDED, OPEN = 12, 4
HANDED = 5
"""Working days by which each of the ended b pushed its c back."""


def day(number: int) -> date:
    """So many working days after the chains began."""
    return CALENDAR.add(MONDAY, number)


OPEN_HANDED = CALENDAR.count(day(5), TODAY) - 5
"""What each of the open b has handed on so far: all since it could be begun, but the five planned."""


@dataclass(frozen=True)
class WeakDistrict:
    template: ChainTemplate
    towns: tuple[Unit, Unit]
    manager: User
    nodes: list[dict[str, Node]]


def put(node: Node, status: Status, began: date | None = None, ended: date | None = None) -> None:
    node.status, node.started_on, node.finished_on = status, began, ended
    node.held_on = began if status == Status.HELD else None
    node.save()


def make_weak_district() -> WeakDistrict:
    template = make_template("a", "b", "c", code="road")
    towns = make_unit("义蓬街道"), make_unit("河庄街道")
    nodes = []
    for number in range(ENDED + OPEN):
        project = make_project(
            name=f"项目{number:02d}", town=towns[number % 2], sector=("智能制造", "")[number % 2]
        )
        chain = make_nodes(template, project=project, starts_on=MONDAY, a=day(5), b=day(10), c=day(15))
        put(chain["a"], Status.DONE, MONDAY, day(5))
        if number < ENDED:
            put(chain["b"], Status.DONE, day(7), day(15))
            put(chain["c"], Status.RUNNING, day(15))
        else:
            put(chain["b"], Status.RUNNING, day(7))
        nodes.append(chain)
    blocked = nodes[ENDED]["b"]
    make_issue(blocked.project, category=make_category("power", name="供电"), nodes=[blocked], today=day(20))
    return WeakDistrict(template, towns, make_user(), nodes)


def reckoned(on: date = TODAY) -> Reckoning:
    return reckon(on, CALENDAR, draws=20)

"""Writing the demonstration district, through the same actions that people use."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from config.demo.codes import project_code
from config.demo.course import NOT_YET, Span, course, elapsed
from config.demo.people import BUREAU, settle_people, settle_units
from config.demo.stories import Story, read_stories
from domain.errors import RuleError
from domain.workdays import WorkCalendar
from milestones.actions import (
    approve_date_change,
    finish_node,
    hold_node,
    lay_chain,
    remind,
    reopen_node,
    request_date_change,
    start_node,
    sweep_overdue,
    waive_node,
)
from milestones.calendar_table import fill_calendar, load_calendar
from milestones.graph import graph_of
from milestones.laying import Layout, layout
from milestones.models import ChainTemplate, DateChange, Node
from milestones.publishing import built_in_chains, publish_template
from projects.actions import add_project
from projects.models import Project

SEED = 20210517
_ENTERED_LATER = 8
"""Working days after the event, where the entries of a project come late."""

_WITHOUT_PROOF = 0.05

LEADERS = ("陈副区长", "林副区长", "方副主任", "徐副主任")
LEAD_DEPARTMENTS = {"new_build": "投资促进局", "expansion": "发展改革局"}
WAIVED = {
    "water": "位于已完成水土保持区域评估的园区，免于单独编报",
    "energy": "年综合能耗低于1000吨标准煤，免于节能审查",
    "fire1": "不属于特殊建设工程，免于消防设计审查",
}
REOPENED = {
    "cdreview": "图审意见未整改到位，退回补正后重审",
    "accept": "现场核查发现两台设备未到位，退回整改",
}


@dataclass(frozen=True)
class _District:
    """What every project of the district is written with."""

    today: date
    calendar: WorkCalendar
    units: dict[str, Unit]
    liaisons: dict[str, User]
    manager: User


@transaction.atomic
def sow(today: date) -> int:
    """Fill an empty database; how many projects it has then. The same day gives the same district.

    Raises RuleError where there are projects already.
    """
    if Project.objects.exists():
        raise RuleError(
            gettext_noop("There are projects already; the demonstration needs an empty database.")
        )
    fill_calendar()
    for spec in built_in_chains():
        publish_template(spec, actor=User.objects.system())
    units = settle_units()
    people = settle_people(units)
    liaisons = {
        user.unit.name: user for user in people.values() if user.role == User.Role.LIAISON and user.unit
    }
    district = _District(today, load_calendar(), units, liaisons, people["manager"])
    stories = read_stories()
    for number, story in enumerate(stories):
        _sow_project(story, district, Random(f"{SEED}/{number}"))  # noqa: S311 - the same each time
    sweep_overdue(today, district.calendar)
    return len(stories)


def _sow_project(story: Story, district: _District, random: Random) -> None:
    template = ChainTemplate.objects.newest(story.kind)
    if template is None:
        raise RuleError(gettext_noop("There is no published chain “%(code)s”."), code=story.kind)
    plan = layout(template.pk, story.conditions)
    now = elapsed(story, plan)
    start = district.calendar.add(district.calendar.on_or_before(district.today), -now)
    spans = course(story, plan, graph_of(template.pk), now=now, random=random)
    days = _dates(spans, start, district.calendar)
    project = add_project(
        actor=district.manager, **_fields(story, district, random), code=_code(story, plan, days, random)
    )
    lay_chain(project, template, actor=district.manager, starts_on=start, conditions=story.conditions)
    _live(project, story, days, district, random)


@dataclass(frozen=True)
class _Dates:
    began_on: date | None
    ended_on: date | None


def _dates(spans: dict[int, Span], start: date, calendar: WorkCalendar) -> dict[int, _Dates]:
    """Working days after `start` as dates."""

    def on(days: int | None) -> date | None:
        return None if days is None else calendar.add(start, days)

    return {pk: _Dates(on(span.began), on(span.ended)) for pk, span in spans.items() if span != NOT_YET}


def _fields(story: Story, district: _District, random: Random) -> dict[str, Any]:
    return {
        "name": story.name,
        "enterprise": story.enterprise,
        "kind": story.kind,
        "sector": story.sector,
        "town": district.units[story.town],
        "department": district.units[LEAD_DEPARTMENTS.get(story.kind, BUREAU[0])],
        "leader": random.choice(LEADERS),
        "liaison": district.liaisons[story.town],
        "land_mu": story.land,
        "floor_area_m2": story.land and (story.land * random.randrange(900, 1500)).quantize(story.money),
        "investment": story.money,
        "fixed_investment": (story.money * random.randrange(60, 90) / 100).quantize(story.money),
    }


def _code(story: Story, plan: Layout, days: dict[int, _Dates], random: Random) -> str:
    """A project has a code once its coding node is done; future factories have none."""
    step = next((step for step in plan.steps if step.code == "code"), None)
    assigned_on = days[step.pk].ended_on if step and step.pk in days else None
    if assigned_on is None:
        return ""
    return project_code(
        story.kind, assigned_on, random, wrong="wrong-code" in story.marks, old="old-code" in story.marks
    )


def _live(
    project: Project, story: Story, days: dict[int, _Dates], district: _District, random: Random
) -> None:
    """Let the liaison start and finish what was started and finished, day by day."""
    nodes = {node.template_node_id: node for node in Node.objects.filter(project=project).for_list()}
    liaison = district.liaisons[story.town]
    for node in nodes.values():
        if node.template_node.code in story.waived:
            waive_node(
                node, actor=district.manager, reason=WAIVED[node.template_node.code], today=district.today
            )
            days.pop(node.template_node_id, None)
    starts = [(span.began_on, 1, order, pk) for order, (pk, span) in enumerate(days.items()) if span.began_on]
    ends = [(span.ended_on, 0, order, pk) for order, (pk, span) in enumerate(days.items()) if span.ended_on]
    for on, starting, _, pk in sorted(starts + ends):
        entered = min(district.calendar.add(on, _ENTERED_LATER), district.today)
        entered = entered if "late-entries" in story.marks else on
        if starting:
            start_node(nodes[pk], actor=liaison, on=on, today=entered)
        else:
            number = _document_no(nodes[pk], on, random)
            finish_node(nodes[pk], actor=liaison, on=on, today=entered, document_no=number)
    if story.at:
        node = next(node for node in nodes.values() if node.template_node.code == story.at)
        _complicate(node, story, district, liaison)


def _document_no(node: Node, on: date, random: Random) -> str:
    """The number of the proof that the node asks for; of a few it was forgotten."""
    asked = node.template_node.proof
    if not asked or random.random() < _WITHOUT_PROOF:
        return ""
    series = "影像" if "照片" in asked else "钱许"
    return f"{series}〔{on:%Y}〕{random.randrange(1, 400)}号"


def _complicate(node: Node, story: Story, district: _District, liaison: User) -> None:
    """What else happened to the node that the project stands at."""
    today, manager = district.today, district.manager
    if "reopened" in story.marks:
        _reopen(node, district)
    if "held-once" in story.marks:
        first, again = (district.calendar.add(today, -days) for days in (9, 5))
        hold_node(
            node,
            actor=liaison,
            on=first,
            until=again,
            today=again,
            reason="专家评审",
            notice_no=_notice(first, 18),
        )
    if "moved" in story.marks:
        asked = _ask(node, 10, liaison, district, following=True, text="企业调整建设时序，董事会已决议")
        approve_date_change(asked, actor=manager, answer="同意，后续节点一并顺延")
    if "asked" in story.marks:
        _ask(node, 15, manager, district, following=False, text="前期手续晚于预期，与责任单位会商后提出")
    if story.held_for:
        since = district.calendar.add(today, -story.held_for)
        hold_node(
            node, actor=liaison, on=since, today=today, reason="配套电力投资界面未明确，等待专题会议定",
            notice_no=_notice(since, 7),
        )  # fmt: skip
    if "reminded" in story.marks:
        remind(node, actor=manager, note="周五截数前请更新进展")


def _ask(
    node: Node, days: int, actor: User, district: _District, *, following: bool, text: str
) -> DateChange:
    """Ask for a due date so many working days later."""
    due = Node.objects.get(pk=node.pk).due_on or district.today
    return request_date_change(
        node, actor=actor, due_on=district.calendar.add(due, days), reason=DateChange.Reason.ENTERPRISE,
        text=text, following=following, today=district.today,
    )  # fmt: skip


def _notice(on: date, number: int) -> str:
    return f"经信告〔{on:%Y}〕{number}号"


def _reopen(node: Node, district: _District) -> None:
    """The node the project stands at was thought done, and is not."""
    finish_node(node, actor=district.manager, on=district.today, today=district.today)
    reopen_node(node, actor=district.manager, reason=REOPENED[node.template_node.code])

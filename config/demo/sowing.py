"""Writing the demonstration district, through the same actions that people use."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from random import Random
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from config.demo.codes import project_code
from config.demo.course import Dates, course, dated, elapsed, settled
from config.demo.district import SEED, District
from config.demo.enterprises import invent_enterprises
from config.demo.entries import Entry, give_codes, ledger_events, spending
from config.demo.events import Event, live, working_hour
from config.demo.factories import programme_entries
from config.demo.indicators import record_indicators
from config.demo.investment import investment_events, open_accounts
from config.demo.meetings import meeting_events
from config.demo.obstacles import Scene, obstacle_events, supervise
from config.demo.people import settle_people, settle_units
from config.demo.places import read_places
from config.demo.race import race_events
from config.demo.reckonings import reckoned_days
from config.demo.renovations import renovations
from config.demo.stories import Story, read_stories
from config.demo.timeline import Timeline
from config.demo.works import works
from domain.errors import RuleError
from history.moments import told_of
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
from milestones.models import DateChange, Node
from milestones.publishing import built_in_chains, publish_template
from projects.actions import add_project
from projects.models import Project, Tier
from screen.reckoning.actions import reckon

_ENTERED_LATER = 8
"""Working days after the event, where the entries of a project come late."""

_WITHOUT_PROOF = 0.05

WAIVED = {
    "water": "位于已完成水土保持区域评估的园区，免于单独编报",
    "energy": "年综合能耗低于1000吨标准煤，免于节能审查",
    "fire1": "不属于特殊建设工程，免于消防设计审查",
}
REOPENED = {
    "cdreview": "图审意见未整改到位，退回补正后重审",
    "accept": "现场核查发现两台设备未到位，退回整改",
}


Progress = Callable[[float], object]
"""Is told a part of one."""


def _silence(_part: float) -> None:
    """Nobody waits."""


@transaction.atomic
def sow(today: date, *, progress: Progress = _silence) -> int:
    """Fill an empty database; how many projects it has then. The same day gives the same district.

    `progress` is told now and then how much of what happens has happened.
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
    calendar = load_calendar()
    district = District(
        Timeline(today, calendar), units, liaisons, people["manager"], read_places(),
        {(tier.kind, tier.code): tier for tier in Tier.objects.all()},
    )  # fmt: skip
    events: list[Event] = []
    told: list[Entry] = []
    for number, story in enumerate(read_stories()):
        entry, happened = _sow_project(story, district, Random(f"{SEED}/{number}"))  # noqa: S311 - the same each time
        told.append(entry)
        events += happened
    scene = Scene(today, calendar, units, people, Random(f"{SEED}/issues"))  # noqa: S311
    events += obstacle_events(scene)
    came = _by_ledger(told, district)
    events += ledger_events(came, district)
    events += investment_events(open_accounts(told, came, district), district)
    events += race_events(scene)
    events += meeting_events(scene)
    days = len({event.on for event in events})
    for number, _day in enumerate(live(events), start=1):
        progress(number / days)
    record_indicators(district)
    sweep_overdue(today, calendar)
    supervise(scene)
    for day in reckoned_days(today):
        reckon(day, calendar)
    return Project.objects.count()


def _by_ledger(told: list[Entry], district: District) -> list[Entry]:
    """What came by ledger beside the projects that are told of."""
    enterprises = invent_enterprises(Random(f"{SEED}/enterprises"))  # noqa: S311
    came = [
        *works(district),
        *renovations(district, enterprises, told),
        *programme_entries(district, enterprises),
    ]
    give_codes(came, Project.objects.exclude(code="").values_list("code", flat=True))
    return came


def _sow_project(story: Story, district: District, random: Random) -> tuple[Entry, list[Event]]:
    """Add the project with its chain; what happens to it from then on."""
    template, calendar = district.template(story.kind), district.timeline.calendar
    plan = layout(template.pk, story.conditions)
    now = elapsed(story, plan)
    start = calendar.add(calendar.on_or_before(district.timeline.today), -now)
    spans = course(story, plan, graph_of(template.pk), now=now, random=random, settled=settled(now))
    days = dated(spans, start, calendar)
    fields = district.fields(story, random)
    with told_of(working_hour(start)):
        project = add_project(actor=district.manager, **fields, code=_code(story, plan, days, random))
        lay_chain(project, template, actor=district.manager, starts_on=start, conditions=story.conditions)
        happened = list(_events(project, story, dict(days), district, random))
    entry = Entry(story, template, start, days, spending(plan, days, start, calendar), fields, project)
    return entry, happened


def _code(story: Story, plan: Layout, days: dict[int, Dates], random: Random) -> str:
    """A project has a code once its coding node is done; future factories have none."""
    step = next((step for step in plan.steps if step.code == "code"), None)
    assigned_on = days[step.pk].ended_on if step and step.pk in days else None
    if assigned_on is None:
        return ""
    return project_code(
        story.kind, assigned_on, random, wrong="wrong-code" in story.marks, old="old-code" in story.marks
    )


def _events(
    project: Project, story: Story, days: dict[int, Dates], district: District, random: Random
) -> Iterator[Event]:
    """The liaison starts and finishes what was started and finished, day by day."""
    nodes = {node.template_node_id: node for node in Node.objects.filter(project=project).for_list()}
    liaison = district.liaisons[story.town]
    for node in nodes.values():
        if node.template_node.code in story.waived:
            waive_node(
                node,
                actor=district.manager,
                reason=WAIVED[node.template_node.code],
                today=district.timeline.today,
            )
            days.pop(node.template_node_id, None)
    starts = [(span.began_on, 1, order, pk) for order, (pk, span) in enumerate(days.items()) if span.began_on]
    ends = [(span.ended_on, 0, order, pk) for order, (pk, span) in enumerate(days.items()) if span.ended_on]
    for on, starting, _, pk in sorted(starts + ends):
        entered = min(district.timeline.calendar.add(on, _ENTERED_LATER), district.timeline.today)
        entered = entered if "late-entries" in story.marks else on
        said: dict[str, Any] = {"actor": liaison, "on": on, "today": entered}
        if starting:
            yield Event(entered, partial(start_node, nodes[pk], **said))
        else:
            number = _document_no(nodes[pk], on, random)
            yield Event(entered, partial(finish_node, nodes[pk], document_no=number, **said))
    if story.at:
        node = next(node for node in nodes.values() if node.template_node.code == story.at)
        yield Event(district.timeline.today, partial(_complicate, node, story, district, liaison))


def _document_no(node: Node, on: date, random: Random) -> str:
    """The number of the proof that the node asks for; of a few it was forgotten."""
    asked = node.template_node.proof
    if not asked or random.random() < _WITHOUT_PROOF:
        return ""
    series = "影像" if "照片" in asked else "钱许"
    return f"{series}〔{on:%Y}〕{random.randrange(1, 400)}号"


def _complicate(node: Node, story: Story, district: District, liaison: User) -> None:
    """What else happened to the node that the project stands at."""
    if "reopened" in story.marks:
        _reopen(node, district)
    if "held-once" in story.marks:
        first, again = (district.timeline.calendar.add(district.timeline.today, -days) for days in (9, 5))
        hold_node(
            node, actor=liaison, on=first, until=again, today=again, reason="专家评审",
            notice_no=_notice(first, 18),
        )  # fmt: skip
    _move(node, story, district, liaison)
    _stop_the_clock(node, story, district, liaison)
    if "reminded" in story.marks:
        remind(node, actor=district.manager, note="周五截数前请更新进展")


def _move(node: Node, story: Story, district: District, liaison: User) -> None:
    """The dates that were asked for, and those that were approved."""
    manager = district.manager
    if "moved" in story.marks:
        asked = _ask(node, 10, liaison, district, following=True, text="企业调整建设时序，董事会已决议")
        approve_date_change(asked, actor=manager, answer="同意，后续节点一并顺延")
    if "moved-late" in story.marks:
        asked = _ask(node, 6, manager, district, following=False, text="责任单位临期提出，材料仍需补正")
        approve_date_change(asked, actor=manager, answer="同意，后续不再顺延")
    if "asked" in story.marks:
        _ask(node, 15, manager, district, following=False, text="前期手续晚于预期，与责任单位会商后提出")


def _stop_the_clock(node: Node, story: Story, district: District, liaison: User) -> None:
    """The holds that go on; one of them began just before the deadline."""
    today = district.timeline.today
    if story.held_for:
        since = district.timeline.calendar.add(today, -story.held_for)
        hold_node(
            node, actor=liaison, on=since, today=today, reason="配套电力投资界面未明确，等待专题会议定",
            notice_no=_notice(since, 7),
        )  # fmt: skip
    if "held-late" in story.marks:
        since = district.timeline.calendar.on_or_before(today)
        hold_node(
            node, actor=liaison, on=since, today=today, reason="企业临时提出调整设计方案，等待新图纸",
            notice_no=_notice(since, 21),
        )  # fmt: skip


def _ask(node: Node, days: int, actor: User, district: District, *, following: bool, text: str) -> DateChange:
    """Ask for a due date so many working days later."""
    due = Node.objects.get(pk=node.pk).due_on or district.timeline.today
    return request_date_change(
        node, actor=actor, due_on=district.timeline.calendar.add(due, days), reason=DateChange.Reason.ENTERPRISE,
        text=text, following=following, today=district.timeline.today,
    )  # fmt: skip


def _notice(on: date, number: int) -> str:
    return f"经信告〔{on:%Y}〕{number}号"


def _reopen(node: Node, district: District) -> None:
    """The node the project stands at was thought done, and is not."""
    finish_node(node, actor=district.manager, on=district.timeline.today, today=district.timeline.today)
    reopen_node(node, actor=district.manager, reason=REOPENED[node.template_node.code])

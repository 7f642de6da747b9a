"""Twelve weekly meetings of the demonstration district: frozen week by week, what they decided, and what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from config.demo.events import Event
from config.demo.obstacles import Scene
from domain.lights import LightRule
from domain.meetings import MeetingWeek
from meetings.actions import (
    ask_to_freeze,
    assign_speaker,
    carry_out,
    change_meeting,
    draft_meeting,
    report_done,
    take_decision,
    take_job,
    verify_decision,
)
from meetings.agenda_rows import agenda_rows
from meetings.models import AgendaItem, Decision, Meeting
from meetings.rhythm import rhythm

WEEKS = 12
CHAIR, RECORDER, PLACE = "陈副区长", "王科长", "区行政中心三楼会议室"
ATTENDEES = (
    "各街道（平台）分管负责人，投资促进局、发展改革局、规划资源分局、住房和城乡建设局、供电公司、水务公司"
)
DECIDED = {
    AgendaItem.Kind.OVERDUE: "由{unit}倒排工期，每周五报送“{project}”{title}进展，{due}前完成。",
    AgendaItem.Kind.ISSUE: "由{unit}牵头召开现场会，{due}前拿出“{project}”的解决方案。",
    AgendaItem.Kind.HOLD: "{unit}会同企业研究“{project}”恢复推进的条件，{due}前报分管领导。",
}
"""What is decided about an item of a kind."""

OUTCOME = "已按要求办结，佐证材料已上传。"


@dataclass(frozen=True)
class _Held:
    """A meeting of the past; `age` in weeks, the latest is 0."""

    age: int
    week: MeetingWeek


def meeting_events(scene: Scene) -> Iterator[Event]:
    """What the bureau does for its meetings of the last weeks, each frozen at its cut-off and held after it."""
    for held in _weeks(scene):
        meeting_on, cut_off_on = held.week.held_at.date(), held.week.cut_off_at.date()
        yield Event(cut_off_on, lambda held=held: _freeze(held, scene))  # type: ignore[misc]
        if meeting_on <= scene.today:
            yield Event(meeting_on, lambda held=held: _decide(held, scene))  # type: ignore[misc]
        if held.age >= 2:
            done_on = scene.calendar.add(meeting_on, 6)
            yield Event(done_on, lambda held=held, on=done_on: _settle(held, scene, on))  # type: ignore[misc]


def _weeks(scene: Scene) -> list[_Held]:
    """The last weeks whose cut-off has passed by the end of yesterday, the earliest first."""
    found: list[_Held] = []
    day = scene.today
    while len(found) < WEEKS:
        week = rhythm().week(day, scene.calendar)
        if week and week.cut_off_at.date() < scene.today:
            found.append(_Held(len(found), week))
        day -= timedelta(days=7)
    return found[::-1]


def _freeze(held: _Held, scene: Scene) -> None:
    manager, now = scene.people["manager"], timezone.make_aware(held.week.cut_off_at)
    rule = LightRule.on(now.date(), scene.calendar)
    meeting, _is_new = draft_meeting(held.week, actor=manager, rule=rule)
    meeting = change_meeting(
        meeting, actor=manager, chair=CHAIR, recorder=RECORDER, place=PLACE, attendees=ATTENDEES
    )
    first = list(AgendaItem.objects.filter(meeting=meeting).order_by("position")[:2])
    if first:
        assign_speaker(first, actor=manager, speaker="周经理")
    job = take_job(ask_to_freeze(meeting, actor=manager, now=now).pk, now=now)
    if job is None:
        raise AssertionError("nobody else freezes the meetings of the demonstration")
    carry_out(job, rule=rule, now=now)


def _decide(held: _Held, scene: Scene) -> None:
    """Three decisions about what stands first on the agenda."""
    meeting, on = _meeting(held), held.week.held_at.date()
    rows = agenda_rows(meeting, LightRule.on(on, scene.calendar))
    items = {item.pk: item for item in AgendaItem.objects.filter(meeting=meeting).select_related("unit")}
    told = [row for row in rows if row.kind in DECIDED and items[row.pk].unit_id]
    for number, row in enumerate(told[held.age % 3 : held.age % 3 + 3]):
        due_on = scene.calendar.add(on, 4 + 3 * number)
        text = DECIDED[AgendaItem.Kind(row.kind)].format(
            unit=row.unit, project=row.project, title=row.title, due=f"{due_on.month}月{due_on.day}日"
        )
        item = items[row.pk]
        take_decision(
            meeting, actor=scene.people["manager"], text=text, today=on, item=item, lead_unit=item.unit,
            due_on=due_on,
        )  # fmt: skip


def _settle(held: _Held, scene: Scene, on: date) -> None:
    """Of an old meeting all are done and verified, of a later one the first two, and one waits to be verified."""
    decisions = list(Decision.objects.filter(meeting=_meeting(held)).order_by("serial"))
    for decision in decisions if held.age > 3 else decisions[:2]:
        unit = decision.lead_unit
        reporter = scene.answerer_of(unit) if unit else scene.people["manager"]
        report_done(decision, actor=reporter, outcome=OUTCOME, today=on)
        if held.age > 2 or decision.serial == 1:
            other = "admin" if reporter == scene.people["manager"] else "manager"
            verify_decision(decision, actor=scene.people[other], today=on)


def _meeting(held: _Held) -> Meeting:
    return Meeting.objects.get(year=held.week.year, week=held.week.week)

"""The agenda builds itself; people add, drop, order and say who speaks, and what they did stays."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError
from domain.lifecycle import Status
from history.models import Change
from issues.actions import issue_slips, propose_slips
from issues.models import Supervision
from meetings.actions import (
    add_item,
    assign_speaker,
    change_meeting,
    draft_meeting,
    drop_item,
    order_items,
    refresh_agenda,
    report_done,
    restore_item,
    take_decision,
    verify_decision,
)
from meetings.agenda import waiting_counts
from meetings.agenda_rows import agenda_rows
from meetings.models import AgendaItem, Meeting
from milestones.actions import request_date_change
from milestones.models import Hold, Node
from tests.make import FRIDAY, make_issue, make_node, make_project, make_template, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting, make_week, rule_on
from tests.screen.small_district import LONG_AGO, make_laid, make_small_district

pytestmark = pytest.mark.django_db

NEXT_NOON = NOON + timedelta(days=7)
Kind = AgendaItem.Kind


def kinds(meeting: Meeting) -> list[str]:
    return list(meeting.items.standing().order_by("position").values_list("kind", flat=True))


def texts(meeting: Meeting) -> list[str]:
    return [row.title for row in agenda_rows(meeting, rule_on())]


def make_late(name: str, due_on: date, unit: Unit) -> Node:
    node = make_node(project=make_project(name=name), status=Status.RUNNING, due_on=due_on, unit=unit)
    node.refresh_from_db()
    return node


def test_the_worst_stands_first_and_a_units_nodes_together() -> None:
    power, water = (make_unit(name, kind=Unit.Kind.DEPARTMENT) for name in ("供电公司", "水务局"))
    for name, due_on, unit in (
        ("丙", date(2026, 2, 20), power), ("乙", date(2026, 2, 10), water), ("甲", date(2026, 2, 2), power),
        ("丁", date(2026, 3, 6), power),
    ):  # fmt: skip
        make_late(name, due_on, unit)
    rows = agenda_rows(make_meeting(), rule_on())
    assert [(row.unit, row.project) for row in rows] == [
        ("供电公司", "甲"),
        ("供电公司", "丙"),
        ("水务局", "乙"),
    ]
    assert [row.days_late for row in rows] == [24, 10, 18]


def test_what_only_waits_behind_another_is_not_talked_about() -> None:
    make_small_district()
    nodes = [row.title for row in agenda_rows(make_meeting(), rule_on()) if row.kind == Kind.OVERDUE]
    assert len(nodes) == 2, "the causes; what is knocked on waits for them"


def test_it_takes_in_everything_that_waits_for_a_word() -> None:
    boss = make_user()
    other = make_user()
    late = make_late("甲", date(2026, 2, 2), make_unit())
    held = make_node(status=Status.HELD, held_on=FRIDAY - timedelta(days=31))
    Hold.objects.create(node=held, held_on=FRIDAY - timedelta(days=31), reason="听证", held_by=boss)
    make_issue(title="没有人接")
    propose_slips(FRIDAY, rule_on().calendar)
    proposed = Supervision.objects.get(node=late)
    issue_slips([(proposed, None)], actor=boss, today=FRIDAY)
    moved = make_node(status=Status.RUNNING, due_on=date(2026, 5, 4))
    request_date_change(
        moved, actor=boss, today=FRIDAY, due_on=date(2026, 5, 11), reason="enterprise", text="方案调整"
    )
    last = make_meeting(NOON - timedelta(days=7))
    take_decision(last, actor=other, text="本周内送电", today=FRIDAY)
    assert kinds(make_meeting()) == [
        Kind.DECISION,
        Kind.OVERDUE,
        Kind.ISSUE,
        Kind.DATE_CHANGE,
        Kind.HOLD,
        Kind.SLIP,
    ]


def test_only_issues_that_the_desks_cannot_settle_are_on_it() -> None:
    lead = make_unit(kind=Unit.Kind.DEPARTMENT)
    make_issue(title="在办", lead_unit=lead, due_on=FRIDAY)
    make_issue(
        title="逾期", lead_unit=lead, due_on=FRIDAY - timedelta(days=1), today=FRIDAY - timedelta(days=9)
    )
    make_issue(title="专题", lead_unit=lead, due_on=date(2026, 4, 1), level=3)
    make_issue(title="挂起", lead_unit=lead, due_on=date(2026, 3, 3), status="suspended", level=3)
    make_issue(title="销号", status="closed")
    make_issue(title="新提")
    titles = [row.title.split()[1] for row in agenda_rows(make_meeting(), rule_on())]
    assert sorted(titles) == sorted(["专题", "逾期", "新提"])


def test_what_was_settled_goes_and_what_came_up_is_added() -> None:
    done, stays = (
        make_late("甲", date(2026, 2, 2), make_unit()),
        make_late("乙", date(2026, 2, 3), make_unit()),
    )
    meeting = make_meeting()
    Node.objects.filter(pk=done.pk).update(status=Status.DONE, finished_on=FRIDAY)
    new = make_late("丙", date(2026, 2, 4), make_unit())
    boss = make_user()
    refreshed = refresh_agenda(meeting, actor=boss, rule=rule_on())
    assert list(meeting.items.values_list("node", flat=True)) == [stays.pk, new.pk]
    assert refreshed.version > meeting.version
    again = refresh_agenda(meeting, actor=boss, rule=rule_on())
    assert again.version == refreshed.version, "nothing has changed, so nobody's page is stale"


def test_what_people_did_stays_when_the_agenda_fills_itself_again() -> None:
    boss = make_user()
    first, second = (
        make_late("甲", date(2026, 2, 2), make_unit()),
        make_late("乙", date(2026, 2, 3), make_unit()),
    )
    meeting = make_meeting()
    one, two = meeting.items.order_by("position")
    order_items(meeting, [two.pk, one.pk], actor=boss)
    assign_speaker([two], actor=boss, speaker="沈佳")
    drop_item(one, actor=boss, reason="下周再议")
    add_item(meeting, actor=boss, text="节后复工安排", speaker="陈副区长")
    make_late("丙", date(2026, 1, 5), make_unit())
    refresh_agenda(meeting, actor=boss, rule=rule_on())
    rows = agenda_rows(meeting, rule_on())
    assert [(row.project or row.title) for row in rows] == ["乙", "甲", "节后复工安排", "丙"], (
        "new ones come last"
    )
    assert [row.speaker for row in rows] == ["沈佳", "", "陈副区长", ""]
    assert [row.dropped_reason for row in rows] == ["", "下周再议", "", ""]
    assert (first.pk, second.pk) == (rows[1].node_id, rows[0].node_id)


def test_a_dropped_item_is_put_back_by_restoring_or_adding_it() -> None:
    boss, node = make_user(), make_late("甲", date(2026, 2, 2), make_unit())
    meeting = make_meeting()
    item = meeting.items.get()
    drop_item(item, actor=boss, reason="已口头汇报")
    restore_item(item, actor=boss)
    assert not meeting.items.get().is_dropped
    with pytest.raises(RuleError, match="already"):
        restore_item(item, actor=boss)
    drop_item(item, actor=boss, reason="已口头汇报")
    add_item(meeting, actor=boss, node=node)
    assert not meeting.items.get().is_dropped
    with pytest.raises(RuleError, match="already"):
        add_item(meeting, actor=boss, node=node)


def test_every_step_is_in_the_history_with_the_project() -> None:
    boss, node = make_user(), make_late("甲", date(2026, 2, 2), make_unit())
    meeting = make_meeting(actor=boss)
    item = meeting.items.get()
    drop_item(item, actor=boss, reason="已口头汇报")
    restore_item(item, actor=boss)
    assign_speaker([item], actor=boss, speaker="沈佳")
    issue = make_issue(node.project, title="在办", lead_unit=make_unit())
    add_item(meeting, actor=boss, issue=issue)
    order_items(meeting, list(meeting.items.order_by("-position").values_list("pk", flat=True)), actor=boss)
    change_meeting(meeting, actor=boss, place="三楼会议室")
    changes = Change.objects.filter(after__meeting=meeting.number).order_by("pk")
    assert [(change.verb, change.project_id) for change in changes] == [
        ("meeting_drafted", None), ("agenda_dropped", node.project_id), ("agenda_restored", node.project_id),
        ("agenda_assigned", None), ("agenda_added", node.project_id), ("agenda_ordered", None),
        ("meeting_changed", None),
    ]  # fmt: skip
    assert changes[1].note == "已口头汇报"


def test_each_step_is_refused_where_it_makes_no_sense() -> None:
    boss = make_user()
    make_late("甲", date(2026, 2, 2), make_unit())
    meeting = make_meeting()
    item = meeting.items.get()
    with pytest.raises(InputError, match="Say why"):
        drop_item(item, actor=boss, reason=" ")
    with pytest.raises(InputError, match="Say what"):
        add_item(meeting, actor=boss, text=" ")
    with pytest.raises(InputError, match="at least one"):
        assign_speaker([], actor=boss, speaker="沈佳")
    with pytest.raises(StaleError, match="2026-10"):
        drop_item(item, actor=boss, reason="x", version=meeting.version - 1)
    other = make_meeting(NEXT_NOON)
    with pytest.raises(PermissionDenied):
        order_items(other, [item.pk], actor=boss)
    with pytest.raises(RuleError, match="after its cut-off"):
        change_meeting(meeting, actor=boss, held_at=NOON - timedelta(hours=1))
    assert meeting.items.get().position == 1


def test_the_agenda_of_a_frozen_meeting_stands_still() -> None:
    boss = make_user()
    make_late("甲", date(2026, 2, 2), make_unit())
    meeting = freeze(make_meeting())
    item = meeting.items.get()
    for refused in (
        lambda: refresh_agenda(meeting, actor=boss, rule=rule_on()),
        lambda: add_item(meeting, actor=boss, text="晚了"),
        lambda: drop_item(item, actor=boss, reason="晚了"),
        lambda: order_items(meeting, [item.pk], actor=boss),
    ):
        with pytest.raises(RuleError, match="frozen"):
            refused()
    assign_speaker([item], actor=boss, speaker="沈佳")
    change_meeting(meeting, actor=boss, attendees="各街道")
    assert meeting.items.get().speaker == "沈佳"


@pytest.mark.parametrize("role", [User.Role.LIAISON, User.Role.LEADER, "town"])
def test_only_the_bureau_runs_the_meeting(role: str) -> None:
    make_late("甲", date(2026, 2, 2), make_unit())
    meeting = make_meeting()
    item = meeting.items.get()
    unit = make_unit()
    stranger = make_user(User.Role.MANAGER, unit=unit) if role == "town" else make_user(role, unit=unit)
    for refused in (
        lambda: draft_meeting(make_week(NEXT_NOON), actor=stranger, rule=rule_on()),
        lambda: refresh_agenda(meeting, actor=stranger, rule=rule_on()),
        lambda: add_item(meeting, actor=stranger, text="我"),
        lambda: drop_item(item, actor=stranger, reason="我"),
        lambda: restore_item(item, actor=stranger),
        lambda: assign_speaker([item], actor=stranger, speaker="我"),
        lambda: order_items(meeting, [item.pk], actor=stranger),
        lambda: change_meeting(meeting, actor=stranger, place="我"),
        lambda: take_decision(meeting, actor=stranger, text="我", today=FRIDAY),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    assert Meeting.objects.count() == 1


def test_a_unit_sees_its_own_items_and_those_of_its_projects() -> None:
    power, town = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT), make_unit("义蓬街道")
    mine = make_node(
        project=make_project(name="甲", town=town), status=Status.RUNNING, due_on=LONG_AGO, unit=power
    )
    make_late("乙", LONG_AGO, make_unit())
    meeting = make_meeting()
    add_item(meeting, actor=make_user(), text="只给局里")
    for unit in (power, town):
        seen = meeting.items.visible_to(make_user(User.Role.MANAGER, unit=unit))
        assert [item.node_id for item in seen] == [mine.pk]
    assert meeting.items.visible_to(make_user(User.Role.LEADER)).count() == 3
    assert meeting.items.visible_to(make_user(User.Role.LIAISON)).count() == 0


def test_who_sees_an_item_for_several_reasons_sees_it_once() -> None:
    town = make_unit("义蓬街道")
    project = make_project(name="甲", town=town)
    project.units.add(*(make_unit() for _ in range(5)))
    make_node(project=project, status=Status.RUNNING, due_on=LONG_AGO, unit=town)
    meeting = make_meeting()
    assert meeting.items.visible_to(make_user(User.Role.MANAGER, unit=town)).count() == 1


def test_a_node_that_is_not_late_is_put_on_it_as_what_it_is() -> None:
    boss, node = make_user(), make_node(due_on=date(2026, 5, 4))
    meeting = make_meeting()
    add_item(meeting, actor=boss, node=node)
    Node.objects.filter(pk=node.pk).update(due_on=LONG_AGO)
    refresh_agenda(meeting, actor=boss, rule=rule_on())
    (row,) = agenda_rows(meeting, rule_on())
    assert (row.kind, row.node_id) == (Kind.OTHER, node.pk), "and not once more when it becomes late"


@pytest.mark.parametrize("weeks", [-3, 3, 400])
def test_no_meeting_is_drafted_for_a_week_far_away(weeks: int) -> None:
    week = make_week(NOON + timedelta(weeks=weeks))
    with pytest.raises(RuleError, match="not for"):
        draft_meeting(week, actor=make_user(), rule=rule_on())


def test_a_meeting_is_not_held_long_after_its_cut_off() -> None:
    meeting = make_meeting()
    with pytest.raises(RuleError, match="within 60 days"):
        change_meeting(meeting, actor=make_user(), held_at=NOON + timedelta(days=61))


def test_drafting_twice_gives_one_meeting_with_what_the_last_one_said_of_place_and_people() -> None:
    boss = make_user()
    first = make_meeting(actor=boss)
    change_meeting(first, actor=boss, place="三楼会议室", chair="陈副区长", attendees="各街道、供电公司")
    assert draft_meeting(make_week(), actor=boss, rule=rule_on()) == (first, False)
    following = make_meeting(NEXT_NOON)
    assert (following.number, following.place, following.chair) == ("2026-11", "三楼会议室", "陈副区长")


def test_a_decision_comes_back_until_somebody_else_has_verified_it() -> None:
    boss, other = make_user(), make_user()
    decision = take_decision(make_meeting(), actor=boss, text="本周内送电", today=FRIDAY)
    following = make_meeting(NEXT_NOON)
    assert kinds(following) == [Kind.DECISION]
    report_done(decision, actor=boss, outcome="已送电", today=FRIDAY)
    refresh_agenda(following, actor=boss, rule=rule_on())
    assert kinds(following) == [Kind.DECISION], "somebody has to verify it"
    verify_decision(decision, actor=other, today=FRIDAY)
    refresh_agenda(following, actor=boss, rule=rule_on())
    assert kinds(following) == []


def test_an_agenda_takes_a_hundred_of_a_kind_and_the_counts_say_how_many_there_are() -> None:
    template = make_template("a")
    for number in range(102):
        nodes = make_laid(template, project=make_project(name=f"项目{number:03d}", town=_town()), a=LONG_AGO)
        Node.objects.filter(pk=nodes["a"].pk).update(status=Status.RUNNING, started_on=LONG_AGO)
    meeting = make_meeting()
    assert meeting.items.count() == 100
    assert waiting_counts(meeting, rule_on())[Kind.OVERDUE] == 102


def _town() -> Unit:
    return Unit.objects.get_or_create(name="义蓬街道", kind=Unit.Kind.TOWN)[0]

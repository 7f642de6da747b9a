from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit, User
from domain.date_changes import RequestStatus
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import WorkCalendar
from history.models import Change
from milestones.actions import (
    finish_node,
    hold_node,
    remind,
    request_date_change,
    return_date_change,
    start_node,
)
from milestones.models import Chain, DateChange, Node, TemplateNode
from milestones.my_work import MOST_CARDS, MyWork, Section, my_work
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 16)  # a Monday
LONG_AGO = date(2026, 1, 5)


def due(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def cards(response: Any) -> list[str]:
    """The numbers of the nodes that have a card, in their order."""
    ids = (str(attrs.get("id", "")) for tag, attrs in tags_of(response) if tag == "article")
    return [name.removeprefix("node-") for name in ids]


def work_of(user: User) -> MyWork:
    return my_work(user, LightRule.on(TODAY, WorkCalendar()))


def pks(work: MyWork, section: Section) -> list[int]:
    return [card.row.pk for card in work.cards[section]]


def liaison_of_a_town() -> User:
    return make_user(User.Role.LIAISON, unit=make_unit())


def project_of(user: User) -> Any:
    return make_project(town=user.unit, liaison=user)


def test_every_open_node_stands_in_one_section() -> None:
    user = liaison_of_a_town()
    project = project_of(user)
    chain = make_nodes(make_template("a", "b"), project=project, a=date(2026, 9, 1), b=date(2026, 9, 8))
    Chain.objects.create(project=project, template=chain["a"].template_node.template, starts_on=TODAY)

    def node(**fields: Any) -> Node:
        return make_node(project=project, **fields)

    late = node(status=Status.RUNNING, due_on=date(2026, 3, 13))
    soon = node(due_on=date(2026, 3, 20))
    this_week = node(due_on=date(2026, 3, 22), limit=3)
    Node.objects.filter(pk=soon.pk).update(limit=None)
    running = node(status=Status.RUNNING, due_on=date(2026, 8, 1))
    held = node(status=Status.HELD, due_on=date(2026, 3, 2))
    node(status=Status.DONE)
    node(status=Status.WAIVED)

    work = work_of(user)

    assert {section: pks(work, section) for section in work.cards} == {
        Section.OWED: [late.pk, soon.pk],
        Section.WEEK: [this_week.pk, running.pk],
        Section.IDLE: [],
        Section.STARTABLE: [chain["a"].pk],
        Section.HELD: [held.pk],
    }
    assert [row.pk for group in work.waiting for row in group.rows] == [chain["b"].pk]
    assert work.counts == {section: len(pks(work, section)) for section in work.cards} | {Section.WAITING: 1}


def test_what_could_have_been_started_long_ago_is_idle() -> None:
    user = liaison_of_a_town()
    idle, fresh = (make_node(project=project_of(user)) for _ in range(2))
    for node, starts_on in ((idle, LONG_AGO), (fresh, TODAY)):
        template = node.template_node.template
        Chain.objects.create(project=node.project, template=template, starts_on=starts_on)

    work = work_of(user)

    assert pks(work, Section.IDLE) == [idle.pk]
    assert pks(work, Section.STARTABLE) == [fresh.pk]


def test_a_reminder_brings_a_node_to_today_until_something_is_done_about_it() -> None:
    user = liaison_of_a_town()
    node = make_node(project=project_of(user), status=Status.RUNNING, due_on=date(2026, 12, 1))
    manager = make_user(display_name="王科长")
    remind(node, actor=manager, note="请本周内报送")
    remind(node, actor=manager, note="周五截数前请更新")

    (card,) = work_of(user).cards[Section.OWED]
    assert card.reminder
    assert (card.reminder.by, card.reminder.text) == ("王科长", "周五截数前请更新")
    assert card.reminder.on == timezone.localdate()
    assert "王科长 reminds you : 周五截数前请更新" in text_of(client_of(user).get("/my/"))

    hold_node(node, actor=user, on=date(2026, 3, 3), today=TODAY, reason="专家评审")
    work = work_of(user)
    assert pks(work, Section.OWED) == []
    assert [card.reminder for card in work.cards[Section.HELD]] == [None]


def test_a_node_that_waits_can_be_reminded_of_too() -> None:
    user = liaison_of_a_town()
    nodes = make_nodes(make_template("a", "b"), project=project_of(user))
    remind(nodes["b"], actor=make_user(), note="")

    work = work_of(user)
    page = client_of(user).get("/my/")

    assert pks(work, Section.OWED) == [nodes["b"].pk]
    assert not work.cards[Section.OWED][0].may_start
    assert f"/nodes/{nodes['b'].pk}/start/" not in page.content.decode()
    assert "waits for Node a" in text_of(page)


def test_what_is_on_hold_says_for_how_long_and_why_and_can_be_resumed() -> None:
    user = liaison_of_a_town()
    node = make_node(project=project_of(user), status=Status.RUNNING)
    since = timezone.localdate() - timedelta(days=14)
    hold_node(node, actor=user, on=since, today=since, reason="专家评审")
    client = client_of(user)

    page = client.get("/my/")
    assert "10 working days" in text_of(page) or "11 working days" in text_of(page)
    assert "专家评审" in text_of(page)
    client.post(f"/nodes/{node.pk}/resume/", {"on": timezone.localdate().isoformat(), "next": "/my/"})

    node.refresh_from_db()
    assert node.status == Status.RUNNING


def test_what_waits_is_listed_by_who_it_waits_for_the_own_unit_last() -> None:
    user = liaison_of_a_town()
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    template = make_template("a", "b", "c", edges=(("a", "b"), ("a", "c")))
    first = make_nodes(template, project=project_of(user))
    make_nodes(template, project=project_of(user))
    Node.objects.filter(pk=first["a"].pk).update(unit=power)
    Node.objects.filter(pk=first["c"].pk).update(status=Status.WAIVED, waived_reason="不需要")

    work = work_of(user)

    assert [(group.who, group.is_own, len(group.rows)) for group in work.waiting] == [
        ("供电公司", False, 1),
        (user.unit and user.unit.name, True, 2),
    ]
    assert work.for_others == 1
    page = text_of(client_of(user).get("/my/"))
    assert "1 waits for others" in page
    assert "供电公司 1" in page


def test_a_date_change_that_was_sent_back_is_something_to_do() -> None:
    user = liaison_of_a_town()
    colleague = make_user(User.Role.LIAISON, unit=user.unit)
    project = project_of(user)
    node = make_node(project=project, due_on=due(60))
    asked = request_date_change(
        node, actor=user, due_on=due(90), reason=DateChange.Reason.POLICY, today=timezone.localdate()
    )
    assert work_of(user).sent_back == []
    return_date_change(asked, actor=make_user(display_name="王科长"), answer="请附企业来函")

    (sent_back,) = work_of(user).sent_back
    assert (sent_back.by, sent_back.answer, sent_back.due_after) == ("王科长", "请附企业来函", due(90))
    page = client_of(user).get("/my/")
    assert "1 thing today" in text_of(page)
    assert "请附企业来函" in text_of(page)
    assert work_of(colleague).sent_back == []

    DateChange.objects.update(status=RequestStatus.WITHDRAWN)
    assert work_of(user).sent_back == []


def test_the_proof_that_the_template_asks_for_is_named_where_a_node_can_be_finished() -> None:
    user = liaison_of_a_town()
    node = make_node(project=project_of(user), status=Status.RUNNING)
    TemplateNode.objects.filter(pk=node.template_node_id).update(proof="施工许可证扫描件与证号")

    assert "Proof asked for: 施工许可证扫描件与证号" in text_of(client_of(user).get("/my/"))


def test_the_most_urgent_comes_first_and_what_waits_is_folded() -> None:
    liaison = liaison_of_a_town()
    project = project_of(liaison)
    nodes = make_nodes(make_template("a", "b"), project=project, a=due(90), b=due(100))
    running = make_node(project=project, status=Status.RUNNING, due_on=due(80))
    late = make_node(project=project, status=Status.RUNNING, due_on=due(-9))

    page = client_of(liaison).get("/my/")

    assert cards(page) == [str(late.pk), str(running.pk), str(nodes["a"].pk)]
    assert "1 thing today" in text_of(page)
    assert "1 more is running or due this week ." in text_of(page)
    assert "Waiting for own nodes" in text_of(page)


def test_two_taps_finish_a_node_and_a_third_way_needs_no_photo() -> None:
    liaison = liaison_of_a_town()
    node = make_node(project=project_of(liaison), status=Status.RUNNING, due_on=due(-9))
    client = client_of(liaison)

    tags = tags_of(client.get("/my/"))
    camera, *others = [attrs for tag, attrs in tags if tag == "input" and attrs.get("type") == "file"]
    sent = {
        str(attrs["name"]): str(attrs.get("value") or "")
        for tag, attrs in tags
        if tag == "input" and attrs.get("name") in {"on", "version", "next", "once", "document_no"}
    }
    answer = client.post(f"/nodes/{node.pk}/finish/", {**sent, "document_no": "330100202600001"}, follow=True)

    assert (camera["accept"], camera["capture"]) == ("image/*", "environment")
    assert "required" in camera
    assert ("label", camera["id"]) in [(tag, attrs.get("for")) for tag, attrs in tags], "the first tap"
    assert all("capture" not in attrs and "required" not in attrs for attrs in others)
    assert sent["on"] == timezone.localdate().isoformat()
    assert answer.redirect_chain == [("/my/", 302)]
    assert "is done." in text_of(answer)
    node.refresh_from_db()
    assert node.status == Status.DONE
    assert [proof.document_no for proof in node.proofs.all()] == ["330100202600001"]


def test_a_manager_of_a_department_has_the_nodes_of_the_own_unit() -> None:
    department = make_unit(kind=Unit.Kind.DEPARTMENT)
    project = make_project()
    project.units.add(department)
    mine = make_node(project=project, unit=department, due_on=due(-9))
    make_node(project=project, due_on=due(-9))

    assert cards(client_of(make_user(unit=department)).get("/my/")) == [str(mine.pk)]


def test_others_have_nothing_to_do_there() -> None:
    make_node(due_on=due(-9))

    for user in (make_user(User.Role.LIAISON), make_user(User.Role.LEADER), make_user(unit=make_unit())):
        page = client_of(user).get("/my/")
        assert cards(page) == []
        assert "Nothing is waiting for you" in text_of(page)


def test_a_section_shows_so_many_and_says_that_there_are_more() -> None:
    user = liaison_of_a_town()
    template, project = make_template("only"), project_of(user)
    nodes = [make_nodes(template, project=project_of(user), only=due(-9))["only"] for _ in range(MOST_CARDS)]
    assert "There is more than fits here." not in text_of(client_of(user).get("/my/"))
    make_nodes(template, project=project, only=due(-8))

    page = client_of(user).get("/my/")

    assert cards(page) == [str(node.pk) for node in nodes]
    assert f"{MOST_CARDS + 1} things today" in text_of(page)
    assert "There is more than fits here." in text_of(page)


def test_a_finished_node_is_no_longer_reminded_of() -> None:
    user = liaison_of_a_town()
    node = make_node(project=project_of(user), status=Status.RUNNING)
    remind(node, actor=make_user(), note="请报送")
    finish_node(node, actor=user, on=TODAY, today=TODAY)

    assert work_of(user).is_nothing
    assert Change.objects.filter(verb=Change.Verb.NODE_REMINDED).exists()


def test_more_work_costs_no_more_queries() -> None:
    liaison = liaison_of_a_town()
    client = client_of(liaison)
    template, manager = make_template("a", "b", "c", edges=(("a", "b"),)), make_user()

    def more() -> None:
        nodes = make_nodes(template, project=project_of(liaison), a=due(-9), b=due(60))
        remind(nodes["a"], actor=manager, note="请报送")
        asked = request_date_change(
            nodes["b"], actor=liaison, due_on=due(90), reason=DateChange.Reason.POLICY,
            today=timezone.localdate(),
        )  # fmt: skip
        return_date_change(asked, actor=manager, answer="请补充")
        start_node(nodes["c"], actor=liaison, on=TODAY, today=TODAY)
        hold_node(nodes["c"], actor=liaison, on=TODAY, today=TODAY, reason="专家评审")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/my/")
        return len(seen)

    more()
    queries()
    one = queries()
    for _ in range(4):
        more()

    assert queries() == one
    assert one <= 13
    assert len(cards(client.get("/my/"))) == 15

"""What a calendar program makes of the feed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from domain.lifecycle import Status
from milestones.models import Node
from notices import queries
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user
from tests.notices.feeds import address_of, calendar_in, events_in, read, summaries
from tests.pages import client_of, text_of

pytestmark = pytest.mark.django_db


def due(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def described(event: Any) -> list[str]:
    return str(event["description"]).split("\n")


def test_a_node_is_an_event_of_a_whole_day() -> None:
    town = make_unit("义蓬街道")
    node = make_node(
        project=make_project(name="电驱系统", town=town), status=Status.RUNNING, due_on=due(40), limit_on=due(30),
        version=7,
    )  # fmt: skip

    (event,) = events_in(read(address_of(make_user(), scope="seen"))).values()

    assert event["dtstart"].dt == due(30)
    assert event["dtstart"].to_ical() == due(30).strftime("%Y%m%d").encode()
    assert event["dtend"].dt == due(31)
    assert str(event["summary"]) == "Node only · 电驱系统"
    assert (event["uid"], event["sequence"]) == (f"node-{node.pk}@testserver", 7)
    assert (event["status"], event["transp"]) == ("CONFIRMED", "TRANSPARENT")
    assert event["url"] == f"http://testserver/projects/{node.project_id}/#node-{node.pk}"
    assert event["categories"].cats == ["On time"]
    first, *facts = described(event)
    assert first.startswith("On time (as of ")
    assert facts[:2] == ["Responsible unit: 义蓬街道", "Town: 义蓬街道"]
    assert [fact.partition(":")[0] for fact in facts[2:4]] == ["Due", "Limit ends"]
    assert facts[4:] == [event["url"]]


def test_what_is_late_says_so_in_words() -> None:
    nodes = make_nodes(make_template("a", "b"), a=due(-20), b=due(-9))
    user = make_user()

    events = events_in(read(address_of(user, scope="seen")))

    cause, knocked_on = (events[f"node-{nodes[code].pk}"] for code in "ab")
    assert str(cause["summary"]).endswith(" (Overdue)")
    assert cause["categories"].cats == ["Overdue"]
    assert " late (as of " in described(cause)[0]
    assert "Knocked on: something before it is still open." in described(knocked_on)
    assert "Knocked on: something before it is still open." not in described(cause)


def test_a_node_on_hold_is_tentative_and_says_why_its_date_is_open() -> None:
    make_node(status=Status.HELD, due_on=due(9), held_on=date(2026, 3, 2))

    (event,) = events_in(read(address_of(make_user(), scope="seen"))).values()

    assert event["status"] == "TENTATIVE"
    assert str(event["summary"]).endswith(" (On hold)")
    assert described(event)[0] == "On hold since 2 Mar 2026: the date moves when it is resumed"


@pytest.mark.usefixtures("_filled_calendar")
def test_a_date_that_a_holiday_notice_may_move_is_marked() -> None:
    make_node(due_on=due(390), limit_on=due(395))

    (event,) = events_in(read(address_of(make_user(), scope="seen"))).values()

    marked = [line for line in described(event) if line.endswith(" (provisional)")]
    assert [line.partition(":")[0] for line in marked] == ["Due", "Limit ends"]


def test_the_calendar_says_its_name_and_when_to_ask_again() -> None:
    user = make_user()

    calendar = calendar_in(read(address_of(user)))

    assert calendar.calendar_name == calendar["x-wr-calname"] == "Onescreen: my due dates"
    assert calendar.refresh_interval == timedelta(hours=1)
    assert (calendar["version"], calendar["x-published-ttl"]) == ("2.0", "PT1H")
    assert not list(calendar.events)


def test_dates_are_told_in_the_language_of_the_feed_not_of_the_program() -> None:
    make_node(due_on=due(-9))
    user = make_user()
    path = address_of(user, scope="seen", language="zh-hans")

    answer = read(path, **{"accept-language": "en"})

    assert answer["Content-Language"] == "zh-hans"
    (event,) = events_in(answer).values()
    assert str(event["summary"]).startswith("节点only · ")
    assert event["categories"].cats == ["超期"]


def test_chinese_text_is_folded_between_characters_and_comes_back_whole() -> None:
    name = "年产12万台新能源汽车电驱系统，智能制造项目；" * 9
    project = make_project(name=name, town=make_unit("江海生物医药平台"))
    make_node(project=project, due_on=due(5))

    answer = read(address_of(make_user(), scope="seen"))

    lines = answer.content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines), "no character is cut in two"
    assert b"\n" not in answer.content.replace(b"\r\n", b"")
    (event,) = events_in(answer).values()
    assert str(event["summary"]) == f"Node only · {name}"


def test_a_name_cannot_smuggle_lines_into_the_feed() -> None:
    name = "厂房\r\nEND:VEVENT\rBEGIN:VALARM\nX,Y;Z\\n\x0b\x1b\x85"
    make_node(project=make_project(name=name), due_on=due(5))

    answer = read(address_of(make_user(), scope="seen"))

    (event,) = events_in(answer).values()
    assert not event.subcomponents
    begun = [line for line in answer.content.split(b"\r\n") if line.startswith((b"BEGIN:", b"END:"))]
    assert begun == [b"BEGIN:VCALENDAR", b"BEGIN:VEVENT", b"END:VEVENT", b"END:VCALENDAR"]
    assert b"\r" not in answer.content.replace(b"\r\n", b"")
    assert b"\x0b" not in answer.content
    assert b"\x1b" not in answer.content
    assert "X,Y;Z\\n" in str(event["summary"])


def test_what_has_been_overdue_for_longer_is_one_event_of_today_that_opens_into_its_rows() -> None:
    town = make_unit()
    for days in (-61, -300):
        make_node(project=make_project(town=town), due_on=due(days))
    make_node(project=make_project(town=town), due_on=due(-60))
    user = make_user(unit=town)

    events = events_in(read(address_of(user, scope="seen")))

    older = events[f"older-{user.pk}"]
    assert str(older["summary"]) == "2 nodes overdue for more than 60 days"
    assert older["dtstart"].dt == due(0)
    page = client_of(user).get(str(older["url"]).removeprefix("http://testserver"))
    assert "2 nodes" in text_of(page)
    assert len(events) == 2


def test_the_own_older_nodes_are_on_the_own_page() -> None:
    liaison = make_user(User.Role.LIAISON)
    make_node(project=make_project(liaison=liaison), due_on=due(-90))

    (event,) = events_in(read(address_of(liaison))).values()

    assert str(event["summary"]) == "1 node overdue for more than 60 days"
    assert event["url"] == "http://testserver/my/"


def test_a_calendar_that_is_cut_says_so(monkeypatch: Any) -> None:
    monkeypatch.setattr(queries, "MOST_AHEAD", 1)
    make_node(due_on=due(3))
    path = address_of(make_user(), scope="seen")
    assert "more than fit" not in str(calendar_in(read(path)).description)

    make_node(due_on=due(4))

    assert "more than fit" in str(calendar_in(read(path)).description)


def test_an_event_keeps_its_name_when_its_date_moves() -> None:
    node = make_node(due_on=due(3))
    path = address_of(make_user(), scope="seen")
    (before,) = events_in(read(path)).values()

    Node.objects.filter(pk=node.pk).update(due_on=due(9), version=node.version + 1)

    (after,) = events_in(read(path)).values()
    assert before["uid"] == after["uid"]
    assert (after["dtstart"].dt, after["sequence"]) == (due(9), before["sequence"] + 1)


def test_what_is_done_leaves_the_calendar() -> None:
    node = make_node(due_on=due(3), status=Status.RUNNING)
    path = address_of(make_user(), scope="seen")
    assert len(summaries(path)) == 1

    Node.objects.filter(pk=node.pk).update(status=Status.DONE, finished_on=due(0))

    assert summaries(path) == []

"""The agenda of a draft from its page: ordered, added to, dropped from, restored, given speakers, refreshed."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import Unit, User
from domain.lifecycle import Status
from meetings.models import AgendaItem, Meeting
from milestones.models import Node
from tests.make import FRIDAY, make_issue, make_node, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def manager() -> User:
    return make_user()


@pytest.fixture
def meeting() -> Meeting:
    """With three overdue nodes, the worst first."""
    for days in (6, 5, 4):
        make_node(
            project=make_project(name=f"晚{days}天的项目"), status=Status.RUNNING,
            due_on=FRIDAY - timedelta(days=days),
        )  # fmt: skip
    return make_meeting()


def items(meeting: Meeting) -> list[int]:
    return list(
        AgendaItem.objects.filter(meeting=meeting)
        .standing()
        .order_by("position")
        .values_list("pk", flat=True)
    )


def version(meeting: Meeting) -> int:
    return Meeting.objects.get(pk=meeting.pk).version


def test_an_item_goes_up_down_and_to_the_top(manager: User, meeting: Meeting) -> None:
    first, second, third = items(meeting)
    client, path = client_of(manager), f"/meetings/{meeting.pk}/agenda/move/"

    answer = client.post(path, {"down": first, "version": version(meeting)})
    assert answer["Location"] == f"/meetings/{meeting.pk}/#item-{first}"
    assert items(meeting) == [second, first, third]
    client.post(path, {"top": third, "version": version(meeting)})
    assert items(meeting) == [third, second, first]
    client.post(path, {"up": first, "version": version(meeting)})
    assert items(meeting) == [third, first, second]


def test_the_first_stays_first_when_it_goes_up(manager: User, meeting: Meeting) -> None:
    before = items(meeting)
    client_of(manager).post(
        f"/meetings/{meeting.pk}/agenda/move/", {"up": before[0], "version": version(meeting)}
    )
    assert items(meeting) == before


def test_the_whole_order_can_be_sent_and_the_agenda_alone_comes_back(manager: User, meeting: Meeting) -> None:
    first, second, third = items(meeting)

    answer = client_of(manager).post(
        f"/meetings/{meeting.pk}/agenda/move/",
        {"order": f"{third},{first}", "version": version(meeting)},
        headers={"HX-Request": "true", "HX-Target": "agenda"},
    )

    assert items(meeting) == [third, first, second]
    tags = tags_of(answer)
    assert tags[0][1].get("id") == "agenda"
    assert "html" not in [tag for tag, _attributes in tags]
    versions = [attributes.get("value") for _tag, attributes in tags if attributes.get("name") == "version"]
    assert set(versions) == {str(version(meeting))}


def test_an_order_that_was_read_before_another_change_is_refused(manager: User, meeting: Meeting) -> None:
    first, *_others = items(meeting)
    client, path, read = client_of(manager), f"/meetings/{meeting.pk}/agenda/move/", version(meeting)
    client.post(path, {"down": first, "version": read})
    before = items(meeting)

    answer = client.post(path, {"down": first, "version": read})

    assert answer.status_code == 412
    assert "has changed since you read it" in text_of(answer)
    assert items(meeting) == before


@pytest.mark.parametrize(
    ("sent", "status"), [({}, 400), ({"up": "x"}, 400), ({"order": "a,b"}, 400), ({"up": "4711"}, 404)]
)
def test_a_move_that_cannot_be_read_moves_nothing(
    manager: User, meeting: Meeting, sent: dict[str, str], status: int
) -> None:
    before = items(meeting)
    assert client_of(manager).post(f"/meetings/{meeting.pk}/agenda/move/", sent).status_code == status
    assert items(meeting) == before


def test_one_speaker_is_named_for_several_items_at_once(manager: User, meeting: Meeting) -> None:
    first, second, third = items(meeting)
    client = client_of(manager)

    client.post(
        f"/meetings/{meeting.pk}/agenda/assign/",
        {"item": [first, third], "speaker": "陈经理", "version": version(meeting)},
    )

    named = dict(AgendaItem.objects.filter(meeting=meeting).values_list("pk", "speaker"))
    assert named == {first: "陈经理", second: "", third: "陈经理"}
    assert "陈经理" in text_of(client.get(f"/meetings/{meeting.pk}/"))
    assert client.post(f"/meetings/{meeting.pk}/agenda/assign/", {"speaker": "谁"}).status_code == 400


def test_items_are_dropped_together_with_a_reason_and_put_back(manager: User, meeting: Meeting) -> None:
    first, second, third = items(meeting)
    client, path = client_of(manager), f"/meetings/{meeting.pk}/agenda/"

    assert (
        client.post(f"{path}drop/", {"item": [first, second], "version": version(meeting)}).status_code == 400
    )
    assert items(meeting) == [first, second, third], "without a reason none is dropped"

    client.post(
        f"{path}drop/", {"item": [first, second], "reason": "专题会研究过", "version": version(meeting)}
    )
    assert items(meeting) == [third]
    said = text_of(client.get(f"/meetings/{meeting.pk}/"))
    assert "2 items were dropped" in said
    assert "专题会研究过" in said

    client.post(f"{path}restore/", {"item": first, "version": version(meeting)})
    assert items(meeting) == [first, third]


def test_where_one_of_several_cannot_be_dropped_none_is(manager: User, meeting: Meeting) -> None:
    first, second, _third = items(meeting)
    client, path = client_of(manager), f"/meetings/{meeting.pk}/agenda/drop/"
    client.post(path, {"item": second, "reason": "先撤", "version": version(meeting)})

    answer = client.post(path, {"item": [first, second], "reason": "再撤", "version": version(meeting)})

    assert answer.status_code == 409
    assert first in items(meeting)


def test_a_node_and_an_issue_are_found_by_their_words_and_put_on(manager: User, meeting: Meeting) -> None:
    node = make_node(
        project=make_project(name="轮胎技改"), status=Status.RUNNING, due_on=FRIDAY + timedelta(days=9)
    )
    issue = make_issue(node.project, title="雨污管网缺口", lead_unit=make_unit(kind=Unit.Kind.DEPARTMENT))
    client = client_of(manager)

    found = client.get(f"/meetings/{meeting.pk}/agenda/find/?search=轮胎")
    by_number = client.get(f"/meetings/{meeting.pk}/agenda/find/?search={issue.number}")

    buttons = {
        (attributes.get("name"), attributes.get("value"))
        for tag, attributes in tags_of(found)
        if tag == "button"
    }
    assert {("node", str(node.pk)), ("issue", str(issue.pk))} <= buttons
    assert "雨污管网缺口" in text_of(by_number)

    answer = client.post(f"/meetings/{meeting.pk}/agenda/add/", {"node": node.pk})
    added = AgendaItem.objects.get(meeting=meeting, node=node)
    assert answer["Location"] == f"/meetings/{meeting.pk}/#item-{added.pk}"
    client.post(f"/meetings/{meeting.pk}/agenda/add/", {"issue": issue.pk})
    assert items(meeting)[-2:] == [added.pk, AgendaItem.objects.get(meeting=meeting, issue=issue).pk]
    assert client.post(f"/meetings/{meeting.pk}/agenda/add/", {"node": node.pk}).status_code == 409


def test_anything_else_is_put_on_in_words_under_a_unit_that_is_typed(manager: User, meeting: Meeting) -> None:
    make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    client, path = client_of(manager), f"/meetings/{meeting.pk}/agenda/add/"

    client.post(path, {"text": "年底冲刺安排", "unit": "供电", "speaker": "陈经理"})

    added = AgendaItem.objects.get(meeting=meeting, kind="other")
    assert (added.text, str(added.unit), added.speaker) == ("年底冲刺安排", "供电公司", "陈经理")
    make_unit("自然资源和规划局", kind=Unit.Kind.DEPARTMENT)
    client.post(path, {"text": "用地", "unit": "资规"})
    assert str(AgendaItem.objects.get(meeting=meeting, text="用地").unit) == "自然资源和规划局"
    make_unit("供水公司", kind=Unit.Kind.DEPARTMENT)
    assert client.post(path, {"text": "别的", "unit": "公司"}).status_code == 400
    assert client.post(path, {"text": ""}).status_code == 400
    assert client.post(path, {"text": "别的", "unit": "没有的单位"}).status_code == 400


def test_what_is_out_of_sight_is_not_put_on(meeting: Meeting) -> None:
    stranger = make_user(unit=make_unit("前进街道"))
    node = Node.objects.first()
    assert node
    assert (
        client_of(stranger).post(f"/meetings/{meeting.pk}/agenda/add/", {"node": node.pk}).status_code == 404
    )
    assert client_of(stranger).get(f"/meetings/{meeting.pk}/agenda/find/").status_code == 403


def test_brought_up_to_date_it_takes_in_what_has_come_up_and_keeps_what_was_added(
    manager: User, meeting: Meeting
) -> None:
    client = client_of(manager)
    client.post(f"/meetings/{meeting.pk}/agenda/add/", {"text": "年底冲刺安排"})
    Node.objects.filter(project__name="晚6天的项目").update(status=Status.DONE, finished_on=FRIDAY)
    make_node(
        project=make_project(name="新晚的项目"), status=Status.RUNNING, due_on=FRIDAY - timedelta(days=1)
    )

    client.post(f"/meetings/{meeting.pk}/agenda/refresh/", {"version": version(meeting)})

    said = text_of(client.get(f"/meetings/{meeting.pk}/"))
    assert "新晚的项目" in said
    assert "年底冲刺安排" in said
    assert "晚6天的项目" not in said


def test_a_frozen_agenda_is_only_given_speakers(manager: User, meeting: Meeting) -> None:
    freeze(meeting)
    first, *_others = items(meeting)
    client, path = client_of(manager), f"/meetings/{meeting.pk}/agenda/"

    assert client.post(f"{path}assign/", {"item": first, "speaker": "陈经理"}).status_code == 302
    for step, sent in (
        ("move", {"down": first}), ("drop", {"item": first, "reason": "晚了"}), ("add", {"text": "晚了"}),
        ("refresh", {}),
    ):  # fmt: skip
        assert client.post(f"{path}{step}/", sent).status_code == 409, step

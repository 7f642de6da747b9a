"""The list of meetings, the page of one meeting, freezing it from there, meeting mode, and who sees how much."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Unit, User
from domain.lifecycle import Status
from issues.models import Issue
from meetings.actions import ask_to_freeze, assign_speaker, carry_out, drop_item, take_decision, take_job
from meetings.meeting_page import calendar_state, frozen_week
from meetings.models import AgendaItem, Delivery, Job, Meeting, Snapshot
from milestones.models import CalendarDay, Node
from tests.make import FRIDAY, make_issue, make_node, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting, rule_on
from tests.pages import client_of, tags_of, text_of
from tests.screen.small_district import make_small_district

pytestmark = pytest.mark.django_db

A_WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def manager() -> User:
    return make_small_district()


@pytest.fixture
def outsider() -> User:
    """A manager of a town without anything on the agenda."""
    return make_user(unit=make_unit("前进街道"))


def hrefs(response: Any) -> list[str]:
    return [str(attributes["href"]) for _tag, attributes in tags_of(response) if attributes.get("href")]


def actions(response: Any) -> list[str]:
    """Where the forms of a page are sent to."""
    return [str(attributes["action"]) for tag, attributes in tags_of(response) if tag == "form"]


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def late_node(name: str, days: int = 4) -> Node:
    """A node with a project of its own, so many days late and blocked by an issue."""
    node = make_node(
        project=make_project(name=name), status=Status.RUNNING, due_on=FRIDAY - timedelta(days=days)
    )
    make_issue(node.project, nodes=[node])
    return node


class TestList:
    def test_where_there_is_no_meeting_the_bureau_drafts_the_one_of_this_week(self, manager: User) -> None:
        client = client_of(manager)
        page = client.get("/meetings/")
        assert "Draft 2026 week 10" in text_of(page)

        answer = client.post("/meetings/draft/", {"day": "2026-03-06"})

        meeting = Meeting.objects.get()
        assert (meeting.year, meeting.week) == (2026, 10)
        assert answer["Location"] == f"/meetings/{meeting.pk}/"
        assert "/meetings/draft/" not in actions(client.get("/meetings/"))

    def test_others_cannot_draft_one(self, outsider: User) -> None:
        client = client_of(outsider)
        assert "/meetings/draft/" not in actions(client.get("/meetings/"))
        assert client.post("/meetings/draft/", {"day": "2026-03-06"}).status_code == 403
        assert not Meeting.objects.exists()

    @pytest.mark.parametrize("day", ["2026-06-01", "soon", ""])
    def test_a_week_far_ahead_or_no_day_at_all_is_not_drafted(self, manager: User, day: str) -> None:
        assert client_of(manager).post("/meetings/draft/", {"day": day}).status_code == 400
        assert not Meeting.objects.exists()

    def test_the_next_meeting_stands_above_with_its_moments_and_items(self, manager: User) -> None:
        meeting = make_meeting(place="三楼会议室")

        said = text_of(client_of(manager).get("/meetings/"))

        assert "The next meeting 2026 week 10" in said
        assert "Fri 6 Mar 12:00" in said
        assert "Mon 9 Mar 09:00" in said
        assert "三楼会议室" in said
        assert f"{meeting.items.count()} items" in said

    def test_a_frozen_one_shows_figures_with_change_files_completion_and_to_whom_it_went(
        self, manager: User
    ) -> None:
        freeze(make_meeting(NOON - A_WEEK), NOON - A_WEEK)
        late_node("新超期的项目")
        meeting = freeze(make_meeting())
        take_decision(meeting, actor=manager, text="供电公司周三前供图", today=FRIDAY)
        Delivery.objects.create(
            meeting=meeting,
            name="陈副区长",
            email="chen@example.org",
            state=Delivery.State.SENT,
            sent_at=NOON,
        )

        page = client_of(manager).get("/meetings/")

        said = text_of(page)
        assert "0 of 1 settled" in said
        assert "1 sent" in said
        assert "陈副区长" in said
        figures = Snapshot.objects.get(meeting=meeting).figures
        before = Snapshot.objects.exclude(meeting=meeting).get().figures
        assert f"overdue causes {figures['causes']:.0f} +{figures['causes'] - before['causes']:.0f}" in said
        assert {f"/meetings/{meeting.pk}/workbook/", f"/meetings/{meeting.pk}/minutes/"} <= set(hrefs(page))

    def test_from_the_cut_off_until_it_has_been_held_the_frozen_one_stands_above_the_drafts(
        self, manager: User, outsider: User, time_machine: "time_machine.TimeMachineFixture"
    ) -> None:
        meeting = freeze(make_meeting(place="三楼会议室"))
        draft = make_meeting(NOON + A_WEEK)
        at = f"/meetings/{meeting.pk}/"

        page = client_of(manager).get("/meetings/")

        said = text_of(page)
        coming = said[said.index("About to be held") : said.index("The meeting after it")]
        assert "2026 week 10" in coming
        assert "Mon 9 Mar 09:00" in coming
        assert "三楼会议室" in coming
        assert "The next meeting" not in said
        assert hrefs(page).count(f"{at}workbook/") == 2, "above, and in the list"
        assert {at, f"{at}mode/", f"/meetings/{draft.pk}/"} <= set(hrefs(page))
        others = client_of(outsider).get("/meetings/")
        assert "About to be held" in text_of(others)
        assert f"{at}workbook/" not in hrefs(others)

        time_machine.move_to(NOON + timedelta(days=3, hours=5), tick=False)
        assert "About to be held" in text_of(client_of(manager).get("/meetings/")), "on its day"
        time_machine.move_to(NOON + timedelta(days=4), tick=False)
        assert "About to be held" not in text_of(client_of(manager).get("/meetings/"))

    def test_leaders_are_offered_no_filled_in_workbooks(self, manager: User) -> None:
        assert "/meetings/uploads/" in hrefs(client_of(manager).get("/meetings/"))
        client = client_of(make_user(User.Role.LEADER))
        assert "/meetings/uploads/" not in hrefs(client.get("/meetings/"))

        page = client.get("/meetings/uploads/")
        answer = client.post("/meetings/uploads/")

        assert "/meetings/uploads/" not in actions(page)
        assert "Leaders see everything and change nothing." in text_of(page)
        assert answer.status_code == 403

    def test_who_does_not_see_the_district_sees_neither_its_figures_nor_its_files(
        self, outsider: User
    ) -> None:
        make_small_district()
        meeting = freeze(make_meeting())

        page = client_of(outsider).get("/meetings/")

        assert "2026 week 10" in text_of(page)
        assert "overdue causes" not in text_of(page)
        assert f"/meetings/{meeting.pk}/workbook/" not in hrefs(page)

    def test_the_latest_stands_first_and_each_is_compared_with_the_one_before(self, manager: User) -> None:
        for weeks in (1, 0, 2):
            freeze(make_meeting(NOON - weeks * A_WEEK), NOON - weeks * A_WEEK)
        lines = client_of(manager).get("/meetings/").context["lines"]
        assert [line.meeting.week for line in lines] == [10, 9, 8]
        causes = [line.figures[0].value for line in lines]
        assert [line.figures[0].change for line in lines] == [
            causes[0] - causes[1], causes[1] - causes[2], None,
        ]  # fmt: skip

    def test_as_many_queries_however_many_meetings_there_are(self, manager: User) -> None:
        client = client_of(manager)
        freeze(make_meeting())
        client.get("/meetings/")
        one = queries_of(client, "/meetings/")
        for weeks in range(1, 4):
            freeze(make_meeting(NOON - weeks * A_WEEK), NOON - weeks * A_WEEK)
        assert queries_of(client, "/meetings/") <= one + 1, "the one before the last of the page is asked for"


class TestDraft:
    def test_it_shows_the_agenda_by_kind_with_facts_and_who_runs_it_can_change_it(
        self, manager: User
    ) -> None:
        node = late_node("晶圆三期")
        meeting = make_meeting(actor=manager)

        page = client_of(manager).get(f"/meetings/{meeting.pk}/")

        said = text_of(page)
        assert "Overdue nodes 3" in said
        assert node.template_node.label in said
        assert "晶圆三期" in said
        assert "Blocked by issues" in said
        assert {f"/meetings/{meeting.pk}/freeze/", f"/meetings/{meeting.pk}/agenda/move/"} <= set(
            actions(page)
        )

    def test_who_does_not_run_it_reads_only(self, outsider: User) -> None:
        meeting = make_meeting()
        assert f"/meetings/{meeting.pk}/freeze/" not in actions(
            client_of(outsider).get(f"/meetings/{meeting.pk}/")
        )
        for step in ("move", "assign", "drop", "refresh", "add"):
            answer = client_of(outsider).post(
                f"/meetings/{meeting.pk}/agenda/{step}/", {"text": "别的事", "order": "1", "item": ""}
            )
            assert answer.status_code in {400, 403}, step
        assert client_of(outsider).post(f"/meetings/{meeting.pk}/freeze/").status_code == 403
        assert (
            client_of(outsider)
            .post(f"/meetings/{meeting.pk}/change/", {"held_at": "2026-03-09T10:00"})
            .status_code
            == 403
        )
        assert not Job.objects.exists()

    def test_a_unit_sees_the_items_under_which_it_stands_and_no_others(self) -> None:
        power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
        mine, other = late_node("甲项目"), late_node("乙项目")
        Node.objects.filter(pk=mine.pk).update(unit=power)
        mine.project.units.add(power)
        meeting = make_meeting()

        said = text_of(client_of(make_user(unit=power)).get(f"/meetings/{meeting.pk}/"))

        assert "甲项目" in said
        assert "乙项目" not in said
        assert other.project.name not in said
        assert "those that you may see" in said

    def test_what_is_beyond_an_agenda_is_counted_and_linked(
        self, manager: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in ("meetings.agenda", "meetings.meeting_page"):
            monkeypatch.setattr(f"{module}.MOST_OF_A_KIND", 1)
        meeting = make_meeting()

        page = client_of(manager).get(f"/meetings/{meeting.pk}/")

        assert "Overdue nodes +1" in text_of(page)
        assert any(href.startswith("/overdue/?light=red") for href in hrefs(page))

    def test_time_place_and_people_are_changed_from_the_version_that_was_read(self, manager: User) -> None:
        meeting = make_meeting()
        sent = {
            "held_at": "2026-03-09T14:30",
            "place": "二楼",
            "chair": "陈副区长",
            "version": meeting.version,
        }
        client = client_of(manager)

        assert client.post(f"/meetings/{meeting.pk}/change/", sent).status_code == 302
        assert client.post(f"/meetings/{meeting.pk}/change/", {**sent, "place": "一楼"}).status_code == 412

        meeting.refresh_from_db()
        assert (meeting.place, meeting.chair) == ("二楼", "陈副区长")
        assert meeting.held_at.isoformat() == "2026-03-09T06:30:00+00:00"

    def test_as_many_queries_however_long_the_agenda_is(self, manager: User) -> None:
        client = client_of(manager)
        late_node("一")
        meeting = make_meeting()
        client.get(f"/meetings/{meeting.pk}/")
        few = queries_of(client, f"/meetings/{meeting.pk}/")
        for number in range(4):
            late_node(f"项目之{number}")
        client.post(f"/meetings/{meeting.pk}/agenda/refresh/", {"version": meeting.version})
        client.get(f"/meetings/{meeting.pk}/")  # templates are read once
        assert queries_of(client, f"/meetings/{meeting.pk}/") == few


class TestFreezing:
    def test_before_the_cut_off_it_is_warned_that_it_comes_once(
        self, manager: User, time_machine: "time_machine.TimeMachineFixture"
    ) -> None:
        meeting = make_meeting()
        warning = "The cut-off that is planned,"
        assert warning not in text_of(client_of(manager).get(f"/meetings/{meeting.pk}/"))

        time_machine.move_to(NOON - timedelta(minutes=1), tick=False)

        said = text_of(client_of(manager).get(f"/meetings/{meeting.pk}/"))
        assert "Fri 6 Mar 12:00" in said[said.index(warning) :]
        assert "Freezing cannot be undone" in said[said.index(warning) :]

    def test_it_is_asked_for_once_and_the_page_says_how_far_it_is(self, manager: User) -> None:
        meeting, client = make_meeting(), client_of(manager)

        assert client.post(f"/meetings/{meeting.pk}/freeze/")["Location"] == f"/meetings/{meeting.pk}/"
        assert client.post(f"/meetings/{meeting.pk}/freeze/").status_code == 409

        job = Job.objects.get()
        page = client.get(f"/meetings/{meeting.pk}/")
        assert "The meeting waits to be frozen" in text_of(page)
        assert f"/meetings/jobs/{job.pk}/" in [attributes.get("hx-get") for _tag, attributes in tags_of(page)]
        assert f"/meetings/{meeting.pk}/freeze/" not in actions(page)

    def test_the_fragment_goes_on_and_has_the_page_read_anew_when_it_is_done(self, manager: User) -> None:
        meeting, client = make_meeting(), client_of(manager)
        job = ask_to_freeze(meeting, actor=manager, now=NOON)
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, done=3, beat_at=NOON)
        htmx = {"HX-Request": "true"}

        running = client.get(f"/meetings/jobs/{job.pk}/", headers=htmx)
        Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
        done = client.get(f"/meetings/jobs/{job.pk}/", headers=htmx)

        assert f"step 3 of {job.steps}" in text_of(running)
        assert "HX-Refresh" not in running
        assert done["HX-Refresh"] == "true"
        assert client.get(f"/meetings/jobs/{job.pk}/")["Location"] == f"/meetings/{meeting.pk}/"

    def test_it_says_so_where_no_worker_answers(
        self, manager: User, time_machine: "time_machine.TimeMachineFixture"
    ) -> None:
        meeting = make_meeting()
        ask_to_freeze(meeting, actor=manager, now=NOON)
        assert "No worker" not in text_of(client_of(manager).get(f"/meetings/{meeting.pk}/"))

        time_machine.move_to(NOON + timedelta(seconds=30), tick=False)
        assert "No worker has begun it yet" in text_of(client_of(manager).get(f"/meetings/{meeting.pk}/"))

    def test_it_says_why_it_failed_and_offers_it_again(self, manager: User) -> None:
        meeting = make_meeting()
        job = ask_to_freeze(meeting, actor=manager, now=NOON)
        Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, error="磁盘已满", ended_at=NOON)

        page = client_of(manager).get(f"/meetings/{meeting.pk}/")

        assert "could not be frozen" in text_of(page)
        assert "磁盘已满" in text_of(page)
        assert f"/meetings/{meeting.pk}/freeze/" in actions(page)

    def test_a_worker_that_does_the_job_leaves_the_meeting_frozen(self, manager: User) -> None:
        meeting = make_meeting()
        client_of(manager).post(f"/meetings/{meeting.pk}/freeze/")
        job = take_job(Job.objects.get().pk, now=NOON)
        assert job
        carry_out(job, rule=rule_on(), now=NOON)

        page = client_of(manager).get(f"/meetings/{meeting.pk}/")

        assert "frozen · cut off Fri 6 Mar 12:00" in text_of(page)
        assert f"/meetings/{meeting.pk}/agenda/move/" not in actions(page)


class TestFrozen:
    def test_figures_changes_agenda_and_versions_come_from_the_snapshot_alone(self, manager: User) -> None:
        freeze(make_meeting(NOON - A_WEEK), NOON - A_WEEK)
        node = late_node("变化前的名称")
        meeting, client = freeze(make_meeting()), client_of(manager)
        path = f"/meetings/{meeting.pk}/"
        before = _frozen_part(client.get(path))

        node.project.name = "变化后的名称"
        node.project.save()
        Node.objects.filter(pk=node.pk).update(status=Status.DONE, finished_on=FRIDAY)
        Issue.objects.update(title="另一个标题")
        after = _frozen_part(client.get(path))

        assert before == after
        assert "变化前的名称" in before
        assert "last week" in before
        assert "2026-11" in before, "the rules are named"

    def test_figures_are_named_in_the_language_of_the_reader_though_they_were_frozen_in_another(
        self, manager: User
    ) -> None:
        with translation.override("zh-hans"):
            meeting = freeze(make_meeting())

        page = client_of(manager).get(f"/meetings/{meeting.pk}/")

        figures = page.context["page"].figures
        with translation.override("zh-hans"):
            before = frozen_week(meeting).overview.figures
            assert [figure.label for figure in page.context["page"].figures] == [one.label for one in before]
        assert [figure.value for figure in figures] == [one.value for one in before]
        assert not [figure.label for figure in figures if not figure.label.isascii()]

    def test_its_calendar_can_be_read(self, manager: User) -> None:
        CalendarDay.objects.create(on=date(2026, 5, 1), is_working=False)
        CalendarDay.objects.update(updated_at=datetime(2026, 1, 5, 1, 30, tzinfo=UTC))
        meeting = freeze(make_meeting())

        said = text_of(client_of(manager).get(f"/meetings/{meeting.pk}/"))

        assert "1 day entered, last changed 5 Jan 2026 09:30" in said
        assert calendar_state("0") is None

    def test_who_speaks_can_still_be_said(self, manager: User) -> None:
        late_node("甲项目")
        meeting = freeze(make_meeting())
        item = AgendaItem.objects.filter(meeting=meeting).first()
        assert item
        assign_speaker([item], actor=manager, speaker="李局长")

        assert "李局长" in text_of(client_of(manager).get(f"/meetings/{meeting.pk}/"))

    def test_a_unit_sees_its_items_as_they_were_frozen_and_no_figure_of_the_whole(self) -> None:
        power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
        mine = late_node("甲项目")
        late_node("乙项目")
        Node.objects.filter(pk=mine.pk).update(unit=power)
        mine.project.units.add(power)
        meeting = freeze(make_meeting())

        page = client_of(make_user(unit=power)).get(f"/meetings/{meeting.pk}/")

        said = text_of(page)
        assert "甲项目" in said
        assert "乙项目" not in said
        assert "By what the figures were computed" not in said
        assert f"/meetings/{meeting.pk}/workbook/" not in hrefs(page)

    def test_the_workbook_is_the_one_that_was_kept_and_only_for_who_may_see_everything(
        self, manager: User, outsider: User
    ) -> None:
        meeting = freeze(make_meeting())

        answer = client_of(manager).get(f"/meetings/{meeting.pk}/workbook/")

        assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
        assert "attachment" in answer["Content-Disposition"]
        refused = client_of(outsider).get(f"/meetings/{meeting.pk}/workbook/")
        assert refused.status_code == 403
        assert "Minutes and workbook of a meeting hold the whole district" in text_of(refused)
        assert (
            client_of(manager).get(f"/meetings/{make_meeting(NOON + A_WEEK).pk}/workbook/").status_code == 404
        )


def _frozen_part(page: Any) -> str:
    """What the page shows of the snapshot: all but its head and what is said of the sending."""
    said = text_of(page)
    return said[said.index("frozen ·") :]


class TestMode:
    def test_it_goes_through_the_items_one_address_each(self, manager: User) -> None:
        meeting, client = make_meeting(), client_of(manager)
        items = list(AgendaItem.objects.filter(meeting=meeting).order_by("position"))
        path = f"/meetings/{meeting.pk}/mode/"

        first, second = client.get(path), client.get(f"{path}?item={items[1].pk}")

        assert f"1 / {len(items)}" in text_of(first)
        assert f"{path}?item={items[1].pk}" in hrefs(first)
        assert f"2 / {len(items)}" in text_of(second)
        assert f"{path}?item={items[0].pk}" in hrefs(second)
        assert f"/meetings/{meeting.pk}/#item-{items[1].pk}" in hrefs(second)

    @pytest.mark.parametrize("asked", ["0", "999999", "x", "9" * 40, "-1"])
    def test_an_item_that_there_is_not_is_not_found(self, manager: User, asked: str) -> None:
        meeting = make_meeting()
        assert client_of(manager).get(f"/meetings/{meeting.pk}/mode/?item={asked}").status_code == 404

    def test_what_was_dropped_or_is_out_of_sight_is_not_found(self, manager: User, outsider: User) -> None:
        meeting = make_meeting()
        item = AgendaItem.objects.filter(meeting=meeting)[0]
        path = f"/meetings/{meeting.pk}/mode/?item={item.pk}"
        assert client_of(manager).get(path).status_code == 200
        assert client_of(outsider).get(path).status_code == 404

        drop_item(item, actor=manager, reason="专题会已研究")

        assert client_of(manager).get(path).status_code == 404

    def test_numbers_of_decisions_open_beside_it_and_on_other_pages_in_place(self, manager: User) -> None:
        meeting = make_meeting()
        item = AgendaItem.objects.filter(meeting=meeting)[0]
        decision = take_decision(meeting, actor=manager, text="周三前供图", today=FRIDAY, item=item)
        client, at = client_of(manager), f"/meetings/{meeting.pk}/"
        targets = {
            path: [
                attributes.get("target")
                for _tag, attributes in tags_of(client.get(path))
                if attributes.get("href") == f"/meetings/decisions/{decision.pk}/"
            ]
            for path in (at, f"{at}mode/?item={item.pk}", f"{at}decisions/?item={item.pk}")
        }
        assert list(targets.values()) == [[None], ["_blank"], ["_blank"]]

    def test_what_was_frozen_stands_beside_what_is_now(self, manager: User) -> None:
        node = Node.objects.get(project__name="晶圆材料二期", template_node__code="b")
        make_issue(node.project, nodes=[node], title="电缆沟未通")
        meeting = freeze(make_meeting())
        item = AgendaItem.objects.get(meeting=meeting, node=node, kind="overdue")
        late = frozen_week(meeting).agenda
        Node.objects.filter(pk=node.pk).update(due_on=FRIDAY + A_WEEK)

        page = client_of(manager).get(f"/meetings/{meeting.pk}/mode/?item={item.pk}")

        said = text_of(page)
        days = next(row.days_late for row in late if row.pk == item.pk)
        assert f"{days} working days late" in said
        assert "Now, 6 Mar" in said
        assert "13 Mar" in said
        assert "电缆沟未通" in said
        assert "raised issue" in said, "the record of the issue"
        assert any(f"/nodes/{node.pk}/" in href for href in hrefs(page)), "the chain map"

    def test_what_was_decided_before_about_the_same_stands_there(self, manager: User) -> None:
        node = late_node("甲项目", days=12)
        last = make_meeting(NOON - A_WEEK)
        item = AgendaItem.objects.get(meeting=last, kind="overdue", node=node)
        take_decision(last, actor=manager, text="上周定的事", today=FRIDAY, item=item)
        meeting = make_meeting()
        here = AgendaItem.objects.get(meeting=meeting, kind="overdue", node=node)
        take_decision(meeting, actor=manager, text="今天定的事", today=FRIDAY, item=here)

        said = text_of(client_of(manager).get(f"/meetings/{meeting.pk}/mode/?item={here.pk}"))

        assert "今天定的事" in said[said.index("Decided about it today") :]
        assert "上周定的事" in said[said.index("Decided before, not settled") :]

    def test_who_sees_nothing_of_the_agenda_is_led_back(self, outsider: User) -> None:
        make_small_district()
        meeting = make_meeting()
        answer = client_of(outsider).get(f"/meetings/{meeting.pk}/mode/")
        assert answer["Location"] == f"/meetings/{meeting.pk}/"

    def test_only_who_runs_the_meeting_has_the_form(self) -> None:
        power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
        node = late_node("甲项目")
        Node.objects.filter(pk=node.pk).update(unit=power)
        meeting = make_meeting()
        page = client_of(make_user(unit=power)).get(f"/meetings/{meeting.pk}/mode/")
        assert page.status_code == 200
        assert f"/meetings/{meeting.pk}/decisions/take/" not in actions(page)

    def test_as_many_queries_however_long_the_agenda_is(self, manager: User) -> None:
        client = client_of(manager)
        meeting = make_meeting()
        path = f"/meetings/{meeting.pk}/mode/"
        client.get(path)
        few = queries_of(client, path)
        for number in range(4):
            late_node(f"项目之{number}")
        make_issue()
        client.post(f"/meetings/{meeting.pk}/agenda/refresh/", {"version": meeting.version})
        assert AgendaItem.objects.filter(meeting=meeting).count() > 6
        assert queries_of(client, path) == few


@pytest.mark.parametrize("path", ["", "workbook/", "mode/", "decisions/", "decisions/take/", "agenda/find/"])
def test_who_has_not_logged_in_is_asked_to(path: str) -> None:
    meeting = make_meeting()
    assert Client().get(f"/meetings/{meeting.pk}/{path}")["Location"].startswith("/accounts/login/")


def test_a_meeting_that_there_is_not_is_not_found() -> None:
    assert client_of(make_user()).get("/meetings/4711/").status_code == 404


def test_a_unit_is_not_told_of_which_project_out_of_its_sight_its_decision_is() -> None:
    unit, hidden = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT), make_project(name="保密项目")
    take_decision(
        make_meeting(NOON - timedelta(days=7)), actor=make_user(), text="由供电公司牵头", today=NOON.date(),
        lead_unit=unit, projects=[hidden],
    )  # fmt: skip
    meeting = make_meeting()
    client = client_of(make_user(User.Role.MANAGER, unit=unit))
    for address in (
        f"/meetings/{meeting.pk}/",
        f"/meetings/{meeting.pk}/mode/",
        f"/api/v1/meetings/{meeting.pk}/",
    ):
        said = client.get(address).content.decode()
        assert "由供电公司牵头" in said, address
        assert "保密项目" not in said, address
    assert client.get(f"/api/v1/decisions/?project={hidden.pk}").json()["count"] == 0


def test_a_unit_of_many_goes_through_its_items_to_the_last_one() -> None:
    town = make_unit("义蓬街道")
    for name in ("甲", "乙", "丙"):
        project = make_project(name=name, town=town)
        project.units.add(*(make_unit() for _ in range(4)))
        make_node(project=project, status=Status.RUNNING, due_on=NOON.date() - timedelta(days=9), unit=town)
    meeting = make_meeting()
    client = client_of(make_user(User.Role.MANAGER, unit=town))
    last = meeting.items.order_by("-position")[0]
    page = client.get(f"/meetings/{meeting.pk}/mode/", {"item": last.pk}).content.decode()
    assert "3 / 3" in page


def test_only_who_runs_the_meeting_reads_why_a_job_failed() -> None:
    meeting = make_meeting()
    job = ask_to_freeze(meeting, actor=make_user(), now=NOON)
    Job.objects.update(state=Job.State.FAILED, error="/srv/geheim")
    for user, told in ((make_user(), True), (make_user(User.Role.LIAISON, unit=make_unit()), False)):
        for address, more in (
            (f"/meetings/{meeting.pk}/", {}),
            (f"/meetings/jobs/{job.pk}/", {"hx-request": "true"}),
        ):
            page = client_of(user).get(address, headers=more).content.decode()
            assert ("/srv/geheim" in page) is told, (user, address)

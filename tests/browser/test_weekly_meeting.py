"""Two weeks of the meeting, as the bureau plays them: what is decided in the first comes back in the second."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation
from django.utils.translation import pgettext
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Unit, User
from domain.lifecycle import Status
from issues.models import Issue
from meetings.models import AgendaItem, Decision, Job, Meeting, Upload
from meetings.tasks import keep_meetings, run_job
from milestones.models import Node
from projects.models import Project
from tests.browser.conftest import log_in, zh
from tests.make import make_category, make_issue, make_node, make_project, make_unit, make_user
from tests.meetings.drafts import make_meeting
from tests.meetings.filling import ISSUES, PROJECTS, Offline

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HERE = ZoneInfo("Asia/Shanghai")
WEDNESDAY, MONDAY = datetime(2026, 3, 4, 10, tzinfo=HERE), datetime(2026, 3, 9, 9, tzinfo=HERE)
NEXT_WEDNESDAY, NEXT_FRIDAY = WEDNESDAY + timedelta(days=7), datetime(2026, 3, 13, 11, tzinfo=HERE)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def manager() -> User:
    return make_user(username="wang", display_name="王科长")


@pytest.fixture
def power() -> Unit:
    return make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)


@pytest.fixture
def late(power: Unit) -> list[Node]:
    """Two nodes that are late on the Wednesday, the worst first, and one that will be a week later."""
    make_category()
    days_late = {"晶圆材料二期": 20, "轮胎技改": 13, "抗体基地": -4}
    return [
        make_node(
            project=make_project(name=name, leader="陈副区长"), unit=power, status=Status.RUNNING,
            due_on=WEDNESDAY.date() - timedelta(days=days),
        )
        for name, days in days_late.items()
    ]  # fmt: skip


@pytest.fixture
def issue(late: list[Node], power: Unit) -> Issue:
    """What blocks the worst of them; the power company leads."""
    return make_issue(
        late[0].project, nodes=[late[0]], title="开闭所未开工", today=date(2026, 2, 20), lead_unit=power,
        due_on=date(2026, 3, 20),
    )  # fmt: skip


def test_two_weeks_of_the_meeting(
    page: Page, live_server: LiveServer, complaints: list[str], tmp_path: Path, manager: User, late: list[Node],
    issue: Issue, settings: Any,
) -> None:  # fmt: skip
    settings.SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
    with time_machine.travel(WEDNESDAY) as clock:
        keep_meetings()
        meeting = Meeting.objects.get()
        log_in(page, live_server, manager, "/meetings/")
        _the_agenda_is_edited(page, meeting)
        _it_is_frozen_while_the_page_looks_on(page, meeting)

        clock.move_to(MONDAY)
        _a_decision_is_taken_by_keyboard_in_meeting_mode(page, live_server, meeting)
        complaints[:] = [heard for heard in complaints if "ERR_INTERNET_DISCONNECTED" not in heard]
        book = _the_workbook_is_downloaded_and_filled_in(page, live_server, meeting, tmp_path, issue)
        Project.objects.filter(name="晶圆材料二期").update(leader="周副区长")
        _it_comes_back_with_a_conflict_and_is_applied(page, live_server, book, issue)

        clock.move_to(NEXT_WEDNESDAY)
        Node.objects.filter(pk=late[1].pk).update(status=Status.DONE, finished_on=MONDAY.date())
        keep_meetings()
        second = Meeting.objects.exclude(pk=meeting.pk).get()
        clock.move_to(NEXT_FRIDAY)
        _the_second_week_shows_what_came_back(page, live_server, meeting, second)


def test_what_was_typed_while_the_server_was_away_survives_the_page(
    page: Page, live_server: LiveServer, manager: User, late: list[Node], power: Unit
) -> None:
    with time_machine.travel(WEDNESDAY):
        meeting = make_meeting(WEDNESDAY, actor=manager)
        log_in(page, live_server, manager, f"/meetings/{meeting.pk}/")
        page.route("**/decisions/save/", lambda route: route.abort())
        page.locator("#decide-text").press_sequentially("断网时记下的话")
        expect(page.locator("[data-mark]")).to_have_attribute("data-state", "away")

        page.unroute("**/decisions/save/")
        page.reload()

        expect(page.locator("#taken")).to_contain_text("断网时记下的话")
        assert Decision.objects.get().text == "断网时记下的话"


def test_what_the_server_refuses_is_said_and_can_be_mended_and_half_a_name_finds_its_unit(
    page: Page, live_server: LiveServer, complaints: list[str], manager: User, late: list[Node], power: Unit
) -> None:
    make_unit("供水公司", kind=Unit.Kind.DEPARTMENT)
    with time_machine.travel(WEDNESDAY):
        meeting = make_meeting(WEDNESDAY, actor=manager)
        log_in(page, live_server, manager, f"/meetings/{meeting.pk}/")
        page.locator("#decide-due").fill("2026-03-01")
        page.locator("#decide-text").press_sequentially("尽快供图")
        expect(page.locator("[data-mark]")).to_have_attribute("data-state", "refused")
        assert not Decision.objects.exists()

        page.locator("#decide-due").fill("2026-03-20")
        expect(page.locator("[data-mark]")).to_have_attribute("data-state", "saved")
        page.locator("#decide-unit").press_sequentially("公司")
        page.locator("#decide-unit").press("Control+Enter")
        expect(page.locator("#decide-unit")).to_be_focused()
        page.wait_for_load_state("networkidle")
        page.locator("#decide-unit").fill("供电")
        page.locator("#decide-unit").press("Control+Enter")

        expect(page.locator("#taken")).to_contain_text("供电公司")
        decision = Decision.objects.get()
        assert (decision.text, decision.lead_unit) == ("尽快供图", power)
        complaints[:] = [
            heard for heard in complaints if "409" not in heard
        ]  # the browser tells of each refusal


def test_a_unit_is_taken_when_its_name_is_whole_or_the_field_is_left_and_what_fits_none_or_several_is_said(
    page: Page, live_server: LiveServer, complaints: list[str], manager: User, late: list[Node], power: Unit
) -> None:
    for name in ("供电所", "住房和城乡建设局", "规划资源分局", "发展和改革局"):
        make_unit(name, kind=Unit.Kind.DEPARTMENT)
    with time_machine.travel(WEDNESDAY):
        meeting = make_meeting(WEDNESDAY, actor=manager)
        log_in(page, live_server, manager, f"/meetings/{meeting.pk}/")
        mark, unit = page.locator("[data-mark]"), page.locator("#decide-unit")
        page.locator("#decide-text").press_sequentially("尽快供图")
        expect(mark).to_have_attribute("data-state", "saved")

        unit.press_sequentially("住")
        expect(mark).to_contain_text(zh("saved without the unit, whose name is not whole yet"))
        page.wait_for_load_state("networkidle")
        assert Decision.objects.get().lead_unit is None, "one unit has it, but who types may mean another"
        unit.press_sequentially("建")
        unit.press("Enter")
        expect(unit).to_have_value("住房和城乡建设局")
        expect(page.locator("#taken")).to_contain_text("住房和城乡建设局")
        expect(mark).to_have_attribute("data-state", "saved")
        assert str(Decision.objects.get().lead_unit) == "住房和城乡建设局"

        for typed, sentence in (
            ("水务", "There is no unit “{name}”; none is chosen, the rest is saved."),
            ("供电", "“{name}” can be several units; none is chosen, the rest is saved."),
        ):
            unit.fill(typed)
            unit.press("Enter")
            expect(mark).to_have_attribute("data-state", "refused")
            expect(mark).to_have_text(zh(sentence).replace("{name}", typed))
            page.wait_for_timeout(1500)  # until it has been sent, and the list was read anew
            expect(mark).to_have_attribute("data-state", "refused")
            assert Decision.objects.get().lead_unit is None

        for typed, name in (("资规", "规划资源分局"), ("发改", "发展和改革局")):
            unit.fill(typed)
            unit.press("Tab")
            expect(unit).to_have_value(name)
            expect(page.locator("#taken")).to_contain_text(name)
        expect(mark).to_have_attribute("data-state", "saved")
        assert str(Decision.objects.get().lead_unit) == "发展和改革局"


def test_a_saved_decision_without_its_text_keeps_its_wording_and_says_where_it_is_withdrawn(
    page: Page, live_server: LiveServer, complaints: list[str], manager: User, late: list[Node]
) -> None:
    with time_machine.travel(WEDNESDAY):
        meeting = make_meeting(WEDNESDAY, actor=manager)
        log_in(page, live_server, manager, f"/meetings/{meeting.pk}/mode/")
        mark, text = page.locator("[data-mark]"), page.locator("#decide-text")
        text.press_sequentially("记错的话")
        expect(mark).to_have_attribute("data-state", "saved")
        text.fill("")

        expect(mark).to_contain_text("2026-10-01")
        expect(mark).to_have_attribute("data-state", "refused")
        page.wait_for_timeout(1500)
        assert Decision.objects.get().text == "记错的话"
        with page.context.expect_page() as opened:
            mark.locator("a").click()
        expect(opened.value.locator("#withdraw-reason")).to_be_visible()
        opened.value.close()

        text.press("Control+Enter")
        text.press_sequentially("下一件事")
        expect(page.locator("#taken")).to_contain_text("下一件事")
        assert Decision.objects.count() == 2, "what is typed next is another one"


def test_nothing_is_dropped_without_a_reason_and_the_page_stays_and_asks_for_it(
    page: Page, live_server: LiveServer, complaints: list[str], manager: User, late: list[Node]
) -> None:
    with time_machine.travel(WEDNESDAY):
        meeting = make_meeting(WEDNESDAY, actor=manager)
        log_in(page, live_server, manager, f"/meetings/{meeting.pk}/")
        reason = page.locator("#drop-reason")
        _rows(page).first.locator("[name=item]").check()
        page.locator("[data-drop]").click()

        assert reason.evaluate("field => field.validationMessage") == zh("Say why it is dropped.")
        expect(reason).to_be_focused()
        expect(_rows(page).first.locator("[name=item]")).to_be_checked()
        page.fill("#speaker", "陈经理")
        page.press("#speaker", "Enter")
        expect(_rows(page).first).to_contain_text("陈经理")

        _rows(page).first.locator("[name=item]").check()
        page.locator("[data-drop]").click()
        reason.press_sequentially("已研究")
        assert reason.evaluate("field => field.validationMessage") == ""
        page.locator("[data-drop]").click()
        expect(_rows(page)).to_have_count(1)


def test_in_meeting_mode_escape_closes_the_list_first_and_arrows_up_and_down_scroll(
    page: Page, live_server: LiveServer, complaints: list[str], manager: User, late: list[Node]
) -> None:
    with time_machine.travel(WEDNESDAY):
        meeting = make_meeting(WEDNESDAY, actor=manager)
        at = f"{live_server.url}/meetings/{meeting.pk}/mode/"
        log_in(page, live_server, manager, f"/meetings/{meeting.pk}/mode/")
        expect(page.locator("[data-keys]")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.click(".stops summary")
        page.locator(".stops a").first.focus()
        page.keyboard.press("Escape")

        expect(page.locator(".stops")).not_to_have_attribute("open", "")
        expect(page.locator(".stops summary")).to_be_focused()
        assert page.url == at
        page.keyboard.press("ArrowRight")
        expect(page.locator(".mode-bar b")).to_have_text("2 / 2")
        expect(page.locator("[data-keys]")).to_be_visible()  # the scripts of the page are there
        last = AgendaItem.objects.get(meeting=meeting, node=late[1])
        page.keyboard.press("Escape")
        expect(page).to_have_url(f"{live_server.url}/meetings/{meeting.pk}/#item-{last.pk}")


def _rows(page: Page) -> Any:
    return page.locator("#agenda tr[data-item]")


def _the_agenda_is_edited(page: Page, meeting: Meeting) -> None:
    page.click(f".next-meeting a[href='/meetings/{meeting.pk}/']")
    expect(_rows(page)).to_have_count(2)
    expect(_rows(page).first).to_contain_text("晶圆材料二期")

    _rows(page).first.locator("button[name=down]").click()
    expect(_rows(page).first).to_contain_text("轮胎技改")
    assert page.evaluate("document.activeElement.name") == "down", "the keyboard stays where it was"
    _rows(page).last.drag_to(_rows(page).first, target_position={"x": 300, "y": 4})
    expect(_rows(page).first).to_contain_text("晶圆材料二期")

    page.click(f"#agenda a[href='/meetings/{meeting.pk}/agenda/find/']")
    page.fill("[name=text]", "年底冲刺安排")
    page.locator("[name=text]").press("Enter")
    expect(_rows(page)).to_have_count(3)

    _rows(page).nth(1).locator("[name=item]").check()
    page.fill("#drop-reason", "专题会已研究")
    page.press("#drop-reason", "Enter")
    expect(_rows(page)).to_have_count(2)
    expect(page.locator(".dropped")).to_contain_text("专题会已研究")

    _rows(page).first.locator("[name=item]").check()
    page.fill("#speaker", "陈经理")
    page.press("#speaker", "Enter")
    expect(_rows(page).first).to_contain_text("陈经理")
    standing = AgendaItem.objects.filter(meeting=meeting).standing().order_by("position")
    assert [str(item.project or item) for item in standing] == ["晶圆材料二期", "年底冲刺安排"]


def _it_is_frozen_while_the_page_looks_on(page: Page, meeting: Meeting) -> None:
    page.click("details.aside summary")
    page.click(f"form[action='/meetings/{meeting.pk}/freeze/'] button")
    expect(page.locator("#job progress")).to_be_visible()
    run_job(Job.objects.get().pk)
    expect(page.locator(f"a[href='/meetings/{meeting.pk}/workbook/']")).to_be_visible()
    expect(page.locator("#job")).to_have_count(0)
    expect(page.locator(".week-figs")).to_be_visible()
    expect(_rows(page)).to_have_count(2)


def _a_decision_is_taken_by_keyboard_in_meeting_mode(
    page: Page, server: LiveServer, meeting: Meeting
) -> None:
    page.goto(f"{server.url}/meetings/{meeting.pk}/mode/")
    expect(page.locator("h1")).to_contain_text("节点only")
    expect(page.locator("#issues")).to_contain_text("开闭所未开工")
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_contain_text("年底冲刺安排")
    address = page.url
    page.reload()
    assert page.url == address
    expect(page.locator("h1")).to_contain_text("年底冲刺安排")
    page.keyboard.press("PageUp")
    expect(page.locator(".mode-project")).to_contain_text("晶圆材料二期")

    expect(page.locator("[data-keys]")).to_be_visible()  # the scripts of the page are there
    page.keyboard.press("d")
    page.keyboard.type("供电公司周五前完成供图")
    expect(page.locator("[data-mark]")).to_contain_text("2026-10-01")
    page.keyboard.press("Enter")
    page.keyboard.type("供电公司")
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#taken")).to_contain_text("供电公司周五前完成供图")
    expect(page.locator("#taken")).to_contain_text("3月16日")
    expect(page.locator("#decide-text")).to_be_focused()
    expect(page.locator("#decide-text")).to_have_value("")

    page.keyboard.type("住建局专班跟进")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-unsaved]")).to_contain_text("住建局专班跟进")
    page.context.set_offline(False)
    expect(page.locator("#taken")).to_contain_text("住建局专班跟进", timeout=15_000)
    expect(page.locator("[data-unsaved]")).to_be_hidden()

    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    item = AgendaItem.objects.standing().get(meeting=meeting, kind="overdue")
    expect(page).to_have_url(f"{server.url}/meetings/{meeting.pk}/#item-{item.pk}")
    expect(page.locator("#decisions li")).to_have_count(2)
    first = Decision.objects.order_by("pk")[0]
    assert str(first.lead_unit) == "供电公司"
    assert first.due_on == date(2026, 3, 16)
    assert [project.name for project in first.projects.all()] == ["晶圆材料二期"]


def _the_workbook_is_downloaded_and_filled_in(
    page: Page, server: LiveServer, meeting: Meeting, folder: Path, issue: Issue
) -> bytes:
    page.goto(f"{server.url}/meetings/{meeting.pk}/")
    with page.expect_download() as downloading:
        page.click(f"a[href='/meetings/{meeting.pk}/workbook/']")
    kept = folder / "weekly.xlsx"
    downloading.value.save_as(kept)
    with translation.override("zh-hans"):
        book = Offline(kept.read_bytes())
        assert len([sheet for sheet in book.book.worksheets if sheet.sheet_state == "visible"]) == 12
        book.fill(PROJECTS, "晶圆材料二期", {zh("Leader in charge"): "王副区长", zh("Sector"): "集成电路"})
        book.fill(ISSUES, issue.title, {pgettext("of an issue", "Due"): date(2026, 3, 27)})
        return book.saved()


def _it_comes_back_with_a_conflict_and_is_applied(
    page: Page, server: LiveServer, book: bytes, issue: Issue
) -> None:
    page.goto(f"{server.url}/meetings/uploads/")
    page.set_input_files("input[type=file]", FilePayload(name="周例会-填报.xlsx", mimeType=XLSX, buffer=book))
    page.click("form[enctype='multipart/form-data'] button")
    page.wait_for_url("**/meetings/uploads/*/")
    conflict = page.locator("#conflicts")
    expect(conflict).to_contain_text("周副区长")
    expect(conflict).to_contain_text("王副区长")
    assert Project.objects.get(name="晶圆材料二期").leader == "周副区长", "a preview writes nothing"
    conflict.locator("input[value=theirs]").check()
    page.click("form[action$='/apply/'] button.main")
    expect(page.get_by_role("status").first).to_contain_text("周例会-填报.xlsx")

    project = Project.objects.get(name="晶圆材料二期")
    issue.refresh_from_db()
    assert (project.leader, project.sector) == ("王副区长", "集成电路")
    assert issue.due_on == date(2026, 3, 27)
    assert Upload.objects.get().state == Upload.State.APPLIED


def _the_second_week_shows_what_came_back(
    page: Page, server: LiveServer, first: Meeting, second: Meeting
) -> None:
    page.goto(f"{server.url}/meetings/{second.pk}/")
    decisions = _rows(page).filter(has_text="2026-10-")
    expect(decisions).to_have_count(2)
    expect(_rows(page).first).to_contain_text("供电公司周五前完成供图")

    page.click("details.aside summary")
    page.click(f"form[action='/meetings/{second.pk}/freeze/'] button")
    expect(page.locator("#job")).to_be_visible()
    run_job(Job.objects.get(meeting=second).pk)
    expect(page.locator("#changes")).to_be_visible()
    changes = page.locator("#changes")
    expect(changes.locator("div", has_text="抗体基地")).to_contain_text(zh("Newly overdue"))
    expect(changes.locator("div", has_text="轮胎技改")).to_contain_text(zh("Recovered"))
    expect(page.locator(".week-figs")).to_contain_text(zh("last week %(n)s") % {"n": 2})

    page.goto(f"{server.url}/meetings/")
    expect(page.locator("#meetings tbody tr")).to_have_count(2)
    expect(page.locator("#meetings tbody tr").last).to_contain_text(
        zh("%(done)s of %(n)s settled") % {"done": 0, "n": 2}
    )
    page.goto(f"{server.url}/meetings/{first.pk}/")
    expect(_rows(page)).to_have_count(2)

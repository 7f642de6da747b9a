"""One issue, as each of its people meets it: from a photo on a building site to the enterprise's word on the answer."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import Browser, FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Unit, User
from domain.issues import IssueStatus
from domain.lifecycle import Status
from history.models import Change
from issues.models import ISSUE_LABELS, Issue, IssueFile
from milestones.calendar_table import load_calendar
from milestones.models import Node
from tests.browser.conftest import log_in
from tests.make import make_category, make_node, make_project, make_unit, make_user
from tests.projects.file_samples import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHOTO = FilePayload(name="IMG_0001.jpg", mimeType="image/jpeg", buffer=photo())
DONE = FilePayload(name="IMG_0009.jpg", mimeType="image/jpeg", buffer=photo())


@pytest.fixture
def power() -> Unit:
    return make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)


@pytest.fixture
def liaison() -> User:
    return make_user(User.Role.LIAISON, unit=make_unit("义蓬街道"), username="li")


@pytest.fixture
def node(liaison: User, power: Unit) -> Node:
    """A node that runs since some time, due in a week, with the power company."""
    make_category("power", name="用电", lead_unit=power)
    town, today = liaison.unit, timezone.localdate()
    project = make_project(name="晶圆材料二期", enterprise="澜芯岸公司", town=town, liaison=liaison)
    return make_node(
        project=project, unit=power, status=Status.RUNNING, started_on=today - timedelta(days=30),
        due_on=today + timedelta(days=7),
    )  # fmt: skip


def desk_of(browser: Browser, server: LiveServer, user: User, path: str) -> Page:
    """Somebody at a desk, logged in, in a browser of the own."""
    page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **DESK).new_page()
    log_in(page, server, user, path)
    return page


def state(status: IssueStatus) -> str:
    with override("zh-hans"):
        return str(ISSUE_LABELS[status])


def step(page: Page, name: str) -> Any:
    """The form of one step of the issue, folded open; waits for the page that a click has only asked for."""
    form = page.locator(f"#step-{name}")
    form.evaluate("step => { step.open = true }")
    return form


def time_passes(node: Node, days: int) -> None:
    """The hold of the node began so many calendar days earlier."""
    since = timezone.localdate() - timedelta(days=days)
    node.holds.update(held_on=since)
    Node.objects.filter(pk=node.pk).update(held_on=since)


def test_an_issue_is_raised_from_a_phone_and_ends_with_the_word_of_the_enterprise(
    browser: Browser, live_server: LiveServer, node: Node, liaison: User, power: Unit
) -> None:
    issue = _liaison_raises_it_from_a_phone_with_a_photo(browser, live_server, node, liaison)
    manager, other, clerk = make_user(username="wang"), make_user(username="qian"), make_user(unit=power)

    _manager_assigns_it_and_puts_the_node_on_hold(browser, live_server, issue, manager, power)
    time_passes(node, 14)
    due_before = Node.objects.get(pk=node.pk).due_on
    _department_notes_and_asks_to_close_with_proof(browser, live_server, issue, clerk)
    _somebody_else_verifies_and_the_node_runs_again(browser, live_server, issue, manager=manager, other=other)

    moved = Node.objects.get(pk=node.pk)
    held = load_calendar().count(
        timezone.localdate() - timedelta(days=15), timezone.localdate() - timedelta(days=1)
    )
    assert due_before
    assert moved.due_on == load_calendar().add(due_before, held)
    _enterprise_rates_the_answer_through_its_link(browser, live_server, issue, manager)
    _every_step_stands_in_the_timeline(browser, live_server, node, manager)


def _liaison_raises_it_from_a_phone_with_a_photo(
    browser: Browser, server: LiveServer, node: Node, liaison: User
) -> Issue:
    page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **PHONE).new_page()
    log_in(page, server, liaison, f"/projects/{node.project_id}/issues/new/?node={node.pk}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("[name=title]", "开闭所未开工，无法接电")
    page.select_option("[name=category]", label="用电")
    page.set_input_files("#photo", PHOTO)
    page.select_option("[name=source]", "enterprise")
    page.fill("[name=raised_for]", "澜芯岸公司 张总")
    expect(page.locator(f"[name=nodes][value='{node.pk}']")).to_be_checked()
    page.locator("form.entry button.main").tap()

    expect(page).to_have_url(re.compile(r"/issues/\d+/"))
    issue = Issue.objects.get()
    expect(page.locator("h1")).to_contain_text(issue.number)
    assert IssueFile.objects.filter(issue=issue, purpose="found").count() == 1
    assert [block.node_id for block in issue.blocks.all()] == [node.pk]
    page.context.close()
    return issue


def _manager_assigns_it_and_puts_the_node_on_hold(
    browser: Browser, server: LiveServer, issue: Issue, manager: User, power: Unit
) -> None:
    page = desk_of(browser, server, manager, "/issues/")
    page.get_by_role("link", name=issue.title).first.click()
    form = step(page, "assign")
    form.locator("[name=lead_unit]").select_option(label=power.name)
    form.locator("[name=hold]").check()
    form.locator("button.main").click()
    expect(page.get_by_role("status")).to_be_visible()

    issue.refresh_from_db()
    assert (issue.status, issue.lead_unit) == (IssueStatus.ASSIGNED, power)
    assert issue.blocks.get().node.status == Status.HELD
    page.context.close()


def _department_notes_and_asks_to_close_with_proof(
    browser: Browser, server: LiveServer, issue: Issue, clerk: User
) -> None:
    page = desk_of(browser, server, clerk, "/issues/inbox/")
    page.get_by_role("link", name=issue.title).first.click()
    form = step(page, "note")
    form.locator("[name=text]").fill("土建已进场")
    form.locator("button.main").click()
    expect(page.locator("#record")).to_contain_text("土建已进场")

    form = step(page, "ask-to-close")
    form.locator("[name=files]").set_input_files(DONE)
    form.locator("button.main").click()
    expect(page.locator("h1")).to_contain_text(state(IssueStatus.CLOSE_REQUESTED))
    issue.refresh_from_db()
    assert issue.close_asked_by == clerk
    page.context.close()


def _somebody_else_verifies_and_the_node_runs_again(
    browser: Browser, server: LiveServer, issue: Issue, *, manager: User, other: User
) -> None:
    page = desk_of(browser, server, other, issue.get_absolute_url())
    form = step(page, "verify")
    expect(form.locator("[name=resume]")).to_be_checked()
    form.locator("button.main").click()
    expect(page.locator("h1")).to_contain_text(state(IssueStatus.CLOSED))

    issue.refresh_from_db()
    assert (issue.status, issue.verified_by) == (IssueStatus.CLOSED, other)
    assert issue.blocks.get().node.status == Status.RUNNING
    page.context.close()


def _enterprise_rates_the_answer_through_its_link(
    browser: Browser, server: LiveServer, issue: Issue, manager: User
) -> None:
    page = desk_of(browser, server, manager, f"/projects/{issue.project_id}/enterprise/")
    page.locator("main form.card button").last.click()
    address = page.locator("input.address").first.input_value()
    page.context.close()

    stranger = browser.new_context(locale="zh-CN", **PHONE).new_page()
    stranger.goto(address)
    card = stranger.locator(f"#issue-{issue.pk}")
    expect(card).to_contain_text(issue.title)
    card.locator("[name=rating][value='5']").check()
    card.locator("form button").tap()
    expect(card.locator(".rated")).to_contain_text("5")
    issue.refresh_from_db()
    assert (issue.rating, issue.rated_by_enterprise) == (5, True)
    stranger.context.close()


def _every_step_stands_in_the_timeline(
    browser: Browser, server: LiveServer, node: Node, manager: User
) -> None:
    verbs = list(Change.objects.filter(project=node.project).order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "issue_raised", "issue_assigned", "node_held", "issue_noted", "issue_close_asked", "node_resumed",
        "issue_closed", "link_made", "issue_rated",
    ]  # fmt: skip
    page = desk_of(browser, server, manager, f"/projects/{node.project_id}/")
    expect(page.locator("#history li")).to_have_count(len(verbs))
    page.context.close()

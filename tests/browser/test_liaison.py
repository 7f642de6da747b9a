"""The liaison on the building site: a phone, a thumb, two taps, and a connection that comes and goes."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.models import Node, Proof
from tests.browser.conftest import PASSWORD, log_in, log_in_by_form, zh
from tests.make import MONDAY, make_node, make_project, make_unit, make_user
from tests.projects.file_samples import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTH, HEIGHT, THUMB = 390, 844, 44
PHONE: dict[str, Any] = {"viewport": {"width": WIDTH, "height": HEIGHT}, "has_touch": True, "is_mobile": True}
PHOTO = FilePayload(name="IMG_0001.jpg", mimeType="image/jpeg", buffer=photo())
LARGE = FilePayload(name="IMG_0002.jpg", mimeType="image/jpeg", buffer=photo(size=(3000, 4000)))


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, **PHONE, "device_scale_factor": 2}


@pytest.fixture
def town() -> Unit:
    return make_unit("义蓬街道")


@pytest.fixture
def liaison(town: Unit) -> User:
    return make_user(User.Role.LIAISON, unit=town, username="li")


@pytest.fixture
def node(liaison: User, town: Unit) -> Node:
    """A running node that is overdue."""
    project = make_project(name="数控机床核心部件制造基地项目", town=town, liaison=liaison)
    return make_node(project=project, unit=town, status=Status.RUNNING, started_on=MONDAY, due_on=MONDAY)


def card(page: Page, node: Node) -> Locator:
    return page.locator(f"#node-{node.pk}")


def take_photo(page: Page, node: Node, taken: FilePayload = PHOTO) -> Locator:
    """The first tap; what the second one goes to."""
    with page.expect_file_chooser() as chooser:
        card(page, node).locator("label.button").tap()
    chooser.value.set_files(taken)
    return card(page, node).locator(".confirm button")


def finished(node: Node) -> tuple[int, int]:
    """How often it is on record that the node was finished, and with how many proofs."""
    entries = Change.objects.filter(node=node, verb=Change.Verb.NODE_FINISHED)
    return entries.count(), Proof.objects.filter(node=node).count()


def sync_state(page: Page) -> Locator:
    return page.locator("[data-outbox-count]")


def unsent(number: int) -> str:
    return zh("{n} unsent").format(n=number)


def test_two_taps_finish_a_node_with_a_photo(
    page: Page, live_server: LiveServer, complaints: list[str], node: Node, liaison: User
) -> None:
    log_in(page, live_server, liaison, "/my/")
    first = card(page, node).locator("label.button")
    size = first.bounding_box()
    assert size
    assert size["height"] >= THUMB
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    expect(card(page, node).locator(".confirm")).to_be_hidden()
    expect(sync_state(page)).to_contain_text(zh("all sent"))

    second = take_photo(page, node)
    expect(card(page, node).locator(".preview canvas")).to_be_visible()
    second.tap()

    expect(page.locator(".messages")).to_contain_text(node.template_node.name)
    expect(page).to_have_url(f"{live_server.url}/my/")
    expect(card(page, node)).to_have_count(0)
    node.refresh_from_db()
    assert node.status == Status.DONE
    assert finished(node) == (1, 1)


def test_a_photo_is_made_small_before_it_is_sent(
    page: Page, live_server: LiveServer, complaints: list[str], node: Node, liaison: User
) -> None:
    log_in(page, live_server, liaison, "/my/")

    take_photo(page, node, LARGE).tap()
    expect(card(page, node)).to_have_count(0, timeout=15_000)

    proof = Proof.objects.get(node=node)
    assert proof.file.name
    with default_storage.open(proof.file.name) as file:
        assert Image.open(io.BytesIO(file.read())).size == (1536, 2048)
    assert proof.name == "IMG_0002.jpg"


def test_the_same_two_taps_work_without_a_script(
    browser: Browser, live_server: LiveServer, node: Node, liaison: User
) -> None:
    page = browser.new_page(**PHONE, java_script_enabled=False)
    log_in(page, live_server, liaison, "/my/")

    take_photo(page, node).tap()

    page.wait_for_url(f"{live_server.url}/my/")
    expect(card(page, node)).to_have_count(0)
    assert finished(node) == (1, 1)
    page.context.close()


def test_what_is_sent_without_a_connection_arrives_once(
    page: Page, live_server: LiveServer, node: Node, liaison: User
) -> None:
    log_in(page, live_server, liaison, "/my/")
    second = take_photo(page, node)
    page.context.set_offline(True)

    second.tap()
    kept = card(page, node).get_by_role("status")
    expect(kept).to_contain_text(zh("Kept on this device, will be sent when the connection is back."))
    expect(sync_state(page)).to_contain_text(unsent(1))
    expect(card(page, node).locator("label.button")).to_be_hidden()
    assert finished(node) == (0, 0)

    page.context.set_offline(False)
    expect(sync_state(page)).to_contain_text(zh("all sent"))
    expect(card(page, node)).to_have_count(0)
    page.reload()
    expect(sync_state(page)).to_contain_text(zh("all sent"))
    assert finished(node) == (1, 1)


def test_what_was_kept_is_sent_when_the_page_is_opened_again(
    page: Page, live_server: LiveServer, node: Node, liaison: User
) -> None:
    log_in(page, live_server, liaison, "/my/")
    page.route("**/finish/", lambda route: route.abort())
    take_photo(page, node).tap()
    expect(sync_state(page)).to_contain_text(unsent(1))

    page.goto(f"{live_server.url}/projects/")
    expect(page.locator("#outbox")).to_contain_text(str(node.project))
    page.unroute("**/finish/")
    page.reload()

    expect(page.locator(".messages")).to_contain_text(node.template_node.name)
    expect(page.locator("#outbox")).to_be_hidden()
    assert finished(node) == (1, 1)


def test_what_arrived_though_the_answer_was_lost_is_done_once(
    page: Page, live_server: LiveServer, node: Node, liaison: User
) -> None:
    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    log_in(page, live_server, liaison, "/my/")
    page.route("**/finish/", lose_the_answer)
    take_photo(page, node).tap()
    expect(card(page, node).get_by_role("status")).to_contain_text(
        zh("Kept on this device, will be sent when the connection is back.")
    )
    expect(sync_state(page)).to_contain_text(unsent(1))
    assert finished(node) == (1, 1), "the server has taken it"

    page.unroute("**/finish/")
    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(sync_state(page)).to_contain_text(zh("all sent"))
    expect(card(page, node)).to_have_count(0)
    assert finished(node) == (1, 1)


def test_a_second_tap_sends_nothing(page: Page, live_server: LiveServer, node: Node, liaison: User) -> None:
    log_in(page, live_server, liaison, "/my/")

    take_photo(page, node).evaluate("button => { button.click(); button.click(); button.click(); }")

    expect(card(page, node)).to_have_count(0)
    expect(sync_state(page)).to_contain_text(zh("all sent"))
    assert finished(node) == (1, 1)


def test_a_refusal_is_shown_and_lost_only_when_it_is_discarded(
    page: Page, live_server: LiveServer, node: Node, liaison: User
) -> None:
    log_in(page, live_server, liaison, "/my/")
    second = take_photo(page, node)
    card(page, node).locator(".confirm input[type=date]").fill("2025-12-31")

    second.tap()

    note = card(page, node).locator(".unsent.refused")
    expect(note).to_contain_text("2025-12-31")
    expect(note.locator("a[data-look]")).to_have_attribute("href", f"/nodes/{node.pk}/")
    page.reload()
    expect(note).to_contain_text("2025-12-31")
    expect(sync_state(page)).to_contain_text(unsent(1))
    page.once("dialog", lambda dialog: dialog.accept())
    note.get_by_role("button", name=zh("Discard")).tap()
    expect(note).to_have_count(0)
    expect(sync_state(page)).to_contain_text(zh("all sent"))
    assert finished(node) == (0, 0)


def test_what_is_stale_can_be_sent_all_the_same(
    page: Page, live_server: LiveServer, node: Node, liaison: User
) -> None:
    log_in(page, live_server, liaison, "/my/")
    second = take_photo(page, node)
    Node.objects.filter(pk=node.pk).update(version=node.version + 1)

    second.tap()
    note = card(page, node).locator(".unsent.refused")
    note.get_by_role("button", name=zh("Send again")).tap()

    expect(card(page, node)).to_have_count(0)
    assert finished(node) == (1, 1)


def test_who_has_been_logged_out_logs_in_and_it_is_sent(
    page: Page, live_server: LiveServer, node: Node, liaison: User
) -> None:
    log_in_by_form(page, live_server, liaison, "/my/")
    second = take_photo(page, node)
    page.context.clear_cookies(name="sessionid")

    second.tap()
    card(page, node).get_by_role("link", name=zh("Log in")).tap()
    page.fill("input[name=login]", liaison.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{live_server.url}/my/")

    expect(card(page, node)).to_have_count(0)
    expect(sync_state(page)).to_contain_text(zh("all sent"))
    assert finished(node) == (1, 1)


def test_another_person_on_the_same_phone_neither_sees_nor_sends_it(
    page: Page, live_server: LiveServer, node: Node, liaison: User, town: Unit
) -> None:
    colleague = make_user(User.Role.MANAGER, unit=town, username="zhao")
    log_in(page, live_server, liaison, "/my/")
    page.route("**/finish/", lambda route: route.abort())
    take_photo(page, node).tap()
    expect(sync_state(page)).to_contain_text(unsent(1))

    page.context.clear_cookies()
    log_in(page, live_server, colleague, "/my/")
    page.unroute("**/finish/")  # not before the first has logged off: the page tries again by itself
    expect(card(page, node).locator("label.button")).to_be_visible()
    expect(sync_state(page)).to_contain_text(zh("all sent"))
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert finished(node) == (0, 0)

    page.context.clear_cookies()
    log_in(page, live_server, liaison, "/my/")
    expect(sync_state(page)).to_contain_text(zh("all sent"))
    expect(card(page, node)).to_have_count(0)
    assert finished(node) == (1, 1)
    assert Change.objects.get(node=node, verb=Change.Verb.NODE_FINISHED).actor == liaison


def test_a_page_of_mine_sends_nothing_in_the_name_of_who_logged_in_after_me(
    page: Page, live_server: LiveServer, node: Node, liaison: User, town: Unit
) -> None:
    colleague = make_user(User.Role.MANAGER, unit=town, username="zhao")
    log_in(page, live_server, liaison, "/my/")
    second = take_photo(page, node)
    other = page.context.new_page()
    page.context.clear_cookies()
    log_in(other, live_server, colleague, "/my/")

    second.tap()

    waits = zh("Kept on this device. Somebody else is logged in now; it will be sent once you are.")
    expect(card(page, node).get_by_role("status")).to_contain_text(waits)
    assert finished(node) == (0, 0)


def test_no_page_is_wider_than_the_phone(page: Page, live_server: LiveServer, complaints: list[str]) -> None:
    town = make_unit("义蓬街道")
    liaison = make_user(User.Role.LIAISON, unit=town)
    project = make_project(
        name="数控机床核心部件制造基地项目（一期、二期及配套设施）", town=town, liaison=liaison
    )
    make_node(project=project, unit=town, status=Status.RUNNING, started_on=MONDAY, due_on=MONDAY)
    log_in(page, live_server, liaison)
    wide = []
    for path in (
        "/",
        "/my/",
        "/overdue/",
        "/projects/",
        f"/projects/{project.pk}/",
        "/meetings/",
        "/ledger/",
    ):
        answer = page.goto(f"{live_server.url}{path}")
        assert answer
        assert answer.status == 200, path
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > WIDTH:
            wide.append(f"{path}: {width}")
    assert wide == []

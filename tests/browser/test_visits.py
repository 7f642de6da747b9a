"""A manager at an enterprise, with a phone: what was found, a photo, and a connection that comes and goes."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from issues.models import Category, Issue
from projects.models import Project, Visit
from tests.browser.conftest import log_in, zh
from tests.make import make_category, make_project, make_user
from tests.projects.file_samples import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTH, HEIGHT, THUMB = 390, 844, 44
PHONE: dict[str, Any] = {"viewport": {"width": WIDTH, "height": HEIGHT}, "has_touch": True, "is_mobile": True}
PHOTO = FilePayload(name="IMG_0001.jpg", mimeType="image/jpeg", buffer=photo())
LIAR = FilePayload(name="IMG_0002.pdf", mimeType="application/pdf", buffer=photo("PNG"))


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, **PHONE, "device_scale_factor": 2}


@pytest.fixture
def project() -> Project:
    return make_project(name="12英寸晶圆抛光材料二期项目", is_key=True)


@pytest.fixture
def manager() -> User:
    return make_user(username="wang")


@pytest.fixture
def power() -> Category:
    return make_category("power")


def open_form(page: Page, server: LiveServer, manager: User, project: Project) -> str:
    path = f"{reverse('issues:visit_new')}?project={project.pk}"
    log_in(page, server, manager, path)
    return path


def fill(page: Page, power: Category, *files: FilePayload) -> None:
    """What a manager types with a thumb; the tick makes room for the category."""
    page.fill("[name=visitors]", "陈副区长")
    page.fill("[name=findings-0-text]", "开闭所未建")
    expect(page.locator("[name=findings-0-category]")).to_be_hidden()
    page.check("[name=findings-0-raises]")
    page.select_option("[name=findings-0-category]", str(power.pk))
    page.set_input_files("[name=photos]", list(files))


def send(page: Page) -> None:
    page.locator(".visit-form .actions button.main").tap()


def leads_to_the_visit(page: Page) -> None:
    """Its page is there, whole: a picture that is still on its way when the test ends breaks the server's pipe."""
    expect(page.locator(".found .chip")).to_have_count(1, timeout=15_000)
    page.wait_for_load_state("networkidle")


def recorded() -> tuple[int, int, int]:
    """How many visits, photos and issues there are."""
    visits = Visit.objects.all()
    return visits.count(), sum(visit.photos.count() for visit in visits), Issue.objects.count()


def test_one_tap_records_the_visit_and_its_issue_and_leads_to_it(
    page: Page,
    live_server: LiveServer,
    complaints: list[str],
    project: Project,
    manager: User,
    power: Category,
) -> None:
    open_form(page, live_server, manager, project)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    fill(page, power, PHOTO)
    size = page.locator(".visit-form .actions button.main").bounding_box()
    assert size
    assert size["height"] >= THUMB

    send(page)

    leads_to_the_visit(page)
    visit = Visit.objects.get()
    expect(page).to_have_url(f"{live_server.url}{reverse('issues:visit', args=[visit.pk])}")
    expect(page.locator(".found .chip")).to_contain_text(Issue.objects.get().number)
    expect(page.locator(".photos img")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert recorded() == (1, 1, 1)


def test_what_is_sent_without_a_connection_arrives_once(
    page: Page, live_server: LiveServer, project: Project, manager: User, power: Category
) -> None:
    open_form(page, live_server, manager, project)
    fill(page, power, PHOTO)
    page.context.set_offline(True)
    send(page)
    expect(page.locator("#outbox")).to_contain_text(
        zh("Kept on this device, will be sent when the connection is back.")
    )
    assert recorded() == (0, 0, 0)

    page.context.set_offline(False)
    leads_to_the_visit(page)
    assert recorded() == (1, 1, 1)


def test_a_bad_file_brings_the_form_back_with_what_was_typed(
    page: Page, live_server: LiveServer, project: Project, manager: User, power: Category
) -> None:
    path = open_form(page, live_server, manager, project)
    fill(page, power, LIAR)
    send(page)

    expect(page.locator("#wrong-photos")).to_contain_text("IMG_0002.pdf")
    expect(page).to_have_url(f"{live_server.url}{path}")
    expect(page.locator("[name=visitors]")).to_have_value("陈副区长")
    expect(page.locator("[name=findings-0-text]")).to_have_value("开闭所未建")
    expect(page.locator("[name=findings-0-raises]")).to_be_checked()
    expect(page.locator("#outbox")).to_be_hidden()
    assert recorded() == (0, 0, 0)

    page.set_input_files("[name=photos]", [PHOTO])
    send(page)
    leads_to_the_visit(page)
    assert recorded() == (1, 1, 1)


def test_what_comes_back_after_the_page_was_left_is_kept_and_not_lost(
    page: Page, live_server: LiveServer, project: Project, manager: User, power: Category
) -> None:
    open_form(page, live_server, manager, project)
    fill(page, power, LIAR)
    page.route("**/visits/new/**", lambda route: route.abort())
    send(page)
    expect(page.locator("#outbox")).to_be_visible()
    page.goto(f"{live_server.url}/visits/")
    page.unroute("**/visits/new/**")
    page.reload()

    expect(page.locator("#outbox")).to_contain_text("IMG_0002.pdf")
    assert recorded() == (0, 0, 0)


def test_the_same_form_works_without_a_script(
    browser: Browser, live_server: LiveServer, project: Project, manager: User, power: Category
) -> None:
    page = browser.new_page(**PHONE, java_script_enabled=False)
    open_form(page, live_server, manager, project)
    fill(page, power, PHOTO)
    send(page)
    leads_to_the_visit(page)
    assert recorded() == (1, 1, 1)
    assert Visit.objects.get().visited_on == timezone.localdate()
    page.context.close()

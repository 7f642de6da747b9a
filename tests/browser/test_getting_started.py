"""The first day: an administrator makes the bureau, invites a liaison, who comes in by the link."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.conftest import PASSWORD, log_in, log_in_by_form, zh
from tests.make import make_project, make_unit, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_empty_installation_is_set_up_and_the_first_liaison_comes_in(
    page: Page, browser: Browser, live_server: LiveServer, complaints: list[str]
) -> None:
    admin = make_user("liaison", is_staff=True, is_superuser=True, username="first")
    log_in_by_form(page, live_server, admin)
    page.locator(".start .next a.main").click()

    for name, kind in (("经信局", "bureau"), ("东镇", "town")):
        page.fill("#id_name", name)
        page.select_option("#id_kind", kind)
        page.get_by_role("button", name=zh("Add"), exact=True).click()
        expect(page.get_by_role("link", name=name)).to_be_visible()
    page.locator("form.message button.main").click()
    expect(page.locator(".start .card")).to_have_count(4)
    assert User.objects.get(username="first").role == "manager"

    page.get_by_role("link", name=zh("Invite somebody")).click()
    page.fill("#id_username", "li.ming")
    page.select_option("#id_unit", label="东镇")
    page.get_by_role("button", name=zh("Make the link")).click()
    address = page.locator("#address").input_value()

    guest = browser.new_context(locale="zh-CN").new_page()
    guest.goto(address)
    guest.fill("#id_display_name", "李明")
    guest.fill("#id_password", PASSWORD)
    guest.fill("#id_again", PASSWORD)
    guest.get_by_role("button", name=zh("Begin")).click()
    expect(guest.locator(".me summary")).to_contain_text("李明")


def test_the_help_of_a_page_opens_by_keyboard(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    log_in(page, live_server, make_user(), "/units/")
    mark = page.get_by_label(zh("What this page is for"))
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".help-mark .panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".help-mark .panel")).to_be_hidden()
    expect(mark).to_be_focused()


def test_a_point_of_the_map_opens_its_project(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    town = make_unit()
    project = make_project(name="晶圆", town=town, longitude="120.5", latitude="30.3")
    make_project(town=town, longitude="120.45", latitude="30.25")
    log_in(page, live_server, make_user(), "/map/")
    expect(page.locator("a.spot")).to_have_count(2)
    page.locator(f"a.spot[href='/projects/{project.pk}/']").click()
    page.wait_for_url(f"**/projects/{project.pk}/")

"""From any page: "/" goes to the field, what matches appears while one types, the keyboard opens it."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from projects.actions import add_project
from tests.browser.conftest import log_in
from tests.make import make_issue, make_unit, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_project_is_found_by_its_initials_and_opened_without_a_mouse(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    boss, town = make_user(), make_unit()
    for name in ("晶圆抛光材料二期", "晶圆三期"):
        project = add_project(actor=boss, name=name, kind="new_build", town=town)
    log_in(page, live_server, boss, "/overdue/")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("jy")
    hits = page.locator("#hits [data-hit]")
    expect(hits).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#find")).to_have_attribute("aria-activedescendant", "hit-1")
    page.keyboard.press("ArrowUp")
    expect(hits.nth(0)).to_contain_text("晶圆三期")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/projects/{project.pk}/")
    assert complaints == []


def test_escape_closes_the_list_and_enter_alone_leads_to_the_page(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    boss = make_user()
    make_issue(title="开闭所未建")
    log_in(page, live_server, boss, "/my/")
    page.fill("#find", "开闭所")
    expect(page.locator("#hits")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#hits")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q="))
    expect(page.locator(".hits-page")).to_contain_text("开闭所未建")
    assert complaints == []


def test_a_slash_that_is_typed_into_a_field_stays_there(page: Page, live_server: LiveServer) -> None:
    log_in(page, live_server, make_user(), "/search/")
    page.focus("#q")
    page.keyboard.type("a/b")
    expect(page.locator("#q")).to_have_value("a/b")


def test_on_a_phone_the_search_is_a_page(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, live_server, make_user(), "/my/")
    page.click(".find-link")
    page.wait_for_url(f"{live_server.url}/search/")
    expect(page.locator("#q")).to_be_focused()

"""One click between the languages."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import log_in
from tests.make import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_reader_of_english_switches_and_stays_on_the_page(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    log_in(page, live_server, make_user(), "/overdue/")
    page.click("details.me summary")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile("/overdue/"))
    expect(page.locator("h1")).to_have_text("Nothing is overdue.")

"""A real Chromium in front of the real server."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.pages import client_of

PASSWORD = "correct horse battery"
NAMES = ("chromium", "chromium-browser", "google-chrome")

# How long a page may take before a test gives up on it: a busy machine is slow, not wrong.
expect.set_options(timeout=20_000)


def zh(sentence: str) -> str:
    """The sentence as a Chinese reader sees it."""
    with override("zh-hans"):
        return gettext(sentence)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come after all others, the look at every page last: they empty the database after them.

    Said here once more, since pytest brings together what shares the browser, wherever the first of it stands; what
    was put into the database by migrations would then be missing to all tests that follow.
    """
    items.sort(
        key=lambda item: (item.path.parent.name == "browser") + (item.path.name == "test_accessibility.py")
    )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium; skipped where there is none, unless REQUIRE_BROWSER is set."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        refuse = pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip
        refuse("no Chromium is installed (package chromium)")
    # Playwright leaves an event loop in this thread, for good; tests use the database in it all the same.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
    return {**browser_type_launch_args, "executable_path": found, "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(autouse=True)
def _nothing_stays_open(browser: Browser) -> Iterator[None]:
    """Browsers that a test has opened beside its page are closed with it.

    One that stays open keeps a connection to the server alive, and that one to the database: PostgreSQL then refuses
    to drop the database of the tests at the end.
    """
    yield
    for context in browser.contexts:
        context.close()


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complains about: scripts that fail, what the content policy refuses. None may."""
    heard: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            heard.append(f"{page.url}: {message.text}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    yield heard
    assert heard == []


def log_in(page: Page, server: LiveServer, user: User, path: str = "/") -> None:
    """Ask for a page as somebody who has logged in before; who logs in by the form does it with `log_in_by_form`."""
    session = client_of(user, language="zh-CN").cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    page.goto(f"{server.url}{path}")


def log_in_by_form(page: Page, server: LiveServer, user: User, path: str = "/") -> None:
    """Ask for a page and log in on the way to it."""
    user.set_password(PASSWORD)
    user.save()
    page.goto(f"{server.url}{path}")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{server.url}{path}")

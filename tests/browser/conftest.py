"""A real Chromium in front of the real server."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

PASSWORD = "correct horse battery"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def zh(sentence: str) -> str:
    """The sentence as a Chinese reader sees it."""
    with override("zh-hans"):
        return gettext(sentence)


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
    """Ask for a page and log in on the way to it."""
    user.set_password(PASSWORD)
    user.save()
    page.goto(f"{server.url}{path}")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{server.url}{path}")

"""The liaison on the building site: a phone, a thumb, two taps."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from domain.lifecycle import Status
from tests.browser.conftest import log_in
from tests.make import MONDAY, make_node, make_project, make_unit, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTH, HEIGHT, THUMB = 390, 844, 44


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    phone = {"viewport": {"width": WIDTH, "height": HEIGHT}, "has_touch": True, "is_mobile": True}
    return {**browser_context_args, **phone, "device_scale_factor": 2}


def test_a_liaison_finishes_a_node_with_two_taps(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    town = make_unit("义蓬街道")
    liaison = make_user(User.Role.LIAISON, unit=town)
    project = make_project(name="数控机床核心部件制造基地项目", town=town, liaison=liaison)
    node = make_node(project=project, unit=town, status=Status.RUNNING, started_on=MONDAY, due_on=MONDAY)
    log_in(page, live_server, liaison, "/my/")

    finish = page.locator(f"[popovertarget=change-{node.pk}]").first
    size = finish.bounding_box()
    assert size
    assert size["height"] >= THUMB
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH

    finish.tap()
    page.locator(f"#change-{node.pk} form[action$='/finish/'] button").tap()

    expect(page.get_by_role("status")).to_contain_text(node.template_node.name)
    expect(page).to_have_url(f"{live_server.url}/my/")
    expect(page.locator(f"[popovertarget=change-{node.pk}]")).to_have_count(0)
    node.refresh_from_db()
    assert node.status == Status.DONE


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

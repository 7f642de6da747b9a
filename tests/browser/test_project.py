"""The page of a project: a node opens beside it, is worked on there, and the keyboard is enough for it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from domain.lifecycle import Status
from milestones.models import DateChange, Hold, Node
from tests.browser.conftest import log_in, zh
from tests.make import make_nodes, make_project, make_template, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nodes() -> dict[str, Node]:
    today = timezone.localdate()
    return make_nodes(
        make_template("a", "b", "c"), project=make_project(name="高性能轮胎技改"), starts_on=today - timedelta(days=30),
        a=today + timedelta(days=60), b=today + timedelta(days=70), c=today + timedelta(days=80),
    )  # fmt: skip


@pytest.fixture
def address(nodes: dict[str, Node]) -> str:
    return f"/projects/{nodes['a'].project_id}/"


def station(page: Page, node: Node) -> Any:
    return page.locator(f".chain-map a[href='/nodes/{node.pk}/']")


def test_a_station_opens_its_node_and_the_keyboard_is_enough(
    page: Page, live_server: LiveServer, complaints: list[str], nodes: dict[str, Node], address: str
) -> None:
    log_in(page, live_server, make_user(), address)
    panel = page.locator("dialog#panel")

    station(page, nodes["a"]).focus()
    page.keyboard.press("Tab")
    expect(station(page, nodes["b"])).to_be_focused()
    page.keyboard.press("Enter")

    expect(panel).to_be_visible()
    expect(panel.locator("#panel-title")).to_be_focused()
    expect(panel.locator("#panel-title")).to_have_text(nodes["b"].template_node.name)
    expect(page).to_have_url(re.compile(rf"#node-{nodes['b'].pk}$"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(station(page, nodes["b"])).to_be_focused()
    expect(page).to_have_url(re.compile(r"/projects/\d+/$"))


def test_the_address_of_a_node_on_the_page_opens_it(
    page: Page, live_server: LiveServer, complaints: list[str], nodes: dict[str, Node], address: str
) -> None:
    log_in(page, live_server, make_user(), address)

    page.goto(f"{live_server.url}{address}#node-{nodes['c'].pk}")
    expect(page.locator("dialog #panel-title")).to_have_text(nodes["c"].template_node.name)
    page.locator(f"dialog a[href='/nodes/{nodes['b'].pk}/']").click()

    expect(page.locator("dialog #panel-title")).to_have_text(nodes["b"].template_node.name)


def test_a_node_is_started_held_and_refused_without_leaving_the_page(
    page: Page, live_server: LiveServer, nodes: dict[str, Node], address: str
) -> None:
    node = nodes["a"]
    log_in(page, live_server, make_user(), address)
    station(page, node).click()
    page.click("dialog form[action$='/start/'] button.main")
    expect(page.get_by_role("status")).to_contain_text(node.template_node.name)
    expect(page.locator("dialog#panel")).to_be_hidden()
    expect(page.locator(f".mark.green[href='/nodes/{node.pk}/']")).to_be_visible()

    station(page, node).click()
    page.click("dialog details:has(form[action$='/hold/']) > summary")
    page.fill("dialog #hold-on", (timezone.localdate() - timedelta(days=400)).isoformat())
    page.fill("dialog #hold-reason", "电力投资界面未定")
    page.click("dialog form[action$='/hold/'] button.main")
    expect(page.locator("dialog .said")).to_contain_text(node.template_node.name)
    expect(page.locator("dialog #hold-reason")).to_have_value("电力投资界面未定")

    page.fill("dialog #hold-on", timezone.localdate().isoformat())
    page.click("dialog form[action$='/hold/'] button.main")
    expect(page.locator(f".mark.violet[href='/nodes/{node.pk}/']")).to_be_visible()
    node.refresh_from_db()
    assert node.status == Status.HELD
    assert Hold.objects.get().reason == "电力投资界面未定"


def test_another_date_is_asked_for_with_its_effect_in_sight_and_approved(
    page: Page, live_server: LiveServer, complaints: list[str], nodes: dict[str, Node], address: str
) -> None:
    log_in(page, live_server, make_user(), address)
    station(page, nodes["a"]).click()
    page.click(f"dialog a[href='/nodes/{nodes['a'].pk}/date-change/']")
    page.fill("#id_due_on", (timezone.localdate() + timedelta(days=100)).isoformat())
    page.select_option("#id_reason", "predecessor")
    page.check("#id_following")
    page.click("form.ask button")
    expect(page.locator(".shifts tbody tr")).to_have_count(3)
    page.fill("#why", "前置节点滞后")
    page.click("form[method=post].ask button.main")

    expect(page).to_have_url(re.compile(r"/date-changes/\d+/$"))
    page.click("form[action$='/approve/'] button.main")

    expect(page.get_by_role("status")).to_contain_text(zh("The dates have moved as asked."))
    assert DateChange.objects.get().status == "approved"
    moved = [Node.objects.get(pk=node.pk).due_on != node.due_on for node in nodes.values()]
    assert moved == [True, True, True]


def test_without_a_script_every_node_is_a_page_of_its_own(
    browser: Any,
    browser_context_args: dict[str, Any],
    live_server: LiveServer,
    nodes: dict[str, Node],
    address: str,
) -> None:
    with browser.new_context(**browser_context_args, java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page, live_server, make_user(), address)
        station(page, nodes["a"]).click()
        expect(page).to_have_url(f"{live_server.url}/nodes/{nodes['a'].pk}/")
        page.click("form[action$='/start/'] button.main")

        expect(page).to_have_url(f"{live_server.url}/nodes/{nodes['a'].pk}/")
        expect(page.get_by_role("status")).to_contain_text(nodes["a"].template_node.name)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_map_fits_a_laptop_and_begins_at_today_on_a_phone(
    page: Page,
    live_server: LiveServer,
    complaints: list[str],
    nodes: dict[str, Node],
    address: str,
    width: int,
) -> None:
    Node.objects.filter(pk__in=[nodes["a"].pk, nodes["b"].pk]).update(
        status=Status.DONE, started_on=timezone.localdate(), finished_on=timezone.localdate()
    )
    page.set_viewport_size({"width": width, "height": 844})
    log_in(page, live_server, make_user(), address)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.evaluate(
        "(() => { const m = document.querySelector('.chain-map'); return [m.scrollWidth, m.clientWidth]; })()"
    )
    assert (box[0] <= box[1]) == (width == 1280)
    expect(page.locator("#map-today")).to_be_in_viewport()

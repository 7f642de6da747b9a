"""A leader follows every figure of the one screen to the rows behind it and counts them; the page renews itself."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Unit, User
from milestones.actions import finish_node
from milestones.models import Node
from tests.browser.conftest import log_in, zh
from tests.make import MONDAY, make_user
from tests.screen.complete_district import make_complete_district
from tests.screen.small_district import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
unheard = pytest.mark.usefixtures("complaints")
"""The browser has nothing to complain about."""

ROWS = "main .listing > tbody > tr"
FIGURES = "main a[data-count]"


WATCH = """() => {
  window.moved = 0;
  const count = (all) => { window.moved += all.filter((one) => !one.target.closest?.("[data-age]")).length; };
  new MutationObserver(count).observe(document.getElementById("main"), {
    subtree: true, childList: true, attributes: true,
  });
}"""


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "object") -> None:
    time_machine.move_to(NOON, tick=True)  # type: ignore[attr-defined]


def follow_every_figure(page: Page, at_least: int, figures: str = FIGURES) -> None:
    """Each link that carries a number leads to a list with just so many rows."""
    found = page.eval_on_selector_all(
        figures, "links => links.map(one => [one.getAttribute('href'), Number(one.dataset.count)])"
    )
    wanted: dict[str, int] = dict(found)
    assert len(wanted) >= at_least
    origin = re.match(r"https?://[^/]+", page.url).group()  # type: ignore[union-attr]
    for url, count in wanted.items():
        page.goto(f"{origin}{url}")
        expect(page.locator("main h1").first).to_be_visible()
        rows = page.locator(ROWS)
        assert rows.count() == count, f"{url} shows {rows.count()} rows, the figure says {count}"


@unheard
def test_every_figure_leads_to_as_many_rows_as_it_says(live_server: LiveServer, page: Page) -> None:
    make_complete_district()
    log_in(page, live_server, make_user(User.Role.LEADER))

    follow_every_figure(page, 40)
    page.goto(live_server.url)
    page.get_by_role("link", name=zh("The same numbers as a table")).first.click()
    expect(page.locator(".chain table").first).to_be_visible()
    follow_every_figure(page, 5, ".chain table a[data-count]")


@unheard
def test_under_a_narrowing_every_figure_leads_to_as_many_rows_as_it_says(
    live_server: LiveServer, page: Page
) -> None:
    make_complete_district()
    town = Unit.objects.get(name="义蓬街道")
    log_in(page, live_server, make_user(User.Role.LEADER))

    page.locator(".narrowing > summary").click()
    page.get_by_label(zh("town"), exact=False).first.select_option(label="义蓬街道")  # no button is pressed
    page.wait_for_url(f"**/?{urlencode({'town': town.pk})}")
    expect(page.locator("#id_town")).to_have_value(str(town.pk))

    follow_every_figure(page, 30)


@unheard
def test_the_page_renews_itself_keeps_what_is_open_and_typed_and_says_how_old_it_is(
    live_server: LiveServer, page: Page
) -> None:
    manager = make_complete_district()
    page.clock.install()
    log_in(page, live_server, make_user(User.Role.LEADER))
    age = page.locator("#when [data-age]")
    expect(age).to_contain_text(zh("updated # s ago").replace("#", "").strip())
    page.get_by_role("link", name=zh("The same numbers as a table")).first.click()
    expect(page.locator(".chain table")).to_be_visible()
    page.locator(".narrowing > summary").click()
    page.locator("#id_from").fill("2026-01")
    done = page.locator(".figs a.open", has_text=zh("Done this week"))
    before = int(done.get_attribute("data-count") or "")

    node = Node.objects.get(project__name="抗体基地", template_node__code="a")
    finish_node(node, actor=manager, on=MONDAY, today=MONDAY)
    with page.expect_response(lambda answer: answer.url == page.url.partition("#")[0]):
        page.clock.fast_forward("01:01")

    expect(done).to_have_attribute("data-count", str(before + 1))
    expect(page.locator(".chain table")).to_be_visible()
    expect(page.locator("#id_from")).to_be_visible()
    expect(page.locator("#id_from")).to_have_value("2026-01")


@unheard
def test_an_unchanged_page_costs_a_short_answer_and_moves_nothing(
    live_server: LiveServer, page: Page
) -> None:
    make_complete_district()
    page.clock.install()
    log_in(page, live_server, make_user(User.Role.LEADER))
    page.goto(f"{live_server.url}/")  # now the secret of the forms is known
    page.evaluate(WATCH)

    with page.expect_response(lambda answer: answer.url == page.url.partition("#")[0]):
        page.clock.fast_forward("01:01")
    expect(page.locator("#when [data-age]")).to_contain_text(zh("updated # s ago").replace("#", "").strip())

    assert page.evaluate("window.moved") == 0


def test_a_lost_server_is_told_with_the_age_of_what_is_seen(live_server: LiveServer, page: Page) -> None:
    make_complete_district()
    page.clock.install()
    log_in(page, live_server, make_user(User.Role.LEADER))
    page.route("**/*", _lose)

    page.clock.fast_forward("02:02")

    age = page.locator("#when [data-age]")
    expect(age).to_contain_text(zh("the server cannot be reached"))
    expect(age).to_contain_text(zh("updated # min ago").replace("#", "2"))
    expect(page.locator(FIGURES).first).to_be_visible()


def _lose(route: Route) -> None:
    route.fulfill(status=503, body="")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_shifts_while_the_page_loads(live_server: LiveServer, page: Page, width: int) -> None:
    make_complete_district()
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(
        "window.shift = 0;"
        "new PerformanceObserver(list => { for (const one of list.getEntries()) window.shift += one.value; })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    log_in(page, live_server, make_user(User.Role.LEADER))
    page.goto(f"{live_server.url}/")
    expect(page.locator("#when [data-age]")).not_to_be_empty()

    assert page.evaluate("window.shift") == 0

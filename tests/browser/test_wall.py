"""A wall in a real browser: it turns, refreshes, and outlives its server, its token and its own clock untouched."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from projects.actions import add_project
from projects.models import Project
from screen.models import Kiosk
from screen.wall.kiosk_actions import make_kiosk, revoke_kiosk, set_end_of_kiosk
from tests.browser.conftest import log_in, zh
from tests.make import make_issue, make_nodes, make_template, make_unit, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = (
    "浙江省杭州市钱塘区前进街道江东大道沿线集成电路关键材料与高端装备一体化制造基地二期扩建及配套研发中心项目"
)


@pytest.fixture
def boss() -> User:
    """The manager of a district with one project, whose only late node is two weeks late."""
    boss, today = make_user(), timezone.localdate()
    project = add_project(actor=boss, name=LONG, kind="new_build", town=make_unit(LONG[:40]))
    make_nodes(
        make_template("a", "b"),
        project=project,
        starts_on=today - timedelta(days=60),
        a=today - timedelta(days=14),
    )
    make_issue(project, today=today, title=LONG)
    return boss


@pytest.fixture
def kiosk(boss: User) -> tuple[Kiosk, str]:
    return make_kiosk(actor=boss, name="一楼大厅", now=timezone.now())


def hung(page: Page, server: LiveServer, token: str, *, every: int = 600) -> None:
    """The page as it hangs on a wall: full size, its address opened once. Its clock is the test's."""
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto(f"{server.url}/wall/k/{token}/?every={every}")


def shown(page: Page) -> Any:
    return page.locator(".wall-picture.here")


def test_the_address_leaves_no_token_in_the_bar_and_no_session(
    page: Page, live_server: LiveServer, kiosk: tuple[Kiosk, str], complaints: list[str]
) -> None:
    hung(page, live_server, kiosk[1])

    expect(page).to_have_url(f"{live_server.url}/wall/?every=600")
    expect(shown(page)).to_have_attribute("data-name", zh("One screen"))
    cookies = {cookie.get("name"): cookie for cookie in page.context.cookies()}
    assert set(cookies) <= {"wall", "csrftoken"}
    assert (cookies["wall"].get("httpOnly"), cookies["wall"].get("sameSite")) == (True, "Strict")
    assert complaints == []


def test_pictures_follow_each_other_and_the_keyboard_goes_through_them_and_pauses(
    page: Page, live_server: LiveServer, kiosk: tuple[Kiosk, str], complaints: list[str]
) -> None:
    hung(page, live_server, kiosk[1], every=20)
    dots = page.locator("#dots li")
    expect(dots).to_have_text([zh("One screen"), "链", zh("Issues"), zh("Most worth solving")])
    expect(dots.nth(0)).to_have_attribute("aria-current", "true")

    page.clock.run_for(21_000)
    expect(dots.nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowRight")
    page.clock.run_for(100)
    expect(shown(page)).to_have_attribute("id", "picture-issues")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.clock.run_for(100)
    expect(shown(page)).to_have_attribute("id", "picture-screen")
    page.keyboard.press(" ")
    expect(page.locator("#paused")).to_be_visible()
    page.clock.run_for(120_000)
    expect(shown(page)).to_have_attribute("id", "picture-screen")
    page.keyboard.press(" ")
    page.clock.run_for(21_000)
    expect(dots.nth(1)).to_have_attribute("aria-current", "true")
    assert complaints == []


def test_what_changes_comes_in_between_two_pictures_and_the_age_begins_anew(
    page: Page, live_server: LiveServer, boss: User, kiosk: tuple[Kiosk, str]
) -> None:
    hung(page, live_server, kiosk[1], every=60)
    page.keyboard.press("ArrowLeft")
    page.clock.run_for(100)
    expect(shown(page)).to_have_attribute("id", "picture-worst")
    with page.expect_response(re.compile("/wall/pictures/")) as unchanged:
        page.clock.run_for(34_000)
    assert unchanged.value.status == 304
    expect(page.locator("#age")).to_contain_text("0 秒前")

    Project.objects.update(name="改名后的项目")
    add_project(actor=boss, name="另一个", kind="new_build", town=make_unit())
    with page.expect_response(re.compile("/wall/pictures/")) as changed:
        page.clock.run_for(34_000)
    assert changed.value.status == 200
    # The turn is due by now or in a moment; either way the new content comes with it.
    page.clock.run_for(61_000)
    expect(page.locator("#picture-worst")).to_contain_text("改名后的项目")


def test_a_lost_server_leaves_the_last_picture_which_says_how_old_it_is_until_the_server_is_back(
    page: Page, live_server: LiveServer, kiosk: tuple[Kiosk, str]
) -> None:
    hung(page, live_server, kiosk[1])
    gone = _without_server(page)
    age = page.locator("#age")
    page.clock.run_for(34_000)
    expect(age).to_contain_text(zh("no connection"))
    expect(age).not_to_have_class(re.compile("stale"))

    page.clock.run_for(300_000)
    expect(age).to_have_class(re.compile("stale"))
    expect(age).to_contain_text(zh("out of date"))
    expect(age).to_contain_text("5 分钟前")
    expect(page.locator("#age svg")).to_be_visible()
    expect(shown(page)).to_contain_text("1 个项目")

    gone()
    with page.expect_response(re.compile("/wall/pictures/")):
        page.clock.fast_forward(140_000)  # time to ask again, none for giving up
    expect(age).not_to_contain_text(zh("no connection"))
    expect(age).not_to_have_class(re.compile("stale"))


def test_a_clock_that_is_wrong_makes_nothing_old_and_the_wall_shows_the_servers_time(
    page: Page, live_server: LiveServer, kiosk: tuple[Kiosk, str]
) -> None:
    page.clock.install(time="2001-01-01T00:00:00Z")
    page.goto(f"{live_server.url}/wall/k/{kiosk[1]}/")

    expect(page.locator("#date")).to_contain_text(f"{timezone.localdate().year}年")
    expect(page.locator("#age")).to_have_text(re.compile("秒前"))
    page.clock.set_system_time("2099-01-01T00:00:00Z")
    page.clock.run_for(3_000)
    expect(page.locator("#age")).to_have_text(re.compile("秒前"))
    expect(page.locator("#date")).to_contain_text(f"{timezone.localdate().year}年")


def test_a_reload_while_the_server_is_away_shows_what_was_shown_last_and_comes_back(
    page: Page, live_server: LiveServer, kiosk: tuple[Kiosk, str]
) -> None:
    page.goto(f"{live_server.url}/wall/k/{kiosk[1]}/")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    page.context.set_offline(True)
    page.reload()

    expect(shown(page)).to_contain_text("1 个项目")
    expect(page.locator("#age")).to_contain_text(zh("no connection"))
    page.context.set_offline(False)
    expect(page.locator("#age")).not_to_contain_text(zh("no connection"))


def test_a_revoked_screen_forgets_what_it_showed_and_one_that_is_given_another_day_comes_back(
    page: Page, live_server: LiveServer, boss: User, kiosk: tuple[Kiosk, str]
) -> None:
    hung(page, live_server, kiosk[1])
    expect(shown(page)).to_be_visible()
    Kiosk.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    page.clock.run_for(34_000)
    refused = page.locator(".wall-refused")
    expect(refused).to_contain_text("ended on")
    expect(refused).to_contain_text("到期")
    expect(page.locator(".wall-picture")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('wall-kept')") is None

    set_end_of_kiosk(kiosk[0], actor=boss, now=timezone.now(), expires_at=None)
    page.clock.run_for(34_000)
    expect(shown(page)).to_contain_text("1 个项目")

    revoke_kiosk(kiosk[0], actor=boss, now=timezone.now())
    page.clock.run_for(34_000)
    expect(page.locator(".wall-refused")).to_contain_text("was withdrawn on")


def test_after_an_upgrade_the_wall_loads_itself_anew(
    page: Page, live_server: LiveServer, kiosk: tuple[Kiosk, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hung(page, live_server, kiosk[1], every=20)
    before = page.get_attribute("#wall", "data-version")
    monkeypatch.setattr("screen.wall.freshness.release", lambda: "the next one")

    page.clock.run_for(34_000)
    page.clock.run_for(21_000)

    expect(page.locator("#wall")).not_to_have_attribute("data-version", before or "")
    expect(shown(page)).to_have_count(1)


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (1366, 768), (1080, 1920)])
def test_nothing_is_small_cut_or_scrolled_at_any_size(
    page: Page, live_server: LiveServer, kiosk: tuple[Kiosk, str], width: int, height: int
) -> None:
    hung(page, live_server, kiosk[1])
    page.set_viewport_size({"width": width, "height": height})
    for _picture in range(4):
        page.clock.run_for(1_000)
        expect(shown(page)).to_have_count(1)
        found = page.evaluate(MEASURE)
        assert found == {"scrolls": False, "small": [], "outside": [], "over": []}
        page.keyboard.press("ArrowRight")


MEASURE = """() => {
  const pixel = Math.min(innerWidth / 1920, innerHeight / 1080), small = [], outside = [], over = [];
  const foot = document.querySelector("footer").getBoundingClientRect().top;
  for (const each of document.querySelectorAll("#wall *")) {
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    if (style.visibility === "hidden" || style.display === "none" || each.closest("svg")) continue;
    const says = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!says) continue;
    const text = each.textContent.trim().slice(0, 20);
    if (parseFloat(style.fontSize) < 28 * pixel - 0.1) small.push(text);
    if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1) outside.push(text);
    if (each.closest(".wall-picture") && box.bottom > foot + 1) over.push(text);
  }
  const root = document.documentElement;
  return { scrolls: root.scrollWidth > innerWidth || root.scrollHeight > innerHeight, small, outside, over };
}"""


def test_the_name_of_a_chain_gives_way_as_a_whole_where_not_all_names_fit(
    page: Page, live_server: LiveServer, kiosk: tuple[Kiosk, str]
) -> None:
    hung(page, live_server, kiosk[1])
    chain, others = page.locator("#dots .chain span"), page.locator("#dots li:not(.chain) span")
    expect(chain).to_be_visible()

    page.evaluate("name => document.querySelector('[id^=picture-chain]').dataset.name = name", LONG)
    for shows in (True, False):  # its own picture comes next, then another
        page.keyboard.press("ArrowRight")
        page.clock.run_for(1_000)
        expect(chain).to_be_visible(visible=shows)
        assert others.evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)")


def test_who_prefers_no_motion_sees_a_cut(
    page: Page, live_server: LiveServer, kiosk: tuple[Kiosk, str]
) -> None:
    page.emulate_media(reduced_motion="reduce")
    hung(page, live_server, kiosk[1])
    expect(shown(page)).to_have_css("transition-duration", "0s")


def test_a_wall_screen_is_made_and_its_address_opened_without_a_login(
    page: Page, live_server: LiveServer, boss: User, complaints: list[str]
) -> None:
    log_in(page, live_server, boss, "/wall/screens/")
    page.fill("input[name=name]", "一楼大厅")
    page.get_by_role("button", name=zh("Make the address")).click()
    address = page.locator("#address").input_value()

    assert page.context.browser
    wall = page.context.browser.new_context(locale="zh-CN").new_page()
    wall.goto(address)
    expect(wall.locator(".wall-picture.here")).to_contain_text("1 个项目")
    wall.context.close()
    page.goto(f"{live_server.url}/wall/screens/")
    expect(page.locator("#address")).to_have_count(0)
    page.get_by_role("button", name=zh("Revoke")).click()
    expect(page.locator("h1")).to_contain_text(zh("No wall screen shows anything yet"))
    assert complaints == []


def _without_server(page: Page) -> Callable[[], None]:
    """Every question of the wall fails until what is given back is called."""

    def fail(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/wall/pictures/", fail)
    return lambda: page.unroute("**/wall/pictures/", fail)

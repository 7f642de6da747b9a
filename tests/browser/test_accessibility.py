"""Every page, by axe-core: names, contrast in both schemes, headings, sizes; and nothing jumps while it loads.

The pages are those of the addresses of the project: a new one is looked at without being named here. axe comes with its
package and is put into the page past the content policy, which refuses it like every other script that is not ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from accounts.actions import invite
from accounts.models import Unit, User
from issues.actions import propose_slips
from issues.actions.links import make_link
from issues.links import address_of
from issues.models import Issue, Supervision, Topic
from ledger.models import Import
from meetings.actions import take_decision
from meetings.models import Decision, Meeting, Upload
from milestones.actions import request_date_change
from milestones.calendar_table import load_calendar
from milestones.models import DateChange, Node
from milestones.publishing import built_in_chains, publish_template
from projects.models import Project, Visit
from screen.models import Indicator
from screen.reckoning.actions import reckon
from screen.wall.kiosk_actions import make_kiosk
from tests.emptying import empty_database
from tests.make import make_issue, make_topic, make_user, make_visit
from tests.meetings.drafts import freeze, make_meeting
from tests.meetings.filling import bring, offline
from tests.pages import client_of
from tests.screen.small_district import make_small_district

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

AXE: Final = files("axe_playwright_python").joinpath("axe.min.js")
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "asked => axe.run(document, {resultTypes: ['violations'], preload: false, ...asked})"
WATCH = """
window.shifted = [];
new PerformanceObserver(list => {
  // Less is a word that moves by a few pixels, as where a busy machine finds its font late.
  for (const one of list.getEntries()) if (one.value > .01) window.shifted.push(
    `${one.value.toFixed(4)} ${(one.sources || []).map(source => source.node?.className || source.node?.nodeName)}`
  );
}).observe({type: "layout-shift", buffered: true});
"""
"""Notes what moves on a page after it was first painted, by more than an eye can see."""

NO_PAGES: Final = ("api/", "admin/", "accounts/", "language/", "^", "e/", "join/", "wall/k/", "favicon")
"""Addresses that lead to no page of ours, or to one that is asked for by a secret; those of log-in are named below."""

DOORS: Final = (
    "log-in", "invitation", "no invitation", "enterprise", "no enterprise", "wall screen", "no wall screen",
    "nowhere",
)  # fmt: skip
"""What is seen without an account, with a secret or with a wrong one."""

NOT_OURS: Final = {"target-size": {"enabled": False}, "link-in-text-block": {"enabled": False}}
"""What the packages' own pages break and we cannot mend: the small links of lists and of the way back to the index."""


PARTS: Final = {
    "<str:board>": "towns", "<str:measure>": "nodes", "<str:mark>": "back_filled",
    "<str:chain>": "road", "<str:node>": "a",
}  # fmt: skip
"""Parts of addresses that are words."""


def _addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (get_resolver() if resolver is None else resolver).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, path)
        elif not path.startswith(NO_PAGES):
            yield path


def _group(path: str) -> str:
    return path.partition("/")[0] or "home"


GROUPS: Final = sorted({_group(path) for path in _addresses()} | {"accounts"})


@dataclass(frozen=True)
class District:
    """A small district that has at least one row behind every page; who reads it, and where it is served.

    `sessions` are those of the readers, on record before any test begins: what a test writes the server does not see.
    """

    server: LiveServer
    readers: dict[str, User]
    sessions: dict[str, str]
    rows: dict[str, Any]
    doors: dict[str, str]

    def pages(self, client: Client, group: str) -> list[str]:
        """The addresses of a group that answer this reader with a page."""
        asked = [f"/{self._filled(path)}" for path in _addresses() if _group(path) == group]
        if group == "accounts":
            asked = ["/accounts/password/change/"]
        return [path for path in asked if _is_page(client, path)]

    def _filled(self, path: str) -> str:
        for name, value in self.rows.items():
            if path.startswith(f"{name}/<"):
                path = path.replace("<int:pk>", str(value), 1).replace("<slug:code>", str(value), 1)
        for name, said in PARTS.items():
            path = path.replace(name, said)
        return path.replace("<int:pk>", "0").replace("<int:version>", "1").replace("<slug:node>", "code")


def _is_page(client: Client, path: str) -> bool:
    answer = client.get(path)
    if (
        answer.streaming
    ):  # a file: read to its end, it is closed without the test's connection to the database
        for _piece in answer:
            pass
        return False
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    return bool(answer.status_code == 200 and is_html and b"<html" in answer.content[:400])


@pytest.fixture(scope="module")
def district(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[District]:
    """Made once, since to look changes nothing; emptied at the end like the database of every browser test."""
    in_memory = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with django_db_blocker.unblock():
        try:
            with override_settings(STORAGES=in_memory, DATA_DIR=tmp_path_factory.mktemp("data")):
                readers, rows, doors = _make_district()
            sessions = {role: client_of(user).cookies["sessionid"].value for role, user in readers.items()}
            # Its own server: asking for ``live_server`` would empty the database after each test.
            server = LiveServer("localhost")
            yield District(server, readers, sessions, rows, doors)
            server.thread.terminate()
        finally:
            empty_database()


def _make_district() -> tuple[dict[str, User], dict[str, Any], dict[str, str]]:
    manager, today, now = make_small_district(), timezone.localdate(), timezone.now()
    (spec,) = (one for one in built_in_chains() if one.code == "new_build")
    publish_template(spec, actor=User.objects.system())
    project = Project.objects.get(name="晶圆材料二期")
    power = Unit.objects.get(name="供电公司")
    late = project.nodes.get(status="running")
    issue = make_issue(project, today=today, lead_unit=power, nodes=[late], raised_by=manager)
    make_issue(project, today=today, raised_by=manager)
    make_topic(issue, opened_on=today, lead_unit=power)
    make_visit(project, today=today, actor=manager)
    propose_slips(today, load_calendar())
    open_node = Node.objects.get(project__name="抗体基地", status="running")
    request_date_change(
        open_node,
        actor=manager,
        due_on=today + timedelta(days=20),
        reason=DateChange.Reason.OTHER,
        text="外线未到货",
        today=today,
    )
    meeting = freeze(make_meeting())
    take_decision(
        meeting,
        actor=manager,
        text="月底前送电",
        lead_unit=power,
        due_on=today,
        projects=[project],
        today=today,
    )
    upload = bring(offline(manager), manager)
    ledger = SimpleUploadedFile("台账.csv", "项目名称,属地\n新项目,义蓬街道\n错,别处".encode())
    client_of(manager).post("/ledger/", {"file": ledger, "mapping": ""})
    readers = {
        "manager": manager,
        "liaison": make_user(User.Role.LIAISON, unit=power),
        "administrator": make_user(is_staff=True, is_superuser=True),
    }
    invited = invite(
        actor=readers["administrator"], now=now, username="new", role=User.Role.LEADER, unit=None
    )
    link = make_link(project, actor=manager, now=now)
    _kiosk, token = make_kiosk(actor=manager, name="大厅", now=now)
    opened = dict(
        zip(
            DOORS,
            ("/accounts/login/", f"/join/{invited.token}/", "/join/none/", address_of(link), "/e/none/",
             f"/wall/k/{token}/", "/wall/k/none/", "/none/"),
            strict=True,
        )
    )  # fmt: skip
    rows = {
        "projects": project.pk, "nodes": late.pk, "overdue/behind": late.pk, "issues": issue.pk,
        "topics": Topic.objects.get().pk, "visits": Visit.objects.get().pk,
        "supervision": Supervision.objects.earliest("pk").pk, "date-changes": DateChange.objects.get().pk,
        "meetings": Meeting.objects.get().pk, "meetings/decisions": Decision.objects.get().pk,
        "meetings/uploads": upload.pk, "ledger": Import.objects.get().pk, "templates": "new_build",
        "race/<str:board>": Unit.objects.get(name="义蓬街道").pk,
        "indicators": Indicator.objects.create(code="research", name="研发投入", measure="亿元").code,
    }  # fmt: skip
    reckon(today, load_calendar())
    assert Issue.objects.count() == 2
    assert Upload.objects.count() == 1
    return readers, rows, opened


def reader(browser: Browser, district: District, role: str = "") -> Page:
    """A browser in which this person is logged in, or nobody: a liaison's phone, the others' screens."""
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    screen = {"viewport": {"width": 1280, "height": 800}}
    context: BrowserContext = browser.new_context(
        bypass_csp=True, service_workers="block", locale="zh-CN", **(phone if role == "liaison" else screen)
    )
    if role:
        context.add_cookies(
            [{"name": "sessionid", "value": district.sessions[role], "url": district.server.url}]
        )
    context.add_init_script(WATCH)
    return context.new_page()


def look_at(page: Page, address: str) -> None:
    """The page itself: who has not logged in would see another, in which nothing is wrong."""
    answer = page.goto(address)
    assert answer is not None
    assert (answer.status, "/login/" in page.url) == (200, False), page.url


def broken(page: Page, **asked: Any) -> list[str]:
    """The rules that the page breaks, each with the first of what breaks it."""
    found = page.evaluate(RUN, asked)["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {_colours(node)}" for one in found for node in one["nodes"][:4]
    ]


def _colours(node: dict[str, Any]) -> str:
    data = next((check.get("data") for check in node["any"]), None)
    if not isinstance(data, dict) or "fgColor" not in data:
        return ""
    return f"{data['fgColor']} on {data['bgColor']}: {data['contrastRatio']}"


@pytest.mark.parametrize("role", ["manager", "liaison"])
@pytest.mark.parametrize("group", GROUPS)
def test_no_page_of_this_place_breaks_a_rule(
    browser: Browser, district: District, group: str, role: str
) -> None:
    page, axe = reader(browser, district, role), AXE.read_text(encoding="utf-8")
    wrong: dict[str, list[str]] = {}
    for path in district.pages(client_of(district.readers[role], language="zh-hans"), group):
        page.emulate_media(color_scheme="light")
        look_at(page, f"{district.server}{path}")
        page.evaluate(axe)
        # The colours are looked at once, as a manager sees most of them.
        without = {"color-contrast": {"enabled": role == "manager"}}
        said = broken(page, runOnly={"type": "tag", "values": RULES}, rules=without)
        if role == "manager":
            page.emulate_media(color_scheme="dark")
            said += broken(page, runOnly={"type": "rule", "values": ["color-contrast"]})
        said += [f"moved: {one}" for one in page.evaluate("window.shifted")]
        if said:
            wrong[path] = said
    assert wrong == {}


@pytest.mark.parametrize("door", DOORS)
def test_no_page_without_an_account_breaks_a_rule(browser: Browser, district: District, door: str) -> None:
    page, axe = reader(browser, district), AXE.read_text(encoding="utf-8")
    said = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{district.server}{district.doors[door]}")
        page.evaluate(axe)
        said += broken(page, runOnly={"type": "tag", "values": RULES})
        said += [f"moved: {one}" for one in page.evaluate("window.shifted")]
    assert said == []


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/accounts/unit/", "/admin/accounts/unit/add/", "/api/v1/docs/"]
)
def test_what_packages_show_breaks_no_rule_that_we_could_keep(
    browser: Browser, district: District, path: str
) -> None:
    page = reader(browser, district, "administrator")
    page.route("**/swagger-ui*.js", lambda route: route.abort())  # what it draws has colours of its own
    look_at(page, f"{district.server}{path}")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert broken(page, runOnly={"type": "tag", "values": RULES}, rules=NOT_OURS) == []

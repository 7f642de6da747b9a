"""Each built-in chain from its first node to its last, through pages alone, by a manager at a desk."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Unit, User
from config.demo.people import settle_units
from domain.lifecycle import Status
from history.models import Change
from milestones.calendar_table import fill_calendar
from milestones.models import DateChange, Hold, Node
from milestones.publishing import built_in_chains, publish_template
from projects.models import Project
from tests.browser.conftest import log_in
from tests.make import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Desk:
    """What the manager does, page by page."""

    def __init__(self, page: Page, server: LiveServer) -> None:
        self.page, self.server = page, server

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server.url}{path}")

    def send(self, deed: str, **fields: str) -> None:
        """Fill the form that does `deed` on the page that is open, and send it."""
        form = self.page.locator(f'form[action$="/{deed}/"][method=post]')
        if form.locator("xpath=ancestor::details").count():
            form.locator("xpath=ancestor::details/summary").first.click()
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        with self.page.expect_navigation():
            form.locator("button.main").first.click()

    def offers(self, deed: str) -> bool:
        return self.page.locator(f'form[action$="/{deed}/"][method=post]').count() > 0

    def add_project(self, name: str, kind: str) -> None:
        """A project of this kind with its chain: every fact is true of it."""
        self.open("/projects/new/")
        form = self.page.locator("form.entry")
        form.locator("[name=name]").fill(name)
        form.locator("[name=town]").select_option(index=1)
        form.locator("[name=kind]").select_option(kind)
        template = form.locator("[name=template]")
        with self.page.expect_response(lambda answer: "/projects/new/" in answer.url):
            template.select_option(index=1)
        boxes = form.locator("[name=conditions]")
        expect(form.locator("[name=starts_on]")).to_be_visible()
        for number in range(boxes.count()):
            boxes.nth(number).check()
        form.locator("button.main").click()
        self.page.wait_for_url("**/projects/*/")

    def listed_nodes(self) -> list[int]:
        """The nodes on the project's page, in its order."""
        rows = self.page.locator("tr[id^=node-]").evaluate_all("rows => rows.map(row => row.id)")
        return [int(row.removeprefix("node-")) for row in rows]

    def work_on(self, node: int) -> bool:
        """Start and finish a node; whether it could be done."""
        self.open(f"/nodes/{node}/")
        if self.offers("start"):
            self.send("start")
            self.open(f"/nodes/{node}/")
        if not self.offers("finish"):
            return False
        self.send("finish")
        return True

    def can_start(self, node: int) -> bool:
        self.open(f"/nodes/{node}/")
        return self.offers("start")

    def hold_and_resume(self, node: int) -> None:
        self.open(f"/nodes/{node}/")
        self.send("start")
        self.open(f"/nodes/{node}/")
        self.send("hold", reason="专家评审", notice_no="经信告〔2026〕7号")
        self.open(f"/nodes/{node}/")
        assert not self.offers("finish")
        self.send("resume")

    def move_date(self, node: int) -> None:
        """Ask for a later date, look at what it does, send it, and approve it."""
        self.open(f"/nodes/{node}/date-change/")
        ask = self.page.locator("form.ask").first
        due = Node.objects.get(pk=node).due_on or timezone.localdate()
        ask.locator("[name=due_on]").fill(str(due + timedelta(days=14)))
        ask.locator("[name=reason]").select_option("enterprise")
        ask.locator("[name=following]").check()
        ask.locator("button").click()
        expect(self.page.locator("form.ask")).to_have_count(2)
        self.page.locator("form.ask").nth(1).locator("[name=text]").fill("企业调整建设时序")
        with self.page.expect_navigation():
            self.page.locator("form.ask").nth(1).locator("button").click()
        self.open("/date-changes/")
        with self.page.expect_navigation():
            self.page.locator('main a[href*="/date-changes/"]').first.click()
        self.send("approve", answer="同意")


@pytest.mark.parametrize("kind", [kind.value for kind in Project.Kind])
def test_a_built_in_chain_runs_from_its_first_node_to_its_last(
    page: Page, live_server: LiveServer, complaints: list[str], kind: str
) -> None:
    fill_calendar()
    settle_units()
    spec = next(spec for spec in built_in_chains() if spec.code == kind)
    publish_template(spec, actor=User.objects.system())
    manager = make_user(unit=Unit.objects.get(kind=Unit.Kind.BUREAU))
    desk = Desk(page, live_server)
    log_in(page, live_server, manager, "/projects/")
    desk.add_project("全流程项目", kind)
    project = Project.objects.get()
    left = desk.listed_nodes()
    assert len(left) == project.nodes.count() > 8

    held = next(node for node in left if desk.can_start(node))
    desk.hold_and_resume(held)
    moved, waived = [pk for pk in left if pk != held][-3:-1]
    desk.move_date(moved)
    desk.open(f"/nodes/{waived}/")
    desk.send("waive", reason="企业无需求")
    left.remove(waived)
    while left:
        done = [node for node in left if desk.work_on(node)]
        assert done, f"nothing goes on: {[str(node) for node in Node.objects.filter(pk__in=left)]}"
        left = [node for node in left if node not in done]

    statuses = set(project.nodes.values_list("status", flat=True))
    assert statuses == {Status.DONE, Status.WAIVED}
    assert project.nodes.filter(status=Status.WAIVED).count() == 1
    assert Hold.objects.filter(node=held, resumed_on__isnull=False).count() == 1
    assert DateChange.objects.get(node=moved).status == "approved"
    assert Node.objects.get(pk=moved).due_on != Node.objects.get(pk=moved).baseline_on
    finished = Change.objects.filter(project=project, verb=Change.Verb.NODE_FINISHED)
    assert finished.count() == project.nodes.count() - 1
    desk.open(f"/projects/{project.pk}/")
    expect(page.locator("h1")).to_contain_text("全流程项目")

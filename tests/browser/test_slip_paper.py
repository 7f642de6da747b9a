"""A supervision slip is one page of A4 upright, however much is written on it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from domain.lifecycle import Status
from domain.workdays import WorkCalendar
from issues.actions import answer_slip, issue_slip, propose_slips
from issues.models import Supervision
from milestones.models import TemplateNode
from projects.models import Project
from tests.browser.conftest import log_in, zh
from tests.make import make_issue, make_node, make_unit, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHARACTERS = "外线电缆到货延迟需会同供电公司现场办公倒排工期明确责任人每周报送进度"
LINES = "\n".join("一二三四五"[n % 5] for n in range(250))
"""As many lines as 500 characters can be."""


def said(length: int) -> str:
    return (CHARACTERS * 20)[:length]


def slip_of(*, name: str, titles: tuple[str, ...] = (), **texts: str) -> Supervision:
    """A slip that went out today, answered where `texts` hold an answer."""
    today, boss = timezone.localdate(), make_user()
    node = make_node(status=Status.RUNNING, started_on=date(2026, 1, 5), due_on=today - timedelta(days=60))
    Project.objects.filter(pk=node.project_id).update(name=name)
    TemplateNode.objects.filter(pk=node.template_node_id).update(name=said(60))
    unit = make_unit(said(60))
    for title in titles:
        make_issue(node.project, title=title, nodes=[node], lead_unit=unit, today=today)
    propose_slips(today, WorkCalendar())
    slip = Supervision.objects.get(node=node)
    asked: dict[str, Any] = {"text": texts.get("text", "")}
    if titles:
        asked |= {"addressee": unit, "attention": said(60)}
    issue_slip(slip, actor=boss, today=today, **asked)
    if "answer" in texts:
        answer_slip(
            slip, actor=boss, answer=texts["answer"], plan=texts["plan"], planned_on=today, today=today
        )
    return slip


SLIPS: dict[str, dict[str, Any]] = {
    "short and not answered": {"name": "氢能"},
    "short and answered": {"name": "氢能", "answer": said(60), "plan": "一、到货\n二、敷设\n三、验收"},
    "nearly packed": {"name": said(30), "text": said(250), "answer": said(250), "plan": said(230)},
    "as long as can be": {
        "name": said(255), "titles": (said(120),) * 5, "text": said(500), "answer": said(500), "plan": said(500),
    },
    "in as many lines as can be": {
        "name": said(255), "titles": (said(120),) * 5, "text": LINES, "answer": LINES, "plan": LINES,
    },
    "one word": {
        "name": "W" * 255, "titles": ("W" * 120,) * 5, "text": "W" * 500, "answer": "W" * 500, "plan": "W" * 500,
    },
}  # fmt: skip


@pytest.mark.parametrize("which", SLIPS)
def test_a_slip_is_one_page_of_a4_upright(
    which: str, page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    slip = slip_of(**SLIPS[which])
    log_in(page, live_server, make_user(), f"/supervision/{slip.pk}/print/")
    expect(page.locator(".sheet")).to_contain_text(Supervision.objects.get().number)

    paper = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    width, height = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", paper)[0]
    assert (round(float(width)), round(float(height))) == (595, 842)


def test_everything_that_was_written_stands_on_the_page(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    slip = slip_of(**SLIPS["as long as can be"])
    log_in(page, live_server, make_user(), f"/supervision/{slip.pk}/print/")
    page.emulate_media(media="print", color_scheme="dark")

    sheet = page.locator(".sheet")
    expect(sheet).to_have_css("color", "rgb(28, 37, 48)")  # paper is white, however dark the screen is
    assert sheet.inner_text().count(said(500)) == 3
    reaches = sheet.evaluate("sheet => [sheet.scrollHeight, sheet.clientHeight]")
    assert reaches[0] <= reaches[1] + 1, "the last rows lie below the edge of the page"
    expect(page.get_by_role("button", name=zh("Print"))).to_be_hidden()

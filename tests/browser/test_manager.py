"""The manager's round: log in, narrow the overdue list, finish a node, take the sheet along."""

import re
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Unit
from domain.lifecycle import Status
from history.models import Change
from milestones.models import Node
from tests.browser.conftest import log_in, zh
from tests.make import MONDAY, make_node, make_project, make_unit, make_user

THURSDAY = date(2026, 3, 5)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _late(project: str, unit: Unit) -> Node:
    named = make_project(name=project)
    return make_node(project=named, unit=unit, status=Status.RUNNING, started_on=MONDAY, due_on=MONDAY)


def test_a_manager_narrows_the_list_finishes_a_node_and_exports_what_is_left(
    page: Page, live_server: LiveServer, complaints: list[str], tmp_path: Path
) -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    first, second = _late("晶圆材料二期", power), _late("抗体药物基地", power)
    _late("盾构装备基地", make_unit("住房和城乡建设局", kind=Unit.Kind.DEPARTMENT))
    rows = page.locator("#results tbody tr")

    log_in(page, live_server, make_user(), "/overdue/")
    expect(page.locator("html")).to_have_attribute("lang", re.compile("zh-han", re.IGNORECASE))
    expect(rows).to_have_count(3)

    page.select_option("select[name=unit]", label="供电公司")
    expect(rows).to_have_count(2)
    expect(page).to_have_url(re.compile(rf"/overdue/\?.*unit={power.pk}"))
    narrowed = page.url

    page.click("text=晶圆材料二期")
    page.click("dialog form[action$='/finish/'] button.main")
    expect(page.get_by_role("status")).to_contain_text(first.template_node.name)

    page.goto(narrowed)
    expect(rows).to_have_count(1)
    with page.expect_download() as downloading:
        page.click(f"text={zh('Export what I see')}")
    sheet = tmp_path / "nodes.xlsx"
    downloading.value.save_as(sheet)

    first.refresh_from_db()
    assert first.status == Status.DONE
    assert Change.objects.filter(verb=Change.Verb.NODE_FINISHED, node=first).count() == 1
    assert _projects_in(sheet, "晶圆材料二期", second.project.name, "盾构装备基地") == {"抗体药物基地"}


def _projects_in(path: Path, *names: str) -> set[str]:
    """Which of `names` stand in a workbook."""
    book = load_workbook(path)
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    book.close()
    return cells & {*names}


def test_the_address_of_a_narrowed_list_shows_the_same_to_a_colleague(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    _late("晶圆材料二期", power)
    _late("盾构装备基地", make_unit("住房和城乡建设局", kind=Unit.Kind.DEPARTMENT))

    log_in(page, live_server, make_user(), f"/overdue/?unit={power.pk}")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page.locator("select[name=unit]")).to_have_value(str(power.pk))


def test_a_manager_ticks_rows_looks_at_what_will_happen_and_confirms_it(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    first, second = _late("晶圆材料二期", power), _late("抗体药物基地", power)
    other = _late("盾构装备基地", make_unit("住房和城乡建设局", kind=Unit.Kind.DEPARTMENT))
    bar = page.locator("#bulk")

    log_in(page, live_server, make_user(), "/overdue/")
    expect(bar).to_be_hidden()
    page.select_option("select[name=unit]", label="供电公司")
    expect(page.locator("#results tbody tr")).to_have_count(2)
    page.click(".pick-all a")
    expect(page.locator(".pick :checked")).to_have_count(2)
    narrowed = page.url

    bar.locator("[popovertarget=bulk-shift]:not(.close)").click()
    page.fill("#bulk-shift [name=shift-days]", "3")
    page.press("#bulk-shift [name=shift-days]", "Enter")
    assert page.url == narrowed, "the Enter key sends nothing off"
    page.click("#bulk-shift button[name=do]")
    page.wait_for_url("**/overdue/bulk/")
    expect(page.locator("section.card").first.locator("tbody tr")).to_have_count(2)
    assert not Change.objects.filter(node__isnull=False).exists(), "looking changes nothing"

    page.click("form[action$='/confirm/'] button.main")
    page.wait_for_url(narrowed)

    expect(page.get_by_role("status")).to_contain_text("2")
    for node in (first, second):
        assert Node.objects.get(pk=node.pk).due_on == THURSDAY
        assert Change.objects.filter(node=node, verb=Change.Verb.DATE_CHANGE_APPROVED).count() == 1
    assert Node.objects.get(pk=other.pk).due_on == MONDAY

"""The meeting's round: bring a ledger in, take the workbook out."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from config.demo.people import settle_units
from milestones.publishing import built_in_chains, publish_template
from projects.models import Project
from tests.browser.conftest import log_in
from tests.make import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAMPLE = Path(__file__).resolve().parents[2] / "ledger" / "samples" / "产业项目台账.xlsx"


def test_a_ledger_is_previewed_confirmed_and_stands_in_the_workbook(
    page: Page, live_server: LiveServer, complaints: list[str], tmp_path: Path
) -> None:
    settle_units()
    manager = make_user()
    for spec in built_in_chains():
        publish_template(spec, actor=manager)
    log_in(page, live_server, manager, "/ledger/")

    page.set_input_files("input[type=file]", SAMPLE)
    page.click("form[enctype='multipart/form-data'] button")
    page.wait_for_url("**/ledger/*/")
    assert not Project.objects.exists(), "a preview writes nothing"
    page.click("form[action$='/confirm/'] button")
    expect(page.get_by_role("status")).to_contain_text(SAMPLE.name)
    names = set(Project.objects.values_list("name", flat=True))
    assert len(names) == 48

    page.goto(f"{live_server.url}/meetings/")
    with page.expect_download() as downloading:
        page.click("a[href^='/meetings/workbook/']")
    workbook = tmp_path / "weekly.xlsx"
    downloading.value.save_as(workbook)
    book = load_workbook(workbook)
    ledger = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert sum(sheet.sheet_state == "visible" for sheet in book) == 12
    book.close()
    assert names <= ledger

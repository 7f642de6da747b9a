"""The page of the weekly meeting, the download and the command."""

from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from screen.queries import screen_of
from screen.sentence import sentence
from tests.make import make_unit, make_user
from tests.pages import client_of, tags_of, text_of
from tests.screen.small_district import NOON, RULE, make_small_district

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_friday(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOON, tick=False)


def downloaded(client: Client) -> Any:
    response = client.get("/meetings/workbook/")
    assert response.status_code == 200
    return load_workbook(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]


def test_the_page_says_what_the_workbook_holds() -> None:
    page = client_of(make_small_district()).get("/meetings/")

    said = text_of(page)
    assert "2 causes first, then 2 knocked on 4" in said
    assert "6 projects that you may see" in said
    assert "/meetings/workbook/" in [attributes.get("href") for _tag, attributes in tags_of(page)]


def test_the_workbook_is_downloaded_under_its_day() -> None:
    response = client_of(make_small_district()).get("/meetings/workbook/")

    assert response["Content-Type"].startswith("application/vnd.openxmlformats")
    assert 'filename="weekly meeting 2026-03-06.xlsx"' in response["Content-Disposition"]
    response.close()


def test_page_screen_and_workbook_show_the_same_numbers() -> None:
    reader = make_small_district()
    client = client_of(reader)
    screen = screen_of(reader, RULE)

    book = downloaded(client)
    api = client.get("/api/v1/nodes/?light=red").json()

    overdue = book["Overdue nodes"].max_row - 3
    assert overdue == api["count"] == screen.causes + screen.knocked_on == 4
    assert book["Overview"]["A3"].value == sentence(screen)
    assert f"{screen.causes} overdue causes" in text_of(client.get("/meetings/"))


def test_a_stranger_downloads_an_empty_workbook() -> None:
    make_small_district()
    stranger = make_user(User.Role.LIAISON, unit=make_unit("别处"))

    assert downloaded(client_of(stranger))["Projects"]["A4"].value == "There is no project."


@pytest.mark.parametrize("path", ["/meetings/", "/meetings/workbook/"])
def test_who_has_not_logged_in_is_asked_to(path: str) -> None:
    assert Client().get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/meetings/", "/meetings/workbook/"])
def test_nothing_is_changed_by_posting(path: str) -> None:
    assert client_of(make_user()).post(path).status_code == 405


def test_the_command_writes_the_workbook_of_everything(tmp_path: Path) -> None:
    make_small_district()
    out = StringIO()

    call_command("export_meeting", output=tmp_path / "book.xlsx", stdout=out)

    assert out.getvalue().splitlines()[-1].endswith("projects 6, causes 2, knocked on 2, due soon 2")
    book = load_workbook(tmp_path / "book.xlsx")
    assert len([sheet for sheet in book if sheet.sheet_state == "visible"]) == 12
    assert len(book["项目台账"]["C"]) == 3 + 6


def test_the_command_judges_the_day_it_is_given(tmp_path: Path) -> None:
    make_small_district()
    out = StringIO()

    call_command("export_meeting", "--on", "2026-02-02", "--output", str(tmp_path / "book.xlsx"), stdout=out)

    assert "causes 0" in out.getvalue()


def test_the_command_says_where_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_meeting", output=tmp_path / "nowhere" / "book.xlsx")

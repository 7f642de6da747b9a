"""The pages that bring investment by month: what they say, ask and refuse; the form that is filled in."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from ledger.models import Import
from projects.models import Investment, InvestmentPlan
from tests.ledger.investing import recorded, write_book
from tests.make import make_project, make_unit, make_user

pytestmark = pytest.mark.django_db

ABSURD = ["2022年"], ["项目名称", "8月"], ["甲", 5_600_000_000]


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, content: bytes, **fields: Any) -> Any:
    file = SimpleUploadedFile("投资.xlsx", content)
    return client.post("/ledger/", {"file": file, "what": "investment", **fields})


def page_of(client: Client) -> str:
    return client.get(f"/ledger/{Import.objects.latest('pk').pk}/").content.decode()


def confirm(client: Client, **fields: Any) -> Any:
    """Press the button that the page shows."""
    found = re.search(r'name="digest" value="([0-9a-f]+)"', page_of(client))
    pk = Import.objects.latest("pk").pk
    return client.post(f"/ledger/{pk}/confirm/", {"digest": found[1] if found else "", **fields})


def test_investment_is_seen_before_it_is_applied_and_then_looked_up(
    tmp_path: Path, queued: list[str]
) -> None:
    project = make_project(name="甲")
    Investment.objects.create(project=project, month=date(2022, 1, 1), amount=7)
    client = client_of(make_user())
    path = write_book(
        tmp_path,
        ["2022年"],
        ["项目名称", "1月", "8月", "1-8月累计", "年度计划"],
        ["甲", 8, 9, 99, 100],
        ["乙", 1, 1, 1, 1],
    )

    assert upload(client, path.read_bytes()).status_code == 302

    page = page_of(client)
    assert "It would record 2 amounts, change 1 and leave 0 as they are; 3 cannot be taken." in page
    assert "3 amounts cannot be taken" in page
    assert "1-8月累计" in page
    assert "<dt>2022-01</dt><dd><del" in page
    assert "plan of 2022" in page
    assert "“乙” is not on record" in page
    assert "amounts_are_right" not in page
    assert recorded() == {("甲", "2022-01"): 7}

    assert confirm(client).status_code == 302
    assert recorded() == {("甲", "2022-01"): 8, ("甲", "2022-08"): 9, ("甲", "2022"): 100}
    page = page_of(client)
    assert "2 amounts recorded, 1 changed, 0 unchanged, 3 not taken." in page
    assert "recorded investment" in page
    assert queued == [], "no node has changed"
    assert "investment by month" in client.get("/ledger/").content.decode()


def test_absurd_amounts_need_a_tick(tmp_path: Path) -> None:
    make_project(name="甲", investment=10_000)
    client = client_of(make_user())
    upload(client, write_book(tmp_path, *ABSURD).read_bytes())

    page = page_of(client)
    assert "The amounts add up to 56 trillion yuan." in page
    assert "These projects are to cost 100 million yuan in all." in page
    assert 'name="amounts_are_right"' in page
    refused = confirm(client)
    assert refused.status_code == 409
    assert "56 trillion yuan" in refused.content.decode()
    assert recorded() == {}

    assert confirm(client, amounts_are_right="on").status_code == 302
    assert recorded() == {("甲", "2022-08"): 5_600_000_000}


def test_absurd_amounts_can_be_read_in_yuan_instead(tmp_path: Path) -> None:
    make_project(name="甲", investment=1_000_000)
    client = client_of(make_user())
    upload(client, write_book(tmp_path, *ABSURD).read_bytes())
    pk = Import.objects.get().pk

    assert client.post(f"/ledger/{pk}/again/", {"unit": "元"}).status_code == 302

    assert 'name="amounts_are_right"' not in page_of(client)
    assert "元, converted to 10,000 yuan" in page_of(client)
    assert confirm(client).status_code == 302
    assert recorded() == {("甲", "2022-08"): 560_000}


def test_year_and_unit_are_taken_from_the_form(tmp_path: Path) -> None:
    make_project(name="甲")
    client = client_of(make_user())
    content = write_book(tmp_path, ["项目名称", "8月"], ["甲", 2]).read_bytes()

    assert upload(client, content).status_code == 400
    assert upload(client, content, year="1900").status_code == 400
    assert upload(client, content, year="2021", unit="美元").status_code == 400
    assert upload(client, content, year="2021", unit="亿元").status_code == 302
    confirm(client)
    assert recorded() == {("甲", "2021-08"): 20_000}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_form_comes_back_as_it_was_but_for_what_was_changed(language: str) -> None:
    town = make_unit()
    for name in ("甲", "乙", "=1+1"):
        project = make_project(name=name, town=town, enterprise="企业")
        Investment.objects.create(project=project, month=date(2022, 1, 1), amount="100.25")
        InvestmentPlan.objects.create(project=project, year=2022, amount=1200)
    make_project(name="别人的")
    client = client_of(make_user(User.Role.MANAGER, unit=town))
    client.cookies["django_language"] = language

    answer = client.get("/ledger/investment.xlsx?year=2022")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    book = openpyxl.load_workbook(BytesIO(content))
    sheet: Any = book.active
    assert [row[1].value for row in sheet.iter_rows(min_row=4)] == ["=1+1", "乙", "甲"]
    upload(client, content)
    same = Import.objects.latest("pk")
    assert (same.created, same.updated, same.unchanged, same.rejected) == (0, 0, 6, 0)

    sheet["E4"], sheet["D5"], sheet["F6"] = 101, 1300, 5
    changed = BytesIO()
    book.save(changed)
    upload(client, changed.getvalue())

    seen = Import.objects.latest("pk")
    assert (seen.created, seen.updated, seen.unchanged, seen.rejected) == (1, 2, 4, 0)
    assert seen.report["unused"] == []
    assert confirm(client).status_code == 302
    assert recorded()["=1+1", "2022-01"] == 101
    assert recorded()["乙", "2022"] == 1300
    assert recorded()["甲", "2022-02"] == 5


def test_who_changes_nothing_gets_no_form() -> None:
    leader = client_of(make_user(User.Role.LEADER))

    assert leader.get("/ledger/investment.xlsx").status_code == 403
    assert "investment.xlsx" not in leader.get("/ledger/").content.decode()
    answer = client_of(make_user()).get("/ledger/investment.xlsx?year=x")
    assert answer.status_code == 200
    answer.close()


def test_a_sheet_in_yuan_is_not_asked_whether_it_was_meant_in_yuan(tmp_path: Path) -> None:
    make_project(name="甲", investment=1)
    client = client_of(make_user())
    upload(client, write_book(tmp_path, ["项目名称", "2022年8月(元)"], ["甲", 560_000]).read_bytes())

    page = page_of(client)

    assert "元 (as the header says), converted to 10,000 yuan" in page
    assert "Is there a mistake in them?" in page
    assert "The amounts are right" in page
    assert "read them so" not in page

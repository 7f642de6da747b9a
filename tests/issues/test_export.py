"""The sheet of exactly what the list shows."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import Unit, User
from domain.lifecycle import Status
from issues.models import Issue
from tests.make import make_issue, make_node, make_project, make_unit, make_user
from tests.pages import client_of

pytestmark = pytest.mark.django_db


def exported(address: str, user: User) -> Any:
    response = client_of(user).get(f"/issues/export/{address}")
    assert response.status_code == 200
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return load_workbook(BytesIO(content)).active


def rows(sheet: Any) -> list[dict[str, Any]]:
    heads, *others = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    return [dict(zip(heads, row, strict=True)) for row in others if row[0]]


def test_the_export_holds_exactly_what_the_page_shows() -> None:
    boss, project = make_user(), make_project(name="=cmd|' /C calc'!A0")
    for _ in range(101):
        make_issue(project, raised_by=boss)
    make_issue(status="closed")

    sheet = exported("", boss)
    closed = exported("?status=closed", boss)

    open_ones = list(Issue.objects.open().order_by("pk").values_list("number", flat=True))
    assert [row["Number"] for row in rows(sheet)] == open_ones
    assert sheet.cell(4, 3).value == "=cmd|' /C calc'!A0"
    assert sheet.cell(4, 3).data_type == "s"
    assert len(rows(closed)) == 1


def test_a_row_of_the_sheet_says_what_a_row_of_the_list_says() -> None:
    node = make_node(status=Status.HELD)
    lead, helper = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT), make_unit("住建局")
    issue = make_issue(
        node.project, nodes=[node], lead_unit=lead, supporting=[helper], due_on=date(2026, 3, 6),
        raised_for="王总", source=Issue.Source.ENTERPRISE,
    )  # fmt: skip

    (row,) = rows(exported("", make_user()))

    assert row["Number"] == issue.number
    assert (row["Lead unit"], row["Supporting units"]) == ("供电公司", "住建局")
    assert row["State"] == "assigned"
    assert row["Due"].date() == date(2026, 3, 6)
    assert row["Overdue"] == "yes"
    assert row["Working days late"] > 0
    assert row["Raised by way of"] == "enterprise"
    assert row["Blocked nodes"] == "Node only (on hold)"
    assert row["Closed"] is None


def test_the_export_says_its_filters_in_words() -> None:
    unit = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)

    sheet = exported(
        f"?unit={unit.pk}&status=working&source=meeting&late=true&level=2&search=开闭所", make_user()
    )

    assert sheet.cell(1, 1).value == "Issues"
    said = sheet.cell(2, 1).value
    for words in (
        "lead unit: 供电公司", "state: being worked on", "raised by way of: meeting", "overdue: yes",
        "level: 2 · heads of units", "search: 开闭所",
    ):  # fmt: skip
        assert words in said, words
    assert "Nothing matches." in [cell.value for row in sheet.iter_rows() for cell in row]


def test_the_export_of_open_issues_is_named_after_them() -> None:
    sheet = exported("", make_user())
    assert sheet.cell(1, 1).value == "Open issues"
    assert "open:" not in sheet.cell(2, 1).value


def test_a_stranger_exports_nothing_of_others() -> None:
    make_issue(title="机密")

    sheet = exported("", make_user(unit=make_unit()))

    assert "机密" not in [cell.value for row in sheet.iter_rows() for cell in row]


def test_what_cannot_be_read_is_refused() -> None:
    client = client_of(make_user())
    for wrong in ("status=gone", "age_from=soon", "search=%00"):
        assert client.get(f"/issues/export/?{wrong}").status_code == 400

"""``manage.py import_ledger``: what it prints, and how it ends."""

import shutil
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from kombu.exceptions import OperationalError

from accounts.models import Unit, User
from ledger.models import Import
from ledger.tables import find_table_in
from milestones.tasks import flag_overdue
from projects.models import Project
from projects.spreadsheets import read_workbook
from tests.ledger.making import TOWN, WIDE, make_towns, write_csv
from tests.ledger.running import run_command
from tests.make import make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: object) -> None:
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[str], str]:
    return run_command(capsys, "import_ledger", *arguments)


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A mapping somebody wrote."""
    path = tmp_path / "ours.toml"
    path.write_text(WIDE, encoding="utf-8")
    return path


def test_all_taken_ends_with_nought_and_asks_for_a_sweep(
    tmp_path: Path, ours: Path, capsys: pytest.CaptureFixture[str], queued: list[str]
) -> None:
    make_towns()
    path = write_csv(tmp_path, "name|town|colour", f"a|{TOWN}|red", f"b|{TOWN}|")

    code, lines, errors = run(capsys, path, "--mapping", ours)

    assert (code, errors) == (0, "")
    assert lines[-1] == "created 2, updated 0, unchanged 0, rejected 0"
    assert "Columns that are not taken: colour" in lines
    assert Import.objects.get().by == User.objects.system()
    assert queued == ["sweep"]
    assert not (tmp_path / "ledger.rejects.xlsx").exists()


def test_rejected_rows_are_printed_and_kept_in_a_workbook_beside_the_file(
    tmp_path: Path, ours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_towns()
    path = write_csv(tmp_path, "name|town|note", f"a|{TOWN}|x", "b|nowhere|=1+1", f"c|{TOWN}|y")

    code, lines, _ = run(capsys, path, "--mapping", ours)

    assert code == 1
    assert lines[-1] == "created 2, updated 0, unchanged 0, rejected 1"
    (line,) = (line for line in lines if line.startswith("rejected:"))
    assert line == (
        "rejected: row 3, column “town”, “nowhere”: “nowhere” is not a town or platform of the district."
    )
    sheet = openpyxl.load_workbook(tmp_path / "ledger.rejects.xlsx").worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[2] == ["Row", "Column", "Value", "Reason", "name", "town", "note"]
    assert rows[3][:3] == [3, "town", "nowhere"]
    assert rows[3][4:] == ["b", "nowhere", "=1+1"]
    assert len(rows) == 4
    assert sheet.cell(4, 7).data_type == "s", "text that begins with = stays text"


def test_the_workbook_of_rejected_rows_can_be_mended_and_brought(
    tmp_path: Path, ours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_towns()
    run(capsys, write_csv(tmp_path, "name|town|note", "b|nowhere|x"), "--mapping", ours)
    path = tmp_path / "ledger.rejects.xlsx"
    table = find_table_in(read_workbook(path), {"name", "town", "note"})
    assert [row.cells[4:] for row in table.rows] == [("b", "nowhere", "x")]
    make_unit("nowhere", kind=Unit.Kind.TOWN)

    code, lines, _ = run(capsys, path, "--mapping", ours)

    assert (code, lines[-1]) == (0, "created 1, updated 0, unchanged 0, rejected 0")


def test_a_dry_run_says_the_same_and_writes_nothing(
    tmp_path: Path, ours: Path, capsys: pytest.CaptureFixture[str], queued: list[str], data_folder: Path
) -> None:
    make_towns()
    path = write_csv(tmp_path, "name|town", f"a|{TOWN}", "b|nowhere")

    code, lines, _ = run(capsys, path, "--mapping", ours, "--dry-run")

    assert (code, lines[-1]) == (1, "created 1, updated 0, unchanged 0, rejected 1")
    assert not Project.objects.exists()
    assert not Import.objects.exists()
    assert not (tmp_path / "ledger.rejects.xlsx").exists()
    assert not data_folder.exists()
    assert queued == []


def test_the_named_user_brings_only_what_he_or_she_may(
    tmp_path: Path, ours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_towns(TOWN, "other")
    make_user(User.Role.MANAGER, unit=Unit.objects.get(name=TOWN), username="zhao")
    path = write_csv(tmp_path, "name|town", f"a|{TOWN}", "b|other")

    code, lines, _ = run(capsys, path, "--mapping", ours, "--as", "zhao")

    assert (code, lines[-1]) == (1, "created 1, updated 0, unchanged 0, rejected 1")
    assert Import.objects.get().by.username == "zhao"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02", "bad.xlsx"),
        ("甲,乙\n丙,丁\n".encode(), "No row with known column headers was found"),
    ],
)
def test_what_is_no_ledger_ends_with_two_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, sentence: str
) -> None:
    path = tmp_path / ("bad.csv" if content.startswith("甲".encode()) else "bad.xlsx")
    path.write_bytes(content)

    code, lines, errors = run(capsys, path)

    assert (code, lines) == (2, [])
    assert sentence in errors
    assert "Traceback" not in errors


def test_a_missing_file_mapping_sheet_or_user_is_said(
    tmp_path: Path, ours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_user(User.Role.LEADER, username="leader")
    path = write_csv(tmp_path, "name|town", f"a|{TOWN}")

    for arguments, sentence in (
        ((tmp_path / "none.xlsx",), "No such file"),
        ((tmp_path,), "Is a directory"),
        ((tmp_path, "--dry-run"), "Is a directory"),
        ((path, "--mapping", ours, "--as", ""), "“” may not import anything"),
        ((path, "--mapping", "none"), "There is no mapping “none”"),
        ((path, "--mapping", ours, "--sheet", "none"), "There is no sheet “none”"),
        ((path, "--mapping", ours, "--as", "nobody"), "“nobody” may not import anything"),
        ((path, "--mapping", ours, "--as", "leader"), "“leader” may not import anything"),
    ):
        code, _, errors = run(capsys, *arguments)
        assert code == 2
        assert sentence in errors
    assert not Import.objects.exists()


def test_a_broker_that_does_not_answer_costs_no_import(
    tmp_path: Path, ours: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unanswered() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(flag_overdue, "delay", unanswered)
    make_towns()

    code, lines, _ = run(capsys, write_csv(tmp_path, "name|town", f"a|{TOWN}"), "--mapping", ours)

    assert (code, lines[-1]) == (0, "created 1, updated 0, unchanged 0, rejected 0")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chinese_text_file_is_read_in_its_encoding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    make_towns()
    call_command("publish_templates", verbosity=0)
    capsys.readouterr()
    path = write_csv(
        tmp_path, "序号|项目名称|建设单位|属地|总投资（亿元）|施工许可证计划|竣工验收完成时间",
        f"1|镕锦车间|某某企业|{TOWN}|1.5|2026-08-15|2026.9.1", encoding=encoding,
    )  # fmt: skip

    code, lines, _ = run(capsys, path)

    assert (code, lines[-1]) == (0, "created 1, updated 0, unchanged 0, rejected 0")
    project = Project.objects.get()
    assert (project.name, project.investment) == ("镕锦车间", Decimal(15_000))


def test_every_spreadsheet_there_is_ends_in_a_sentence_and_not_in_a_traceback(
    tmp_path: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "spreadsheets"
    files = [
        path for path in sorted(folder.rglob("*")) if path.is_file() and "expected" not in path.parent.name
    ]
    assert len(files) > 40

    for file in files:
        copy = tmp_path / file.name
        shutil.copy(file, copy)
        code, lines, errors = run(capsys, copy)
        assert code in {0, 1, 2}, file.name
        assert (code == 2) == bool(errors), file.name
        assert "Traceback" not in errors
        assert code == 2 or lines[-1].startswith("created "), file.name

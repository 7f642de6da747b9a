"""Reading workbooks that are made here: formats, encodings, limits, tricks."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from projects.spreadsheets import (
    CellError,
    Merge,
    UnreadableFile,
    filled,
    isolation,
    limits,
    read_workbook,
)

TABLE = "项目名称,总投资\n钱塘芯片项目,56亿元\n,\n大创小镇二期,3500万元\n"
ROWS = (("项目名称", "总投资"), ("钱塘芯片项目", "56亿元"), (), ("大创小镇二期", "3500万元"))


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _refusal(path: Path) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_workbook(path)
    assert path.name in str(refused.value)
    return str(refused.value)


def _xlsx(path: Path, fill: Callable[[xlsxwriter.worksheet.Worksheet], object]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        fill(book.add_worksheet("台账"))
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_text_table_is_read_in_every_encoding(tmp_path: Path, encoding: str, line_end: str) -> None:
    path = _write(tmp_path / "台账.csv", TABLE.replace("\n", line_end).encode(encoding))
    (sheet,) = read_workbook(path).sheets
    assert sheet.name == "台账"
    assert sheet.rows == ROWS


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("ending", [".csv", ".txt", ".xls"])
def test_a_text_table_is_read_with_every_delimiter_and_under_any_name(
    tmp_path: Path, delimiter: str, ending: str
) -> None:
    path = _write(tmp_path / f"导出{ending}", TABLE.replace(",", delimiter).encode("gb18030"))
    assert read_workbook(path).sheets[0].rows == ROWS


def test_a_line_break_within_quotes_does_not_count_as_a_row(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.csv", '名称,备注\n甲,"第一行\n第二行"\n乙,x\n'.encode())
    assert read_workbook(path).sheets[0].rows[1:] == (("甲", "第一行\n第二行"), ("乙", "x"))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("空.xlsx", b"", "is empty"),
        ("空行.csv", b",,\n,,\n", "has no rows"),
        ("扫描.xlsx", b"%PDF-1.7 ...", "PDF"),
        ("网页.xls", b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        ("网页2.xls", b"\xef\xbb\xbf\n<TABLE border=1><tr><td>1</td></tr></TABLE>", "web page"),
        (
            "旧.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "Excel 2003",
        ),
        ("照片.xlsx", b"\x89PNG\r\n\x1a\n0000", "picture"),
        ("压缩.xlsx", b"Rar!\x1a\x07\x00", "packed archive"),
        ("说明.doc", b"{\\rtf1\\ansi", "RTF"),
        ("程序.csv", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4, "is not a spreadsheet"),
        (
            "信.xlsx",
            "尊敬的领导：\n请审阅。\n".encode(),
            "is not a spreadsheet; it begins with “尊敬的领导： 请审阅。”",
        ),
        ("坏.csv", "名称,值\n".encode() + b"a,\xff\xff\xff\n", "line 2 cannot be read"),
        ("引号.csv", b'a,b\n1,"' + b"x" * 200_000, "quotation mark"),
        ("断.xlsx", b"PK\x03\x04" + b"\x00" * 200, "damaged"),
        ("断.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000, "damaged"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    assert why in _refusal(_write(tmp_path / name, content))


def test_the_sentence_names_the_file_as_it_was_uploaded(tmp_path: Path) -> None:
    path = _write(tmp_path / "upload_8f3a", b"%PDF-1.7")
    with pytest.raises(UnreadableFile, match=r"“三月台账\.xlsx” is a PDF"):
        read_workbook(path, name="三月台账.xlsx")


def test_a_workbook_is_read_under_a_wrong_ending(tmp_path: Path) -> None:
    path = _xlsx(tmp_path / "a.xlsx", lambda sheet: sheet.write_row(0, 0, ["a", 1.5]))
    assert read_workbook(path.rename(tmp_path / "a.xls")).sheets[0].rows == (("a", 1.5),)
    assert read_workbook((tmp_path / "a.xls").rename(tmp_path / "upload")).sheets[0].rows == (("a", 1.5),)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    whole = _xlsx(tmp_path / "a.xlsx", lambda sheet: sheet.write(0, 0, "x" * 20_000)).read_bytes()
    assert "damaged" in _refusal(_write(tmp_path / "half.xlsx", whole[: len(whole) // 2]))
    at = whole.index(b"xl/worksheets/sheet1.xml") + 60
    flipped = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
    assert "damaged" in _refusal(_write(tmp_path / "flipped.xlsx", flipped))


def test_a_workbook_without_any_value_is_not_read_as_success(tmp_path: Path) -> None:
    assert "has no rows" in _refusal(_xlsx(tmp_path / "a.xlsx", lambda sheet: sheet.merge_range("A1:C3", "")))


def test_too_many_rows_or_columns_are_refused_by_sheet(tmp_path: Path) -> None:
    long = _xlsx(tmp_path / "long.xlsx", lambda sheet: sheet.write(limits.MOST_ROWS, 0, "x"))
    assert "Sheet “台账” of “long.xlsx” has more than 100000 rows" in _refusal(long)
    wide = _xlsx(tmp_path / "wide.xlsx", lambda sheet: sheet.write(0, limits.MOST_COLUMNS, "x"))
    assert "has more than 1000 columns" in _refusal(wide)
    just = _xlsx(tmp_path / "just.xlsx", lambda sheet: sheet.write(limits.MOST_ROWS - 1, 0, "x"))
    assert len(read_workbook(just).sheets[0].rows) == limits.MOST_ROWS
    assert "100000 rows" in _refusal(_write(tmp_path / "long.csv", b"x\n" * (limits.MOST_ROWS + 1)))
    assert "1000 columns in row 2" in _refusal(_write(tmp_path / "wide.csv", b"x\n" + b"x," * 1000 + b"x\n"))


def test_a_sheet_that_spans_the_whole_grid_is_refused_and_not_allocated(tmp_path: Path) -> None:
    def corners(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 16_383, "x")

    assert "needs more than 512 MB of memory" in _refusal(_xlsx(tmp_path / "corners.xlsx", corners))


def test_a_file_over_50_megabytes_is_refused_without_being_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(limits.LARGEST_FILE + 1)
    assert "is larger than 50 MB" in _refusal(path)


def _zip_with(path: Path, name: str, *, content: bytes, declared: int) -> Path:
    """A workbook with one part more, whose size in the archive's directory is ``declared``."""
    _xlsx(path, lambda sheet: sheet.write(0, 0, "x"))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        archive.filelist[-1].file_size = declared
    return path


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = _zip_with(tmp_path / "bomb.xlsx", "xl/x.xml", content=b"x", declared=limits.LARGEST_UNPACKED + 1)
    assert "unpacks to more than 500 MB" in _refusal(path)


def test_an_archive_that_lies_about_a_size_is_refused(tmp_path: Path) -> None:
    path = _zip_with(tmp_path / "lie.xlsx", "xl/x.xml", content=b" " * 50_000_000, declared=1000)
    assert "damaged" in _refusal(path)


def test_an_archive_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(limits.MOST_ARCHIVE_ENTRIES + 1):
            archive.writestr(f"xl/{number}.xml", b"")
    assert "more than 10000 parts" in _refusal(path)


@pytest.mark.parametrize(
    ("member", "why"),
    [
        ("word/document.xml", "text document"),
        ("Index/Document.iwa", "Numbers"),
        ("照片.jpg", "packed archive"),
    ],
)
def test_an_archive_of_something_else_is_refused(tmp_path: Path, member: str, why: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, b"<x/>")
    assert why in _refusal(path)


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.001)
    assert "could not be read within" in _refusal(_write(tmp_path / "slow.csv", TABLE.encode()))


def test_a_reader_that_dies_gives_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _write(tmp_path / "a.csv", TABLE.encode())
    for death, why in (
        ("import os; os.abort()", "is damaged"),
        (
            "import sys; sys.stderr.write('memory allocation of 9 bytes failed'); sys.exit(134)",
            "512 MB of memory",
        ),
        ("import sys; sys.stderr.write('thread panicked at x'); sys.exit(1)", "is damaged"),
        ("raise RuntimeError('ours')", "a fault of this program"),
        ("print('[1]')", "is damaged"),
    ):
        script = tmp_path / "python"
        script.write_text(f"#!{sys.executable}\n{death}\n")
        script.chmod(0o755)
        with monkeypatch.context() as patched:
            patched.setattr(sys, "executable", str(script))
            assert why in _refusal(path)


def test_the_reader_has_no_secrets_and_no_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "s")
    assert "SECRET_KEY" not in isolation._clean_environment()
    loaded = subprocess.run(
        [sys.executable, "-c", "import projects.spreadsheet_process, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(isolation.__file__).parents[2],
        env=dict(os.environ),
    ).stdout.split()
    assert "projects.spreadsheet_process" in loaded
    assert not {"django", "celery", "openpyxl", "pickle"} & set(loaded)


def test_error_values_of_an_old_workbook_are_marked(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("另一张").write(0, 0, "x")
    sheet = book.add_sheet("台账")
    sheet.write(0, 0, "完成日期")
    sheet.row(2).set_cell_error(1, "#N/A!")
    sheet.row(3).set_cell_error(0, "#DIV/0!")
    sheet.row(4).set_cell_boolean(0, True)
    book.save(str(tmp_path / "a.xls"))
    first, second = read_workbook(tmp_path / "a.xls").sheets
    assert first.rows == (("x",),)
    assert second.rows == (("完成日期",), (), (None, CellError("#N/A")), (CellError("#DIV/0!"),), (True,))


def test_a_formula_that_nobody_has_computed_is_no_blank_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"], sheet["C1"], sheet["A2"], sheet["C2"] = "总投资", "=1+1", "甲", "=A1", "乙"
    book.save(tmp_path / "a.xlsx")
    (read,) = read_workbook(tmp_path / "a.xlsx").sheets
    unknown = CellError("#FORMULA!")
    assert read.rows == (("总投资", unknown, "甲"), (unknown, None, "乙"))


def test_a_formula_with_its_value_is_that_value(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(0, 1, '="甲"', None, "甲")
    (read,) = read_workbook(tmp_path / "a.xlsx").sheets
    assert read.rows == ((2, "甲"),)


def test_an_old_workbook_of_any_length_keeps_its_merges(tmp_path: Path) -> None:
    for rows in (3, 3000):
        book = xlwt.Workbook()
        sheet = book.add_sheet("台账")
        sheet.write_merge(0, 2, 0, 0, "下沙街道")
        for row in range(rows):
            sheet.write(row, 1, row)
        sheet.row(rows - 1).set_cell_error(2, "#REF!")
        book.save(str(tmp_path / "a.xls"))
        (read,) = read_workbook(tmp_path / "a.xls").sheets
        assert filled(read).rows[2][:2] == ("下沙街道", 2)
        assert read.rows[-1] == ((None, rows - 1, CellError("#REF!")))


_ODS_CELL = '<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def _ods(path: Path, rows: str, manifest: str = "<m/>") -> Path:
    spaces = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }
    declared = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    content = (
        f"<office:document-content {declared}><office:body><office:spreadsheet>"
        f'<table:table table:name="台账">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def test_merges_and_errors_of_an_opendocument_file_are_read(tmp_path: Path) -> None:
    town = _ODS_CELL.format(
        text="下沙", more=' table:number-rows-spanned="2" table:number-columns-spanned="1"'
    )
    error = _ODS_CELL.format(text="#N/A", more=' calcext:value-type="error"')
    covered = '<table:covered-table-cell office:value-type="string"/>'
    plain = _ODS_CELL.format(text="甲", more="")
    path = _ods(
        tmp_path / "a.ods",
        f'<table:table-row table:number-rows-repeated="2">{plain}{plain}</table:table-row>'
        f"<table:table-row>{town}{plain}</table:table-row><table:table-row>{covered}{error}</table:table-row>",
    )
    (sheet,) = read_workbook(path).sheets
    assert sheet.merged == (Merge(3, 1, 4, 1),)
    assert filled(sheet).rows == (("甲", "甲"), ("甲", "甲"), ("下沙", "甲"), ("下沙", CellError("#N/A")))


def test_a_protected_opendocument_file_is_refused(tmp_path: Path) -> None:
    row = f"<table:table-row>{_ODS_CELL.format(text='x', more='')}</table:table-row>"
    path = _ods(tmp_path / "a.ods", row, manifest="<m:file-entry><m:encryption-data/></m:file-entry>")
    assert "protected by a password" in _refusal(path)


def test_merges_that_cover_the_whole_grid_fill_the_used_area_only(tmp_path: Path) -> None:
    def fill(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.merge_range(0, 0, 1_048_575, 0, "x")
        sheet.write(2, 1, "y")

    (sheet,) = read_workbook(_xlsx(tmp_path / "a.xlsx", fill)).sheets
    assert filled(sheet).rows == (("x",), ("x",), ("x", "y"))


def test_a_table_away_from_the_corner_keeps_its_rows_and_columns(tmp_path: Path) -> None:
    path = _xlsx(tmp_path / "a.xlsx", lambda sheet: sheet.write("C5", "x"))
    assert read_workbook(path).sheets[0].rows == ((), (), (), (), (None, None, "x"))


def test_an_empty_text_is_nothing_and_a_whole_number_an_integer(tmp_path: Path) -> None:
    path = _xlsx(tmp_path / "a.xlsx", lambda sheet: sheet.write_row("A1", ["", 3500.0, 0.5, True, 1e300]))
    (row,) = read_workbook(path).sheets[0].rows
    assert row == (None, 3500, 0.5, True, 1e300)
    assert [type(cell) for cell in row] == [type(None), int, float, bool, float]


def test_a_workbook_of_too_many_cells_is_refused(tmp_path: Path) -> None:
    columns = 100
    row = b",".join([b"1"] * columns) + b"\n"
    path = _write(tmp_path / "full.csv", row * (limits.MOST_CELLS // columns + 2))
    assert "has more than 4000000 cells" in _refusal(path)

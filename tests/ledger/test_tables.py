"""Finding the table in a sheet."""

from pathlib import Path

import pytest

from ledger.headers import normal_header
from ledger.tables import NoTable, Skip, column_letter, find_table, find_table_in
from projects.spreadsheets import Cell, Merge, Sheet, UnreadableFile, Workbook, read_workbook

KNOWN = {"序号", "项目名称", "属地", "总投资", "年度计划", "计划开工", "金额", "备注"}
HEADER: tuple[Cell, ...] = ("序号", "项目名称", "属地", "总投资")


def _sheet(
    *rows: tuple[Cell, ...], merged: tuple[Merge, ...] = (), name: str = "台账", visible: bool = True
) -> Sheet:
    return Sheet(name=name, visible=visible, rows=rows, merged=merged)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("项目 名称", "项目名称"),
        ("项 目\n名 称", "项目名称"),
        ("总投资（亿元）", "总投资(亿元)"),
        ("总投资 (亿元)", "总投资(亿元)"),
        ("*项目名称：", "项目名称"),
        ("Project  Building\nIdentifier ", "Project Building Identifier"),
        ("Ｑ１ 计划", "Q1计划"),
        ("\ufeff序号", "序号"),
        (2022, "2022"),
    ],
)
def test_a_header_is_compared_without_the_accidents_of_its_typing(written: object, normal: str) -> None:
    assert normal_header(written) == normal


def test_a_header_below_titles_and_blank_rows_is_found_and_rows_keep_their_numbers() -> None:
    table = find_table(
        _sheet(
            ("钱塘区产业项目台账",),
            ("填报单位：发改局", None, "单位：万元"),
            (),
            HEADER,
            (1, "甲项目", "下沙", 3500),
            (),
            (" ", None, "\n"),
            (2, "乙项目", "义蓬"),
            merged=(Merge(1, 1, 1, 4),),
        ),
        KNOWN,
    )
    assert table.header_rows == (4, 4)
    assert [column.name for column in table.columns] == list(HEADER)
    assert [(row.number, row.cells) for row in table.rows] == [
        (5, (1, "甲项目", "下沙", 3500)),
        (8, (2, "乙项目", "义蓬", None)),
    ]
    assert table.values(table.rows[0])["项目名称"] == "甲项目"
    assert table.skipped == ()


TWO_LINES = (
    ("序号", "项目名称", "投资（万元）", None, "属地"),
    (None, None, "总投资", "年度计划", None),
    (1, "甲项目", 3500, 500, "下沙"),
)
JOINED = ["序号", "项目名称", "投资(万元)/总投资", "投资(万元)/年度计划", "属地"]


@pytest.mark.parametrize(
    "merged",
    [
        (Merge(1, 1, 2, 1), Merge(1, 2, 2, 2), Merge(1, 3, 1, 4), Merge(1, 5, 2, 5)),
        (Merge(1, 3, 1, 4),),
        (),
    ],
    ids=["merged both ways", "merged sideways", "not merged"],
)
def test_a_header_on_two_lines_is_joined(merged: tuple[Merge, ...]) -> None:
    table = find_table(_sheet(*TWO_LINES, merged=merged), KNOWN)
    assert [column.name for column in table.columns] == JOINED
    assert table.columns[2].parts == ("投资(万元)", "总投资")
    assert [row.number for row in table.rows] == [3]


def test_groups_above_a_complete_header_line_are_joined() -> None:
    table = find_table(
        _sheet(
            ("某区台账",),
            (None, None, "计划", None, "实际", None),
            ("序号", "项目名称", "开工", "竣工", "开工", "竣工"),
            (1, "甲", "a", "b", "c", "d"),
            merged=(Merge(1, 1, 1, 6), Merge(2, 3, 2, 4), Merge(2, 5, 2, 6)),
        ),
        KNOWN,
    )
    assert [column.name for column in table.columns][2:] == [
        "计划/开工",
        "计划/竣工",
        "实际/开工",
        "实际/竣工",
    ]
    assert table.header_rows == (2, 3)


def test_a_merged_line_about_the_table_is_no_group() -> None:
    table = find_table(
        _sheet(
            ("填报单位：发改局", None, "单位：万元", None),
            HEADER,
            (1, "甲", "下沙", 2),
            merged=(Merge(1, 1, 1, 2), Merge(1, 3, 1, 4)),
        ),
        KNOWN,
    )
    assert [column.name for column in table.columns] == list(HEADER)


def test_a_text_row_below_the_header_is_a_row_and_no_second_line() -> None:
    for merged in ((), (Merge(3, 1, 4, 1),)):
        table = find_table(
            _sheet(
                HEADER, ("一", "甲", "下沙", "56亿元"), ("二", "乙", None, "3亿"), (None, "丙"), merged=merged
            ),
            KNOWN,
        )
        assert [row.number for row in table.rows] == [2, 3, 4]


def test_a_merged_cell_counts_for_every_row_it_covers() -> None:
    table = find_table(
        _sheet(
            HEADER,
            (1, "甲", "下沙街道", 1),
            (2, "乙", None, 2),
            (3, "丙", None, 3),
            (4, "丁", "义蓬街道", 4),
            merged=(Merge(2, 3, 4, 3),),
        ),
        KNOWN,
    )
    assert [row.cells[2] for row in table.rows] == ["下沙街道", "下沙街道", "下沙街道", "义蓬街道"]


@pytest.mark.parametrize(
    "row",
    [
        ("合计", None, None, 7000),
        (None, "合 计", None, 7000),
        (3, "总计：", None, 7000),
        ("小计（2个）", None, None, 7000),
        ("下沙街道小计", None, None, 7000),
        ("Total", None, None, 7000),
        ("Grand Total", None, None, 7000),
    ],
)
def test_a_total_is_left_out_and_reported(row: tuple[Cell, ...]) -> None:
    table = find_table(_sheet(HEADER, (1, "甲", "下沙", 3500), row, (2, "乙", "下沙", 3500)), KNOWN)
    assert [found.number for found in table.rows] == [2, 4]
    ((number, why),) = [(skipped.number, skipped.why) for skipped in table.skipped]
    assert (number, why) == (3, Skip.TOTAL)


def test_a_project_whose_name_has_a_total_in_it_is_a_row() -> None:
    table = find_table(
        _sheet(HEADER, (1, "合计科技产业园", "下沙", 1), (2, "总计划展示馆", "下沙", 1)), KNOWN
    )
    assert len(table.rows) == 2


def test_a_header_that_is_repeated_among_the_rows_is_left_out_and_reported() -> None:
    table = find_table(_sheet(HEADER, (1, "甲", "下沙", 1), HEADER, (2, "乙", "下沙", 1)), KNOWN)
    assert [row.number for row in table.rows] == [2, 4]
    assert [(skipped.number, skipped.why, skipped.text) for skipped in table.skipped] == [
        (3, Skip.HEADER, "序号")
    ]


def test_section_titles_and_notes_are_left_out_and_reported() -> None:
    table = find_table(
        _sheet(
            HEADER,
            ("新建项目",),
            (1, "甲", "下沙", 1),
            ("二、技改项目",),
            (None, "只有名称"),
            ("注：以上数据截至8月底。",),
            ("填报人：张三", None, "审核人：李四"),
            merged=(Merge(2, 1, 2, 4),),
        ),
        KNOWN,
    )
    assert [row.number for row in table.rows] == [3, 5]
    assert [(skipped.number, skipped.why) for skipped in table.skipped] == [
        (2, Skip.SECTION),
        (4, Skip.SECTION),
        (6, Skip.NOTE),
        (7, Skip.NOTE),
    ]


def test_equal_headers_are_told_apart_and_values_without_a_header_are_kept() -> None:
    table = find_table(
        _sheet(("项目名称", "金额", "金额", None, None, "备注"), ("甲", 1, 2, None, "悬空", "x")), KNOWN
    )
    assert [(column.letter, column.name) for column in table.columns] == [
        ("A", "项目名称"),
        ("B", "金额"),
        ("C", "金额 (2)"),
        ("E", "column E"),
        ("F", "备注"),
    ]
    assert table.rows[0].cells == ("甲", 1, 2, "悬空", "x")


def test_a_sheet_without_known_headers_is_refused_with_what_is_there() -> None:
    sheet = _sheet((), ("a", "b", "c"), tuple(range(9)), name="Sheet1")
    with pytest.raises(NoTable) as refused:
        find_table(sheet, KNOWN)
    assert "Sheet1 row 2: a, b, c; Sheet1 row 3: 0, 1, 2, 3, 4, 5, 6, 7, …" in str(refused.value)
    with pytest.raises(NoTable):
        find_table(_sheet(("项目名称",), ("甲",)), KNOWN)
    assert len(find_table(_sheet(("项目名称",), ("甲",)), KNOWN, least=1).rows) == 1


def test_known_headers_may_be_a_question() -> None:
    table = find_table(_sheet(("Name", "Due on"), ("x", 1)), lambda header: header in {"Name", "Due on"})
    assert len(table.rows) == 1
    assert len(find_table(_sheet(("NAME", "due  On"), ("x", 1)), {"Name", "Due on"}).rows) == 1


def test_the_visible_sheet_with_the_most_known_headers_is_taken() -> None:
    workbook = Workbook(
        (
            _sheet(("封面",), name="封面"),
            _sheet(("序号", "备注"), (1, "x"), name="说明"),
            _sheet(HEADER, (1, "甲", "下沙", 1), name="台账"),
            _sheet((*HEADER, "备注"), (1, "旧", "下沙", 1), name="去年", visible=False),
        )
    )
    assert find_table_in(workbook, KNOWN).sheet == "台账"
    assert find_table_in(workbook, KNOWN, sheet_name="去年").sheet == "去年"
    with pytest.raises(UnreadableFile, match="no sheet “明年”; the sheets are: 封面, 说明, 台账, 去年"):
        find_table_in(workbook, KNOWN, sheet_name="明年")
    with pytest.raises(NoTable, match="封面 row 1: 封面"):
        find_table_in(workbook, {"x", "y"})


@pytest.mark.parametrize(("number", "letter"), [(1, "A"), (26, "Z"), (27, "AA"), (37, "AK"), (703, "AAA")])
def test_columns_have_the_letters_of_a_spreadsheet(number: int, letter: str) -> None:
    assert column_letter(number) == letter


def test_every_row_of_the_school_phases_is_found(shared_data: Path) -> None:
    workbook = read_workbook(shared_data / "nyc_school_phases.csv")
    table = find_table_in(
        workbook, {"Project Building Identifier", "Project Description", "Project Phase Name"}
    )
    assert len(table.rows) == 2460
    assert table.skipped == ()
    assert "Project Phase Planned End Date" in {column.name for column in table.columns}


def test_real_headers_in_odd_places_are_found(shared_data: Path) -> None:
    folder = shared_data / "spreadsheets" / "calamine"
    merged = read_workbook(folder / "merged_range.xlsx")
    table = find_table(merged.sheets[0], {"A1", "B1", "C1", "E1"})
    assert (table.header_rows, [row.number for row in table.rows]) == ((1, 2), [3, 4])
    assert [column.name for column in table.columns][:4] == ["A1", "B1", "C1", "C1 (2)"]

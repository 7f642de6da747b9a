"""Mappings: what their files say, and which columns they find."""

from pathlib import Path

import pytest

from ledger.columns import columns_of
from ledger.mapping import LayOnly, Layout, LedgerMapping, Says
from ledger.mapping_files import MappingError, built_in_mapping, built_in_names, load_mapping, parse_mapping
from ledger.opening import open_ledger
from ledger.rows import _LONGEST
from ledger.tables import Column
from projects.models import Project
from projects.spreadsheets import UnreadableFile
from tests.ledger.making import LONG, TODAY, WIDE, mapping, write_csv

NODES = ("施工许可证（整体或主体）", "桩基施工", "竣工联合验收", "竣工验收备案", "投产")


def columns(*headers: str) -> tuple[Column, ...]:
    """Columns by their headers; ``>`` parts the lines of a header on two lines."""
    parts = [tuple(header.split(">")) for header in headers]
    return tuple(Column(chr(65 + place), "/".join(lines), lines) for place, lines in enumerate(parts))


def found(*headers: str, by: LedgerMapping | None = None) -> dict[str, str]:
    """Header → field, or node and what is said of it."""
    read = columns_of(by or built_in_mapping("chinese"), columns(*headers), NODES)
    fields = {column.header: column.field for column in read.fields}
    return fields | {column.header: f"{column.label} {column.says}" for column in read.nodes}


def test_all_mappings_that_come_along_can_be_read() -> None:
    assert built_in_names() == ["chinese", "nyc"]
    assert built_in_mapping("nyc").layout is Layout.LONG
    assert built_in_mapping("nyc").lay is LayOnly.NAMED


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("项目名称", "name"), ("* 项目 名称 ", "name"), ("建设单位", "enterprise"), ("企业名称", "enterprise"),
        ("投资主体", "enterprise"), ("项目代码", "code"), ("赋码", "code"), ("属地", "town"), ("平台", "town"),
        ("街道", "town"), ("镇街", "town"), ("属地（平台/街道）", "town"), ("牵头部门", "department"),
        ("联系领导", "leader"), ("联络员/电话", "liaison"), ("用地（亩）", "land_mu"), ("总投资(亿元)", "investment"),
        ("项目类型（新建/技改/扩建）", "kind"), ("产业赛道", "sector"), ("建筑面积(㎡)", "floor_area_m2"),
        ("固投(万元)", "fixed_investment"), ("备注", "note"), ("启动时间", "starts_on"), ("立项时间", "starts_on"),
    ],
)  # fmt: skip
def test_chinese_headers_are_known_by_their_synonyms(header: str, field: str) -> None:
    assert list(found(header).values()) == [field]


@pytest.mark.parametrize(
    ("header", "label", "says"),
    [
        ("施工许可证", "施工许可证", Says.DUE), ("施工许可证计划", "施工许可证", Says.DUE),
        ("施工许可证完成时间", "施工许可证", Says.FINISHED), ("施工许可证>实际完成", "施工许可证", Says.FINISHED),
        ("计划竣工验收时间", "竣工验收", Says.DUE), ("桩基施工（实际开始）", "桩基施工", Says.STARTED),
        ("竣工验收备案办结日期", "竣工验收备案", Says.FINISHED), ("投产预计", "投产", Says.DUE),
    ],
)  # fmt: skip
def test_a_header_names_a_node_and_what_it_says_of_it(header: str, label: str, says: Says) -> None:
    assert list(found(header).values()) == [f"{label} {says}"]


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("签约时间", "投资协议签约"), ("投资协议签约时间", "投资协议签约"), ("开工时间", "桩基施工"),
        ("实际开工日期", "桩基施工"),
    ],
)  # fmt: skip
def test_some_headers_mean_the_end_of_a_node_without_naming_it(header: str, label: str) -> None:
    assert list(found(header).values()) == [f"{label} {Says.FINISHED}"]


def test_a_column_that_names_its_node_goes_before_one_that_only_means_it() -> None:
    assert found("签约日期", "签约时间", "桩基施工完成时间", "开工时间") == {
        "签约时间": f"投资协议签约 {Says.FINISHED}", "桩基施工完成时间": f"桩基施工 {Says.FINISHED}",
    }  # fmt: skip


@pytest.mark.parametrize(
    "header", ["计划开工时间", "施工许可证号", "是否入库", "年度计划投资", "总投资(美元)", "桩基施工单位", ""]
)
def test_a_header_that_only_looks_like_one_is_not_taken(header: str) -> None:
    assert found(header) == {}


def test_the_likeliest_header_wins_and_the_others_are_named() -> None:
    read = columns_of(
        built_in_mapping("chinese"), columns("责任单位", "项目名称", "牵头部门", "第几批"), NODES
    )

    assert {column.field: column.header for column in read.fields} == {
        "name": "项目名称",
        "department": "牵头部门",
    }
    assert read.unused == ("责任单位", "第几批")


def test_the_unit_of_a_group_of_columns_counts_for_those_below_it() -> None:
    (column,) = columns_of(built_in_mapping("chinese"), columns("投资(亿元)>总投资"), NODES).fields

    assert (column.field, column.unit) == ("investment", "亿元")


def test_a_mapping_in_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(LONG, encoding="utf-8")

    read = load_mapping(str(tmp_path / "ours.toml"))

    assert read.name == "ours"
    assert read.node["due"] == ("due",)
    assert read.chain is not None
    assert [node.name for node in read.chain.nodes] == ["dig", "build"]


def test_a_mapping_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(MappingError, match="There is no mapping “ours”; there are: chinese, nyc"):
        load_mapping("ours")
    with pytest.raises(MappingError, match=r"“ours\.toml” cannot be read"):
        load_mapping("ours.toml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[project", "t.toml is not valid TOML"),
        ("[defaults]\nkind = 'new_build'", r"t.toml, \[project\]: “name” is missing"),
        ("[project]\nname = 'n'\ncolour = 'c'", r"\[project\]: the key “colour” means nothing here"),
        ("size = 1\n[project]\nname = 'n'", "t.toml: the key “size” means nothing here"),
        ("layout = 'tall'\n[project]\nname = 'n'", "“layout” cannot be “tall”"),
        ("layout = 'long'\n[project]\nname = 'n'", r"\[node\]: “name” is missing"),
        ("date_order = 'ymd'\n[project]\nname = 'n'", "“date_order” cannot be “ymd”"),
        ("default_year = 22\n[project]\nname = 'n'", "“default_year” cannot be “22”"),
        ("[project]\nname = 7", r"\[project\]: “name” cannot be “7”"),
        ("[project]\nname = 'n'\n[defaults]\nkind = 'ship'", r"\[defaults\]: “kind” cannot be “ship”"),
        ("[project]\nname = 'n'\n[values.status]\nx = 'gone'", r"\[status\]: “x” cannot be “gone”"),
        ("[project]\nname = 'n'\n[chain]\ncode = 'c'\nname = 'n'", r"\[chain\]: “nodes” is missing"),
        ("[project]\nname = 'n'\n[chain]\ncode = 'c c'\nname = 'n'\nnodes = ['a']", "must be 1 to 40 letters"),
        ("[project]\nname = 'n'\n[says]\nmaybe = 'x'", r"\[says\]: the key “maybe” means nothing here"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_mapping_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(MappingError, match=sentence):
        parse_mapping(text, where="t.toml")


@pytest.mark.django_db
def test_without_a_mapping_the_one_that_understands_most_is_taken(tmp_path: Path) -> None:
    chinese = write_csv(tmp_path, "项目名称|属地|总投资（万元）", "甲|乙|3")

    assert open_ledger(chinese).mapping.name == "chinese"


@pytest.mark.django_db
def test_a_table_without_a_name_of_the_project_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no column with the name of the project"):
        open_ledger(write_csv(tmp_path, "town|code|note", "a|b|c"), mapping=mapping())
    with pytest.raises(UnreadableFile, match="No row with known column headers"):
        open_ledger(write_csv(tmp_path, "x|y", "a|b"))
    with pytest.raises(UnreadableFile, match="has no rows below its header"):
        open_ledger(write_csv(tmp_path, "name|town"), mapping=mapping())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "year"), [("2025年台账.csv", 2025), ("ledger.csv", None), ("2024到2025.csv", None)]
)
def test_the_year_of_dates_without_one_is_the_only_year_named_above_or_in_the_name(
    tmp_path: Path, name: str, year: int | None
) -> None:
    assert (
        open_ledger(write_csv(tmp_path, "name|town", "a|b", name=name), mapping=mapping()).default_year
        == year
    )


def test_no_text_is_allowed_that_the_table_cannot_hold() -> None:
    assert {name: Project._meta.get_field(name).max_length for name in _LONGEST} == _LONGEST  # type: ignore[union-attr]


def test_the_day_of_the_tests_is_a_day(tmp_path: Path) -> None:
    assert parse_mapping(WIDE, where="w.toml").chain is not None
    assert TODAY.year == 2026

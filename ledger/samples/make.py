"""Writes the sample ledger: as a bureau's ledgers look, of invented enterprises.

A title above a header on two lines, merged cells, a total and a note below; amounts and dates in all the ways
people write them; one project code that is there twice, one with a wrong check digit, one row that cannot be
read. ``python -m ledger.samples.make`` writes the file that is committed; a test holds the two together.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from domain.project_code import check_digit

SAMPLE = Path(__file__).parent / "产业项目台账.xlsx"
PROJECTS = 50
DUPLICATE, WRONG_CHECK_DIGIT, UNREADABLE = 23, 31, 42
"""The rows, by their number in the first column, that are not as they should be."""

TOWNS = ("义蓬街道", "河庄街道", "白杨街道", "下沙街道", "新湾街道", "临江街道", "前进街道")
LIAISONS = ("李明", "孙悦", "吴晓峰", "郑琳", "冯凯", "沈佳", "韩磊")
LEADERS = ("王副区长", "陈副区长", "刘常委")
_ENTERPRISES = (
    "澜屿智造", "稷禾生物", "朔望新材", "珩石装备", "砺元精工", "沐川医疗", "汀岸光电", "岐峰航空",
    "翊辰机器人", "棠溪食品", "垚鑫合金", "霁云软件", "桐庭家居", "渚清水务", "钧衡仪器", "煦阳储能",
    "筠谷纤维", "瑭玉玻璃", "暨海船配", "昱成电子", "崧岭医药", "沁源环保", "廷芳日化", "骁驰汽配",
    "祺瑞包装",
)  # fmt: skip
_SECTORS = ("智能装备", "生物医药", "新材料", "航空航天", "半导体", "新能源", "绿色食品")
_WORKS = {
    "新建": "年产{n}万套关键部件生产基地项目",
    "技改": "{n}号车间智能化改造项目",
    "扩建": "二期厂房扩建项目（{n}区）",
    "未来工厂": "未来工厂培育项目（第{n}批）",
}
_KINDS = ("新建", "新建", "扩建", "技改", "新建", "技改", "新建", "未来工厂")
_DEPARTMENTS = {"新建": "投资促进局", "扩建": "发展改革局", "技改": "经信局", "未来工厂": "经济和信息化局"}
_TYPES = {"新建": ("04", "01"), "扩建": ("04", "01"), "技改": ("07", "02"), "未来工厂": ("07", "04")}

_SINGLE = (
    "序号", "项目代码", "项目名称", "建设单位", "项目类型", "产业赛道", "属地（平台/街道）", "牵头部门",
    "联系领导", "联络员/电话", "用地（亩）", "建筑面积（㎡）",
)  # fmt: skip
_GROUPS = (
    ("投资（万元）", ("总投资", "固投")),
    ("施工许可证", ("计划完成", "实际完成")),
    ("桩基施工", ("计划完成", "实际完成")),
    ("竣工验收", ("计划完成", "实际完成")),
)
_WIDTHS = (6, 27, 36, 26, 10, 12, 14, 18, 12, 20, 11, 14, *(13,) * 8, 14, 20)
_HEADER, _FIRST = 2, 4
"""The rows of the header's first line and of the first project, counted from 0."""


def make_sample(target: Path) -> None:
    """Write the sample ledger to `target`; the same bytes every time."""
    with xlsxwriter.Workbook(str(target), {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"title": "产业项目台账", "created": datetime(2026, 11, 20)})  # noqa: DTZ001
        styles = _styles(book)
        sheet = book.add_worksheet("项目台账")
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        last = len(_WIDTHS) - 1
        sheet.merge_range(0, 0, 0, last, "钱塘区产业项目台账", styles["title"])
        sheet.merge_range(1, 0, 1, last, "填报单位：经济和信息化局　　截至2026年11月20日", styles["plain"])
        _write_header(sheet, styles["header"])
        for index, row in enumerate(_rows()):
            for column, value in enumerate(row):
                if column != _TOWN:
                    _write(sheet, _FIRST + index, column, value, styles)
        _merge_towns(sheet, styles["cell"])
        total = _FIRST + PROJECTS
        sheet.merge_range(total, 0, total, 1, "合计", styles["header"])
        sheet.write_formula(total, 12, f"=SUM(M{_FIRST + 1}:M{total})", styles["cell"], 1_213_400)
        sheet.merge_range(total + 1, 0, total + 1, last, "注：总投资未注明单位的为万元。", styles["plain"])
        sheet.freeze_panes(_FIRST, 3)


_TOWN = _SINGLE.index("属地（平台/街道）")


def _styles(book: Any) -> Mapping[str, Any]:
    cell = {"font_name": "Microsoft YaHei", "font_size": 10, "border": 1, "valign": "vcenter"}
    return {
        "title": book.add_format({**cell, "font_size": 16, "bold": True, "align": "center", "border": 0}),
        "plain": book.add_format({**cell, "border": 0}),
        "header": book.add_format({**cell, "bold": True, "align": "center", "text_wrap": True}),
        "cell": book.add_format(cell),
        "date": book.add_format({**cell, "num_format": "yyyy-mm-dd"}),
    }


def _write_header(sheet: Any, style: Any) -> None:
    """Two lines: a column of its own over both, groups over their columns."""
    column = 0
    for name in _SINGLE:
        sheet.merge_range(_HEADER, column, _HEADER + 1, column, name, style)
        column += 1
    for group, names in _GROUPS:
        sheet.merge_range(_HEADER, column, _HEADER, column + len(names) - 1, group, style)
        for name in names:
            sheet.write_string(_HEADER + 1, column, name, style)
            column += 1
    for name in ("签约时间", "备注"):
        sheet.merge_range(_HEADER, column, _HEADER + 1, column, name, style)
        column += 1


def _write(sheet: Any, row: int, column: int, value: Any, styles: Mapping[str, Any]) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, styles["date"])
    else:
        sheet.write(row, column, value, styles["cell"])


def _merge_towns(sheet: Any, style: Any) -> None:
    """The projects stand by town, and the town's name once beside them all."""
    start = 0
    for number in range(1, PROJECTS + 1):
        if number == PROJECTS or _town(number) != _town(start):
            sheet.merge_range(_FIRST + start, _TOWN, _FIRST + number - 1, _TOWN, TOWNS[_town(start)], style)
            start = number


def _town(index: int) -> int:
    return index * len(TOWNS) // PROJECTS


def _rows() -> Iterator[Sequence[Any]]:
    for number in range(1, PROJECTS + 1):
        row = _row(number)
        if number == UNREADABLE:
            row[12], row[14] = "面议", "尽快"
        yield row


def _row(number: int) -> list[Any]:
    kind = _KINDS[number % len(_KINDS)]
    town = _town(number - 1)
    word = _ENTERPRISES[number % len(_ENTERPRISES)]
    plain = number * 700 + 1_800
    return [
        number, _code(number, kind), f"{word}{_WORKS[kind].format(n=number)}", f"杭州{word}有限公司", kind,
        _SECTORS[number % len(_SECTORS)], TOWNS[town], _DEPARTMENTS[kind], LEADERS[number % 3],
        f"{LIAISONS[town]} 1380000{number:04}", _land(number, kind),
        None if kind == "技改" else 12_000 + 350 * number,
        _amount(number, plain), round(plain * 0.8), *_dates(number, kind), _signed(number),
        "重点项目" if number % 9 == 0 else None,
    ]  # fmt: skip


def _code(number: int, kind: str) -> str:
    """Of the row `DUPLICATE` that of the row before; of `WRONG_CHECK_DIGIT` one that does not fit."""
    number_of_code = number - 1 if number == DUPLICATE else number
    kind = _KINDS[number_of_code % len(_KINDS)]
    department, type_ = _TYPES[kind]
    month = f"{24 + number_of_code % 3}{1 + number_of_code % 12:02}"
    serial = f"{10_000 + 37 * number_of_code}"
    digit = check_digit(f"{month}330114{department}{type_}{serial}")
    if number == WRONG_CHECK_DIGIT:
        digit = (digit + 1) % 10
    return f"{month}-330114-{department}-{type_}-{serial}{digit}"


def _land(number: int, kind: str) -> Any:
    """Renovation needs no land."""
    if kind in {"技改", "未来工厂"}:
        return "/"
    return (f"约{20 + number}亩", 20 + number, f"{(20 + number) * 2}.5亩")[number % 3]


def _amount(number: int, plain: int) -> Any:
    match number:
        case 1:
            return "56亿元"
        case 2:
            return "3500万元"
        case 3:
            return "4.68亿"
    return (plain, f"{plain}万元", f"约{plain}万元")[number % 3]


def _signed(number: int) -> Any:
    """In all the ways a signing day is written; every fifth is not written at all."""
    year, month, day = 2025, 1 + number % 12, 1 + number % 28
    return (
        date(year, month, day), f"{year}-{month:02}-{day:02}", f"{year}.{month}.{day}",
        f"{year}年{month}月", None,
    )[number % 5]  # fmt: skip


def _dates(number: int, kind: str) -> list[Any]:
    """Permit, piling and completion, each planned and done; what a kind of project has not is left out."""
    if kind == "未来工厂":
        return [None] * 6
    if kind == "技改":
        return ["—", None, "/", None, *_completion(number)]
    return [*_permit(number), *_piling(number), *_completion(number)]


def _permit(number: int) -> tuple[Any, Any]:
    if number == 1:
        return "2022年8月", date(2022, 8, 26)
    planned = (date(2026, 3, 31), "2026-04-15", "2026.5.20", "2026年6月", "8月底")[number % 5]
    done = (None, "2026-05-08", date(2026, 5, 26), None, "2026.9.4")[number % 5]
    return planned, done


def _piling(number: int) -> tuple[Any, Any]:
    planned = ("2026年9月30日", "9月底", "2026.10.15", "四季度", date(2026, 12, 20))[number % 5]
    return planned, "2026-10-12" if number % 5 == 1 else None


def _completion(number: int) -> tuple[Any, Any]:
    return ("2027年6月", "2027-09-30", "2027年底", "待定")[number % 4], None


if __name__ == "__main__":
    make_sample(SAMPLE)

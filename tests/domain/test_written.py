"""What people write: amounts, areas, dates."""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.written import WrittenError
from domain.written_amounts import AMOUNT_UNITS, AREA_UNITS, read_amount, read_area
from domain.written_dates import Precision, read_date


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("56亿元", "560000"),
        ("3500万元", "3500"),
        ("4.68亿", "46800"),
        ("约50亿元", "500000"),
        ("近50亿元", "500000"),
        ("1.2 亿", "12000"),
        ("１２００", "1200"),
        ("1,200", "1200"),
        ("1，200", "1200"),
        ("1,234,567.5", "1234567.5"),
        ("¥3,500万", "3500"),
        ("56亿元（人民币）", "560000"),
        ("1亿2000万元", "12000"),
        ("3千万", "3000"),
        ("35000000元", "3500"),
        ("总投资：56亿元", "560000"),
        ("今年计划投资1000万", "1000"),
        ("固定资产投资额4亿元左右", "40000"),
        (3500, "3500"),
        (0, "0"),
        (467.99999999999994, "468"),
        (0.1, "0.1"),
    ],
)
def test_an_amount_is_read_in_wanyuan(written: object, expected: str) -> None:
    assert read_amount(written) == Decimal(expected)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("万元", "3500"), ("亿元", "35000000"), ("元", "0.35"), ("千元", "350"), ("thousand", "350")],
)
def test_a_plain_number_is_in_the_unit_of_its_column(unit: str, expected: str) -> None:
    assert read_amount("3500", unit=unit) == read_amount(3500, unit=unit) == Decimal(expected)


def test_a_unit_in_the_text_wins_over_the_unit_of_the_column() -> None:
    assert read_amount("3500万元", unit="亿元") == Decimal(3500)


@pytest.mark.parametrize("written", [None, "", "  ", "—", "-", "--", "/", "无", "暂无", "待定", "N/A", "－"])
def test_a_cell_that_says_nothing_is_no_amount_no_area_and_no_date(written: str | None) -> None:
    assert read_amount(written) is None
    assert read_area(written) is None
    assert read_date(written) is None


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2亿美元", "foreign currency"),
        ("$500万", "foreign currency"),
        ("50-60亿元", "range"),
        ("3~5亿", "range"),
        ("50至60亿元", "range"),
        ("-5", "negative"),
        ("（5）", "negative"),
        (-0.5, "negative"),
        ("超4亿元", "a limit"),
        ("50余亿元", "a limit"),
        ("3 500", "not an amount"),
        ("1,20", "not an amount"),
        ("56亿元(含设备30亿)", "not an amount"),
        ("2000万1亿", "not an amount"),
        ("五亿", "not an amount"),
        ("2万亿", "more than 1 万亿元"),
        (True, "not a number"),
        (float("nan"), "not a number"),
        (dt.date(2022, 1, 1), "not a number"),
    ],
)
def test_what_is_no_single_amount_in_yuan_is_refused_with_a_reason(written: object, why: str) -> None:
    with pytest.raises(WrittenError, match=why) as refused:
        read_amount(written)
    assert str(written) in str(refused.value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("约216亩", "216"),
        ("216.5", "216.5"),
        (216.5, "216.5"),
        ("144000㎡", "216"),
        ("144000m²", "216"),
        ("14.4万平方米", "216"),
        ("用地面积4.7万方", "70.5"),
        ("2公顷", "30"),
    ],
)
def test_an_area_is_read_in_mu(written: object, expected: str) -> None:
    assert read_area(written) == Decimal(expected)


def test_a_plain_area_is_in_the_unit_of_its_column() -> None:
    assert read_area(144000, unit="㎡") == Decimal(216)


@pytest.mark.parametrize("written", ["3-5亩", "-5亩", "超200亩", "216元", "两百亩", "2000平方公里"])
def test_what_is_no_single_area_is_refused(written: str) -> None:
    with pytest.raises(WrittenError, match=written):
        read_area(written)


def test_every_amount_and_area_that_the_newspapers_print_is_read_or_refused(shared_data: Path) -> None:
    with (shared_data / "china" / "cn_hangzhou_key_projects_excerpt.csv").open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    amounts: dict[str, object] = {}
    for text in filter(None, (row["总投资_原文"] for row in rows)):
        try:
            amounts[text] = read_amount(text)
        except WrittenError as refused:
            amounts[text] = str(refused)
    areas: dict[str, object] = {}
    for text in filter(None, (row["用地_原文"] for row in rows)):
        try:
            areas[text] = read_area(text)
        except WrittenError as refused:
            areas[text] = str(refused)

    assert amounts == {
        "50亿元": 500_000,
        "10亿元": 100_000,
        "5亿美元": "“5亿美元” is in a foreign currency; amounts are in yuan.",
        "80亿元": 800_000,
        "4.68亿": 46_800,
    }
    assert areas == {
        "用地面积约551亩": 551,
        "用地面积4.7万方": Decimal("70.5"),
        "总用地208亩": 208,
        "总用地约216亩": 216,
        "总用地约159亩": 159,
        "总用地约42.15亩": Decimal("42.15"),
        "建筑面积达4.6万方": "“建筑面积达4.6万方” is the area of a building, not of land.",
        "总建筑面积达30万方": "“总建筑面积达30万方” is the area of a building, not of land.",
        "总建筑面积将达8.8万方": "“总建筑面积将达8.8万方” is the area of a building, not of land.",
    }


DAY, MONTH = Precision.DAY, Precision.MONTH


@pytest.mark.parametrize(
    ("written", "on", "precision"),
    [
        (dt.date(2022, 8, 15), "2022-08-15", DAY),
        (dt.datetime.fromisoformat("2022-08-15T09:30"), "2022-08-15", DAY),
        (44788, "2022-08-15", DAY),
        (44788.75, "2022-08-15", DAY),
        (20220815, "2022-08-15", DAY),
        (202208, "2022-08-31", MONTH),
        (2022.8, "2022-08-31", MONTH),
        ("2022-08-15", "2022-08-15", DAY),
        ("2022.8.15", "2022-08-15", DAY),
        ("2022/8/15", "2022-08-15", DAY),
        ("20220815", "2022-08-15", DAY),
        ("2022-08-15 00:00:00", "2022-08-15", DAY),
        ("2022年8月15日", "2022-08-15", DAY),
        ("２０２２年８月１５日", "2022-08-15", DAY),
        ("2022 年 8 月 15 日前完成", "2022-08-15", DAY),
        ("2022年8月", "2022-08-31", MONTH),
        ("2022年2月", "2022-02-28", MONTH),
        ("2024年2月", "2024-02-29", MONTH),
        ("2022.08", "2022-08-31", MONTH),
        ("2022.10", "2022-10-31", MONTH),
        ("2022年8月底前", "2022-08-31", MONTH),
        ("2022年底", "2022-12-31", Precision.YEAR),
        ("2022年末", "2022-12-31", Precision.YEAR),
        ("项目计划于2027年竣工", "2027-12-31", Precision.YEAR),
        ("2022年上半年", "2022-06-30", Precision.HALF_YEAR),
        ("2022年三季度", "2022-09-30", Precision.QUARTER),
        ("2022年第三季度", "2022-09-30", Precision.QUARTER),
        ("2022年Q3", "2022-09-30", Precision.QUARTER),
        ("2022Q3", "2022-09-30", Precision.QUARTER),
        ("8/15/2022", "2022-08-15", DAY),
        ("15.08.2022", "2022-08-15", DAY),
        ("8/8/2022", "2022-08-08", DAY),
    ],
)
def test_a_date_is_read_with_how_exactly_it_was_written(
    written: object, on: str, precision: Precision
) -> None:
    found = read_date(written)
    assert found is not None
    assert (found.on.isoformat(), found.precision) == (on, precision)


@pytest.mark.parametrize(
    ("written", "on"),
    [
        ("8月底", "2021-08-31"),
        ("8月上旬", "2021-08-10"),
        ("8月中旬", "2021-08-20"),
        ("8月下旬", "2021-08-31"),
        ("8月15日", "2021-08-15"),
        ("8月15号", "2021-08-15"),
        ("计划11月开工", "2021-11-30"),
        ("计划4月底竣工交付", "2021-04-30"),
        ("10月19日下午集中开工", "2021-10-19"),
        ("将在今年四季度开业", "2021-12-31"),
        ("明年3月", "2022-03-31"),
        ("年底前", "2021-12-31"),
    ],
)
def test_a_date_without_a_year_needs_the_year_of_its_column(written: str, on: str) -> None:
    found = read_date(written, default_year=2021)
    assert found is not None
    assert found.on.isoformat() == on
    with pytest.raises(WrittenError, match="in which year"):
        read_date(written)


def test_the_order_of_the_column_decides_between_month_and_day() -> None:
    mdy, dmy = read_date("8/9/2022", order="mdy"), read_date("8/9/2022", order="dmy")
    assert mdy is not None
    assert dmy is not None
    assert (mdy.on, dmy.on) == (dt.date(2022, 8, 9), dt.date(2022, 9, 8))
    with pytest.raises(WrittenError, match="month or with the day"):
        read_date("8/9/2022")
    with pytest.raises(WrittenError, match="no day"):
        read_date("8/15/2022", order="dmy")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2022-02-30", "no day"),
        ("2022.13", "no month"),
        ("2022年13月5日", "no day"),
        ("1022-08-15", "the year 1022"),
        (dt.date(1900, 1, 1), "the year 1900"),
        ("2022-2025年", "span of time"),
        ("2020年-2026年", "span of time"),
        ("8月-9月", "span of time"),
        ("2022年8月至10月", "span of time"),
        ("2022年8月前", "before it begins"),
        ("2022年8月以后", "has no end"),
        ("22.8.15", "not a date"),
        ("45413", "not a date"),
        ("正进行主体施工", "not a date"),
        ("完成" * 20_000, "not a date"),
        (2022.1, "January or October"),
        (2027, "not a date"),
        (True, "not a date"),
        (dt.time(10, 0), "not a date"),
    ],
)
def test_what_is_no_single_possible_date_is_refused_with_a_reason(written: object, why: str) -> None:
    with pytest.raises(WrittenError, match=why) as refused:
        read_date(written, default_year=2021)
    assert str(written)[:60] in str(refused.value)


_LIKELY = st.text(alphabet="0123456789０８年月日底旬上中下前亿万元亩㎡-./,，~至约 Q季度今明()%", max_size=14)
_CELLS = st.one_of(
    st.text(),
    _LIKELY,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
)


@given(_CELLS, st.sampled_from(sorted(AMOUNT_UNITS)))
def test_any_cell_gives_an_amount_or_a_written_error(cell: object, unit: str) -> None:
    try:
        amount = read_amount(cell, unit=unit)
    except WrittenError:
        return
    assert amount is None or amount >= 0


@given(_CELLS, st.sampled_from(sorted(AREA_UNITS)))
def test_any_cell_gives_an_area_or_a_written_error(cell: object, unit: str) -> None:
    try:
        area = read_area(cell, unit=unit)
    except WrittenError:
        return
    assert area is None or area >= 0


@given(_CELLS, st.sampled_from([None, "mdy", "dmy"]), st.sampled_from([None, 2022]))
def test_any_cell_gives_a_date_or_a_written_error(
    cell: object, order: None, default_year: int | None
) -> None:
    try:
        found = read_date(cell, default_year=default_year, order=order)
    except WrittenError:
        return
    assert found is None or 1950 <= found.on.year <= 2100

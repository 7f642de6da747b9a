"""Project codes: the real ones of domain.md 4.2, what is doubted and what is refused."""

import csv
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.project_code import (
    CodeForm,
    CodeWarning,
    ProjectCodeError,
    check_digit,
    read_project_code,
)

GOOD = [
    "2505-330354-04-01-274607",
    "2603-141124-89-05-346948",
    "2509-140602-89-05-864976",
    "2502-140109-89-01-287745",
    "2411-130202-89-01-637015",
    "2211-441900-04-02-310151",
    "2208-330114-04-01-123451",
    "2601-330114-07-02-000011",
    "2603-330114-04-05-123453",
]
WRONG_CHECK_DIGIT = [("2601-140100-89-01-123456", 0), ("2208-330114-04-01-123456", 1)]
OLD = ["2019-330391-47-03-831266", "2020-330327-48-01-167360", "2017-130000-01-01-00001"]

digits = st.text("0123456789", min_size=1, max_size=1)
nineteens = st.text("0123456789", min_size=19, max_size=19)


def signed(date: str, rest: str = "330114-04-01-12345") -> str:
    """A new-form code with the check digit it should have."""
    body = f"{date}-{rest}"
    return f"{body}{check_digit(body.replace('-', ''))}"


@pytest.mark.parametrize("text", GOOD)
def test_real_codes_are_read_without_a_warning(text: str) -> None:
    code = read_project_code(text)

    assert code.form is CodeForm.NEW
    assert code.check_digit_ok is True
    assert code.warnings == ()


def test_a_new_code_is_taken_apart() -> None:
    code = read_project_code("2505-330354-04-01-274607")

    assert code.text == "2505-330354-04-01-274607"
    assert code.assigned == (2025, 5)
    assert (code.region, code.department, code.kind, code.serial) == ("330354", "04", "01", "274607")
    assert code.industry is None


@pytest.mark.parametrize(("text", "expected"), WRONG_CHECK_DIGIT)
def test_a_wrong_check_digit_is_a_warning(text: str, expected: int) -> None:
    code = read_project_code(text)

    assert code.check_digit_ok is False
    assert code.warnings == (CodeWarning.CHECK_DIGIT,)
    assert check_digit(text.replace("-", "")[:-1]) == expected


@pytest.mark.parametrize("text", OLD)
def test_old_codes_are_read_and_have_no_check_digit(text: str) -> None:
    code = read_project_code(text)

    assert code.form is CodeForm.OLD
    assert code.text == text
    assert code.check_digit_ok is None
    assert code.warnings == ()


def test_an_old_code_is_taken_apart() -> None:
    code = read_project_code("2019-330391-47-03-831266")

    assert code.assigned == (2019, None)
    assert (code.region, code.industry, code.kind, code.serial) == ("330391", "47", "03", "831266")
    assert code.department is None


@pytest.mark.parametrize(
    ("date", "form", "assigned"),
    [
        ("2011", CodeForm.NEW, (2020, 11)),
        ("2012", CodeForm.NEW, (2020, 12)),
        ("2014", CodeForm.OLD, (2014, None)),
        ("2019", CodeForm.OLD, (2019, None)),
        ("2020", CodeForm.OLD, (2020, None)),
        ("2101", CodeForm.NEW, (2021, 1)),
    ],
)
def test_the_date_tells_the_form(date: str, form: CodeForm, assigned: tuple[int, int | None]) -> None:
    code = read_project_code(signed(date))

    assert code.form is form
    assert code.assigned == assigned
    assert code.warnings == ()


@pytest.mark.parametrize("date", ["2010", "1905"])
def test_a_new_code_from_before_the_new_form_is_doubted(date: str) -> None:
    assert read_project_code(signed(date)).warnings == (CodeWarning.TOO_EARLY,)


def test_an_unknown_province_is_doubted() -> None:
    assert read_project_code(signed("2505", "990114-04-01-12345")).warnings == (CodeWarning.UNKNOWN_REGION,)
    assert read_project_code("2019-990391-47-03-831266").warnings == (CodeWarning.UNKNOWN_REGION,)


def test_an_unknown_type_is_doubted_in_the_new_form_only() -> None:
    assert read_project_code(signed("2505", "330114-04-06-12345")).warnings == (CodeWarning.UNKNOWN_TYPE,)
    assert read_project_code("2019-330391-47-06-831266").warnings == ()


def test_all_doubts_are_told() -> None:
    assert read_project_code("1905-990114-04-99-123456").warnings == (
        CodeWarning.CHECK_DIGIT,
        CodeWarning.UNKNOWN_REGION,
        CodeWarning.UNKNOWN_TYPE,
        CodeWarning.TOO_EARLY,
    )


def test_every_published_county_is_known(shared_data: Path) -> None:
    with (shared_data / "china" / "cn_div_areas.csv").open(encoding="utf-8", newline="") as table:
        counties = [row["code"] for row in csv.DictReader(table)]

    assert len(counties) > 2_900
    for county in counties:
        assert read_project_code(signed("2505", f"{county}-04-01-12345")).warnings == (), county


@pytest.mark.parametrize("region", ["710000", "810000", "820000"])
def test_the_provinces_that_the_table_leaves_out_are_known(region: str) -> None:
    assert read_project_code(signed("2505", f"{region}-04-01-12345")).warnings == ()


@pytest.mark.parametrize(
    "typed",
    [
        "  2505-330354-04-01-274607\n",
        "\u30002505-330354-04-01-274607\u00a0",
        "２５０５－３３０３５４－０４－０１－２７４６０７",
        "2505–330354—04‐01‑274607",
        "2505−330354﹣04―01‒274607",
        "2505——330354——04——01——274607",
    ],
)
def test_what_people_type_is_read_as_the_code_it_means(typed: str) -> None:
    assert read_project_code(typed).text == "2505-330354-04-01-274607"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The project code is empty."),
        ("   ", "The project code is empty."),
        ("2505-33O354-04-01-274607", "number 8 in “2505-33O354-04-01-274607” is “O”"),
        ("2505-330354-04-01-274607 ①", "number 25 in .* is “ ”"),
        ("٢٥٠٥-330354-04-01-274607", "number 1 in"),
        ("25053303540401274607", "five groups of digits .* has 1"),
        ("2505--330354-04-01-274607", "has 6"),
        ("2505-330354-04-274607", "has 4"),
        ("250-330354-04-01-274607", "Group 1 of a project code has 4 digits; “250” has 3"),
        ("2505-33035-04-01-274607", "Group 2 of a project code has 6 digits; “33035” has 5"),
        ("2505-330354-4-01-274607", "Group 3 of a project code has 2 digits; “4” has 1"),
        ("2505-330354-04-011-274607", "Group 4 of a project code has 2 digits; “011” has 3"),
        ("2505-330354-04-01-27460", "Group 5 of a project code has 6 digits; “27460” has 5"),
        ("2505-330354-04-01-2746077", "Group 5 of a project code has 6 digits; “2746077” has 7"),
        ("2019-330354-04-01-2746", "Group 5 of a project code has 6 digits; “2746” has 4"),
        ("2513-330354-04-01-274607", "“2513” would be month 13"),
        ("2500-330354-04-01-274607", "“2500” would be month 0"),
        ("2013-330354-04-01-274607", "year from 2014 to 2020; “2013” would be month 13"),
        ("2021-330354-04-01-274607", "“2021” would be month 21"),
    ],
)
def test_a_wrong_form_is_refused_and_the_sentence_says_where(text: str, sentence: str) -> None:
    with pytest.raises(ProjectCodeError, match=sentence):
        read_project_code(text)


@pytest.mark.parametrize("text", ["", "1" * 18, "1" * 20, "1" * 18 + "x", "１" * 19, "1" * 19 + "\n"])
def test_the_check_digit_needs_nineteen_digits(text: str) -> None:
    with pytest.raises(ValueError, match="nineteen digits"):
        check_digit(text)


@given(st.integers(1, 12), st.integers(0, 99), st.text("0123456789", min_size=15, max_size=15))
def test_a_code_with_its_check_digit_is_always_right(month: int, year: int, rest: str) -> None:
    body = f"{year:02}{month:02}-{rest[:6]}-{rest[6:8]}-{rest[8:10]}-{rest[10:]}"

    code = read_project_code(f"{body}{check_digit(body.replace('-', ''))}")

    assert code.check_digit_ok is True
    assert CodeWarning.CHECK_DIGIT not in code.warnings


@given(nineteens, st.integers(0, 19), digits)
def test_one_changed_digit_is_always_noticed(nineteen: str, place: int, digit: str) -> None:
    whole = f"{nineteen}{check_digit(nineteen)}"
    assume(whole[place] != digit)

    changed = whole[:place] + digit + whole[place + 1 :]

    assert check_digit(changed[:-1]) != int(changed[-1])

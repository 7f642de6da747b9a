"""Classes of industry as people write them."""

import csv
from pathlib import Path

import pytest

from domain.industries import INDUSTRY, MANUFACTURING, IndustryError, read_industry


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("C3985", "C3985"), ("3985", "C3985"), (" c 39 85 ", "C3985"), ("39", "C39"), ("0610", "B0610"),
        ("44", "D44"), ("9700", "T9700"), ("", ""),
    ],
)  # fmt: skip
def test_the_letter_of_the_section_is_added_where_it_is_missing(written: str, read: str) -> None:
    assert read_industry(written) == read


@pytest.mark.parametrize("written", ["D3985", "C", "3", "39855", "00", "98", "集成电路", "C39.85"])
def test_what_is_no_class_is_refused(written: str) -> None:
    with pytest.raises(IndustryError):
        read_industry(written)


def test_the_sections_are_those_of_the_standard(shared_data: Path) -> None:
    path = shared_data / "china" / "gbt4754_2017_industry_codes.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    divisions = {row["code"]: row["parent"] for row in rows if row["level"] == "2"}
    assert len(divisions) == 97
    assert {code: read_industry(code)[0] for code in divisions} == divisions
    assert MANUFACTURING < INDUSTRY

"""What a project's code says to whoever points at it."""

from milestones.project_page.code_meaning import PROVINCES, code_meaning


def said(code: str) -> list[tuple[str, str, bool]]:
    meaning = code_meaning(code)
    assert meaning is not None
    return [(part.digits, part.meaning, part.is_doubtful) for part in meaning.parts]


def test_each_group_of_digits_has_a_meaning() -> None:
    assert said("2208-330114-04-01-123451") == [
        ("2208", "August 2022", False),
        ("330114", "Zhejiang", False),
        ("04", "development and reform", False),
        ("01", "capital construction", False),
        ("123451", "the last digit checks the others: it fits", False),
    ]


def test_a_check_digit_that_is_off_is_marked() -> None:
    *_others, (digits, meaning, is_doubtful) = said("2208-330114-04-01-123456")

    assert (digits, is_doubtful) == ("123456", True)
    assert "does not fit" in meaning


def test_an_old_code_has_an_industry_and_no_check_digit() -> None:
    year, _region, industry, *_kind, serial = said("2019-330391-47-03-831266")

    assert (year[1], industry[1], serial[1]) == ("2019, old form", "", "without a check digit")


def test_what_is_unknown_is_left_blank_and_what_cannot_be_is_marked() -> None:
    _date, region, department, kind, _serial = said("2208-990114-31-09-123456")

    assert region == ("990114", "", True)
    assert department == ("31", "", False)
    assert kind == ("09", "", True)


def test_no_code_has_no_meaning() -> None:
    assert code_meaning("") is None
    assert code_meaning("nonsense") is None


def test_every_province_that_a_code_can_name_has_a_name() -> None:
    from domain.project_code import _PROVINCES

    assert PROVINCES.keys() == _PROVINCES

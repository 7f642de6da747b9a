"""``manage.py import_investment``: what it prints, and how it ends."""

from pathlib import Path

import pytest

from accounts.models import User
from ledger.models import Import
from tests.ledger.investing import recorded, write_book
from tests.ledger.running import run_command
from tests.make import make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: object) -> None:
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[str], str]:
    return run_command(capsys, "import_investment", *arguments)


def test_it_counts_amounts_and_says_by_its_exit_code_how_it_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], queued: list[str]
) -> None:
    make_project(name="甲")
    path = write_book(tmp_path, ["项目名称", "1月", "1-2月"], ["甲", 5, 6])

    code, lines, errors = run(capsys, path, "--year", 2022)
    assert (code, errors) == (0, "")
    assert lines[-1] == "created 1, updated 0, unchanged 0, rejected 0"
    assert "Columns that are not taken: 1-2月" in lines
    assert recorded() == {("甲", "2022-01"): 5}
    assert queued == []

    path = write_book(tmp_path, ["项目名称", "1月", "2月"], ["甲", 6, 5], ["乙", 1, 1])
    code, lines, _ = run(capsys, path, "--year", 2022, "--dry-run")
    assert (code, lines[-1]) == (1, "created 1, updated 1, unchanged 0, rejected 2")
    code, lines, _ = run(capsys, path, "--year", 2022)
    assert (code, lines[-1]) == (1, "created 1, updated 1, unchanged 0, rejected 2")
    assert path.with_name("投资.rejects.xlsx").is_file()


def test_what_cannot_be_read_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_book(tmp_path, ["项目名称", "1月"], ["甲", 5])

    assert run(capsys, path)[0::2] == (
        2,
        "“投资.xlsx” does not say of which year its months are; choose the year.\n",
    )
    assert run(capsys, path, "--year", 1900)[0] == 2
    assert run(capsys, tmp_path / "none.xlsx", "--year", 2022)[0] == 2
    assert run(capsys, path, "--year", 2022, "--as", "nobody")[0] == 2
    assert run(capsys, path, "--year", 2022, "--sheet", "x")[0] == 2


def test_doubtful_amounts_wait_on_the_page_or_for_the_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(name="甲")
    person = make_user(User.Role.MANAGER, username="wang")
    path = write_book(tmp_path, ["项目名称", "1月"], ["甲", 5_600_000_000])

    code, _lines, errors = run(capsys, path, "--year", 2022, "--as", "wang")
    assert code == 2
    assert "56 trillion yuan" in errors
    assert recorded() == {}
    waiting = Import.objects.get()
    assert (waiting.by, waiting.state, waiting.created) == (person, Import.State.PREVIEWED, 1)

    code, lines, _ = run(capsys, path, "--year", 2022, "--dry-run")
    assert "The amounts add up to 56 trillion yuan." in lines
    assert run(capsys, path, "--year", 2022, "--amounts-are-right")[0] == 0
    assert recorded() == {("甲", "2022-01"): 5_600_000_000}


def test_a_unit_that_is_named_goes_before_all_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(name="甲")
    path = write_book(tmp_path, ["2022年 单位：亿元"], ["项目名称", "1月（万元）"], ["甲", 50_000])

    assert run(capsys, path, "--unit", "元")[0] == 0
    assert recorded() == {("甲", "2022-01"): 5}

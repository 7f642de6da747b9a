"""``manage.py export_meeting``: what it cannot do is said in one sentence, and costs nobody a workbook."""

from errno import ENOSPC
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

pytestmark = pytest.mark.django_db


def export(*arguments: object) -> None:
    call_command("export_meeting", *map(str, arguments))


def test_a_workbook_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "meeting.xlsx"
    path.write_bytes(b"older")

    export("--output", path)

    assert len([sheet for sheet in load_workbook(path) if sheet.sheet_state == "visible"]) == 12
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_judged_is_said_and_the_older_workbook_stays(tmp_path: Path, on: str) -> None:
    path = tmp_path / "meeting.xlsx"
    path.write_bytes(b"older")

    with pytest.raises(CommandError, match="The date lies"):
        export("--on", on, "--output", path)

    assert path.read_bytes() == b"older"


def test_a_full_disk_is_said_and_the_older_workbook_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "meeting.xlsx"
    path.write_bytes(b"older")

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:10])
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        export("--output", path)

    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_ordinary_file_is_refused_and_stays(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="it is no ordinary file"):
        export("--output", tmp_path)

    assert list(tmp_path.iterdir()) == []

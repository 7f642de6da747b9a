"""The board of the race is frozen with the meeting, stands in its sheet and on its page, and never changes."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.race import Board
from meetings.gathering import week_of
from meetings.models import Job, MeetingFile, Snapshot
from meetings.snapshot import dump
from screen.models import RaceBoard
from tests.make import FRIDAY, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.meetings.written_books import week_for
from tests.pages import client_of, text_of
from tests.screen.race.race_district import RaceDistrict, board_of, done, make_race_district

pytestmark = pytest.mark.django_db

NEXT_NOON = NOON + timedelta(days=7)


@pytest.fixture
def district() -> RaceDistrict:
    return make_race_district()


def sheet_of(meeting: Any) -> list[tuple[Any, ...]]:
    with MeetingFile.objects.get(meeting=meeting).file.open() as file:
        book = load_workbook(BytesIO(file.read()))
    return [row[1:5] for row in book["赛马榜"].iter_rows(min_row=4, values_only=True)]


def test_freezing_a_meeting_freezes_the_board_and_its_sheet_says_the_same(district: RaceDistrict) -> None:
    meeting = freeze(make_meeting())
    board = RaceBoard.objects.get()
    assert (board.meeting, board.day, board.rules.version) == (meeting.number, FRIDAY, 1)
    lines = board.boards["towns"]
    assert [(line["name"], line["rank"], line["score"]) for line in lines] == [
        ("河庄街道", 1, "100.00"), ("义蓬街道", 2, "32.97"), ("远村街道", None, "0.00"),
    ]  # fmt: skip
    assert [(part["numerator"], part["denominator"]) for part in lines[1]["parts"]][:2] == [
        ("1", "3"),
        ("300.00", "500.00"),
    ]
    assert sheet_of(meeting) == [
        (1, None, "河庄街道", 100), (2, None, "义蓬街道", 32.97), (None, None, "远村街道", 0),
        (None, None, "供电公司", 31.25),
    ]  # fmt: skip
    kept = week_of(Snapshot.objects.get(meeting=meeting)).table("race")
    assert [row.cells[3] for row in kept.rows] == ["河庄街道", "义蓬街道", "远村街道", "供电公司"]


def test_the_page_of_a_frozen_meeting_shows_its_board_whatever_happens_to_the_data(
    district: RaceDistrict,
) -> None:
    meeting = freeze(make_meeting())
    reader = client_of(make_user())
    before = text_of(reader.get(meeting.get_absolute_url()))
    assert "义蓬街道 32.97" in before
    for code in ("b", "c", "d"):
        done(district.nodes[code], district.nodes[code].due_on)  # type: ignore[arg-type]
    assert "义蓬街道 32.97" in text_of(reader.get(meeting.get_absolute_url()))
    frozen = sheet_of(meeting)
    following = freeze(make_meeting(NEXT_NOON), NEXT_NOON)
    assert sheet_of(meeting) == frozen
    (rank, rise, name, score), *_rest = sheet_of(following)
    assert (rank, rise, name) == (1, 0, "河庄街道")
    assert RaceBoard.objects.count() == 2
    assert RaceBoard.objects.first().boards["towns"][1]["score"] != "32.97"  # type: ignore[union-attr]
    assert score == 96.25, "of what was 100 the 3 of 80 are gone: nothing has been reported for a week"


def test_a_meeting_that_was_frozen_before_there_was_a_race_says_so(district: RaceDistrict) -> None:
    meeting = freeze(make_meeting())
    RaceBoard.objects.filter(meeting=meeting.number).update(meeting="other")
    said = text_of(client_of(make_user()).get(meeting.get_absolute_url()))
    assert "No board of the race was frozen with this meeting." in said


def test_where_the_board_cannot_be_kept_the_meeting_is_not_frozen(
    district: RaceDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("meetings.actions.freezing.keep_board", broken)
    meeting = make_meeting()
    with pytest.raises(RuntimeError):
        freeze(meeting)
    meeting.refresh_from_db()
    assert not meeting.is_frozen
    assert not RaceBoard.objects.exists()
    assert not Snapshot.objects.exists()
    assert Job.objects.get().state == Job.State.FAILED


def test_the_board_of_a_live_week_is_that_of_the_page_and_no_part_of_its_document(
    district: RaceDistrict,
) -> None:
    week = week_for(make_user())
    assert week.race is not None
    assert board_of(week.race(), Board.TOWNS)["义蓬街道"] == (2, "32.97")
    assert [row.cells[3] for row in week.table("race").rows][:2] == ["河庄街道", "义蓬街道"]
    assert b'"race":{' not in dump(week)


def test_without_anything_to_score_the_sheet_says_so() -> None:
    week = week_for(make_user())
    assert list(week.table("race").rows) == []
    assert "No unit has anything to be scored by" in week.table("race").when_empty

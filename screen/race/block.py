"""The race on the one screen: who leads and who comes last, as the last meeting froze it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from domain.race import Board, Line
from screen.models import RaceBoard
from screen.race.queries import Race, frozen_race
from screen.race.words import BOARD_LABELS, board_sentence

LEADING: Final = 3


@dataclass(frozen=True, slots=True)
class BoardLead:
    """One board: its sentence and the first of its lines."""

    board: Board
    label: str
    sentence: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RaceBlock:
    """Both boards; `race` is None before a meeting has frozen any."""

    race: Race | None
    boards: tuple[BoardLead, ...]
    url: str

    @property
    def template(self) -> str:
        return "screen/race/_block.html"

    @property
    def query(self) -> str:
        """What the links to a unit's numbers carry, so that they open those of this board."""
        return urlencode({"meeting": self.race.meeting}) if self.race else ""


def block() -> RaceBlock:
    """The last frozen boards, whoever reads: they are published. Two queries at most."""
    newest = RaceBoard.objects.select_related("rules").first()
    if newest is None:
        return RaceBlock(None, (), reverse("screen:race"))
    race = frozen_race(newest)
    return RaceBlock(
        race, tuple(_lead(race, board) for board in Board), f"{reverse('screen:race')}?meeting={race.meeting}"
    )


def _lead(race: Race, board: Board) -> BoardLead:
    ranked = tuple(line for line in race.boards[board] if line.rank is not None)
    return BoardLead(board, str(BOARD_LABELS[board]), board_sentence(race, board), ranked[:LEADING])

"""What the spreadsheet library does not tell: error values, and merged ranges in OpenDocument files."""

from dataclasses import dataclass, field
from typing import NamedTuple

from projects.spreadsheets.sheets import Merge


class Place(NamedTuple):
    """A cell; row and column count from 1."""

    row: int
    column: int


@dataclass(slots=True)
class Extras:
    """What was found beside the values of one sheet."""

    errors: dict[Place, str] = field(default_factory=dict)
    merged: list[Merge] = field(default_factory=list)

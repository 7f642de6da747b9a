"""From a file to the lines of its workbook; runs in the reading process only."""

from pathlib import Path
from typing import IO

from domain.errors import gettext_noop
from projects.spreadsheets import archives, compound, delimited, spreadsheets, wire
from projects.spreadsheets.errors import UnreadableFile
from projects.spreadsheets.kinds import Kind, kind_of


def write_workbook(path: Path, name: str, out: IO[bytes]) -> None:
    """Write the workbook's lines (``projects.spreadsheets.wire``).

    Raises UnreadableFile, or DamagedFileError where there is nothing better to say.
    """
    match kind_of(path, name):
        case Kind.TEXT:
            cells = delimited.write_table(path, name, out)
        case Kind.ARCHIVE:
            cells = spreadsheets.write_sheets(path, name, archives.extras(path, name), out)
        case Kind.COMPOUND:
            cells = spreadsheets.write_sheets(path, name, compound.extras(path, name), out)
    if not cells:
        raise UnreadableFile(gettext_noop("“%(file)s” has no rows."), file=name)
    out.write(wire.line(wire.END))

"""Files in Microsoft's compound format: .xls workbooks, and workbooks that a password protects."""

import struct
from pathlib import Path

from domain.compound_file import CompoundFile
from domain.errors import gettext_noop
from projects.spreadsheets.archives import protected
from projects.spreadsheets.biff import error_cells, is_protected
from projects.spreadsheets.errors import UnreadableFile
from projects.spreadsheets.extras import Extras


def extras(path: Path, name: str) -> dict[str, Extras]:
    """By sheet name, the error values of an .xls workbook.

    Raises UnreadableFile where the file needs a password or is no workbook. A file that is damaged in a way
    this reader stumbles over is left to the library.
    """
    try:
        file = CompoundFile(path.read_bytes())
        names = {stream.casefold() for stream in file.streams}
        if "encryptedpackage" in names:
            raise protected(name)
        stream = next((file.read(book) for book in ("workbook", "book") if book in names), None)
    except (struct.error, IndexError, ValueError):
        return {}
    if stream is None:
        raise UnreadableFile(
            gettext_noop("“%(file)s” is an Office document, but not a spreadsheet."), file=name
        )
    if is_protected(stream):
        raise protected(name)
    return {sheet: Extras(errors=errors) for sheet, errors in error_cells(stream).items()}

"""Merged ranges and error values in .ods files, which the spreadsheet library does not tell."""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from projects.spreadsheets import limits
from projects.spreadsheets.extras import Extras, Place
from projects.spreadsheets.sheets import Merge

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_EXTENSION = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_MARKS = (b"-spanned=", b'value-type="error"')
_LONGEST_MARK = max(_MARKS, key=len)
_MOST_SPANS = 100_000


def sheets_of(pieces: Callable[[], Iterable[bytes]]) -> dict[str, Extras]:
    """By sheet name, what ``content.xml`` says; ``pieces`` begins to read it anew each time it is called.

    Most documents have neither merges nor errors, and looking for the words is ten times faster than parsing.
    """
    waiting, worth_parsing = b"", False
    for piece in pieces():
        waiting = waiting[-len(_LONGEST_MARK) :] + piece
        worth_parsing = worth_parsing or any(mark in waiting for mark in _MARKS)
    if not worth_parsing:
        return {}
    document = OpenDocument()
    for piece in pieces():
        document.feed(piece)
    return document.sheets


class OpenDocument:
    """Reads ``content.xml`` piece by piece into ``sheets``."""

    def __init__(self) -> None:
        self.sheets: dict[str, Extras] = {}
        self._sheet = Extras()
        self._row = self._column = 0
        self._rows_repeated = 1
        self._error: Place | None = None
        self._in_error_text = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, piece: bytes) -> None:
        """The next piece of the markup. Raises ExpatError where it is not well formed."""
        self._parser.Parse(piece)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _CELLS:
            self._cell(attributes)
        elif tag == _TABLE + "table-row":
            self._row += self._rows_repeated
            self._rows_repeated = _count(attributes, "number-rows-repeated")
            self._column = 0
        elif tag == _TABLE + "table":
            self._sheet = self.sheets.setdefault(attributes.get(_TABLE + "name", ""), Extras())
            self._row, self._rows_repeated = 0, 1
        elif tag == _TEXT + "p" and self._error is not None:
            self._parser.CharacterDataHandler = self._characters

    def _end(self, tag: str) -> None:
        if tag in _CELLS:
            self._error = None
            self._parser.CharacterDataHandler = None

    def _cell(self, attributes: dict[str, str]) -> None:
        row, column = self._row, self._column + 1
        self._column += _count(attributes, "number-columns-repeated")
        down, across = _count(attributes, "number-rows-spanned"), _count(attributes, "number-columns-spanned")
        if (down > 1 or across > 1) and len(self._sheet.merged) < _MOST_SPANS:
            self._sheet.merged.append(Merge(row, column, row + down - 1, column + across - 1))
        if attributes.get(_EXTENSION + "value-type") == "error" and row <= limits.MOST_ROWS:
            self._error = Place(row, column)
            self._sheet.errors[self._error] = "#ERROR"

    def _characters(self, text: str) -> None:
        if self._error is not None:
            self._sheet.errors[self._error] = text.strip()[:40] or "#ERROR"


def _count(attributes: dict[str, str], name: str) -> int:
    return max(1, int(attributes.get(_TABLE + name, "1")))

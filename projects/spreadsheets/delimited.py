"""Tables in plain text: .csv, .tsv, .txt in UTF-8, GB18030 or UTF-16."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from domain.errors import gettext_noop
from projects.spreadsheets import limits, wire
from projects.spreadsheets.errors import UnreadableFile

_TEXT_ENDINGS = frozenset({".csv", ".tsv", ".tab", ".txt", ".prn"})
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000
_DELIMITERS = ",\t;|"
# Bytes that no text has, tab, line ends, form feed and escape aside.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def write_table(path: Path, name: str, out: IO[bytes]) -> int:
    """Write the table as the one sheet of a workbook; the number of cells that are not empty comes back.

    Every cell is text, just as it stands in the file: ``0111`` keeps its zero. Raises UnreadableFile
    where the bytes are no text, or the text is no table.
    """
    text = _text(path.read_bytes(), name)
    delimiter = _delimiter(text)
    if Path(name).suffix.casefold() not in _TEXT_ENDINGS and not _looks_like_a_table(text, delimiter):
        raise not_a_spreadsheet(name, text)
    out.write(wire.head(Path(name).stem, (), visible=True))
    cells = waiting = 0
    for number, row in enumerate(_rows(text, delimiter, name), start=1):
        _check_limits(number, row, cells, name)
        if not row:
            waiting += 1
            continue
        out.write(b"[]\n" * waiting + wire.line([cell or None for cell in row]))
        waiting = 0
        cells += len(row) - row.count("")
    return cells


def not_a_spreadsheet(name: str, text: str) -> UnreadableFile:
    """The sentence for a text that is no table, with its beginning."""
    beginning = " ".join(text[:200].split())[:40]
    return UnreadableFile(
        gettext_noop("“%(file)s” is not a spreadsheet; it begins with “%(text)s”."), file=name, text=beginning
    )


def _check_limits(number: int, row: list[str], cells: int, name: str) -> None:
    if number > limits.MOST_ROWS:
        raise UnreadableFile(
            gettext_noop("“%(file)s” has more than %(rows)d rows."), file=name, rows=limits.MOST_ROWS
        )
    if len(row) > limits.MOST_COLUMNS:
        raise UnreadableFile(
            gettext_noop("“%(file)s” has more than %(columns)d columns in row %(row)d."),
            file=name,
            columns=limits.MOST_COLUMNS,
            row=number,
        )
    if cells > limits.MOST_CELLS:
        raise UnreadableFile(
            gettext_noop("“%(file)s” has more than %(cells)d cells."), file=name, cells=limits.MOST_CELLS
        )


def _text(data: bytes, name: str) -> str:
    encoding = _encoding(data, name)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, max(error.start, _valid_utf8(data))) + 1
        raise UnreadableFile(
            gettext_noop("“%(file)s” is neither UTF-8 nor GB18030 nor UTF-16: line %(line)d cannot be read."),
            file=name,
            line=line,
        ) from None


def _valid_utf8(data: bytes) -> int:
    """How many bytes from the beginning are UTF-8: who gets further decides which line is to blame."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _encoding(data: bytes, name: str) -> str:
    """Its mark, else UTF-8 where the whole file is valid, else what the bytes look like."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE]
    if b"\x00" in sample:
        unmarked = _unmarked_utf16(sample)
        if unmarked is None:
            raise UnreadableFile(gettext_noop("“%(file)s” is not a spreadsheet."), file=name)
        return unmarked
    if _NO_TEXT.search(sample):
        raise UnreadableFile(gettext_noop("“%(file)s” is not a spreadsheet."), file=name)
    try:
        data.decode()
    except UnicodeDecodeError:
        return _detected(sample)
    return "utf-8"


def _unmarked_utf16(sample: bytes) -> str | None:
    """Line ends and digits have their zero byte always on the same side."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = sample[: len(sample) // 4 * 4].decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _NO_TEXT.search(text.encode()) else encoding


def _detected(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    whole_lines = sample[: sample.rfind(b"\n") + 1] or sample
    best = from_bytes(whole_lines, cp_isolation=["utf_8", "gb18030", "utf_16"]).best()
    # Few bytes leave it undecided; then it is what Chinese spreadsheets write.
    return best.encoding if best is not None and best.encoding != "utf_8" else "gb18030"


def _delimiter(text: str) -> str:
    """The one that stands in the most of the first lines, and most often; a comma where none does."""
    lines = [line for line in text[:_SAMPLE].splitlines()[:50] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: (sum(map(bool, counts[mark])), sum(counts[mark])))


def _looks_like_a_table(text: str, delimiter: str) -> bool:
    """Whether at least two of the first rows have two cells."""
    lines = text[:_SAMPLE].splitlines()[:50]
    return sum(delimiter in line for line in lines) >= 2


def _rows(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    """Rows without their empty ends, numbered as a spreadsheet would: a quoted line break is no new row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            while row and not row[-1]:
                row.pop()
            yield row
    except csv.Error:
        raise UnreadableFile(
            gettext_noop(
                "“%(file)s” cannot be read from line %(line)d on; is a quotation mark never closed?"
            ),
            file=name,
            line=reader.line_num,
        ) from None

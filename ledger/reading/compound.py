"""Files in Microsoft's compound format: .xls workbooks, and workbooks that a password protects."""

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path

from domain.errors import gettext_noop
from ledger.reading.archives import protected
from ledger.reading.biff import error_cells, is_protected
from ledger.reading.errors import UnreadableFile
from ledger.reading.extras import Extras

_END = 0xFFFFFFF0  # sector numbers from here on are marks
_SMALL = 4096  # streams below this length live in the small sectors of the root's stream


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


class CompoundFile:
    """The streams of a compound file by their names.

    Raises struct.error, IndexError or ValueError where the file is damaged.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift: int
        small_shift: int
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        if shift not in {9, 12} or small_shift > shift:
            raise ValueError("sector size")
        self._sector, self._small_sector = 1 << shift, 1 << small_shift
        self._table = self._allocation_table()
        (directory,) = struct.unpack_from("<I", data, 48)
        (small_table,) = struct.unpack_from("<I", data, 60)
        self.streams: dict[str, tuple[int, int]] = {}
        root: int = self._read_directory(self._chain(directory))
        self._small_table = _numbers(self._chain(small_table)) if small_table < _END else array("I")
        self._small_stream = self._chain(root) if root < _END else b""

    def read(self, name: str) -> bytes:
        """The stream whose name is this without regard to case."""
        start, size = next(entry for stream, entry in self.streams.items() if stream.casefold() == name)
        if size >= _SMALL:
            return self._chain(start)[:size]
        pieces = (
            self._small_stream[number * self._small_sector : (number + 1) * self._small_sector]
            for number in _follow(self._small_table, start)
        )
        return b"".join(pieces)[:size]

    def _allocation_table(self) -> "array[int]":
        sectors = [number for number in struct.unpack_from("<109I", self._data, 76) if number < _END]
        following, left = struct.unpack_from("<II", self._data, 68)
        most = len(self._data) // self._sector
        while following < _END and left > 0 and len(sectors) <= most:
            numbers = struct.unpack_from(f"<{self._sector // 4}I", self._data, self._at(following))
            sectors += [number for number in numbers[:-1] if number < _END]
            following, left = numbers[-1], left - 1
        return _numbers(b"".join(self._sector_at(number) for number in sectors[:most]))

    def _read_directory(self, directory: bytes) -> int:
        """Notes every stream; the start of the root's stream comes back."""
        root = _END
        for at in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            start, size = struct.unpack_from("<II", directory, at + 116)
            if kind == 5:
                root = start
            elif kind == 2 and 2 <= length <= 64:
                self.streams[directory[at : at + length - 2].decode("utf-16-le", "replace")] = (start, size)
        return root

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector_at(number) for number in _follow(self._table, start))

    def _at(self, number: int) -> int:
        return (number + 1) * self._sector

    def _sector_at(self, number: int) -> bytes:
        return self._data[self._at(number) : self._at(number) + self._sector]


def _follow(table: "array[int]", start: int) -> Iterator[int]:
    """The sectors of a chain; one that bites its own tail ends."""
    for _ in range(len(table)):
        if start >= _END:
            return
        yield start
        start = table[start]


def _numbers(data: bytes) -> "array[int]":
    return array("I", data[: len(data) // 4 * 4])

"""Files in Microsoft's compound format (.doc, .xls, .ppt): what streams they hold, and what is in these.

Known to whoever reads such files: the ledger, and proofs.
"""

import struct
from array import array
from collections.abc import Iterator

_END = 0xFFFFFFF0  # sector numbers from here on are marks
_ENTRY = 128  # bytes of the directory for a stream or folder
_SMALL = 4096  # streams below this length live in the small sectors of the root's stream


class CompoundFile:
    """The streams of a compound file by their names, and the names of the folders that hold some of them.

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
        self.folders: set[str] = set()
        self._directory = self._chain(directory)
        root: int = self._read_directory()
        self._small_table = _numbers(self._chain(small_table)) if small_table < _END else array("I")
        self._small_stream = self._chain(root) if root < _END else b""

    def read(self, name: str) -> bytes:
        """The stream whose name is this without regard to case."""
        start, size = self._entry(name)
        if size >= _SMALL:
            return self._chain(start)[:size]
        pieces = (
            self._small_stream[number * self._small_sector : (number + 1) * self._small_sector]
            for number in _follow(self._small_table, start)
        )
        return b"".join(pieces)[:size]

    def is_whole(self, name: str) -> bool:
        """Whether the stream is there to its last byte."""
        return len(self.read(name)) == self._entry(name)[1]

    def at_the_top(self) -> set[str]:
        """The names of what lies directly in the file; what is embedded lies in folders."""
        names: set[str] = set()
        (child,) = struct.unpack_from("<I", self._directory, 76)
        waiting, seen = [child], set()
        while waiting:
            at = waiting.pop() * _ENTRY
            if at not in seen and at < len(self._directory):
                seen.add(at)
                names.add(self._name_at(at)[0])
                waiting += struct.unpack_from("<II", self._directory, at + 68)
        return names

    def _entry(self, name: str) -> tuple[int, int]:
        """First sector and size in bytes of the stream."""
        return next(entry for stream, entry in self.streams.items() if stream.casefold() == name)

    def _allocation_table(self) -> "array[int]":
        sectors = [number for number in struct.unpack_from("<109I", self._data, 76) if number < _END]
        following, left = struct.unpack_from("<II", self._data, 68)
        most = len(self._data) // self._sector
        while following < _END and left > 0 and len(sectors) <= most:
            numbers = struct.unpack_from(f"<{self._sector // 4}I", self._data, self._at(following))
            sectors += [number for number in numbers[:-1] if number < _END]
            following, left = numbers[-1], left - 1
        return _numbers(b"".join(self._sector_at(number) for number in sectors[:most]))

    def _read_directory(self) -> int:
        """Notes every stream and folder; the start of the root's stream comes back."""
        root = _END
        for at in range(0, len(self._directory) - 127, _ENTRY):
            name, kind = self._name_at(at)
            start, size = struct.unpack_from("<II", self._directory, at + 116)
            if kind == 5:
                root = start
            elif kind == 2 and name:
                self.streams[name] = (start, size)
            elif kind == 1:
                self.folders.add(name)
        return root

    def _name_at(self, at: int) -> tuple[str, int]:
        """Name and kind (1 folder, 2 stream, 5 root) of the entry that begins there."""
        length, kind = struct.unpack_from("<HB", self._directory, at + 64)
        name = self._directory[at : at + length - 2] if 2 <= length <= 64 else b""
        return name.decode("utf-16-le", "replace"), kind

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

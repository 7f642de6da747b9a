"""Reading in a process of its own, so that no file can take the whole house down."""

import logging
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from domain.errors import gettext_noop
from projects.spreadsheets import limits, wire
from projects.spreadsheets.errors import UnreadableFile
from projects.spreadsheets.sheets import Workbook

logger = logging.getLogger(__name__)
_HOUSE = Path(__file__).resolve().parents[2]


def read_workbook(path: Path, *, name: str | None = None) -> Workbook:
    """The workbook in the file, whatever its ending says: .xlsx, .xlsm, .xls, .xlsb, .ods, .csv, .tsv, .txt.

    ``name`` is what the sentence calls the file; its ending says whether a column of text may be a table.
    Raises UnreadableFile for everything that is no spreadsheet we read: empty, damaged, protected by a
    password, too large, another format, without any row. It takes at most 10 seconds and 512 MB.
    """
    shown = name or path.name
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile(gettext_noop("“%(file)s” is empty."), file=shown)
    if size > limits.LARGEST_FILE:
        megabytes = limits.LARGEST_FILE // limits.MEGABYTE
        raise UnreadableFile(
            gettext_noop("“%(file)s” is larger than %(megabytes)d MB."), file=shown, megabytes=megabytes
        )
    with tempfile.TemporaryFile() as result, tempfile.TemporaryFile() as complaints:
        code = _run(path, shown, result, complaints)
        try:
            return wire.workbook(result)
        except (ValueError, KeyError, TypeError):
            raise _failure(code, shown, complaints) from None


def _run(path: Path, shown: str, result: IO[bytes], complaints: IO[bytes]) -> int | None:
    """The exit code of the reading process, None where its time ran out."""
    process = subprocess.Popen(
        [sys.executable, "-m", "projects.spreadsheet_process", str(path.resolve()), shown],
        cwd=_HOUSE,
        env=_clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=result,
        stderr=complaints,
    )
    # Waiting with a time limit would poll; a timer that kills lets the wait end with the process.
    timer = threading.Timer(limits.SECONDS, process.kill)
    timer.start()
    try:
        code = process.wait()
    finally:
        late = not timer.is_alive()
        timer.cancel()
        process.kill()
        process.wait()
    return None if late else code


def _clean_environment() -> dict[str, str]:
    """Nothing of ours: no secrets, no settings. Windows cannot start Python without SYSTEMROOT."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return kept | {"PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1"}


def _failure(code: int | None, shown: str, complaints: IO[bytes]) -> UnreadableFile:
    """Why a process that did not even say what is wrong ended."""
    if code is None:
        return UnreadableFile(
            gettext_noop("“%(file)s” could not be read within %(seconds)d seconds."),
            file=shown,
            seconds=limits.SECONDS,
        )
    complaints.seek(0)
    complaint = complaints.read(limits.MEGABYTE)
    if (
        b"memory allocation of" in complaint
        or b"MemoryError" in complaint
        or b"capacity overflow" in complaint
    ):
        return too_much_memory(shown)
    if code > 0 and b"panicked" not in complaint:
        return UnreadableFile(
            gettext_noop("“%(file)s” met a fault of this program and was not read; the fault is on record."),
            file=shown,
        )
    return UnreadableFile(gettext_noop("“%(file)s” is damaged and cannot be read."), file=shown)


def too_much_memory(shown: str) -> UnreadableFile:
    """The sentence for a file that wants more memory than a ledger may."""
    megabytes = limits.MEMORY // limits.MEGABYTE
    return UnreadableFile(
        gettext_noop("“%(file)s” needs more than %(megabytes)d MB of memory to be read."),
        file=shown,
        megabytes=megabytes,
    )

"""The process that opens a file nobody trusts: ``python -m projects.spreadsheet_process FILE [NAME]``.

It limits itself before it touches the file, imports neither Django nor anything that knows a secret, writes
what it found to standard output (``projects.spreadsheets.wire``), and may die:
``projects.spreadsheets.isolation`` makes a sentence of that.
"""

import sys
from pathlib import Path

from domain.errors import gettext_noop
from projects.spreadsheets import limits, wire
from projects.spreadsheets.errors import DamagedFileError, UnreadableFile
from projects.spreadsheets.isolation import too_much_memory
from projects.spreadsheets.opening import write_workbook


def main(path: Path, name: str) -> None:
    """Read the file and write its workbook, or the sentence that says why there is none."""
    _limit_this_process()
    out = sys.stdout.buffer
    try:
        write_workbook(path, name, out)
    except UnreadableFile as error:
        out.write(wire.refusal(error))
    except DamagedFileError:
        out.write(
            wire.refusal(UnreadableFile(gettext_noop("“%(file)s” is damaged and cannot be read."), file=name))
        )
    except MemoryError:
        out.write(wire.refusal(too_much_memory(name)))
    out.flush()


def _limit_this_process() -> None:
    """Memory, time and what it may write; Windows has the time limit of the parent only."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, limits.MEMORY),
        (resource.RLIMIT_CPU, limits.SECONDS + 1),
        (resource.RLIMIT_FSIZE, limits.LARGEST_RESULT),
        (resource.RLIMIT_CORE, 0),
    ):
        _, allowed = resource.getrlimit(what)
        limit = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (limit, limit))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else Path(sys.argv[1]).name)

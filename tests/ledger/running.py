"""Running one of the commands that import a file, as a terminal would."""

import pytest
from django.core.management import call_command


def run_command(
    capsys: pytest.CaptureFixture[str], command: str, *arguments: object
) -> tuple[int, list[str], str]:
    """The exit code, the lines on standard output, and what is on standard error."""
    code: object = 0
    try:
        call_command(command, *map(str, arguments))
    except SystemExit as end:
        code = end.code
    assert isinstance(code, int)
    said = capsys.readouterr()
    return code, said.out.splitlines(), said.err

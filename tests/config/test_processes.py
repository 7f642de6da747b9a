import os
import sys
import time
from pathlib import Path

from config.processes import Child, Processes
from tests.config.conftest import eventually

FOREVER = "import time\nwhile True: time.sleep(1)"


def _python(name: str, code: str, *, revives: bool = False) -> Child:
    return Child(name, [sys.executable, "-c", code], revives=revives)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child whose parent is gone may stay as a zombie where nobody reaps it.
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_all_stop_when_one_that_does_not_revive_ends() -> None:
    said: list[str] = []
    worker = _python("worker", FOREVER, revives=True)
    processes = Processes([_python("web", "raise SystemExit(3)"), worker], said.append)

    assert processes.run() == 1
    assert said == ["web ended (code 3); stopping everything."]
    assert worker.process is None


def test_a_killed_worker_is_started_again() -> None:
    said: list[str] = []
    worker = _python("worker", FOREVER, revives=True)
    processes = Processes([worker], said.append)
    seen: list[int] = []

    def look() -> None:
        if worker.process and worker.process.pid not in seen:
            seen.append(worker.process.pid)
            if len(seen) == 1:
                worker.process.kill()
            else:
                processes.stop.set()

    assert processes.run(look) == 0
    assert len(seen) == 2
    assert said == ["worker ended (code -9); starting it again in 2 s."]


def test_stopping_takes_along_what_a_process_started(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    stubborn = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{FOREVER}"
    parent = (
        "import subprocess, sys, pathlib, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {stubborn!r}])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\n{FOREVER}"
    )
    processes = Processes([_python("web", parent)], print)
    begun = time.monotonic()

    def look() -> None:
        if note.exists() and note.read_text():
            processes.stop.set()

    assert processes.run(look) == 0
    eventually(lambda: not _is_alive(int(note.read_text())), within=5)
    assert time.monotonic() - begun < 15

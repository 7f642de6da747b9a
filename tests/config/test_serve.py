"""The whole thing as ``make run`` starts it, on the embedded default, with data of its own."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.core.management import CommandError, call_command

from tests.config.conftest import ROOT, SCHEDULER_IN_A_HURRY, environment, eventually, run_python, running

LATE_NODE = """
from datetime import date
from tests.make import make_node
make_node(status="running", due_on=date(2026, 3, 2))
"""
A_TASK = """
from milestones.tasks import flag_overdue
flag_overdue.delay()
"""


def _answer(address: str) -> int:
    try:
        with urlopen(address, timeout=2) as answer:  # noqa: S310 - our own address
            status: int = answer.status
            return status
    except (URLError, OSError):
        return 0


def _flags(database: Path) -> int:
    with sqlite3.connect(database) as data:
        (count,) = data.execute("SELECT count(*) FROM milestones_overdueflag").fetchone()
    data.close()
    return int(count)


def _alive(needle: str) -> list[str]:
    """Command lines of this machine's processes that have `needle` in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if needle.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # it has ended meanwhile, or is not ours
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes below /proc")
def test_serve_runs_pages_and_worker_and_leaves_no_process_behind(tmp_path: Path, free_port: int) -> None:
    env = environment(DATA_DIR=str(tmp_path))
    log = tmp_path / "serve.log"
    subprocess.run(
        [sys.executable, "manage.py", "prepare"], cwd=ROOT, env=env, check=True, capture_output=True
    )
    with running("manage.py", "serve", "--port", str(free_port), env=env, log=log) as serve:
        address = f"http://127.0.0.1:{free_port}"
        eventually(lambda: _answer(f"{address}/readyz") == 200, within=30, log=log)
        eventually(lambda: f"Onescreen: {address}/" in log.read_text(), within=10, log=log)

        run_python(LATE_NODE + A_TASK, env)
        eventually(lambda: _flags(tmp_path / "onescreen.sqlite3") == 1, within=30, log=log)

        assert any("granian" in line for line in _alive(str(tmp_path)))
        serve.send_signal(signal.SIGINT)
        assert serve.wait(30) == 0, log.read_text()
    assert _alive(str(tmp_path)) == []


def test_the_scheduler_beside_the_worker_sends_what_is_due(tmp_path: Path) -> None:
    env = environment(DATA_DIR=str(tmp_path))
    log = tmp_path / "worker.log"
    subprocess.run(
        [sys.executable, "manage.py", "migrate"], cwd=ROOT, env=env, check=True, capture_output=True
    )
    run_python(LATE_NODE, env)
    with running("-c", SCHEDULER_IN_A_HURRY, env=env, log=log):
        eventually(lambda: _flags(tmp_path / "onescreen.sqlite3") == 1, within=30, log=log)
    assert "filesystem://" in log.read_text()


def test_serve_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    import socket

    env = environment(DATA_DIR=str(tmp_path))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "manage.py", "serve", "--port", port],
            cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr


@pytest.mark.parametrize("port", ["0", "99999"])
def test_serve_refuses_a_port_that_there_is_not(port: str) -> None:
    with pytest.raises(CommandError, match="The port must be 1 to 65535"):
        call_command("serve", "--port", port)

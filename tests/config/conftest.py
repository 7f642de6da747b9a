"""What tests of the running parts need: real services, a free port, processes that end with the test."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def services(request: pytest.FixtureRequest, settings: Any) -> None:
    """PostgreSQL and Redis; skipped where the environment names none, unless REQUIRE_SERVICES is set."""
    if connection.vendor != "postgresql" or not settings.REDIS_URL:
        refuse = pytest.fail if os.environ.get("REQUIRE_SERVICES") else pytest.skip
        refuse("needs PostgreSQL and Redis: DATABASE_URL and REDIS_URL name none")


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


SCHEDULER_IN_A_HURRY = """
from config import celery_app
for entry in celery_app.conf.beat_schedule.values():
    entry["schedule"] = 1.0
celery_app.worker_main(["worker", "--beat", "--pool=threads", "--concurrency=2", "--loglevel=INFO"])
"""
"""The worker with its scheduler as ``serve`` starts it, but that each task is due every second."""


def environment(**more: str) -> dict[str, str]:
    """The environment without what names other data, and with `more`."""
    other = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "HTTPS", "DEBUG", "PYTEST_CURRENT_TEST"}
    return {name: value for name, value in os.environ.items() if name not in other} | {
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **more,
    }


@contextmanager
def running(*command: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process of the project; what is left of it is killed at the end."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def run_python(code: str, env: dict[str, str]) -> str:
    """What a piece of code prints, run in the project with Django set up."""
    setup = "import django\ndjango.setup()\n"
    done = subprocess.run(
        [sys.executable, "-c", setup + code],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def eventually(holds: Callable[[], bool], *, within: float, log: Path | None = None) -> None:
    """Wait until something holds; fail with the end of the log where it does not in time."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail("not in time; " + (log.read_text(errors="replace")[-3000:] if log else ""))
        time.sleep(0.1)

"""``manage.py serve [--host HOST] [--port PORT]``: the web server with the worker and scheduler beside it."""

import signal
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import cache, partial
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from accounts.actions import first_link
from accounts.models import User
from config.demo.people import PASSWORD, SHOWN
from config.processes import Child, Processes

THREADS = "4"
LAST_PORT = 65535


class Command(BaseCommand):
    help = "Serve the pages and run the worker with its scheduler, until Ctrl-C or until the web server ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        if not 1 <= port <= LAST_PORT:
            raise CommandError(f"The port must be 1 to {LAST_PORT}, not {port}.")
        _refuse_taken(host, port)
        processes = Processes([_web(host, port), _worker()], self._say)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: processes.stop.set())
        code = processes.run(_once_ready(host, port, self._welcome))
        self._say("Stopped.")
        sys.exit(code)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _welcome(self, address: str) -> None:
        jobs = "Redis" if settings.REDIS_URL else "a folder below DATA_DIR"
        lines = ["", f"Onescreen: {address}", f"Data: {connection.vendor}; jobs: {jobs}. Ctrl-C stops it."]
        if accounts := _demo_accounts():
            lines += ["", f"Demo accounts, password {PASSWORD}:", *accounts]
        if invited := first_link(now=timezone.now()):
            link = f"{address}join/{invited.token}/"
            lines += [
                "",
                "Nobody can log in yet. This link makes the first administrator, once:",
                f"  {link}",
            ]
        self._say("\n".join([*lines, ""]))


def _refuse_taken(host: str, port: int) -> None:
    """The server would share a port with another one that listens there, silently."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port}: {error.strerror}. PORT= picks another."
            ) from error


def _web(host: str, port: int) -> Child:
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--respawn-failed-workers"]
    where = ["--host", host, "--port", str(port), "--workers", "1", "--blocking-threads", THREADS]
    return Child("The web server", [*server, *where, "config.wsgi:application"])


def _worker() -> Child:
    worker = [sys.executable, "-m", "celery", "--quiet", "--app=config", "worker", "--beat"]
    return Child(
        "The worker", [*worker, "--pool=threads", "--concurrency=2", "--loglevel=INFO"], revives=True
    )


def _once_ready(host: str, port: int, welcome: Callable[[str], None]) -> Callable[[], None]:
    """Call `welcome` with the address as soon as the server answers there, once."""
    reached = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 - compared, not bound
    address = f"http://{reached}:{port}/"
    waiting = [True]

    def look() -> None:
        if waiting and _answers(address):
            waiting.clear()
            welcome(address)

    return look


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}healthz", timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _demo_accounts() -> list[str]:
    """A line for each demo account that is there and still has the demo password."""
    # All have the same stored password, and checking one is slow on purpose.
    still_has_it = cache(partial(check_password, PASSWORD))
    users = {user.username: user for user in User.objects.select_related("unit")}
    return [
        f"  {user.username:8} {user} ({user.unit or '-'}, {user.get_role_display()})"
        for account in SHOWN
        if (user := users.get(account.username)) and still_has_it(user.password)
    ]

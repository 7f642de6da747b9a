"""One server process, and a client on one kept-alive connection, as the peers were measured."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[int]:
    """The port of a server of one process, which is stopped at the end."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "1", "--no-ws", "--log-level", "warning", "config.wsgi:application",
    ]  # fmt: skip
    server = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")


class Client:
    """Sends requests one after the other and takes the time to the last byte."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = headers

    def send(self, method: str, address: str, body: str = "") -> tuple[float, bytes]:
        """Milliseconds and the answer. Raises RuntimeError where the answer is not a success."""
        began = time.perf_counter()
        headers = {**self.headers, "Content-Type": "application/json"} if body else self.headers
        self.connection.request(method, address, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{method} {address}: {answer.status} {content[:300]!r}")
        return took, content

    def median(self, address: str, *, times: int = 30, warm: int = 5) -> float:
        for _ in range(warm):
            self.send("GET", address)
        return statistics.median(self.send("GET", address)[0] for _ in range(times))

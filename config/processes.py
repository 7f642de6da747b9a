"""Running the web server and the worker side by side, as one thing that starts and stops together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

PATIENCE = 15.0
"""Seconds a process has for ending by itself before it is killed."""
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
"""Seconds after which a process that ends is no longer thought to fail at its start."""
TICK = 0.2


@dataclass
class Child:
    """A process with all that it starts. Where it `revives`, it is started again when it ends."""

    name: str
    command: Sequence[str]
    revives: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    again_at: float = field(default=0.0, repr=False)

    def start(self) -> None:
        # A group of its own: Ctrl-C reaches the parent alone, and a kill takes its own children along.
        self.process = subprocess.Popen(self.command, start_new_session=True)
        self.started_at = time.monotonic()

    def send(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def bury(self) -> None:
        """End whatever is left of the process and of what it started."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Processes:
    """Children that run until one that does not revive ends, or until `stop` is set."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self.children = children
        self.say = say
        self.stop = Event()

    def run(self, meanwhile: Callable[[], None] = lambda: None) -> int:
        """Start all, watch them, stop all; the exit code is 0, or 1 where one ended that should not.

        `meanwhile` is called again and again between two looks at the children.
        """
        try:
            for child in self.children:
                child.start()
            while not self.stop.wait(TICK):
                meanwhile()
                if [child for child in self.children if not self._is_well(child)]:
                    return 1
            return 0
        finally:
            self._end()

    def _is_well(self, child: Child) -> bool:
        """Whether all may go on: the child runs, or has been or will be started again."""
        now = time.monotonic()
        if child.process is None:
            if now >= child.again_at:
                child.start()
            return True
        code = child.process.poll()
        if code is None:
            return True
        if not child.revives:
            self.say(f"{child.name} ended (code {code}); stopping everything.")
            return False
        child.bury()
        child.pause = 1.0 if now - child.started_at > STEADY_AFTER else min(child.pause * 2, LONGEST_PAUSE)
        child.again_at = now + child.pause
        self.say(f"{child.name} ended (code {code}); starting it again in {child.pause:.0f} s.")
        return True

    def _end(self) -> None:
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while any(child.process and child.process.poll() is None for child in self.children):
            if time.monotonic() > deadline:
                break
            time.sleep(TICK / 2)
        for child in self.children:
            child.bury()

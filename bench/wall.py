"""The wall: what a screen costs that asks twice a minute, with nothing changed and with something changed."""

import statistics
import time

from django.utils import timezone

from accounts.models import User
from bench.lists import median_ms
from bench.report import Figure, Report
from bench.server import Client, serving
from history.models import Change
from screen.wall.kiosk_actions import make_kiosk

ADDRESS = "/wall/pictures/"


def measure(report: Report, manager: User) -> None:
    _kiosk, token = make_kiosk(actor=manager, name="bench", now=timezone.now())
    floor = median_ms(Change.objects.version)
    with serving({}) as port:
        screen = Client(port, {"Cookie": f"wall={token}"})
        changed = screen.median(ADDRESS, times=10, warm=3)
        unchanged = _unchanged(screen)
    floor_is = "asking which change is the newest"
    report.add(Figure("wall refresh, nothing changed (304)", unchanged, "ms", 20, floor, floor_is))
    report.add(
        Figure(
            "wall refresh, something changed", changed, "ms", 400, floor, floor_is, "no budget in the issue"
        )
    )


def _unchanged(screen: Client, *, times: int = 30, warm: int = 5) -> float:
    """The median of the answers that are a 304: the name of the pictures changes every ten minutes at least."""
    taken: list[float] = []
    tag = ""
    while len(taken) < times + warm:
        began = time.perf_counter()
        screen.connection.request("GET", ADDRESS, headers={**screen.headers, "If-None-Match": tag})
        answer = screen.connection.getresponse()
        answer.read()
        took = (time.perf_counter() - began) * 1000
        tag = answer.headers["ETag"]
        if answer.status == 304:
            taken.append(took)
    return statistics.median(taken[warm:])

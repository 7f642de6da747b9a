"""The weak link of a large district: the page counted anew and once more, one kind with its nodes, its block."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Unit, User
from bench.district import analyse
from bench.lists import median_ms, session_of
from bench.report import Figure, Report
from bench.server import Client, serving
from milestones.calendar_table import load_calendar
from milestones.models import Chain
from screen.narrowing import everything
from screen.reckoning.actions import reckon
from screen.weak_link.block import block

_SHAPE = "10,000 projects × 48 nodes"
_DRAWS = 20
"""The forecast is measured elsewhere."""


def measure(report: Report, manager: User) -> None:
    today = timezone.localdate()
    Chain.objects.update(starts_on=today - timedelta(days=900))
    analyse()
    reckon(today, load_calendar(), draws=_DRAWS)
    _pages(report, manager)
    _block(report, manager, today)


def _pages(report: Report, manager: User) -> None:
    with serving({}) as port:
        page = Client(port, {"Cookie": f"sessionid={session_of(manager)}"})
        page.send("GET", "/weak-link/")
        periods = (f"/weak-link/?from=2025-{month:02d}&to=2026-{month:02d}" for month in range(1, 13))
        towns = (f"/weak-link/?town={pk}" for pk in _towns())
        report.add(Figure(f"weak link, page, counted anew, {_SHAPE}", _median(page, periods), "ms", 300))
        report.add(Figure("… of one town, counted anew", _median(page, towns), "ms", 300))
        report.add(Figure("… once more, nothing reckoned since", page.median("/weak-link/"), "ms", 300))
        report.add(
            Figure("… one kind with its evidence", page.median("/weak-link/new_build/eia/"), "ms", 300)
        )
        report.add(Figure("… the nodes of a number", page.median("/weak-link/nodes/?cell=beyond"), "ms", 300))


def _median(page: Client, addresses: Iterator[str]) -> float:
    return sorted(page.send("GET", next(addresses))[0] for _ in range(9))[4]


def _towns() -> list[int]:
    return list(Unit.objects.filter(kind=Unit.Kind.TOWN).values_list("pk", flat=True))


def _block(report: Report, manager: User, today: date) -> None:
    def draw() -> None:
        made = block(manager, everything(today))
        if made is None:
            raise RuntimeError("nothing was reckoned")
        render_to_string(made.template, {"judgement": made})

    draw()
    report.add(Figure("… its block of the one screen", median_ms(draw), "ms", 5))

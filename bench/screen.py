"""The one screen of a large district: the first answer, an unchanged one, its weight, its largest paint."""

import http.client
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import redis

from accounts.models import User
from bench.lists import session_of
from bench.report import Figure, Report
from bench.server import serving
from history.models import Change
from projects.models import Project

TIMES = 15
REDIS = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/15"
"""Where none answers, the first look of a day is left out."""

_SHAPE = "10,000 projects × 48 nodes"
_WORKER = """
import django
django.setup()
from django.utils import timezone
from screen.ahead import count_ahead
count_ahead(timezone.localdate())
"""
_LOADED = re.compile(r'<link rel="stylesheet" href="([^"]+)"|<script[^>]* src="([^"]+)"')


def measure(report: Report, manager: User) -> None:
    """`manager` may see all of the district of ``bench.screen_district``, which is what the database holds."""
    cookie = f"sessionid={session_of(manager)}; csrftoken={'b' * 32}"
    if _answers_redis():
        with serving({"REDIS_URL": REDIS}) as port:
            _morning(report, port, cookie, manager)
    with serving({}) as port:
        _answers(report, port, cookie, manager)
        _weight(report, port, cookie)
        _paint(report, port, cookie)


def _answers_redis() -> bool:
    try:
        return bool(redis.Redis.from_url(REDIS, socket_connect_timeout=1).ping())
    except redis.RedisError:
        return False


def _morning(report: Report, port: int, cookie: str, manager: User) -> None:
    """The first look of a day, for which the worker has counted in the night; where both have one Redis."""

    def night() -> None:
        Change.objects.create(actor=manager, verb=Change.Verb.PROJECT_CHANGED)
        subprocess.run([sys.executable, "-c", _WORKER], check=True, env={**os.environ, "REDIS_URL": REDIS})

    what = f"one screen, first of the day, counted at night, {_SHAPE}"
    report.add(Figure(what, _median(port, cookie, night, times=5), "ms", 150))


def _answers(report: Report, port: int, cookie: str, manager: User) -> None:
    project = Project.objects.earliest("pk")

    def after(verb: Change.Verb, of: Project | None = None) -> Callable[[], object]:
        """What the server keeps of the counts that such a change can move is of no use any more.

        A change of one project lets the others' part of some counts stand, one of no single project none.
        """
        return lambda: Change.objects.create(actor=manager, project=of, verb=verb)

    for what, prepare in (
        ("… nothing counted ahead: all is counted", after(Change.Verb.PROJECT_CHANGED)),
        ("… first after a node was finished", after(Change.Verb.NODE_FINISHED, project)),
        ("… once more in full, nothing has changed", lambda: None),
    ):
        report.add(Figure(what, _median(port, cookie, prepare), "ms", 150))
    tag = _get(port, "/", {"Cookie": cookie})[2]
    unchanged = {"Cookie": cookie, "If-None-Match": tag}
    if _get(port, "/", unchanged)[1]:
        raise RuntimeError("the unchanged page was sent in full")
    taken = [_get(port, "/", unchanged)[0] for _ in range(2 * TIMES)]
    report.add(Figure("… unchanged (304)", statistics.median(taken), "ms", 15))


def _median(port: int, cookie: str, prepare: Callable[[], object], *, times: int = TIMES) -> float:
    taken = []
    for number in range(times + 2):
        prepare()
        took = _get(port, "/", {"Cookie": cookie})[0]
        if number > 1:
            taken.append(took)
    return statistics.median(taken)


def _get(port: int, address: str, headers: dict[str, str]) -> tuple[float, bytes, str]:
    """Milliseconds to the last byte, the content, the entity tag."""
    link = http.client.HTTPConnection("127.0.0.1", port)
    link.connect()
    began = time.perf_counter()
    link.request("GET", address, headers=headers)
    answer = link.getresponse()
    content = answer.read()
    took = (time.perf_counter() - began) * 1000
    link.close()
    if answer.status not in {200, 304}:
        raise RuntimeError(f"{address}: {answer.status}")
    return took, content, answer.headers.get("ETag", "")


def _weight(report: Report, port: int, cookie: str) -> None:
    """Of the page with its scripts and styles, nothing compressed."""
    page = _get(port, "/", {"Cookie": cookie})[1]
    parts = {first or second for first, second in _LOADED.findall(page.decode())}
    total = len(page) + sum(len(_get(port, part, {})[1]) for part in parts)
    report.add(Figure(f"… weight, with {len(parts)} scripts and styles", total / 1000, "kB", 300))


def _paint(report: Report, port: int, cookie: str) -> None:
    """What headless Chromium measures at 1280 × 900; left out where there is none."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        return
    from playwright.sync_api import sync_playwright

    watch = """
        window.paint = 0; window.shift = 0;
        const see = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({type, buffered: true});
        see("largest-contentful-paint", (entry) => { window.paint = entry.startTime; });
        see("layout-shift", (entry) => { window.shift += entry.value; });
    """  # noqa: E501 - a script
    with sync_playwright() as chromium:
        opened = chromium.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        pages = opened.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        pages.add_cookies(
            [
                {"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}
                for name, value in (one.split("=") for one in cookie.split("; "))
            ]
        )
        paints, shifts = [], []
        for _ in range(5):
            page = pages.new_page()
            page.add_init_script(watch)
            page.goto(f"http://127.0.0.1:{port}/", wait_until="networkidle")
            paints.append(page.evaluate("window.paint") / 1000)
            shifts.append(page.evaluate("window.shift"))
            page.close()
        opened.close()
    report.add(Figure("… largest paint in Chromium, median of 5", statistics.median(paints), "s", 1.0))
    report.add(Figure("… layout shift in Chromium, worst of 5", max(shifts), "", 0))

"""A real log of building permits as chains: how long its steps took, by our code and by another that shares nothing."""

import csv
import gzip
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import permits
from domain.survival import Curve
from domain.weak_link import Cell
from domain.workdays import WorkCalendar
from screen.narrowing import everything
from screen.reckoning.actions import reckon
from screen.weak_link.queries import Division, link_name, links, part_of
from tests.make import make_user

pytestmark = pytest.mark.django_db

CASES = 300


@pytest.fixture(scope="module")
def log(shared_data: Path) -> Path:
    path = shared_data / permits.LOG
    if not path.is_file():
        pytest.skip(f"{permits.LOG} is not there")
    return path


def by_hand(path: Path, until: date, kinds: set[str]) -> dict[str, list[tuple[int, bool]]]:
    """Working days of each step and whether it had ended by `until`, read with nothing of ours."""
    cases: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(csv.reader(file)):
            if number:
                cases[line[0]].append((line[4], number, line[1]))
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for events in list(cases.values())[:CASES]:
        events.sort()
        done: set[str] = set()
        for (_before, _n, _name), (moment, _number, name) in zip([events[0], *events], events, strict=False):
            began, ended = np.datetime64(_before[:10]), np.datetime64(moment[:10])
            if name not in done and name in kinds and began <= np.datetime64(until):
                over = bool(ended <= np.datetime64(until))
                last = ended if over else np.datetime64(until)
                found[name].append((int(np.busday_count(began + 1, last + 1)), over))
            done.add(name)
    return found


def redistributed(seen: list[tuple[int, bool]]) -> dict[int, float]:
    """The weight of each length by Efron's redistribution to the right; what is left stays with the longest."""
    ordered = sorted(seen, key=lambda one: (one[0], not one[1]))
    weights = [1 / len(ordered)] * len(ordered)
    for place, (_days, ended) in enumerate(ordered[:-1]):
        if not ended:
            for later in range(place + 1, len(ordered)):
                weights[later] += weights[place] / (len(ordered) - place - 1)
            weights[place] = 0
    of: dict[int, float] = defaultdict(float)
    for (days, _ended), weight in zip(ordered, weights, strict=True):
        of[days] += weight
    return of


def quantile(seen: list[tuple[int, bool]], share: float) -> int | None:
    """The first length at which so much weight has ended."""
    ended = {days for days, over in seen if over}
    weights = redistributed(seen)
    longest = max(seen, key=lambda one: (one[0], not one[1]))
    if not longest[1]:
        weights[longest[0]] -= _left(seen)
    total = 0.0
    for days in sorted(weights):
        total += weights[days]
        if days in ended and total >= share - 1e-9:
            return days
    return None


def _left(seen: list[tuple[int, bool]]) -> float:
    """The weight that is never seen to end: that of the longest, where it has not ended."""
    ordered = sorted(seen, key=lambda one: (one[0], not one[1]))
    share = 1.0
    for place, (_days, ended) in enumerate(ordered):
        if ended:
            share -= share / (len(ordered) - place)
    return share


@pytest.mark.parametrize(
    "until", [date(2015, 12, 31), date(2014, 10, 15)], ids=["at the end", "in the middle"]
)
def test_the_durations_of_a_real_log_agree_with_other_code(log: Path, until: date) -> None:
    taken = permits.build(permits.read_steps(log, cases=CASES))
    reckon(until, WorkCalendar(), draws=5)
    part: Any = part_of(make_user(), everything(until))
    ours = {
        link_name(part, Division.KIND, link).partition("/")[2]: link for link in links(part, Division.KIND)
    }
    theirs = by_hand(log, until, set(taken))

    assert len(taken) > 50
    assert {name for name, link in ours.items() if link.counts[Cell.SAMPLE]} == theirs.keys()
    for name, seen in theirs.items():
        curve: Curve = ours[name].curve
        mean = sum(days * weight for days, weight in redistributed(seen).items())
        assert (curve.observations, curve.ends) == (len(seen), sum(over for _, over in seen)), name
        assert (curve.median, curve.quantile(0.8)) == (quantile(seen, 0.5), quantile(seen, 0.8)), name
        assert curve.mean() == pytest.approx(mean), name
    assert any(link.counts[Cell.OPEN] for link in ours.values()) == (until.year == 2014)

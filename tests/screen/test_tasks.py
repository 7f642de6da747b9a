"""The nightly reckoning, by the worker, by command and after an import."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from history.models import Change
from ledger.sweeping import queue_sweep_and_reckoning
from screen import board
from screen.board import Board, board_of
from screen.models import Reckoning
from screen.tasks import reckon_today
from tests.make import MONDAY, make_nodes
from tests.pages import client_of
from tests.screen.small_district import make_small_district

pytestmark = pytest.mark.django_db


def test_the_worker_reckons_every_night_as_of_the_day() -> None:
    make_nodes(starts_on=MONDAY)
    planned = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]

    reckon_today()

    kept = Reckoning.objects.get()
    assert planned.count(reckon_today.name) == 1
    assert (kept.day, kept.projects, kept.nodes) == (timezone.localdate(), 1, 3)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_who_looks_first_in_the_morning_finds_the_district_counted(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = make_small_district()
    reckon_today()
    counted = list[object]()

    def count(*asked: Any) -> Board:
        counted.append(asked)
        return board_of(*asked)

    monkeypatch.setattr(board, "board_of", count)

    client_of(leader, language=language).get("/")
    assert counted == []
    Change.objects.create(actor=leader, verb=Change.Verb.PROJECT_CHANGED)
    client_of(leader, language=language).get("/")
    assert len(counted) == 1


def test_in_the_day_only_what_has_changed_is_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    leader = make_small_district()
    reckon_today()
    counted = list[object]()

    def count(_nodes: object, parts: object) -> dict[int, object]:
        counted.append(parts)
        return {}

    monkeypatch.setattr("screen.queries._states", count)

    Change.objects.create(actor=leader, verb=Change.Verb.INVESTMENT_RECORDED)
    client_of(leader).get("/")
    assert counted == []
    Change.objects.create(actor=leader, verb=Change.Verb.PROJECT_CHANGED)
    client_of(leader).get("/")
    assert counted == [None]


def test_reckoning_twice_on_a_day_keeps_one() -> None:
    make_nodes(starts_on=MONDAY)
    reckon_today()
    make_nodes(starts_on=MONDAY)
    reckon_today()

    assert [kept.projects for kept in Reckoning.objects.all()] == [2]


def test_only_the_newest_keeps_how_long_each_node_took() -> None:
    make_nodes(starts_on=MONDAY)
    today = timezone.localdate()
    out = StringIO()
    call_command("reckon", day=today - timedelta(days=7), stdout=out)
    call_command("reckon", stdout=out)
    call_command("reckon", day=today - timedelta(days=3), stdout=out)

    assert [bool(kept.spans) for kept in Reckoning.objects.order_by("-day")] == [True, False, False]
    assert all(Reckoning.objects.values_list("outlooks", flat=True))
    assert out.getvalue().splitlines()[-1].startswith("reckoned 1 projects, ")


def test_a_day_that_has_not_come_is_not_reckoned() -> None:
    with pytest.raises(CommandError, match="has not come yet"):
        call_command("reckon", day=timezone.localdate() + timedelta(days=1))


def test_after_an_import_a_worker_reckons(monkeypatch: pytest.MonkeyPatch) -> None:
    queued = list[str]()
    monkeypatch.setattr("ledger.sweeping.flag_overdue.delay", lambda: queued.append("flags"))
    monkeypatch.setattr("ledger.sweeping.reckon_today.delay", lambda: queued.append("reckoning"))

    assert queue_sweep_and_reckoning()
    assert queued == ["flags", "reckoning"]


def test_a_reckoning_that_fails_half_way_leaves_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    make_nodes(starts_on=MONDAY)
    reckon_today()
    before = Reckoning.objects.get()

    def killed(*_arguments: object, **_more: object) -> None:
        raise SystemExit

    monkeypatch.setattr("screen.reckoning.actions.outlooks_of", killed)
    with pytest.raises(SystemExit):
        reckon_today()

    kept = Reckoning.objects.get()
    assert (kept.made_at, bytes(kept.spans or b"")) == (before.made_at, bytes(before.spans or b""))

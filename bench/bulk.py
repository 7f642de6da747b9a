"""A hundred rows of a list moved at once, each with all that follow: looked at, and carried out."""

import time

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bench.report import Figure, Report
from domain.lifecycle import Status
from milestones.actions import Picked, Rehearsal, ShiftDates, carry_out, rehearse
from milestones.models import Node

ROWS = 100
BUDGET = 3.0
"""Seconds: who has confirmed a hundred rows waits for no longer."""


def measure(report: Report, manager: User) -> None:
    """In ``ROWS`` projects of the built-in chain, once each; what is done is undone."""
    running = Node.objects.filter(status=Status.RUNNING, template_node__template__code="new_build")
    first = running.order_by("project_id", "pk").distinct("project_id")[:ROWS]
    picked = [Picked(pk, version) for pk, version in first.values_list("pk", "version")]
    work = ShiftDates("enterprise", days=5, following=True)
    began = time.perf_counter()
    rehearsal = rehearse(work, picked, actor=manager, today=timezone.localdate())
    looked_at = time.perf_counter() - began
    dates = sum(len(row.moved) for row in rehearsal.done)
    if len(rehearsal.done) != ROWS:
        raise RuntimeError(f"{len(rehearsal.done)} rows can be moved, not {ROWS}")
    report.add(Figure(f"{ROWS} rows, {dates} dates: what moving them would do", looked_at, "s", BUDGET))
    report.add(
        Figure("… moved, with the history", _carried_out(work, picked, manager, rehearsal), "s", BUDGET)
    )


def _carried_out(work: ShiftDates, picked: list[Picked], manager: User, rehearsal: Rehearsal) -> float:
    began = time.perf_counter()
    with transaction.atomic():
        carry_out(work, picked, actor=manager, today=timezone.localdate(), seen=rehearsal.fingerprint)
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took

"""Reckoning: the worker's own work, of which nothing is entered by anybody."""

from datetime import date
from time import perf_counter

from django.db import transaction
from django.utils import timezone

from domain.workdays import WorkCalendar
from screen.forecast.outlooks import DRAWS, outlooks_of
from screen.models import Reckoning
from screen.reckoning.columns import pack
from screen.reckoning.facts import read_facts
from screen.reckoning.spans import spans_of


def reckon(today: date, calendar: WorkCalendar, *, draws: int = DRAWS) -> Reckoning:
    """Reckon all chains as known at the end of `today`; takes the place of an earlier reckoning of the same day.

    It is kept in one short transaction at the end: until then, and whatever happens before, the last one stands. The
    spans of earlier days are given up, their forecasts stay.
    """
    began = perf_counter()
    facts = read_facts(today, calendar)
    spans = spans_of(facts)
    outlooks = outlooks_of(facts, spans, draws=draws)
    packed: dict[str, bytes | None] = {"spans": pack(spans), "outlooks": pack(outlooks)}
    with transaction.atomic():
        newest = not Reckoning.objects.filter(day__gt=today).exists()
        if newest:
            Reckoning.objects.filter(day__lt=today, spans__isnull=False).update(spans=None)
        else:
            packed["spans"] = None
        reckoning, _made = Reckoning.objects.update_or_create(
            day=today,
            defaults={
                **packed, "made_at": timezone.now(), "seconds": perf_counter() - began,
                "projects": sum(len(batch.projects) for batch in facts.batches), "nodes": len(spans),
            },
        )  # fmt: skip
    return reckoning

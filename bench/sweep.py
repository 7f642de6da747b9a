"""The sweep: 10,000 nodes flagged the first time, nothing to do the second."""

import time

from django.db import connection
from django.utils import timezone

from bench.lists import median_ms
from bench.report import Figure, Report
from milestones.actions import sweep_overdue
from milestones.calendar_table import load_calendar
from milestones.models import OverdueFlag


def measure(report: Report) -> None:
    today, calendar = timezone.localdate(), load_calendar()
    began = time.perf_counter()
    raised = sweep_overdue(today, calendar).raised
    first = time.perf_counter() - began
    if raised < 9_900:
        raise RuntimeError(f"the sweep flagged {raised} nodes, not ten thousand")
    idle = median_ms(lambda: sweep_overdue(today, calendar))
    report.add(
        Figure(
            f"first sweep, {raised} nodes flagged",
            first,
            "s",
            1,
            _insert_by_sql(),
            "the rows by raw SQL",
            "Healthchecks 35.8",
        )
    )
    report.add(
        Figure(
            "idle sweep",
            idle,
            "ms",
            20,
            median_ms(_count_by_sql),
            "counting the overdue",
            "Healthchecks 1.3 (no clearing)",
        )
    )


def _insert_by_sql() -> float:
    """Seconds to write as many rows into an empty table of the same shape."""
    table = OverdueFlag._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bare (LIKE {table} INCLUDING ALL)")
        began = time.perf_counter()
        cursor.execute(f"INSERT INTO bare SELECT * FROM {table}")
        took = time.perf_counter() - began
        cursor.execute("DROP TABLE bare")
    return took


def _count_by_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM milestones_node WHERE status IN ('waiting', 'running') AND deadline_on < CURRENT_DATE"
        )
        cursor.fetchall()

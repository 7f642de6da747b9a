"""The light in SQL is the light in Python, for any calendar and any date."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.lifecycle import Status
from domain.lights import Light, LightRule
from domain.workdays import WorkCalendar
from milestones.models import Node
from tests.make import make_nodes, make_template

FIRST = date(2026, 1, 1)
near_days = st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n))
calendars = st.dictionaries(near_days, st.booleans(), max_size=40).map(WorkCalendar)
days = st.none() | near_days
facts = st.tuples(st.sampled_from(Status), days, days, st.none() | st.integers(0, 40))


def write(node: Node, status: Status, due_on: date | None, limit_on: date | None, limit: int | None) -> None:
    """The facts as they are, whatever the constraints want beside them."""
    Node.objects.filter(pk=node.pk).update(
        status=status, due_on=due_on, limit_on=limit_on, limit=limit,
        started_on=FIRST if status in {Status.RUNNING, Status.HELD} else None,
        finished_on=FIRST if status == Status.DONE else None,
        held_on=FIRST if status == Status.HELD else None,
        waived_reason="企业无需求" if status == Status.WAIVED else "",
    )  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calendar=calendars, today=near_days, many=st.lists(facts, min_size=8, max_size=8))
def test_sql_and_python_agree_on_every_light(
    calendar: WorkCalendar, today: date, many: list[tuple[Status, date | None, date | None, int | None]]
) -> None:
    if not Node.objects.exists():
        make_nodes(make_template(*"abcdefgh", edges=()))
    rule = LightRule.on(today, calendar)
    for node, fact in zip(Node.objects.order_by("pk"), many, strict=True):
        write(node, *fact)

    in_sql = dict(Node.objects.with_light(rule).values_list("pk", "light"))  # type: ignore[misc, unused-ignore]
    found = {light: set(Node.objects.in_light(light, rule).values_list("pk", flat=True)) for light in Light}

    for node in Node.objects.all():
        light = rule.light(Status(node.status), node.due_on, node.limit_on, node.limit)
        assert in_sql[node.pk] == light
        assert [name for name, pks in found.items() if node.pk in pks] == [light]
        assert (light == Light.RED) == rule.is_overdue(Status(node.status), node.due_on, node.limit_on)

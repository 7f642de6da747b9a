"""What a ledger records of nodes that have a history of their own."""

from datetime import date

import pytest

from milestones.actions import hold_node, start_node
from milestones.bulk_actions import Recorded, record_nodes
from tests.make import make_node, make_user

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, TODAY = date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 30)


def test_an_approval_clock_that_a_ledger_lets_begin_on_another_day_keeps_its_holds() -> None:
    boss, node = make_user(), make_node(limit=10)
    node.template_node.clock = "government"
    node.template_node.save()
    start_node(node, actor=boss, on=MONDAY, today=TODAY)
    hold_node(node, actor=boss, on=date(2026, 6, 8), until=date(2026, 6, 11), today=TODAY, reason="补正")
    node.refresh_from_db()
    assert node.limit_on == date(2026, 6, 18)

    said = {node.project_id: {node.template_node_id: Recorded(started_on=TUESDAY)}}
    record_nodes(said, actor=boss, today=TODAY)

    node.refresh_from_db()
    assert (node.started_on, node.limit_on) == (TUESDAY, date(2026, 6, 19))

"""Changing nodes: each success, each refusal."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from domain.errors import InputError, RuleError, StaleError
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import finish_node, lay_chain, reopen_node, start_node, waive_node
from milestones.models import Node
from tests.make import FRIDAY, MONDAY, make_node, make_nodes, make_project, make_template, make_unit, make_user

pytestmark = pytest.mark.django_db


def test_a_node_waits_for_the_one_before_it() -> None:
    nodes = make_nodes()

    with pytest.raises(RuleError, match="“节点b” cannot be started before “节点a” is done"):
        start_node(nodes["b"], actor=make_user(), on=FRIDAY, today=FRIDAY)

    assert Node.objects.get(pk=nodes["b"].pk).status == Status.WAITING
    assert not Change.objects.filter(node=nodes["b"]).exists()

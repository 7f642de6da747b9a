"""An open issue is shown wherever the node is shown that it blocks, and lists answer "overdue because of"."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit, User
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.workdays import WorkCalendar
from history.models import Change
from issues.actions import assign_issue, change_issue, note_issue
from issues.models import Issue
from milestones.actions import relay_chain
from milestones.filters import NodeFilter
from milestones.models import Chain, Node
from milestones.obstacles import source
from milestones.project_page.timeline import entries
from milestones.queries import node_rows
from tests.make import (
    FRIDAY,
    MONDAY,
    make_category,
    make_choosy_template,
    make_issue,
    make_node,
    make_nodes,
    make_project,
    make_unit,
    make_user,
)
from tests.pages import client_of, text_of
from tests.rest import api

pytestmark = pytest.mark.django_db

RULE = LightRule.on(date(2026, 3, 9), WorkCalendar())


def late_node(**fields: Any) -> Node:
    return make_node(status=Status.RUNNING, due_on=MONDAY, **fields)


def blocked_node(**issue: Any) -> tuple[Node, Issue]:
    node = late_node()
    return node, make_issue(node.project, nodes=[node], **issue)


def test_a_row_names_the_open_issues_that_block_it_and_whose_turn_it_is() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    node, issue = blocked_node(title="开闭所未建", lead_unit=power, due_on=MONDAY)

    (row,) = node_rows([node], RULE)

    (obstacle,) = row.obstacles
    assert (obstacle.number, obstacle.title, obstacle.unit) == (issue.number, "开闭所未建", "供电公司")
    assert obstacle.is_late
    assert obstacle.url == issue.get_absolute_url()


def test_a_closed_issue_blocks_nothing() -> None:
    node, _issue = blocked_node(status="closed")
    assert node_rows([node], RULE)[0].obstacles == ()
    assert not Node.objects.filter(pk=node.pk).blocked().exists()


def test_a_closed_node_does_not_ask_what_blocks_it() -> None:
    node, _issue = blocked_node()
    Node.objects.filter(pk=node.pk).update(status=Status.DONE, finished_on=MONDAY)
    assert node_rows([node], RULE)[0].obstacles == ()


@pytest.mark.parametrize("nodes", [1, 5])
def test_rows_ask_as_often_for_five_blocked_nodes_as_for_one(nodes: int) -> None:
    found = [blocked_node()[0] for _ in range(nodes)]
    node_rows(found, RULE)  # what is remembered of their templates
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rows = node_rows(Node.objects.filter(pk__in=[node.pk for node in found]), RULE)
    assert len(rows) == nodes
    assert len(asked) <= 4


def test_lists_are_narrowed_to_what_an_issue_of_a_category_and_a_unit_blocks() -> None:
    power, water = (make_unit(kind=Unit.Kind.DEPARTMENT) for _ in range(2))
    by_power, _ = blocked_node(lead_unit=power)
    by_water, issue = blocked_node(lead_unit=water, category=make_category("utilities"))
    free = late_node()
    # The same node, led by the power company, but for another reason.
    assign_issue(
        make_issue(by_water.project, nodes=[by_water], category=make_category("land")),
        actor=make_user(), lead_unit=power, due_on=FRIDAY, today=MONDAY,
    )  # fmt: skip

    def found(asked: str) -> set[int]:
        narrowed = NodeFilter(QueryDict(asked), queryset=Node.objects.all(), rule=RULE)
        assert narrowed.form.is_valid()
        return set(narrowed.qs.values_list("pk", flat=True))

    assert found("blocked=true") == {by_power.pk, by_water.pk}
    assert found("blocked=false") == {free.pk}
    assert found("issue_category=power") == {by_power.pk}
    assert found(f"issue_unit={power.pk}") == {by_power.pk, by_water.pk}
    assert found(f"issue_unit={power.pk}&issue_category=utilities") == set()
    assert found(f"issue_unit={water.pk}&issue_category=utilities") == {by_water.pk}
    assert issue.category.code == "utilities"


def test_overdue_because_of_counts_each_blocked_node_once() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    node, _ = blocked_node(lead_unit=power)
    make_issue(node.project, nodes=[node], lead_unit=power)
    blocked_node(category=make_category("land"))
    late_node()

    because = source().because(Node.objects.overdue(RULE))

    assert (because.nodes, because.blocked) == (3, 2)
    assert [(share.key, share.nodes) for share in because.categories] == [("land", 1), ("power", 1)]
    assert [(share.label, share.nodes) for share in because.units] == [
        ("not assigned yet", 1),
        ("供电公司", 1),
    ]


def test_the_overdue_list_says_what_blocks_and_how_many_are_blocked() -> None:
    node, issue = blocked_node(title="外线未架设")
    Node.objects.filter(pk=node.pk).update(due_on=date(2020, 1, 1))
    client = client_of(make_user())

    assert f"{issue.number} 外线未架设" in text_of(client.get("/overdue/"))
    lists = client.get("/overdue/lists/")
    assert "1 of 1 is blocked by an issue" in text_of(lists)
    assert "issue_category=power" in lists.content.decode()
    assert "1 node is overdue" in text_of(client.get("/overdue/?issue_category=power"))
    assert client.get("/overdue/?issue_category=nonsense").status_code == 200  # told at its field
    assert client.get("/overdue/export/?issue_category=nonsense").status_code == 400


def test_the_interface_says_what_blocks_a_node() -> None:
    node, issue = blocked_node()
    row = api(make_user()).get(f"/api/v1/nodes/{node.pk}/").json()
    assert [one["number"] for one in row["issues"]] == [issue.number]
    assert row["issues"][0]["url"] == f"/issues/{issue.pk}/"


def test_the_page_of_a_project_its_map_and_the_panel_of_the_node_say_it() -> None:
    nodes = make_nodes(starts_on=MONDAY, a=MONDAY)
    project = nodes["a"].project
    issue = make_issue(project, nodes=[nodes["a"]], title="外线未架设")
    client = client_of(make_user())

    page = client.get(f"/projects/{project.pk}/")
    assert f"blocked by issue {issue.number} 外线未架设" in page.content.decode()
    assert 'class="issue"' in page.content.decode()
    assert f"{issue.number} 外线未架设" in text_of(page)
    assert f"/projects/{project.pk}/issues/new/" in page.content.decode()
    panel = client.get(f"/nodes/{nodes['a'].pk}/")
    assert f"{issue.number} 外线未架设" in text_of(panel)
    assert f"/projects/{project.pk}/issues/new/?node={nodes['a'].pk}" in panel.content.decode()


def test_a_leader_is_not_offered_to_raise_one() -> None:
    project = make_project()
    page = client_of(make_user(User.Role.LEADER)).get(f"/projects/{project.pk}/").content.decode()
    assert "issues/new/" not in page
    assert "/enterprise/" not in page


def test_a_node_that_an_issue_speaks_of_stays_on_record_when_the_chain_drops_it() -> None:
    old = make_choosy_template()
    project = make_project()
    nodes = make_nodes(old, project=project, starts_on=MONDAY)
    make_issue(project, nodes=[nodes["c"]])
    new = make_choosy_template("f")

    relay_chain(project, new, actor=make_user(), conditions={"basement"}, today=MONDAY, note="有地下室")

    assert Node.objects.get(pk=nodes["c"].pk).status == Status.WAIVED
    assert Chain.objects.get(project=project).template == new


def test_every_step_of_an_issue_is_a_sentence_of_the_history() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    node, issue = blocked_node(lead_unit=power, due_on=FRIDAY)
    note_issue(issue, actor=make_user(), text="已勘察")
    change_issue(issue, actor=make_user(), nodes=[])

    changes = (
        Change.objects.filter(project=node.project).select_related("actor", "issue", "node").order_by("pk")
    )
    said = [entry.said for entry in entries(changes, RULE, lambda pk: f"/nodes/{pk}/")]

    link = f'<a href="/issues/{issue.pk}/">{issue.number}</a>'
    assert said == [
        f"raised issue {link}, it blocks 节点only",
        f"assigned issue {link} to 供电公司, due 6 Mar",
        f"noted progress of issue {link}",
        f"changed issue {link}",
    ]


def test_the_history_escapes_what_people_wrote() -> None:
    power = make_unit("<b>供电</b>", kind=Unit.Kind.DEPARTMENT)
    issue = make_issue(lead_unit=power)
    changes = Change.objects.filter(issue=issue).select_related("actor", "issue", "node")
    assert all("<b>" not in entry.said for entry in entries(changes, RULE))


def test_my_work_says_how_many_issues_wait() -> None:
    power = make_unit(kind=Unit.Kind.DEPARTMENT)
    make_issue(lead_unit=power)
    manager = make_user(unit=power)
    assert source().waiting_for(manager) == (1, "/issues/inbox/")
    assert "1 issue or slip waits" in text_of(client_of(manager).get("/my/"))

"""One chain whole: the project's page, the forward view of one and of all, one finish with its effect.

On 10,000 further projects of 48 nodes, each with a chain of the built-in kind ``new_build`` about half way.
"""

import json
import statistics
import time
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client as TestClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.authtoken.models import Token

from accounts.models import User
from bench import district
from bench.lists import finish_by_sql, median_ms, session_of
from bench.report import Figure, Report
from bench.server import Client, serving
from domain.chains import EdgeKind, EdgeSpec, activities
from domain.lifecycle import Status
from domain.lights import LightRule
from domain.schedule import Activity, plan
from domain.workdays import WorkCalendar
from history.bulk_actions import insert_rows
from milestones.actions import finish_node
from milestones.calendar_table import load_calendar
from milestones.chain_states import chain_state, chain_states
from milestones.laying import Layout, layout
from milestones.models import Chain, ChainTemplate, Hold, Node, TemplateEdge
from projects.models import Project

PROJECTS, NODES = 10_000, 48
FACTS = frozenset({"fire_review", "civil_defence", "public_notice", "safety_review"})
COLUMNS = (
    "project_id", "template_node_id", "unit_id", "status", "baseline_on", "due_on", "limit_on", "limit",
    "started_on", "start_entered_on", "held_on", "finished_on", "finish_entered_on", "waived_reason", "version",
)  # fmt: skip


def measure(report: Report, manager: User) -> None:
    today = timezone.localdate()
    rule = LightRule.on(today, load_calendar())
    pks = build(today, rule.calendar, manager)
    district.analyse()
    state = chain_state(pks[0])
    if state is None or len(state.nodes) != NODES:
        raise RuntimeError("the chain that is measured has not 48 nodes")
    planned = _activities(state.chain.template)
    report.add(
        Figure("forward view of one chain of 48, without the database", median_ms(lambda: state.outlook(rule), 60),
               "ms", 3, median_ms(lambda: plan(planned), 60), "the critical path method alone")
    )  # fmt: skip
    began = time.perf_counter()
    ends = [found.outlook(rule).finishes_on for found in chain_states(pks)]
    took = time.perf_counter() - began
    if len(ends) != PROJECTS or None in ends:
        raise RuntimeError(f"{len(ends)} chains have a forward view, not ten thousand")
    report.add(
        Figure("forward view of all 10,000 chains", took, "s", 20, _read_by_sql(pks),
               "reading their 480,000 nodes by raw SQL")
    )  # fmt: skip
    report.add(
        Figure("finish_node and the forward view after it", _finish_here(manager, pks, rule), "ms", 30,
               finish_by_sql(), "UPDATE + INSERT by raw SQL")
    )  # fmt: skip
    _measure_pages(report, manager, pks)


def build(today: date, calendar: WorkCalendar, manager: User) -> list[int]:
    """The projects with their chains, each at one of twenty places; their numbers."""
    call_command("publish_templates", verbosity=0, stdout=StringIO())
    template = ChainTemplate.objects.newest("new_build")
    if template is None:
        raise RuntimeError("there is no built-in chain")
    drawn = layout(template.pk, FACTS)
    first = Project.objects.first()
    if first is None:
        raise RuntimeError("the district of the lists comes first")
    projects = Project.objects.bulk_create(
        Project(
            name=f"整链项目{n:05d}", enterprise=f"企业{n % 3000:04d}", kind=Project.Kind.NEW_BUILD,
            town_id=first.town_id, department_id=first.department_id, liaison_id=first.liaison_id,
            investment=1000 + n, land_mu=50, sector="智能制造",
        )
        for n in range(PROJECTS)
    )  # fmt: skip
    pks = [project.pk for project in projects]
    length = drawn.schedule.length
    places = [_place(drawn, calendar, today, elapsed=length * (place + 5) // 30) for place in range(20)]
    with transaction.atomic():
        Chain.objects.bulk_create(
            [
                Chain(project_id=pk, template=template, starts_on=places[n % 20][0], conditions=sorted(FACTS))
                for n, pk in enumerate(pks)
            ],
            batch_size=2000,
        )
        insert_rows(Node, COLUMNS, _rows(pks, places, first.town_id))
        held = Node.objects.filter(project__in=pks, status=Status.HELD)
        Hold.objects.bulk_create(
            [
                Hold(node_id=pk, held_on=since, reason="专家评审", held_by=manager)
                for pk, since in held.values_list("pk", "held_on")
                if since
            ],
            batch_size=2000,
        )
    return pks


def _place(
    drawn: Layout, calendar: WorkCalendar, today: date, *, elapsed: int
) -> tuple[date, list[list[Any]]]:
    """A chain that began `elapsed` working days ago; its nodes without their project."""
    start = calendar.add(today, -elapsed)
    rows = []
    for number, step in enumerate(drawn.steps):
        slot = drawn.schedule.slots[step.code]
        due = calendar.add(start, slot.earliest_finish)
        began, ended, held = None, None, None
        status = Status.WAITING
        if slot.earliest_finish <= elapsed:
            status, ended = Status.DONE, due
        elif slot.earliest_start < elapsed:
            status = Status.HELD if number % 7 == 0 else Status.RUNNING
        if status != Status.WAITING:
            began = calendar.add(start, slot.earliest_start)
        if status == Status.HELD:
            held = calendar.add(today, -1)
        limit_on = due if step.limit and status == Status.RUNNING else None
        rows.append(
            [step.pk, status, due, due, limit_on, step.limit, began, began, held, ended, ended, "", 1]
        )
    return start, rows


def _rows(pks: list[int], places: list[tuple[date, list[list[Any]]]], unit: int) -> Iterator[list[Any]]:
    for n, pk in enumerate(pks):
        for step, *row in places[n % 20][1]:
            yield [pk, step, unit, *row]


def _activities(template: ChainTemplate) -> list[Activity]:
    steps = layout(template.pk, FACTS).steps
    edges = TemplateEdge.objects.filter(target__template=template).order_by("pk")
    columns = edges.values_list("source__code", "target__code", "kind", "group")
    return activities(
        steps, [EdgeSpec(source, target, EdgeKind(kind), group) for source, target, kind, group in columns]
    )


def _read_by_sql(pks: list[int]) -> float:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT project_id, id, template_node_id, status, baseline_on, limit_on, started_on, finished_on "
            "FROM milestones_node WHERE project_id >= %s",
            [min(pks)],
        )
        cursor.fetchall()
    return time.perf_counter() - began


def _finish_here(manager: User, pks: list[int], rule: LightRule) -> float:
    """The median of thirty finishes, each with the forward view after it, without HTTP and its answer."""
    running = Node.objects.filter(project__in=pks[1000:2000], status=Status.RUNNING).order_by("project_id")
    nodes = list({node.project_id: node for node in running}.values())[:33]
    taken = []
    for node in nodes:
        began = time.perf_counter()
        finish_node(node, actor=manager, on=rule.today, today=rule.today)
        state = chain_state(node.project_id)
        if state is None or state.outlook(rule).finishes_on is None:
            raise RuntimeError("a finish left nothing ahead")
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[3:])


def _measure_pages(report: Report, manager: User, pks: list[int]) -> None:
    address = f"/projects/{pks[5]}/"
    token, _ = Token.objects.get_or_create(user=manager)
    with serving({}) as port:
        page = Client(port, {"Cookie": f"sessionid={session_of(manager)}"})
        api = Client(port, {"Authorization": f"Token {token.key}"})
        floor = median_ms(lambda: _project_by_sql(pks[5]))
        report.add(
            Figure("project page, 48 nodes, map and Gantt", page.median(address), "ms", 120, floor,
                   "its nodes and history by raw SQL")
        )  # fmt: skip
        report.add(
            Figure("one finish with its effect on the forward view, API", _finish(api, pks), "ms", 30,
                   finish_by_sql(), "UPDATE + INSERT by raw SQL", "Kanboard 22, Plane 47, Redmine 55–93")
        )  # fmt: skip
    report.add(Figure("queries of the project page", _queries(manager, address), "", 12))


def _project_by_sql(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM milestones_node WHERE project_id = %s", [pk])
        cursor.fetchall()
        cursor.execute("SELECT * FROM history_change WHERE project_id = %s ORDER BY id DESC LIMIT 50", [pk])
        cursor.fetchall()


def _finish(api: Client, pks: list[int]) -> float:
    """The median of thirty nodes of as many projects, after three that are not counted."""
    running = Node.objects.filter(project__in=pks[100:1000], status=Status.RUNNING).order_by(
        "project_id", "pk"
    )
    keys = list(dict(running.values_list("project_id", "pk")).values())[:33]
    taken = []
    for key in keys:
        took, answer = api.send("POST", f"/api/v1/nodes/{key}/finish/", "{}")
        if "outlook" not in json.loads(answer):
            raise RuntimeError("the answer says nothing of the forward view")
        taken.append(took)
    return statistics.median(taken[3:])


def _queries(manager: User, address: str) -> int:
    """How many queries the second opening takes, those of the session included."""
    client = TestClient(headers={"host": "127.0.0.1"})
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    return len(caught)

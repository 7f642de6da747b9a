"""The race of 20 towns and 20 departments over 10,000 projects × 48 nodes, on the district of the one screen.

What fell due in the quarter is a good part of all nodes; of some thousand of them another was open before.
"""

from django.db import connection
from django.utils import timezone
from rest_framework.authtoken.models import Token

from accounts.models import Unit, User
from bench.district import analyse
from bench.lists import median_ms, session_of
from bench.report import Figure, Report
from bench.server import Client, serving
from domain.lights import LightRule
from domain.race import Board
from milestones.calendar_table import load_calendar
from screen.race.periods import RacePeriod, preset_period
from screen.race.queries import race_of

BUDGET = 500

DUE_BY_SQL = """
    SELECT unit_id, count(*), count(*) FILTER (WHERE status = 'done' AND finished_on <= deadline_on)
    FROM milestones_node WHERE deadline_on BETWEEN %(first)s AND %(last)s AND status NOT IN ('waived', 'held')
    GROUP BY unit_id
"""


def build(period: RacePeriod) -> None:
    """Of some nodes of the quarter the finish came late, or the entry of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE milestones_node SET finished_on = least(deadline_on + 3, %(last)s),"
            " finish_entered_on = least(deadline_on + 14, %(last)s)"
            " WHERE status = 'done' AND id %% 9 = 0 AND deadline_on BETWEEN %(first)s AND %(last)s",
            {"first": period.first, "last": period.until},
        )
        # Half of the nodes are the towns', so that both boards have rows.
        cursor.execute(
            "UPDATE milestones_node SET unit_id = project.town_id FROM projects_project project"
            " WHERE project.id = project_id AND milestones_node.id % 2 = 0"
        )


def measure(report: Report, manager: User) -> None:
    day = timezone.localdate()
    period, rule = preset_period("quarter", day), LightRule.on(day, load_calendar())
    build(period)
    analyse()

    def due_by_sql() -> None:
        with connection.cursor() as cursor:
            cursor.execute(DUE_BY_SQL, {"first": period.first, "last": period.until})
            cursor.fetchall()

    def counted() -> None:
        race_of(period, rule, timezone.now())

    floor, beside = median_ms(due_by_sql), "nodes on time by unit, raw SQL"
    units = sum(len(lines) for lines in race_of(period, rule, timezone.now()).boards.values())
    report.add(Figure(f"race of {units} units, counted", median_ms(counted), "ms", BUDGET, floor, beside))
    token, _ = Token.objects.get_or_create(user=manager)
    town = Unit.objects.filter(kind=Unit.Kind.TOWN).order_by("pk").values_list("pk", flat=True)[0]
    with serving({}) as port:
        api = Client(port, {"Authorization": f"Token {token.key}"})
        page = Client(port, {"Cookie": f"sessionid={session_of(manager)}"})
        for what, client, address in (
            ("… /race/ once more, nothing changed since", page, "/race/"),
            ("… the rows of one number", page, f"/race/{Board.TOWNS}/{town}/nodes/"),
            ("… /api/v1/race/, the same", api, "/api/v1/race/"),
        ):
            report.add(Figure(what, client.median(address), "ms", BUDGET, floor, beside))

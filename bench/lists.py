"""Reading and changing over HTTP: the overdue list as API and page, the one screen, one finished node."""

import json
import statistics
import time
from collections.abc import Callable

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from rest_framework.authtoken.models import Token

from accounts.models import User
from bench.report import Figure, Report
from bench.server import Client, serving

ROWS_BY_SQL = """
    SELECT n.id, n.status, n.due_on, n.limit_on, n.baseline_on, n.started_on, p.name, p.code, p.enterprise,
           t.name, u.name, s.name, l.display_name
    FROM milestones_node n JOIN projects_project p ON p.id = n.project_id
    JOIN accounts_unit t ON t.id = p.town_id LEFT JOIN accounts_unit u ON u.id = n.unit_id
    JOIN milestones_templatenode s ON s.id = n.template_node_id LEFT JOIN accounts_user l ON l.id = p.liaison_id
    WHERE n.status IN ('waiting', 'running') AND n.deadline_on < CURRENT_DATE
    ORDER BY n.deadline_on, n.id LIMIT 100
"""


def median_ms(work: Callable[[], object], times: int = 15) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def measure(report: Report, manager: User) -> None:
    floor = median_ms(_rows_by_sql)
    token, _ = Token.objects.get_or_create(user=manager)
    with serving({}) as port:
        api = Client(port, {"Authorization": f"Token {token.key}"})
        page = Client(port, {"Cookie": f"sessionid={session_of(manager)}"})
        for what, client, address, budget, peers in (
            (
                "overdue list, 100 rows, API",
                api,
                "/api/v1/nodes/?light=red",
                40,
                "best peer 62, Redmine 457, Plane 521",
            ),
            (
                "overdue list, 100 rows, API, causes only",
                api,
                "/api/v1/nodes/?light=red&knocked_on=false",
                60,
                "no peer has it",
            ),
            ("overdue list, 100 rows, page (causes, folded)", page, "/overdue/", 60, "Redmine 922"),
            ("one screen, page", page, "/", 150, "issue 6 asks for it at 48 nodes: below"),
        ):
            report.add(
                Figure(what, client.median(address), "ms", budget, floor, "the 100 rows by raw SQL", peers)
            )
        report.add(
            Figure("one finish through the API, history included", _finish(api), "ms", 20, finish_by_sql(),
                   "UPDATE + INSERT by raw SQL", "Kanboard 22, Plane 47, Redmine 55–93")
        )  # fmt: skip


def _rows_by_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ROWS_BY_SQL)
        cursor.fetchall()


def session_of(user: User) -> str:
    """The key of a session in which `user` is logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    key: str = session.session_key or ""
    return key


def _finish(api: Client) -> float:
    """The median of thirty different nodes, after three that are not counted."""
    _took, answer = api.send("GET", "/api/v1/nodes/?light=red&ordering=-deadline&page_size=33")
    keys = [row["id"] for row in json.loads(answer)["results"]]
    taken = [api.send("POST", f"/api/v1/nodes/{key}/finish/", "{}")[0] for key in keys]
    return statistics.median(taken[3:])


def finish_by_sql() -> float:
    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM projects_project ORDER BY id LIMIT 1 FOR UPDATE")
            cursor.execute(
                "UPDATE milestones_node SET version = version WHERE id = (SELECT min(id) FROM milestones_node)"
            )
            cursor.execute(
                "INSERT INTO history_change (actor_id, at, verb, before, after, note) "
                "SELECT min(id), now(), 'bench', '{}', '{}', '' FROM accounts_user"
            )

    return median_ms(write)

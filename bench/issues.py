"""100,000 issues beside the 10,000 projects: the list as API and page, a change of state, the figures, the sweep."""

import json
import statistics
import time
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db import connection, transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token

from accounts.models import Unit, User
from bench.lists import median_ms, session_of
from bench.report import Figure, Report
from bench.server import Client, serving
from domain.issues import IssueStatus, written_number
from issues.actions.slip_sweep import propose_slips
from issues.models import Block, Category, Issue, NumberSeries, Topic
from milestones.calendar_table import load_calendar
from milestones.models import Node
from projects.models import Project

ISSUES = 100_000
OPEN = 10_000
TOPICS = 20

ROWS_BY_SQL = """
    SELECT i.id, i.number, i.title, i.status, i.level, i.raised_on, i.due_on, i.closed_on, p.name, t.name, c.name,
           u.name, o.name
    FROM issues_issue i JOIN projects_project p ON p.id = i.project_id JOIN accounts_unit t ON t.id = p.town_id
    JOIN issues_category c ON c.id = i.category_id LEFT JOIN accounts_unit u ON u.id = i.lead_unit_id
    LEFT JOIN issues_topic o ON o.id = i.topic_id
    WHERE i.status <> 'closed' ORDER BY i.due_on, i.id LIMIT 100
"""

_STATES = (
    IssueStatus.ASSIGNED, IssueStatus.WORKING, IssueStatus.WORKING, IssueStatus.CLOSE_REQUESTED,
    IssueStatus.RETURNED,
)  # fmt: skip


@transaction.atomic
def build(today: date, manager: User) -> None:
    """The issues of four years, the newest of them open and blocking a node each."""
    other = User.objects.create_user("bench2", password=None, role=User.Role.MANAGER, unit=manager.unit)
    units = list(Unit.objects.filter(kind=Unit.Kind.DEPARTMENT))
    categories = list(Category.objects.all())
    projects = list(Project.objects.order_by("pk").values_list("pk", flat=True))
    topics = Topic.objects.bulk_create(
        Topic(name=f"专题{n}", lead_unit=units[n % len(units)], opened_on=today, opened_by=manager)
        for n in range(TOPICS)
    )
    serials: dict[int, int] = {}
    rows = []
    for n in range(ISSUES):
        raised_on = today - timedelta(days=(ISSUES - n) * 4 * 365 // ISSUES)
        serials[raised_on.year] = serial = serials.get(raised_on.year, 0) + 1
        rows.append(
            Issue(
                year=raised_on.year, serial=serial, number=written_number(raised_on.year, serial),
                project_id=projects[n % len(projects)], title=f"问题{n}", description="外线路径未定",
                category=categories[n % len(categories)], source=Issue.Source.LIAISON, raised_on=raised_on,
                raised_by=manager, lead_unit=units[n % len(units)], due_on=raised_on + timedelta(days=20),
                assigned_on=raised_on, topic=topics[n % TOPICS] if n % 50 == 0 else None,
                **_standing(n, raised_on, today, manager, other),
            )
        )  # fmt: skip
    issues = Issue.objects.bulk_create(rows, batch_size=2000)
    NumberSeries.objects.bulk_create(
        NumberSeries(of=NumberSeries.Of.ISSUES, year=year, last=last) for year, last in serials.items()
    )
    _block([issue for issue in issues if issue.status != IssueStatus.CLOSED])


def _standing(n: int, raised_on: date, today: date, manager: User, other: User) -> dict[str, object]:
    if n >= ISSUES - OPEN:
        state = _STATES[n % len(_STATES)]
        asked = {"close_asked_on": today, "close_asked_by": other}
        return {"status": state, **(asked if state == IssueStatus.CLOSE_REQUESTED else {})}
    closed_on = min(today, raised_on + timedelta(days=1 + n % 40))
    return {
        "status": IssueStatus.CLOSED, "closed_on": closed_on, "verified_by": manager, "close_asked_by": other,
        "close_asked_on": closed_on,
    }  # fmt: skip


def _block(issues: list[Issue]) -> None:
    """Each open issue blocks the node that its project stands at."""
    nodes = Node.objects.filter(status="running").order_by("project", "pk")
    running = dict(nodes.values_list("project_id", "pk"))
    Block.objects.bulk_create(
        (
            Block(issue=issue, node_id=running[issue.project_id])
            for issue in issues
            if issue.project_id in running
        ),
        batch_size=2000,
    )


def _typed(text: str) -> str:
    return f"/search/hits/?{urlencode({'q': text})}"


def measure(report: Report, manager: User) -> None:
    build(timezone.localdate(), manager)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    floor = median_ms(_rows_by_sql)
    token, _ = Token.objects.get_or_create(user=manager)
    with serving({}) as port:
        api = Client(port, {"Authorization": f"Token {token.key}"})
        page = Client(port, {"Cookie": f"sessionid={session_of(manager)}"})
        for what, client, address, budget in (
            ("open issues, 100 rows of 100,000 issues, API", api, "/api/v1/issues/", 40),
            ("open issues, 100 rows of 100,000 issues, page", page, "/issues/", 60),
            ("all issues, page 500 of 1,000, API", api, "/api/v1/issues/?open_on=2100-01-01&page=50", 60),
            ("figures of the year against the last, page", page, "/issues/figures/", 150),
            ("search while typing, what every project matches", page, _typed("项目"), 100),
            ("search while typing, what one project matches", page, _typed("项目 9999"), 100),
            ("search while typing, what nothing matches", page, _typed("zzqx"), 100),
        ):
            report.add(
                Figure(what, client.median(address), "ms", budget, floor, "the 100 rows by raw SQL", "")
            )
        report.add(
            Figure("a change of state of an issue, history included", _change(api), "ms", 25, change_by_sql(),
                   "UPDATE + INSERT by raw SQL")
        )  # fmt: skip
    report.add(_sweep("first sweep of slips"))
    report.add(_sweep("sweep of slips that finds nothing new"))


def _rows_by_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ROWS_BY_SQL)
        cursor.fetchall()


def _change(api: Client) -> float:
    """The median of thirty different issues that are sent back, after three that are not counted."""
    _took, answer = api.send("GET", "/api/v1/issues/?status=close_requested&page_size=33")
    keys = [row["id"] for row in json.loads(answer)["results"]]
    body = json.dumps({"reason": "现场仍未通电"})
    taken = [api.send("POST", f"/api/v1/issues/{key}/send-back/", body)[0] for key in keys]
    return statistics.median(taken[3:])


def change_by_sql() -> float:
    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM projects_project ORDER BY id LIMIT 1 FOR UPDATE")
            cursor.execute(
                "UPDATE issues_issue SET version = version WHERE id = (SELECT min(id) FROM issues_issue)"
            )
            cursor.execute(
                "INSERT INTO history_change (actor_id, at, verb, before, after, note) "
                "SELECT min(id), now(), 'bench', '{}', '{}', '' FROM accounts_user"
            )

    return median_ms(write)


def _sweep(what: str) -> Figure:
    began = time.perf_counter()
    with transaction.atomic():
        propose_slips(timezone.localdate(), load_calendar())
    took = time.perf_counter() - began
    late = Issue.objects.late(timezone.localdate()).count()
    return Figure(f"{what} ({late} late issues, 10,000 late nodes)", took, "s", 3)

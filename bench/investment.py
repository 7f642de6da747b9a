"""60,000 project-months beside the 10,000 projects: the page of investment, its totals over REST, the programmes."""

from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token

from accounts.models import User
from bench.district import analyse
from bench.lists import median_ms, session_of
from bench.report import Figure, Report
from bench.server import Client, serving
from domain.periods import Months, months_later
from milestones.models import TemplateNode
from projects.models import Investment, InvestmentPlan, Project

MONTHS = 6
"""Of each project: three of this year and the same three of the year before."""

MILESTONES = {"n1": "applied", "n2": "filed", "n3": "pooled", "n4": "started", "n5": "cultivated"}

SUMS_BY_SQL = """
    SELECT project_id, sum(amount) FILTER (WHERE month BETWEEN %(first)s AND %(last)s),
           sum(amount) FILTER (WHERE month NOT BETWEEN %(first)s AND %(last)s)
    FROM projects_investment GROUP BY project_id
"""


@transaction.atomic
def build(today: date) -> None:
    projects = list(Project.objects.order_by("pk").values_list("pk", flat=True))
    last = Months.year_to_date(today).last
    recent = [months_later(last, -back) for back in range(MONTHS // 2)]
    Investment.objects.bulk_create(
        (
            Investment(project_id=pk, month=month, amount=Decimal(100 + (n * 7 + place * 13) % 900))
            for n, pk in enumerate(projects)
            for place, month in enumerate([*recent, *(months_later(month, -12) for month in recent)])
        ),
        batch_size=5_000,
    )
    InvestmentPlan.objects.bulk_create(
        (
            InvestmentPlan(project_id=pk, year=last.year, amount=Decimal(1_000 + n % 5_000))
            for n, pk in enumerate(projects)
        ),
        batch_size=5_000,
    )
    Project.objects.filter(pk__in=projects[::5]).update(industry="D4411")
    Project.objects.filter(industry="").update(industry="C3985")
    for code, milestone in MILESTONES.items():
        TemplateNode.objects.filter(template__code="bench", code=code).update(milestone=milestone)


def measure(report: Report, manager: User) -> None:
    today = timezone.localdate()
    build(today)
    analyse()
    months = Months.year_to_date(today)

    def sums_by_sql() -> None:
        with connection.cursor() as cursor:
            cursor.execute(SUMS_BY_SQL, {"first": months.first, "last": months.last})
            cursor.fetchall()

    floor = median_ms(sums_by_sql)
    token, _ = Token.objects.get_or_create(user=manager)
    with serving({}) as port:
        api = Client(port, {"Authorization": f"Token {token.key}"})
        page = Client(port, {"Cookie": f"sessionid={session_of(manager)}"})
        beside = "sums by project, raw SQL"
        for what, client, address, budget in (
            ("/investment/, 60,000 project-months", page, "/investment/", 150),
            ("/investment/, one group, those behind", page, "/investment/?group=industrial&investment_light=red", 150),
            ("/investment/, one town", page, f"/investment/?town={_town()}", 150),
            ("/api/v1/investments/totals/", api, "/api/v1/investments/totals/", 150),
        ):  # fmt: skip
            report.add(Figure(what, client.median(address), "ms", budget, floor, beside))
        report.add(
            Figure("/programmes/, 2,500 entries", page.median("/programmes/"), "ms", 100, floor, beside)
        )


def _town() -> int:
    pk: int = Project.objects.values_list("town", flat=True)[0]
    return pk

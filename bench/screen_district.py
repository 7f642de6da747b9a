"""The district that the one screen is measured on: 10,000 projects × 48 nodes, 100,000 issues, 60,000 project-months.

Apart from the others, whose ten nodes are the shape that the peers were measured on. The projects stand all along the
chain, most in time: what a district looks like on a usual day. Nodes are written by the database itself, from the
template and the numbers of the projects.
"""

from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Unit, User
from bench import issues
from domain.periods import Months
from history.models import Change
from milestones.calendar_table import fill_calendar
from milestones.models import Chain, ChainTemplate
from milestones.publishing import publish_built_in_chains
from projects.models import Investment, InvestmentPlan, Project

PROJECTS = 10_000
NODES = 48
MONTHS = 6
CHANGES = 20_000

_NODES = """
    WITH steps AS (
        SELECT id, key_position, limit_days FROM (
            SELECT id, "limit" AS limit_days,
                   row_number() OVER (ORDER BY is_optional, condition <> '', position) AS taken,
                   row_number() OVER (ORDER BY position) AS key_position
            FROM milestones_templatenode WHERE template_id = %(template)s
        ) ranked WHERE taken <= %(nodes)s
    ),
    placed AS (
        SELECT p.id AS project_id, p.department_id, s.id AS step_id, s.limit_days,
               row_number() OVER (PARTITION BY p.id ORDER BY s.key_position) - 1 AS place,
               (p.id * 7) %% %(nodes)s AS stands_at, p.id %% 23 AS late, p.id %% 11 AS slack
        FROM projects_project p CROSS JOIN steps s
    )
    INSERT INTO milestones_node
        (project_id, template_node_id, unit_id, status, "limit", baseline_on, due_on, started_on, start_entered_on,
         finished_on, finish_entered_on, held_on, waived_reason, version)
    SELECT project_id, step_id, department_id,
           CASE WHEN place < stands_at THEN 'done' WHEN place > stands_at THEN 'waiting'
                WHEN slack = 0 THEN 'held' ELSE 'running' END,
           limit_days, due, due,
           CASE WHEN place <= stands_at THEN due - 15 END, CASE WHEN place <= stands_at THEN due - 15 END,
           CASE WHEN place < stands_at THEN least(due, %(today)s::date) END,
           CASE WHEN place < stands_at THEN least(due, %(today)s::date) END,
           CASE WHEN place = stands_at AND slack = 0 THEN due - 3 END, '', 1
    FROM (
        SELECT *, %(today)s::date + ((place - stands_at) * 12)::int + (slack * 2)::int
                  - CASE WHEN late = 0 THEN 40 ELSE -2 END AS due
        FROM placed
    ) dated
"""


@transaction.atomic
def build(today: date) -> User:
    """Fill an empty database; the manager who may see all of it."""
    fill_calendar()
    system = User.objects.system()
    for _template, _new in publish_built_in_chains(actor=system):
        pass
    template = ChainTemplate.objects.published().get(code="new_build")
    bureau = Unit.objects.create(name="经济和信息化局", kind=Unit.Kind.BUREAU)
    manager = User.objects.create_user("bench", password=None, role=User.Role.MANAGER, unit=bureau)
    towns = Unit.objects.bulk_create(Unit(name=f"街道{n}", kind=Unit.Kind.TOWN) for n in range(20))
    departments = Unit.objects.bulk_create(
        Unit(name=f"部门{n}", kind=Unit.Kind.DEPARTMENT) for n in range(20)
    )
    projects = Project.objects.bulk_create(
        (
            Project(
                name=f"项目{n:05d}", enterprise=f"企业{n % 3000:04d}", initials=f"xm{n:05d}",
                kind=Project.Kind.RENOVATION if n % 3 == 0 else Project.Kind.NEW_BUILD, industry=f"C{n % 30 + 13}",
                town=towns[n % 20], department=departments[n % 20], leader=f"区长{n % 8}",
                investment=1000 + n, sector=("智能制造", "生物医药", "新材料")[n % 3],
            )
            for n in range(PROJECTS)
        ),
        batch_size=2000,
    )  # fmt: skip
    Project.units.through.objects.bulk_create(
        (
            Project.units.through(project_id=project.pk, unit_id=unit_id)
            for project in projects
            for unit_id in (project.town_id, project.department_id)
        ),
        batch_size=5000,
    )
    Chain.objects.bulk_create(
        (Chain(project=project, template=template, starts_on=today) for project in projects), batch_size=2000
    )
    with connection.cursor() as cursor:
        cursor.execute(_NODES, {"template": template.pk, "nodes": NODES, "today": today})
    _invest(projects, today)
    issues.build(today, manager)
    Change.objects.bulk_create(
        (
            Change(project=projects[n % PROJECTS], actor=manager, at=timezone.now(), verb=Change.Verb.NODE_FINISHED)
            for n in range(CHANGES)
        ),
        batch_size=5000,
    )  # fmt: skip
    return manager


def manager() -> User:
    """The one who may see all of it, of a database that holds it."""
    return User.objects.get(username="bench")


def _invest(projects: list[Project], today: date) -> None:
    """Of each project the last months of this year and of the year before, and a plan for the year."""
    months = Months.year_to_date(today)
    recent = [*list(months)[-MONTHS // 2 :], *list(months.year_earlier())[-MONTHS // 2 :]]
    Investment.objects.bulk_create(
        (
            Investment(project=project, month=month, amount=100 + n % 900)
            for n, project in enumerate(projects)
            for month in recent
        ),
        batch_size=5000,
    )
    InvestmentPlan.objects.bulk_create(
        (
            InvestmentPlan(project=project, year=months.last.year, amount=4000)
            for n, project in enumerate(projects)
            if n % 2 == 0
        ),
        batch_size=5000,
    )

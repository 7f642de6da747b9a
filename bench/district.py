"""The district that is measured: the shape the peers were measured on (10,000 projects × 10 nodes)."""

import itertools
from datetime import date, timedelta

from django.db import connection, transaction

from accounts.models import Unit, User
from domain.chains import ChainSpec, ClockOwner, EdgeKind, EdgeSpec, LaneSpec, NodeSpec, StageSpec
from domain.lifecycle import Status
from milestones.calendar_table import fill_calendar
from milestones.models import Chain, Node, TemplateNode
from milestones.publishing import publish_template
from projects.models import Project

PROJECTS = 10_000
STEPS = (
    "签约",
    "赋码",
    "用地规划",
    "方案设计",
    "工程规划",
    "施工图审",
    "施工许可",
    "桩基施工",
    "竣工验收",
    "投产",
)
DONE_BEFORE = 4  # nodes done in each project; the fifth is overdue, the rest lie ahead


def chain() -> ChainSpec:
    """Ten nodes, each waiting hard for the one before it."""
    codes = [f"n{number}" for number in range(1, len(STEPS) + 1)]
    return ChainSpec(
        code="bench", kind="", name="十节点链", name_en="Chain of ten",
        stages=(StageSpec("all", "全程", "All"),), lanes=(LaneSpec("main", "主线", "Main"),),
        nodes=tuple(
            NodeSpec(
                code=code, name=name, stage="all", lane="main", clock=ClockOwner.GOVERNMENT,
                limit=20, plan_days=20, is_key=code in {"n7", "n8", "n10"},
            )
            for code, name in zip(codes, STEPS, strict=True)
        ),
        edges=tuple(
            EdgeSpec(source, target, EdgeKind.HARD) for source, target in itertools.pairwise(codes)
        ),
    )  # fmt: skip


@transaction.atomic
def build(today: date) -> User:
    """Fill an empty database; the manager who may see all of it."""
    fill_calendar()
    system = User.objects.system()
    template, _new = publish_template(chain(), actor=system)
    bureau = Unit.objects.create(name="经济和信息化局", kind=Unit.Kind.BUREAU)
    manager = User.objects.create_user("bench", password=None, role=User.Role.MANAGER, unit=bureau)
    towns = Unit.objects.bulk_create(Unit(name=f"街道{n}", kind=Unit.Kind.TOWN) for n in range(20))
    departments = Unit.objects.bulk_create(
        Unit(name=f"部门{n}", kind=Unit.Kind.DEPARTMENT) for n in range(20)
    )
    liaisons = User.objects.bulk_create(
        User(username=f"liaison{n}", role=User.Role.LIAISON, unit=towns[n % 20], display_name=f"联络员{n}")
        for n in range(100)
    )
    projects = Project.objects.bulk_create(
        Project(
            name=f"项目{n:05d}", enterprise=f"企业{n % 3000:04d}", initials=f"xm{n:05d} qy{n % 3000:04d}",
            kind=Project.Kind.choices[n % 4][0],
            town=towns[n % 20], department=departments[n % 20], liaison=liaisons[n % 100],
            investment=1000 + n, land_mu=50, sector="智能制造",
        )
        for n in range(PROJECTS)
    )  # fmt: skip
    Project.units.through.objects.bulk_create(
        Project.units.through(project_id=project.pk, unit_id=unit_id)
        for project in projects
        for unit_id in (project.town_id, project.department_id)
    )
    Chain.objects.bulk_create(
        Chain(project=project, template=template, starts_on=today) for project in projects
    )
    steps = list(template.nodes.all())
    Node.objects.bulk_create(
        (
            _node(n, project, step, position, today)
            for n, project in enumerate(projects)
            for position, step in enumerate(steps)
        ),
        batch_size=2000,
    )
    return manager


def _node(n: int, project: Project, step: TemplateNode, position: int, today: date) -> Node:
    due = today + timedelta(days=30 * (position - DONE_BEFORE) - 1 - n % 25)
    node = Node(
        project=project,
        template_node=step,
        unit_id=project.department_id,
        baseline_on=due,
        due_on=due,
        limit=20,
    )
    if position < DONE_BEFORE:
        node.status, node.started_on, node.finished_on = Status.DONE, due - timedelta(days=20), due
    elif position == DONE_BEFORE:
        node.status, node.started_on = Status.RUNNING, due - timedelta(days=20)
    return node


def analyse() -> None:
    """What a database that has run for a while knows about its tables."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

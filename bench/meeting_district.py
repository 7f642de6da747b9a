"""Districts as the weekly meeting sees them: fifteen nodes a project, some of them late, with open issues."""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from accounts.models import Unit, User
from domain.chains import ChainSpec, ClockOwner, EdgeKind, EdgeSpec, LaneSpec, NodeSpec, StageSpec
from domain.issues import IssueStatus, written_number
from domain.lifecycle import Status
from issues.models import Block, Category, Issue, NumberSeries
from milestones.calendar_table import fill_calendar
from milestones.models import Chain, Node, TemplateNode
from milestones.publishing import publish_template
from projects.models import Project

STEPS = 15


@dataclass(frozen=True, slots=True)
class Size:
    projects: int
    late: int
    issues: int


SIZES = {"small": Size(1_000, 200, 300), "large": Size(10_000, 2_000, 10_000)}


def chain() -> ChainSpec:
    """Fifteen nodes, each waiting hard for the one before it."""
    codes = [f"n{number:02d}" for number in range(1, STEPS + 1)]
    return ChainSpec(
        code="bench15", kind="", name="十五节点链", name_en="Chain of fifteen",
        stages=(StageSpec("all", "全程", "All"),), lanes=(LaneSpec("main", "主线", "Main"),),
        nodes=tuple(
            NodeSpec(
                code=code, name=f"施工许可证办理{code}", stage="all", lane="main", clock=ClockOwner.GOVERNMENT,
                limit=20, plan_days=20, is_key=number % 4 == 0,
            )
            for number, code in enumerate(codes)
        ),
        edges=tuple(EdgeSpec(*pair, EdgeKind.HARD) for pair in itertools.pairwise(codes)),
    )  # fmt: skip


@transaction.atomic
def build(size: Size, today: date) -> None:
    """Fill an empty database."""
    fill_calendar()
    system = User.objects.system()
    template, _new = publish_template(chain(), actor=system)
    bureau = Unit.objects.create(name="经济和信息化局", kind=Unit.Kind.BUREAU)
    User.objects.create_user("bench", password=None, role=User.Role.MANAGER, unit=bureau)
    towns = Unit.objects.bulk_create(Unit(name=f"街道{n}", kind=Unit.Kind.TOWN) for n in range(20))
    departments = Unit.objects.bulk_create(
        Unit(name=f"部门{n}", kind=Unit.Kind.DEPARTMENT) for n in range(20)
    )
    projects = Project.objects.bulk_create(
        Project(
            name=f"先进制造产业化基地项目{n:05d}", enterprise=f"企业{n % 3000:04d}科技有限公司",
            kind=Project.Kind.choices[n % 4][0], town=towns[n % 20], department=departments[n % 20],
            investment=1000 + n, fixed_investment=800 + n, land_mu=50, floor_area_m2=20_000, sector="智能制造",
            leader="陈副区长", note="已列入重点项目清单" if n % 3 == 0 else "",
        )
        for n in range(size.projects)
    )  # fmt: skip
    Chain.objects.bulk_create(
        Chain(project=project, template=template, starts_on=today) for project in projects
    )
    steps, every = list(template.nodes.all()), size.projects // size.late
    nodes = Node.objects.bulk_create(
        (
            _node(project, step, position - 2 - n % 10, 0 if n % every else 1 + n % 25, today)
            for n, project in enumerate(projects)
            for position, step in enumerate(steps)
        ),
        batch_size=2000,
    )
    _issues(size, projects, [node for node in nodes if node.status == Status.RUNNING], system, today)


def _node(project: Project, step: TemplateNode, ahead: int, late: int, today: date) -> Node:
    """So many nodes `ahead` of the one that is being worked on, behind it where negative; that one so many days `late`,
    if at all."""
    due = today + timedelta(days=30 * ahead + (-late if late and ahead == 0 else 20))
    node = Node(
        project=project,
        template_node=step,
        unit_id=project.department_id,
        baseline_on=due,
        due_on=due,
        limit=20,
    )
    if ahead < 0:
        node.status, node.started_on, node.finished_on = Status.DONE, due - timedelta(days=20), due
    elif ahead == 0:
        node.status, node.started_on = Status.RUNNING, due - timedelta(days=20)
    return node


def _issues(size: Size, projects: list[Project], running: list[Node], system: User, today: date) -> None:
    """Open ones, each of another project, each blocking the node at which it stands."""
    units, categories = list(Unit.objects.filter(kind=Unit.Kind.DEPARTMENT)), list(Category.objects.all())
    states = (
        IssueStatus.RAISED,
        IssueStatus.ASSIGNED,
        IssueStatus.WORKING,
        IssueStatus.WORKING,
        IssueStatus.RETURNED,
    )
    issues = Issue.objects.bulk_create(
        (
            Issue(
                year=today.year, serial=n + 1, number=written_number(today.year, n + 1), project=projects[n],
                title=f"高压线路迁改方案未定{n}", category=categories[n % len(categories)],
                source=Issue.Source.TOWN, status=states[n % len(states)], level=1 + n % 3,
                raised_on=today - timedelta(days=n % 90), raised_by=system, lead_unit=units[n % len(units)],
                assigned_on=today - timedelta(days=n % 90), due_on=today + timedelta(days=n % 60 - 15),
            )
            for n in range(size.issues)
        ),
        batch_size=2000,
    )  # fmt: skip
    NumberSeries.objects.create(of=NumberSeries.Of.ISSUES, year=today.year, last=size.issues)
    stands = {node.project_id: node.pk for node in running}
    Block.objects.bulk_create(
        (
            Block(issue=issue, node_id=stands[issue.project_id])
            for issue in issues
            if issue.project_id in stands
        ),
        batch_size=2000,
    )

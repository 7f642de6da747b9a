"""Makes what tests need; name only what the test is about."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count, pairwise
from typing import Any

from accounts.models import Unit, User
from domain.chains import ChainSpec, ClockOwner, EdgeKind, EdgeSpec, FactSpec, LaneSpec, NodeSpec, StageSpec
from domain.lifecycle import Status
from issues.actions import assign_issue, raise_issue
from issues.models import Category, Issue, Topic
from milestones.models import Chain, ChainTemplate, Node
from milestones.publishing import publish_template
from projects.models import Project, Visit
from projects.visit_actions import record_visit

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)

_number = count(1)


def make_unit(name: str = "", *, kind: str = Unit.Kind.TOWN) -> Unit:
    return Unit.objects.create(name=name or f"单位{next(_number)}", kind=kind)


def make_user(role: str = User.Role.MANAGER, *, unit: Unit | None = None, **fields: Any) -> User:
    """A person; a manager without a `unit` is one of the bureau, and may see and change everything."""
    if role == User.Role.MANAGER and unit is None:
        unit, _ = Unit.objects.get_or_create(name="经济和信息化局", defaults={"kind": Unit.Kind.BUREAU})
    username = fields.pop("username", f"user{next(_number)}")
    return User.objects.create_user(username=username, password=None, role=role, unit=unit, **fields)


def make_project(**fields: Any) -> Project:
    fields.setdefault("name", f"项目{next(_number)}")
    fields.setdefault("kind", Project.Kind.NEW_BUILD)
    if "town" not in fields:
        fields["town"] = make_unit()
    project = Project.objects.create(**fields)
    project.units.add(*(unit for unit in (project.town, project.department) if unit))
    return project


def make_chain(
    *codes: str,
    edges: tuple[tuple[str, str], ...] | None = None,
    soft: tuple[tuple[str, str], ...] = (),
    any_of: tuple[tuple[str, str, str], ...] = (),
    code: str = "",
    limit: int | None = None,
) -> ChainSpec:
    """A definition whose nodes wait hard for the one before, unless `edges` (source, target) say otherwise.

    `any_of` are hard edges (source, target, group) of which one of a group is enough.
    """
    pairs = tuple(pairwise(codes)) if edges is None else edges
    return ChainSpec(
        code=code or f"chain-{next(_number)}", kind="", name="链", name_en="Chain",
        stages=(StageSpec("all", "全程", "All"),), lanes=(LaneSpec("main", "主线", "Main"),),
        nodes=tuple(
            NodeSpec(
                code=code, name=f"节点{code}", name_en=f"Node {code}", stage="all", lane="main",
                clock=ClockOwner.GOVERNMENT, limit=limit, plan_days=5,
            )
            for code in codes
        ),
        edges=(
            *(EdgeSpec(source, target, EdgeKind.HARD) for source, target in pairs),
            *(EdgeSpec(source, target, EdgeKind.SOFT) for source, target in soft),
            *(EdgeSpec(source, target, EdgeKind.HARD, group) for source, target, group in any_of),
        ),
    )  # fmt: skip


def make_template(*codes: str, **more: Any) -> ChainTemplate:
    template, _ = publish_template(
        make_chain(*(codes or ("a", "b", "c")), **more), actor=User.objects.system()
    )
    return template


def make_choosy_template(*more: str) -> ChainTemplate:
    """A version of one chain: a, then b where there is a basement, c where there is none, d if asked for, e.

    Each call with other codes in `more` makes the next version; they follow after e.
    """
    spec = make_chain("a", "b", "c", "d", "e", *more, edges=(("a", "e"),), code="choosy")
    changed: dict[str, dict[str, Any]] = {
        "b": {"condition": "basement"},
        "c": {"condition": "!basement"},
        "d": {"optional": True},
    }
    nodes = tuple(replace(node, **changed.get(node.code, {})) for node in spec.nodes)
    facts = (FactSpec("basement", "地下室", "Basement"),)
    template, _ = publish_template(replace(spec, nodes=nodes, facts=facts), actor=User.objects.system())
    return template


def make_nodes(
    template: ChainTemplate | None = None,
    *,
    project: Project | None = None,
    starts_on: date | None = None,
    **due: date | None,
) -> dict[str, Node]:
    """The nodes of a project by code, all waiting; `due` sets due dates by code.

    With `starts_on` the project is pinned to the template, as by laying it: what looks at a chain whole asks for that.
    """
    template = template or make_template()
    project = project or make_project()
    if starts_on:
        Chain.objects.create(project=project, template=template, starts_on=starts_on)
    return {
        step.code: Node.objects.create(
            project=project, template_node=step, unit=project.town, limit=step.limit,
            due_on=due.get(step.code), baseline_on=due.get(step.code),
        )
        for step in template.nodes.all()
    }  # fmt: skip


def make_node(**fields: Any) -> Node:
    """One node of a chain of one: of its own, unless many of them share a `template`."""
    template = fields.pop("template", None) or make_template("only")
    node = make_nodes(template, project=fields.pop("project", None))["only"]
    for name, value in fields.items():
        setattr(node, name, value)
    if node.status in {Status.RUNNING, Status.HELD} and node.started_on is None:
        node.started_on = MONDAY
    if node.status == Status.HELD and node.held_on is None:
        node.held_on = MONDAY
    if node.status == Status.DONE and node.finished_on is None:
        node.finished_on = MONDAY
    if node.status == Status.WAIVED and not node.waived_reason:
        node.waived_reason = "企业无需求"
    node.save()
    return node


def make_category(code: str = "power", **fields: Any) -> Category:
    """One of the categories that a district begins with."""
    category, _ = Category.objects.get_or_create(code=code, defaults={"name": code})
    for name, value in fields.items():
        setattr(category, name, value)
    category.save()
    return category


def make_issue(project: Project | None = None, *, today: date = MONDAY, **fields: Any) -> Issue:
    """An issue as a manager of the bureau raises it; with a `lead_unit` it is assigned, due by `due_on`.

    `status` sets it as it would stand then, without the steps that lead there.
    """
    actor = fields.pop("raised_by", None) or make_user()
    lead, due_on = fields.pop("lead_unit", None), fields.pop("due_on", today + timedelta(days=14))
    supporting, status = fields.pop("supporting", ()), fields.pop("status", None)
    issue = raise_issue(
        project or make_project(),
        actor=actor,
        today=today,
        title=fields.pop("title", f"开闭所未建{next(_number)}"),
        category=fields.pop("category", None) or make_category(),
        source=fields.pop("source", Issue.Source.TOWN),
        **fields,
    )
    if lead is not None or status is not None:
        lead = lead or make_unit(kind=Unit.Kind.DEPARTMENT)
        assign_issue(issue, actor=actor, lead_unit=lead, due_on=due_on, supporting=supporting, today=today)
    issue.refresh_from_db()
    if status is not None:
        _stand_at(issue, status, actor, today)
    return issue


def _stand_at(issue: Issue, status: str, actor: User, today: date) -> None:
    issue.status = status
    if status in {"close_requested", "closed"}:
        issue.close_asked_on, issue.close_asked_by = today, make_user()
    if status == "closed":
        issue.closed_on, issue.verified_by = today, actor
    if status == "suspended":
        issue.suspended_on, issue.suspended_word = today, "陈副区长"
    issue.save()


def make_visit(project: Project | None = None, *, today: date = MONDAY, **fields: Any) -> Visit:
    """A visit as a manager of the bureau records it, made on `today` unless `visited_on` says otherwise."""
    actor = fields.pop("actor", None) or make_user()
    fields.setdefault("visited_on", today)
    fields.setdefault("visitors", "陈副区长、李科长")
    return record_visit(
        project or make_project(), actor=actor, today=max(today, fields["visited_on"]), **fields
    )


def make_topic(*issues: Issue, **fields: Any) -> Topic:
    """A topic as the bureau opens it, with these issues in it, closed or not."""
    fields.setdefault("name", "电力接口")
    fields.setdefault("opened_on", MONDAY)
    topic = Topic.objects.create(opened_by=fields.pop("opened_by", None) or make_user(), **fields)
    Issue.objects.filter(pk__in=[issue.pk for issue in issues]).update(topic=topic)
    return topic

"""What open issues say about the nodes that they block, for lists of nodes (``milestones.obstacles``)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import may_raise_issues, may_record_visits
from accounts.models import User
from domain.issues import OPEN_ISSUES, IssueStatus, is_issue_late
from issues.models import ISSUE_LABELS, Block, Category, Issue, Supervision
from milestones.models import Node, in_reader_language
from milestones.obstacles import Because, Obstacle, ProjectObstacles, Share
from projects.models import Project, Visit

_PATHS = (
    "pk", "number", "title", "status", "due_on", "category__name", "category__name_en", "lead_unit__name",
)  # fmt: skip
_STATUS = _PATHS.index("status")


class IssuesInTheWay:
    def of_nodes(self, nodes: Collection[int], today: date) -> Mapping[int, tuple[Obstacle, ...]]:
        found: dict[int, list[Obstacle]] = defaultdict(list)
        blocks = Block.objects.filter(node__in=nodes, issue__status__in=OPEN_ISSUES).order_by("issue_id")
        for node, *facts in blocks.values_list("node_id", *[f"issue__{path}" for path in _PATHS]):
            found[node].append(_obstacle(facts, today))
        return {node: tuple(obstacles) for node, obstacles in found.items()}

    def of_project(self, project: Project, reader: User, today: date, *, is_theirs: bool) -> ProjectObstacles:
        issues = Issue.objects.visible_to(reader).filter(project=project)
        ordered = issues.order_by("-level", F("due_on").asc(nulls_last=True), "pk")
        found = list(ordered.values_list(*_PATHS))
        still_open = [_obstacle(facts, today) for facts in found if facts[_STATUS] != IssueStatus.CLOSED]
        of_project = f"?project={project.pk}"
        return ProjectObstacles(
            obstacles=tuple(sorted(still_open, key=lambda one: not one.is_late)),
            closed=len(found) - len(still_open),
            visited_on=Visit.objects.filter(project=project).aggregate(last=Max("visited_on"))["last"],
            all_url=f"{reverse('issues:index')}{of_project}",
            raise_url=reverse("issues:raise", args=[project.pk]) if may_raise_issues(reader) else "",
            visits_url=f"{reverse('issues:visits')}{of_project}",
            visit_url=f"{reverse('issues:visit_new')}{of_project}" if may_record_visits(reader) else "",
            enterprise_url=reverse("issues:enterprise_links", args=[project.pk]) if is_theirs else "",
        )

    def waiting_for(self, reader: User) -> tuple[int, str]:
        visible = Issue.objects.visible_to(reader).order_by()
        theirs = (visible.to_assign(reader), visible.to_work_on(reader), visible.verifiable_by(reader))
        slips = Supervision.objects.visible_to(reader).to_answer(reader)
        return sum(rows.count() for rows in (*theirs, slips)), reverse("issues:inbox")

    def raising(self, node: Node, reader: User) -> str:
        if not may_raise_issues(reader):
            return ""
        return f"{reverse('issues:raise', args=[node.project_id])}?node={node.pk}"

    def blocked(self, category: str = "", unit: int | None = None) -> Q:
        return Q(Exists(_open_blocks(category, unit).filter(node=OuterRef("pk"))))

    def because(self, nodes: QuerySet[Any]) -> Because:
        keys = nodes.order_by().values("pk")
        blocks = _open_blocks().filter(node__in=keys).order_by()
        rows = list(
            blocks.values_list(
                "node_id", "issue__category__code", "issue__category__name", "issue__category__name_en",
                "issue__lead_unit_id", "issue__lead_unit__name",
            )
        )  # fmt: skip
        return Because(
            nodes=nodes.order_by().count(),
            blocked=len({row[0] for row in rows}),
            categories=_shares((row[0], row[1], in_reader_language(row[2], row[3])) for row in rows),
            units=_shares((row[0], row[4] or "", row[5] or _("not assigned yet")) for row in rows),
        )

    def categories(self) -> list[tuple[str, str]]:
        return [(category.code, category.label) for category in Category.objects.all()]

    def on_record(self) -> Q:
        blocks, slips = (
            Block.objects.filter(node=OuterRef("pk")),
            Supervision.objects.filter(node=OuterRef("pk")),
        )
        return Q(Exists(blocks) | Exists(slips))


def _obstacle(facts: Sequence[Any], today: date) -> Obstacle:
    pk, number, title, state, due_on, name, name_en, unit = facts
    status = IssueStatus(state)
    return Obstacle(
        number=number, title=title, category=in_reader_language(name, name_en), unit=unit or "",
        state=str(ISSUE_LABELS[status]), due_on=due_on, url=issue_address(pk),
        is_late=is_issue_late(status, due_on, today),
    )  # fmt: skip


def issue_address(pk: int) -> str:
    return f"{reverse('issues:index')}{pk}/"


def _open_blocks(category: str = "", unit: int | None = None) -> QuerySet[Block]:
    blocks = Block.objects.filter(issue__status__in=OPEN_ISSUES)
    if category:
        blocks = blocks.filter(issue__category__code=category)
    return blocks.filter(issue__lead_unit=unit) if unit is not None else blocks


def _shares(rows: Iterable[tuple[int, Any, str]]) -> tuple[Share, ...]:
    """By key, over how many different nodes."""
    labels: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for _node, key, label in {(node, str(key), label) for node, key, label in rows}:
        labels[key] = label
        counted[key] += 1
    ordered = sorted(counted.items(), key=lambda item: (-item[1], labels[item[0]]))
    return tuple(Share(labels[key], key, nodes) for key, nodes in ordered)

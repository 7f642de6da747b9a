"""Investment by month and plans by year over REST, and the key figures of a period."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.access import sees_the_district
from accounts.http import UserApiRequest
from milestones.api.requests import IDEMPOTENCY_KEY, RuleOfTheDay, once
from milestones.filters import refuse_unreadable
from milestones.paging import Paging
from milestones.project_filters import ProjectFilter
from projects.investment_actions import MonthAmount, Written, YearPlan, plan_investments, record_investments
from projects.investments import GROUP_LABELS
from projects.models import Investment, InvestmentPlan, Project
from projects.querysets import InvestmentPlanQuerySet, InvestmentQuerySet, ProjectQuerySet
from screen.api.investment_shapes import (
    MOST_AT_ONCE,
    InvestmentPlanSerializer,
    InvestmentSerializer,
    InvestmentTotalsSerializer,
    MonthAmountSerializer,
    WrittenSerializer,
    YearPlanSerializer,
    api_totals,
)
from screen.investment.form import InvestmentForm
from screen.investment.page import investment_page

Row = TypeVar("Row", bound=QuerySet[Any])

_PERIOD = [
    OpenApiParameter("from", str, description="The first month, 2022-01."),
    OpenApiParameter("to", str, description="The last month, 2022-08."),
]
_PROJECT = OpenApiParameter("project", int, description="The number of one project.")
_CONFIRMED = OpenApiParameter(
    "confirmed", bool, description="Take amounts that look as if they were meant in yuan."
)
_NARROWED = [
    OpenApiParameter(name, str, description="Narrows the projects as in the list of projects.")
    for name in ProjectFilter.base_filters
    if name != "ordering"
]


class OfProjects(RuleOfTheDay, ListModelMixin, GenericViewSet):
    """Narrowed by the same parameters as the list of projects."""

    pagination_class = Paging
    filter_backends = []
    request: UserApiRequest

    @property
    def is_narrowed(self) -> bool:
        return any(self.request.query_params.get(one.name) for one in _NARROWED)

    def projects(self) -> ProjectQuerySet:
        visible = Project.objects.visible_to(self.request.user)
        narrowed = ProjectFilter(
            self.request.query_params, queryset=visible, request=self.request, rule=self.rule
        )
        refuse_unreadable(narrowed.form)
        projects: ProjectQuerySet = narrowed.qs
        return projects

    def of_projects(self, rows: Row) -> Row:
        project = self.request.query_params.get("project", "")
        if project:
            rows = rows.filter(project=project) if _is_number(project) else rows.none()
        return rows.filter(project__in=self.projects().order_by().values("pk")) if self.is_narrowed else rows

    def sent(self, shape: Any) -> list[dict[str, Any]]:
        """The list that was sent. Raises NotFound where one of its projects is out of sight."""
        read = shape(data=self.request.data, many=True, max_length=MOST_AT_ONCE)
        read.is_valid(raise_exception=True)
        rows: list[dict[str, Any]] = read.validated_data
        named = {row["project"] for row in rows}
        if Project.objects.visible_to(self.request.user).filter(pk__in=named).count() < len(named):
            raise NotFound
        return rows

    def written(self, change: Callable[..., Written], rows: Iterable[Any], **details: Any) -> Response:
        """Sent again with the same key, everything stands there already."""
        rows = list(rows)
        confirmed = self.request.query_params.get("confirmed", "").lower() in {"true", "1"}
        done = once(
            self.request, lambda: change(rows, actor=self.request.user, confirmed=confirmed, **details)
        ) or Written(0, 0, len(rows))
        return Response({"created": done.created, "updated": done.updated, "unchanged": done.unchanged})


@extend_schema_view(list=extend_schema(parameters=[_PROJECT, *_PERIOD, *_NARROWED]))
class InvestmentViewSet(OfProjects):
    """What projects invested, month by month, the latest first. Amounts are in 万元."""

    serializer_class = InvestmentSerializer

    def get_queryset(self) -> InvestmentQuerySet:
        rows = Investment.objects.visible_to(self.request.user).order_by("-month", "project")
        said = self.request.query_params
        if said.get("from") or said.get("to"):
            rows = rows.between(InvestmentForm(said).asked(timezone.localdate()).months)
        return self.of_projects(rows)

    @extend_schema(
        request=MonthAmountSerializer(many=True), responses=WrittenSerializer,
        parameters=[_CONFIRMED, IDEMPOTENCY_KEY],
    )  # fmt: skip
    def create(self, request: UserApiRequest) -> Response:
        """Set the investment of project-months, all or none of them."""
        rows = [MonthAmount(**row) for row in _in_order(self.sent(MonthAmountSerializer), "month")]
        return self.written(record_investments, rows, today=timezone.localdate())

    @extend_schema(
        operation_id="investments_totals", responses=InvestmentTotalsSerializer,
        parameters=[
            *_PERIOD,
            OpenApiParameter(
                "group", str, enum=list(GROUP_LABELS),
                description="Of which projects the plan, the filings and the new starts are told.",
            ),
            *_NARROWED,
        ],
    )  # fmt: skip
    @action(detail=False, methods=["get"], pagination_class=None)
    def totals(self, request: UserApiRequest) -> Response:
        """The key figures of a period; without one, of the year up to the last full month."""
        today = timezone.localdate()
        asked = InvestmentForm(request.query_params).asked(today)
        narrowed = self.is_narrowed or not sees_the_district(request.user)
        has_begun = asked.months.has_begun(today)
        page = investment_page(self.projects(), asked, narrowed=narrowed, has_begun=has_begun)
        return Response(api_totals(page))


@extend_schema_view(
    list=extend_schema(
        parameters=[_PROJECT, OpenApiParameter("year", int, description="One year."), *_NARROWED]
    )
)
class InvestmentPlanViewSet(OfProjects):
    """What projects are to invest in a year, the latest first. Amounts are in 万元."""

    serializer_class = InvestmentPlanSerializer

    def get_queryset(self) -> InvestmentPlanQuerySet:
        rows = InvestmentPlan.objects.visible_to(self.request.user).order_by("-year", "project")
        year = self.request.query_params.get("year", "")
        if year:
            rows = rows.filter(year=year) if _is_number(year) and len(year) == 4 else rows.none()
        return self.of_projects(rows)

    @extend_schema(
        request=YearPlanSerializer(many=True), responses=WrittenSerializer,
        parameters=[_CONFIRMED, IDEMPOTENCY_KEY],
    )  # fmt: skip
    def create(self, request: UserApiRequest) -> Response:
        """Set what projects are to invest in a year, all or none of them."""
        rows = [YearPlan(**row) for row in _in_order(self.sent(YearPlanSerializer), "year")]
        return self.written(plan_investments, rows)


def _in_order(rows: Iterable[dict[str, Any]], when: str) -> Iterable[dict[str, Any]]:
    return ({"project_id": row["project"], when: row[when], "amount": row["amount"]} for row in rows)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19

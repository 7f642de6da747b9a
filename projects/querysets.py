"""Which projects."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When

from accounts.access import ScopedQuerySet, may_raise_issues, may_record_visits
from accounts.models import User
from domain.periods import Months
from projects.initials import could_be_initials

if TYPE_CHECKING:
    from projects.models import Finding, Investment, InvestmentPlan, Project, Visit, VisitPhoto


class ProjectQuerySet(ScopedQuerySet["Project"]):
    def lock_for(self, actor: User, pk: int) -> "Project":
        """The project, held until the transaction ends, if `actor` may change it.

        Raises PermissionDenied where `actor` may not. The project is the unit of locking, because the
        rules of a chain read other nodes than the one that changes.
        """
        project = self.editable_by(actor).filter(pk=pk).select_for_update(of=("self",), no_key=True).first()
        if project is None:
            raise PermissionDenied
        return project

    def seen_among(self, pks: Iterable[int | None], *, by: User) -> set[int]:
        """Those of the projects with these numbers that `by` may see."""
        seen = self.visible_to(by).filter(pk__in={pk for pk in pks if pk}).order_by()
        return set(seen.values_list("pk", flat=True))

    def for_list(self) -> Self:
        return self.select_related("town", "department", "liaison").order_by("name", "pk")

    def matching(self, text: str) -> Self:
        """Projects of which name, code or enterprise contains each word of `text`, or its initials do."""
        found = self
        for word in text.split():
            said = Q(name__icontains=word) | Q(code__icontains=word) | Q(enterprise__icontains=word)
            if could_be_initials(word):
                said |= Q(initials__contains=word.lower())
            found = found.filter(said)
        return found

    def best_first(self, text: str) -> Self:
        """Those first whose name begins with `text`, then those whose initials do, then by name."""
        begins = Case(
            When(name__istartswith=text, then=Value(0)),
            When(initials__startswith=text.lower(), then=Value(1)),
            default=Value(2),
        )
        return self.order_by(begins, "name", "pk")

    def raisable_by(self, user: User | AnonymousUser) -> Self:
        """Those of which `user` may raise an issue: whatever is in sight, for all but leaders."""
        return self.visible_to(user) if may_raise_issues(user) else self.none()

    def visitable_by(self, user: User | AnonymousUser) -> Self:
        """Those of which `user` may record visits: whatever is in sight, for managers."""
        return self.visible_to(user) if may_record_visits(user) else self.none()

    def longest_unvisited_first(self) -> Self:
        """Those that were never visited first; each with the day of its last visit, ``last_visited_on``, or None."""
        visits = apps.get_model("projects", "Visit")._default_manager.order_by("-visited_on")
        last = visits.filter(project=OuterRef("pk")).values("visited_on")[:1]
        dated = self.annotate(last_visited_on=Subquery(last))
        return dated.order_by(F("last_visited_on").asc(nulls_first=True), "name", "pk")

    def not_visited_since(self, day: date) -> Self:
        """Those whose enterprise nobody has visited on `day` or later."""
        visits = apps.get_model("projects", "Visit")._default_manager
        return self.filter(~Exists(visits.filter(project=OuterRef("pk"), visited_on__gte=day)))


class InvestmentQuerySet(ScopedQuerySet["Investment"]):
    project_path = "project__"

    def between(self, months: Months) -> Self:
        """Those of these months, both ends counted."""
        return self.filter(month__range=(months.first, months.last))


class InvestmentPlanQuerySet(ScopedQuerySet["InvestmentPlan"]):
    project_path = "project__"


class VisitQuerySet(ScopedQuerySet["Visit"]):
    project_path = "project__"

    def visited_between(self, first: date | None, last: date | None) -> Self:
        """Those of these days, both included; without an end where a day is None."""
        days = {"visited_on__gte": first, "visited_on__lte": last}
        return self.filter(**{name: on for name, on in days.items() if on})

    def matching(self, text: str) -> Self:
        """Visits whose project, people, talk or findings contain `text`."""
        places = (
            "project__name", "project__enterprise", "visitors", "met", "summary",
        )  # fmt: skip
        said = reduce(or_, [Q((f"{place}__icontains", text)) for place in places])
        # A set, not a join: two findings that contain it are one visit.
        found = apps.get_model("projects", "Finding")._default_manager.filter(text__icontains=text)
        return self.filter(said | Q(pk__in=found.order_by().values("visit")))

    def for_list(self) -> Self:
        photos = apps.get_model("projects", "VisitPhoto")._default_manager.filter(withdrawn_at__isnull=True)
        return self.select_related("project__town", "recorded_by").prefetch_related(
            "findings__issue", Prefetch("photos", photos)
        )


class FindingQuerySet(ScopedQuerySet["Finding"]):
    project_path = "visit__project__"

    def raised(self) -> dict[int, str]:
        """Those from which an issue came, with its number."""
        return dict(self.filter(issue__isnull=False).values_list("pk", "issue__number"))


class VisitPhotoQuerySet(ScopedQuerySet["VisitPhoto"]):
    project_path = "visit__project__"

    def live(self) -> Self:
        """Without those that were withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

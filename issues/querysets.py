"""Which issues, topics, slips and links."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.access import (
    EVERYTHING,
    NOTHING,
    ScopedQuerySet,
    editable,
    may_lead_topics,
    verifies_for_all,
    visible,
)
from accounts.models import Unit, User
from domain.issues import TICKING_ISSUES, WITH_THE_LEAD, IssueStatus
from domain.supervision import SlipLevel

if TYPE_CHECKING:
    from issues.models import EnterpriseLink, Issue, IssueFile, Supervision, Topic


def _among(rows: models.QuerySet) -> Q:
    """Rows that are also among `rows`. Asked row by row: of one row in hand a set would be made of all there are.

    Not the condition itself: where everything is somebody's it is empty, and empty or something is something.
    """
    return Q(Exists(rows.order_by().filter(pk=OuterRef("pk"))))


class IssueQuerySet(ScopedQuerySet["Issue"]):
    """Whoever may see the project sees its issues; the managers of the lead unit may work on them."""

    project_path = "project__"
    duty_path = "lead_unit"

    def matching(self, text: str) -> Self:
        """Issues of which each word of `text` begins the number, ends it after the year, or is part of the words, the
        project or the enterprise."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(number__startswith=word)
                | Q(number__endswith=f"-{word.zfill(4)}")
                | Q(title__icontains=word)
                | Q(description__icontains=word)
                | Q(project__name__icontains=word)
                | Q(project__code__icontains=word)
                | Q(project__enterprise__icontains=word)
            )
        return found

    def numbered(self, text: str) -> Self:
        """Those whose number begins with `text`, such as 2026-01, or is `text` in any year, such as 137."""
        if not re.fullmatch(r"[0-9-]+", text, re.ASCII):
            return self.none()
        serial = Q(serial=int(text)) if re.fullmatch("[0-9]{1,6}", text, re.ASCII) else NOTHING
        return self.filter(Q(number__startswith=text) | serial)

    def titled(self, text: str) -> Self:
        """Those whose title has each word of `text`."""
        found = self
        for word in text.split():
            found = found.filter(title__icontains=word)
        return found

    def open(self) -> Self:
        """Said as ``open_issue_by_due_date`` says it, so that the database counts them in that index alone."""
        return self.exclude(status=IssueStatus.CLOSED)

    def late(self, today: date) -> Self:
        """The SQL side of ``domain.issues.is_issue_late``."""
        return self.filter(status__in=TICKING_ISSUES, due_on__lt=today)

    def raised_between(self, first: date, last: date) -> Self:
        return self.filter(raised_on__range=(first, last))

    def closed_between(self, first: date, last: date) -> Self:
        return self.filter(closed_on__range=(first, last))

    def open_on(self, day: date) -> Self:
        """Raised by the end of `day` and not closed by then, as far as is known today: a reopened issue counts
        as open since it was raised."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day), raised_on__lte=day)

    def workable_by(self, user: User | AnonymousUser) -> Self:
        """Those to whose record `user` may add: the supporting units' managers among them."""
        mine = _among(IssueQuerySet(self.model).editable_by(user))
        return self.filter(mine | Q(pk__in=self._supported_by(user)))

    def _supported_by(self, user: User | AnonymousUser) -> models.QuerySet:
        supporting = self.model.supporting.through._default_manager
        if not (
            isinstance(user, User) and user.is_active and user.role == User.Role.MANAGER and user.unit_id
        ):
            return supporting.none().values("issue_id")
        return supporting.filter(unit=user.unit_id).values("issue_id")

    def verifiable_by(self, user: User | AnonymousUser) -> Self:
        """Those that wait for a verifier that `user` can be (``domain.issues.check_verifier``)."""
        if not isinstance(user, User):
            return self.none()
        waiting = self.coordinated_by(user).filter(status=IssueStatus.CLOSE_REQUESTED)
        waiting = waiting.exclude(close_asked_by=user)
        return waiting if verifies_for_all(user) else waiting.exclude(lead_unit=user.unit_id)

    def changeable_by(self, user: User | AnonymousUser) -> Self:
        """Those whose wording, category, level, topic and nodes `user` may change: who coordinates the project, and
        who raised it as long as nobody has it."""
        if not isinstance(user, User):
            return self.none()
        issues = IssueQuerySet(self.model)
        raised = issues.visible_to(user).filter(status=IssueStatus.RAISED, raised_by=user)
        return self.filter(_among(issues.coordinated_by(user)) | _among(raised))

    def ratable_by(self, user: User | AnonymousUser) -> Self:
        """Those whose answer `user` may rate for the enterprise: whoever may change the project, but no unit its own
        answer."""
        if not isinstance(user, User):
            return self.none()
        issues = self.filter(editable(user, self.project_path))
        if user.is_manager and user.unit_id and not verifies_for_all(user):
            issues = issues.exclude(lead_unit=user.unit_id)
        return issues

    def to_assign(self, user: User | AnonymousUser) -> Self:
        """Those that nobody has yet and that `user` may give to a unit."""
        return self.coordinated_by(user).filter(status=IssueStatus.RAISED)

    def to_work_on(self, user: User) -> Self:
        """Those that wait for the unit of `user`."""
        return self.filter(lead_unit=user.unit_id, status__in=WITH_THE_LEAD) if user.unit_id else self.none()

    def to_support(self, user: User) -> Self:
        """Those that the unit of `user` is to help with."""
        if not user.unit_id:
            return self.none()
        return self.filter(pk__in=self._supported_by(user), status__in=WITH_THE_LEAD)

    def of_enterprise(self, project: int) -> Self:
        """What the enterprise of `project` sees through its link: what was raised in its own name, nothing else."""
        return self.filter(project=project, source="enterprise")

    def told_through_links(self, project: int) -> Self:
        """Those that the enterprise has raised itself: nobody else does so in the name of the system user."""
        return self.of_enterprise(project).filter(raised_by__role=User.Role.SYSTEM)

    def blocking(self, node: int) -> Self:
        return self.open().filter(blocks__node=node)

    def for_list(self) -> Self:
        return self.select_related("project__town", "category", "topic", "lead_unit")


class TopicQuerySet(models.QuerySet["Topic"]):
    """Topics belong to many projects: seen by whoever sees one of their issues, or leads them."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        if visible(user) == EVERYTHING:
            return self.all()
        issues = apps.get_model("issues", "Issue")._default_manager
        seen = Q(Exists(issues.filter(visible(user, "project__"), topic=OuterRef("pk"))))
        return self.filter(seen | self._led_by(user))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Those that `user` may change, assign and close."""
        return self.all() if may_lead_topics(user) else self.none()

    def notable_by(self, user: User | AnonymousUser) -> Self:
        """Those at which `user` may note how it goes on: also the managers of the lead unit."""
        return self.all() if may_lead_topics(user) else self.filter(self._led_by(user))

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def pressing_first(self) -> Self:
        """Open ones before closed ones, what is due first before the rest; said whole, since databases differ about
        where to put what has no date."""
        return self.order_by(F("closed_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk")

    def _led_by(self, user: User | AnonymousUser) -> Q:
        """Those that the unit leads of which `user` is a manager."""
        if isinstance(user, User) and user.is_active and user.is_manager and user.unit_id:
            return Q(lead_unit=user.unit_id)
        return NOTHING


class IssueFileQuerySet(ScopedQuerySet["IssueFile"]):
    project_path = "issue__project__"

    def sent_through_links(self) -> Self:
        """What enterprises have sent themselves, with their issues."""
        return self.filter(purpose="found", added_by__role=User.Role.SYSTEM).order_by("pk")


class SupervisionQuerySet(ScopedQuerySet["Supervision"]):
    """Slips of projects in sight; a proposal is seen by those who may issue it."""

    project_path = "project__"

    def proposed(self) -> Self:
        return self.filter(state="proposed")

    def issued(self) -> Self:
        """Those that went out, answered or not."""
        return self.filter(state__in=["issued", "answered"])

    def unanswered(self) -> Self:
        return self.filter(state="issued")

    def late(self, today: date) -> Self:
        """Those whose answer is overdue."""
        return self.unanswered().filter(reply_by__lt=today)

    def seen_by(self, user: User | AnonymousUser) -> Self:
        """Of what is in sight, the proposals only for those who decide about them."""
        # Not `coordinated` itself: where that is everything, it is empty, and empty or something is something.
        decided = self.model._default_manager.coordinated_by(user).order_by().values("pk")
        return self.visible_to(user).filter(Q(state__in=["issued", "answered"]) | Q(pk__in=decided))

    def to_issue(self, user: User | AnonymousUser) -> Self:
        return self.coordinated_by(user).filter(state="proposed")

    def to_answer(self, user: User | AnonymousUser) -> Self:
        """Those that wait for an answer of the unit that `user` manages."""
        return self.unanswered().filter(_addressed_to(user))

    def answerable_by(self, user: User | AnonymousUser) -> Self:
        """Those that `user` may answer: for the own unit or, as the bureau, on behalf of any."""
        if isinstance(user, User) and user.is_active and verifies_for_all(user):
            return self.coordinated_by(user)
        return self.filter(_addressed_to(user))

    def for_unit(self, unit: Unit) -> Self:
        """Those that the unit was told, and the proposals that it would be told."""
        town = Q(node__isnull=False, node__unit__isnull=True, project__town=unit)
        usual = Q(node__unit=unit) | town | Q(issue__lead_unit=unit)
        return self.filter(Q(addressee=unit) | Q(usual, addressee__isnull=True))

    def with_late_answer(self, today: date) -> Self:
        """The SQL side of ``domain.supervision.is_answer_late``, for slips that were issued."""
        in_time = Q(answered_on__lte=F("reply_by")) | Q(answered_on__isnull=True, reply_by__gte=today)
        return self.issued().exclude(in_time)

    def yellows(self) -> Self:
        return self.issued().filter(level=SlipLevel.YELLOW)

    def for_list(self) -> Self:
        return self.select_related(
            "project__town", "node__template_node", "node__unit", "issue__lead_unit", "addressee"
        )


def _addressed_to(user: User | AnonymousUser) -> Q:
    """Slips to the unit that `user` manages."""
    if isinstance(user, User) and user.is_active and user.role == User.Role.MANAGER and user.unit_id:
        return Q(addressee=user.unit_id)
    return NOTHING


class EnterpriseLinkQuerySet(ScopedQuerySet["EnterpriseLink"]):
    project_path = "project__"

    def live(self, now: datetime) -> Self:
        """Neither revoked nor expired."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)

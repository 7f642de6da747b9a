"""What is stored of templates, chains, nodes, overdue flags and the calendar."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from domain.chains import ClockOwner, EdgeKind, Milestone
from domain.date_changes import PENDING, RequestStatus
from domain.lifecycle import Status
from domain.workdays import LimitUnit, WorkCalendar, deadline
from milestones.querysets import (
    ChainQuerySet,
    ChainTemplateQuerySet,
    DateChangeQuerySet,
    HoldQuerySet,
    NodeQuerySet,
    OverdueFlagQuerySet,
    ProofQuerySet,
)
from projects.kept_files import KeptFile
from projects.models import Project

STATUS_LABELS = {
    Status.WAITING: _("Waiting"),
    Status.RUNNING: _("Running"),
    Status.HELD: _("On hold"),
    Status.DONE: _("Done"),
    Status.WAIVED: _("Waived"),
}

REQUEST_LABELS = {
    RequestStatus.ASKED: _("asked for"),
    RequestStatus.RETURNED: _("sent back"),
    RequestStatus.APPROVED: _("approved"),
    RequestStatus.REFUSED: _("refused"),
    RequestStatus.WITHDRAWN: _("withdrawn"),
}

CLOCK_LABELS = {
    ClockOwner.GOVERNMENT: _("government approval"),
    ClockOwner.AGENCY: _("commissioned agency"),
    ClockOwner.UTILITY: _("utility"),
    ClockOwner.ENTERPRISE: _("enterprise itself"),
}


MILESTONE_LABELS = {
    Milestone.SIGNED: _("signed"),
    Milestone.SUPPLIED: _("land supplied"),
    Milestone.STARTED: _("construction started"),
    Milestone.REGISTERED: _("in the statistics"),
    Milestone.COMPLETED: _("completed"),
    Milestone.PRODUCING: _("in production"),
    Milestone.FULL: _("in full production"),
    Milestone.FILED: _("filed"),
    Milestone.APPLIED: _("applied for"),
    Milestone.POOLED: _("in the pool"),
    Milestone.CULTIVATED: _("cultivated"),
    Milestone.RECOGNISED: _("recognised"),
}


def in_reader_language(name: str, name_en: str) -> str:
    """The English name where the reader reads English and there is one, else the name."""
    return name_en if name_en and (get_language() or "").startswith("en") else name


def etag_of(pk: int, version: int) -> str:
    """The entity tag of this version of a node, quotes included."""
    return f'"{pk}-{version}"'


class ChainTemplate(models.Model):
    """One version of a process chain. A published version never changes; projects are pinned to it."""

    code = models.SlugField(_("code"), max_length=60)
    version = models.PositiveIntegerField(_("version"), default=1)
    kind = models.CharField(
        _("project kind"), max_length=16, choices=Project.Kind.choices, blank=True,
        help_text=_("blank: a chain that a ledger brought"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    stages = models.JSONField(_("stages"), default=list)
    lanes = models.JSONField(_("lanes"), default=list)
    facts = models.JSONField(_("facts of a project that switch nodes"), default=list)
    promise = models.JSONField(_("promise of the whole"), default=dict, blank=True)
    source = models.TextField(_("source"), blank=True)
    note = models.TextField(_("note"), blank=True)
    digest = models.CharField(max_length=64, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = ChainTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["code", "-version"]
        verbose_name = _("process template")
        verbose_name_plural = _("process templates")
        constraints = [models.UniqueConstraint("code", "version", name="one_template_per_version")]

    def __str__(self) -> str:
        return f"{in_reader_language(self.name, self.name_en)} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("milestones:template", args=[self.code, self.version])

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_en)


class TemplateNode(models.Model):
    """One step of a template. Limits are in `limit_unit` (working or calendar days)."""

    template = models.ForeignKey(ChainTemplate, models.CASCADE, related_name="nodes")
    position = models.PositiveSmallIntegerField(_("order"))
    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("node"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    stage = models.CharField(_("stage"), max_length=40)
    lane = models.CharField(_("lane"), max_length=40)
    unit_name = models.CharField(
        _("responsible unit"), max_length=60, blank=True, help_text=_("blank: the project's town")
    )
    clock = models.CharField(
        _("clock owner"), max_length=12, choices=[(owner, owner) for owner in ClockOwner]
    )
    limit = models.PositiveSmallIntegerField(_("limit"), null=True, blank=True)
    limit_unit = models.CharField(
        _("limit in"), max_length=8, choices=[(unit, unit) for unit in LimitUnit], default=LimitUnit.WORKING
    )
    plan_days = models.PositiveSmallIntegerField(_("planned working days"))
    is_key = models.BooleanField(_("key node"), default=False)
    is_optional = models.BooleanField(_("optional"), default=False)
    condition = models.CharField(_("only where"), max_length=60, blank=True)
    milestone = models.CharField(
        _("milestone"), max_length=12, choices=[(mark, mark) for mark in Milestone], blank=True,
        help_text=_("what reaching the node means for the figures of the district"),
    )  # fmt: skip
    is_unconfirmed = models.BooleanField(_("to be confirmed"), default=False)
    proof = models.CharField(
        _("proof asked for"), max_length=200, blank=True, help_text=_("blank: none is asked for")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["template", "position"]
        verbose_name = _("template node")
        verbose_name_plural = _("template nodes")
        constraints = [models.UniqueConstraint("template", "code", name="one_template_node_per_code")]
        indexes = [models.Index("milestone", condition=~Q(milestone=""), name="template_node_by_milestone")]

    def __str__(self) -> str:
        return self.label

    def clock_ends_on(
        self,
        accepted_on: date,
        limit: int | None,
        calendar: WorkCalendar,
        holds: Iterable[tuple[date, date]] = (),
    ) -> date | None:
        """The end of the approval clock that runs since `accepted_on`, the days in `holds` taken out.

        `limit` is that of the project's own node, in ``limit_unit``; `holds` are first and last days. None
        where there is no limit, and for what an enterprise does itself: that has a plan, not a clock.
        """
        if limit is None or self.clock == ClockOwner.ENTERPRISE:
            return None
        return deadline(calendar, accepted_on, limit, LimitUnit(self.limit_unit), holds)

    @property
    def stage_label(self) -> str:
        for stage in self.template.stages:
            if stage["code"] == self.stage:
                return in_reader_language(stage["name"], stage.get("name_en", ""))
        return self.stage

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_en)


class TemplateEdge(models.Model):
    """`target` waits for `source`: hard (refused before) or soft (warned); a `group` needs one member."""

    source = models.ForeignKey(TemplateNode, models.CASCADE, related_name="outgoing")
    target = models.ForeignKey(TemplateNode, models.CASCADE, related_name="incoming")
    kind = models.CharField(max_length=4, choices=[(kind, kind) for kind in EdgeKind])
    group = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("template edge")
        verbose_name_plural = _("template edges")
        constraints = [models.UniqueConstraint("source", "target", name="one_edge_between_two_nodes")]

    def __str__(self) -> str:
        return f"{self.source.code} → {self.target.code}"


class Chain(models.Model):
    """The version of a template that a project is pinned to, and the day its plan begins.

    `conditions`: the codes of the facts that are true of the project, and of the optional nodes it has.
    """

    project = models.OneToOneField(Project, models.CASCADE, related_name="chain")
    template = models.ForeignKey(ChainTemplate, models.PROTECT, related_name="chains")
    starts_on = models.DateField(_("starts"))
    conditions = models.JSONField(_("facts of the project"), default=list, blank=True)

    objects = ChainQuerySet.as_manager()

    class Meta:
        verbose_name = _("chain")
        verbose_name_plural = _("chains")

    def __str__(self) -> str:
        return f"{self.project}: {self.template}"


class Node(models.Model):
    """One step of one project's chain.

    ``baseline_on`` is the first plan date and stays; ``due_on`` the last approved one; ``limit_on`` the
    end of the running approval clock; ``deadline_on`` the earlier of the two. ``held_on`` is the first day of
    the hold that it is on. Started, finished and waived are the days it happened; what was entered on which
    day stands beside them. `version` counts the changes, so that an edit of a row that has changed since is
    noticed.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="nodes", verbose_name=_("project"))
    template_node = models.ForeignKey(
        TemplateNode, models.PROTECT, related_name="nodes", db_index=False, verbose_name=_("node")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="nodes", verbose_name=_("responsible unit")
    )
    status = models.CharField(
        _("status"), max_length=8, choices=list(STATUS_LABELS.items()), default=Status.WAITING
    )
    baseline_on = models.DateField(_("baseline"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    limit_on = models.DateField(_("limit ends"), null=True, blank=True)
    limit = models.PositiveSmallIntegerField(_("limit"), null=True, blank=True)
    deadline_on = models.GeneratedField(
        expression=Least(Coalesce(F("due_on"), F("limit_on")), Coalesce(F("limit_on"), F("due_on"))),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    started_on = models.DateField(_("started"), null=True, blank=True)
    start_entered_on = models.DateField(_("start entered"), null=True, blank=True)
    held_on = models.DateField(_("on hold since"), null=True, blank=True)
    finished_on = models.DateField(_("finished"), null=True, blank=True)
    finish_entered_on = models.DateField(_("finish entered"), null=True, blank=True)
    waived_on = models.DateField(_("waived on"), null=True, blank=True)
    waived_reason = models.TextField(_("why waived"), blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = NodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("node")
        verbose_name_plural = _("nodes")
        constraints = [
            models.UniqueConstraint("project", "template_node", name="one_node_per_step"),
            models.CheckConstraint(
                condition=Q(status=Status.DONE, finished_on__isnull=False)
                | (~Q(status=Status.DONE) & Q(finished_on__isnull=True)),
                name="finished_on_is_set_exactly_when_done",
            ),
            models.CheckConstraint(
                condition=(Q(status=Status.WAIVED) & ~Q(waived_reason=""))
                | (~Q(status=Status.WAIVED) & Q(waived_reason="")),
                name="waived_exactly_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.HELD, held_on__isnull=False)
                | (~Q(status=Status.HELD) & Q(held_on__isnull=True)),
                name="held_on_is_set_exactly_when_held",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.RUNNING, Status.HELD]) | Q(started_on__isnull=False),
                name="running_since_some_day",
            ),
        ]
        indexes = [
            # The overdue list walks the first; "is something before it still open" asks the second.
            models.Index(
                "deadline_on", "id", condition=Q(status__in=[Status.WAITING, Status.RUNNING]),
                name="node_by_deadline",
            ),
            # What falls due on which day of which kind, and how soon it turns yellow, from the index alone.
            models.Index(
                "deadline_on", "template_node", "status", "limit",
                condition=Q(status__in=[Status.WAITING, Status.RUNNING]), name="node_due_by_kind",
            ),
            models.Index(
                "project", "template_node",
                condition=Q(status__in=[Status.WAITING, Status.RUNNING, Status.HELD]), name="node_still_open",
            ),
            # How many of each kind are in which state, and what was done when, is counted without reading the rows.
            models.Index("template_node", "status", name="node_by_kind_and_state"),
            models.Index("finished_on", condition=Q(finished_on__isnull=False), name="node_by_finish"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.template_node.label

    @property
    def etag(self) -> str:
        return etag_of(self.pk, self.version)


class Hold(models.Model):
    """That the clock of a node stood still from ``held_on`` until the day before ``resumed_on`` (open: none).

    ``moved_days``: by how many working days its end moved the node's due date. Days that lie in several holds
    of a node count once, for the one that ended first.
    """

    node = models.ForeignKey(Node, models.CASCADE, related_name="holds", verbose_name=_("node"))
    held_on = models.DateField(_("first day on hold"))
    resumed_on = models.DateField(_("runs again from"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    notice_no = models.CharField(_("number of the notice"), max_length=80, blank=True)
    moved_days = models.PositiveSmallIntegerField(_("moved the date by"), default=0)
    held_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("put on hold by"))
    resumed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("resumed by")
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["held_on", "pk"]
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.CheckConstraint(
                condition=Q(resumed_on__isnull=True) | Q(resumed_on__gte=F("held_on")),
                name="a_hold_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_hold_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.held_on}"


class DateChange(models.Model):
    """A request for another due date, of one node or of it and all that follow; `items` say from what to what.

    Nothing moves before it is approved; a pending request hides nothing.
    """

    class Reason(models.TextChoices):
        """Source: domain.md 5.4."""

        ENTERPRISE = "enterprise", _("the enterprise changed its mind")
        PREDECESSOR = "predecessor", _("an earlier node is late")
        SUPPLEMENT = "supplement", _("documents have to be supplemented")
        PROCEDURE = "procedure", _("special procedure")
        POLICY = "policy", _("policy or planning changed")
        FORCE_MAJEURE = "force_majeure", _("force majeure")
        SUPPLIES = "supplies", _("power, water, road or land not there yet")
        TYPING = "typing", _("entered wrongly")
        LEDGER = "ledger", _("planned anew in the ledger")
        OTHER = "other", _("other")

    node = models.ForeignKey(Node, models.CASCADE, related_name="date_changes", verbose_name=_("node"))
    reason = models.CharField(_("reason"), max_length=16, choices=Reason.choices)
    text = models.TextField(_("explanation"), blank=True)
    following = models.BooleanField(_("with all following nodes"), default=False)
    status = models.CharField(
        _("status"), max_length=10, choices=list(REQUEST_LABELS.items()), default=RequestStatus.ASKED
    )
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    objects = DateChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("date change")
        verbose_name_plural = _("date changes")
        constraints = [
            models.UniqueConstraint(
                "node", condition=Q(status__in=PENDING), name="one_pending_date_change_per_node"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node}: {self.get_status_display()}"


class DateChangeItem(models.Model):
    """One date that a date change moves."""

    change = models.ForeignKey(DateChange, models.CASCADE, related_name="items")
    node = models.ForeignKey(Node, models.CASCADE, related_name="+", verbose_name=_("node"))
    due_before = models.DateField(_("until now"), null=True)
    due_after = models.DateField(_("from now on"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("moved date")
        verbose_name_plural = _("moved dates")
        constraints = [models.UniqueConstraint("change", "node", name="a_change_moves_a_node_once")]

    def __str__(self) -> str:
        return f"{self.node} {self.due_before} → {self.due_after}"


class Proof(KeptFile):
    """What shows that a node was done: a document's number, a file, or both (印证资料).

    What was withdrawn stays on record and is shown no more.
    """

    node = models.ForeignKey(Node, models.PROTECT, related_name="proofs", verbose_name=_("node"))
    document_no = models.CharField(_("document number"), max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ProofQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        constraints = [
            models.CheckConstraint(
                condition=~Q(document_no="", file=""), name="a_proof_is_a_number_or_a_file"
            ),
        ]

    def __str__(self) -> str:
        return self.document_no or self.name


class TemplateDraft(models.Model):
    """The next version of a chain while managers work on it, as the text of a definition.

    `version` counts the edits, so that two who edit at once notice each other.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    based_on = models.ForeignKey(
        ChainTemplate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("based on")
    )
    text = models.TextField(_("definition"))
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("draft of a template")
        verbose_name_plural = _("drafts of templates")

    def __str__(self) -> str:
        return self.code


class OverdueFlag(models.Model):
    """That a node crossed the line: raised by the sweep, cleared when it no longer is over it.

    A fact of its own (since when, and later how far supervision has gone). Whether a node is overdue now
    is never read from here.
    """

    node = models.ForeignKey(Node, models.CASCADE, related_name="overdue_flags")
    deadline_on = models.DateField(_("deadline that passed"))
    raised_on = models.DateField(_("raised"))
    cleared_on = models.DateField(_("cleared"), null=True)

    objects = OverdueFlagQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_on", "pk"]
        verbose_name = _("overdue flag")
        verbose_name_plural = _("overdue flags")
        constraints = [
            models.UniqueConstraint(
                "node", condition=Q(cleared_on__isnull=True), name="one_open_flag_per_node"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.deadline_on}"


class CalendarDay(models.Model):
    """A day that differs from Monday to Friday, or has a name. The only thing dates are computed from."""

    class Source(models.TextChoices):
        NOTICE = "notice", _("State Council notice")
        OVERRIDE = "override", _("set by hand")

    on = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.OVERRIDE)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["on"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self) -> str:
        return f"{self.on} {self.name}"

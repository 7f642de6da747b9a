"""What is stored of templates, chains, nodes, overdue flags and the calendar."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from domain.chains import ClockOwner, EdgeKind
from domain.lifecycle import Status
from domain.workdays import LimitUnit
from milestones.querysets import ChainTemplateQuerySet, NodeQuerySet, OverdueFlagQuerySet
from projects.models import Project

STATUS_LABELS = {
    Status.WAITING: _("Waiting"),
    Status.RUNNING: _("Running"),
    Status.HELD: _("On hold"),
    Status.DONE: _("Done"),
    Status.WAIVED: _("Waived"),
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
    source = models.TextField(_("source"), blank=True)
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
    is_unconfirmed = models.BooleanField(_("to be confirmed"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["template", "position"]
        verbose_name = _("template node")
        verbose_name_plural = _("template nodes")
        constraints = [models.UniqueConstraint("template", "code", name="one_template_node_per_code")]

    def __str__(self) -> str:
        return self.label

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
    """The version of a template that a project is pinned to, and the day its plan begins."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="chain")
    template = models.ForeignKey(ChainTemplate, models.PROTECT, related_name="chains")
    starts_on = models.DateField(_("starts"))

    class Meta:
        verbose_name = _("chain")
        verbose_name_plural = _("chains")

    def __str__(self) -> str:
        return f"{self.project}: {self.template}"


class Node(models.Model):
    """One step of one project's chain.

    ``baseline_on`` is the first plan date and stays; ``due_on`` the last approved one; ``limit_on`` the
    end of the running approval clock; ``deadline_on`` the earlier of the two. `version` counts the
    changes, so that an edit of a row that has changed since is noticed.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="nodes", verbose_name=_("project"))
    template_node = models.ForeignKey(
        TemplateNode, models.PROTECT, related_name="nodes", verbose_name=_("node")
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
    finished_on = models.DateField(_("finished"), null=True, blank=True)
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
            models.Index(
                "project", "template_node",
                condition=Q(status__in=[Status.WAITING, Status.RUNNING, Status.HELD]), name="node_still_open",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.template_node.label

    @property
    def etag(self) -> str:
        return etag_of(self.pk, self.version)


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

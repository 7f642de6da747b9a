"""What is stored of the weekly meeting: its agenda, its frozen picture, its decisions, its files and who gets them."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit, User
from domain.meetings import DecisionStatus, written_decision
from issues.models import Issue, Supervision
from meetings.querysets import (
    AgendaItemQuerySet,
    DecisionQuerySet,
    JobQuerySet,
    MeetingFileQuerySet,
    MeetingQuerySet,
    UploadQuerySet,
)
from milestones.models import DateChange, Node, etag_of
from projects.kept_files import KeptFile
from projects.models import Project

DECISION_LABELS = {
    DecisionStatus.OPEN: pgettext_lazy("state of a decision", "open"),
    DecisionStatus.DONE: pgettext_lazy("state of a decision", "reported done"),
    DecisionStatus.VERIFIED: pgettext_lazy("state of a decision", "done and verified"),
    DecisionStatus.WITHDRAWN: pgettext_lazy("state of a decision", "withdrawn"),
}


class Meeting(models.Model):
    """The meeting of one ISO week: a draft until it is frozen at the cut-off, held afterwards.

    Its row is what is locked for whatever belongs to it. `is_ordered`: somebody has put the agenda in another order
    than the one it builds itself in. `version` counts the changes of meeting and agenda, so that an edit of what has
    changed since is noticed. `last_decision` is the last number that a decision of it has.
    """

    year = models.PositiveSmallIntegerField(editable=False)
    week = models.PositiveSmallIntegerField(editable=False)
    cut_off_at = models.DateTimeField(_("cut-off"))
    held_at = models.DateTimeField(_("held"))
    send_at = models.DateTimeField(_("workbook goes out"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    chair = models.CharField(_("chair"), max_length=60, blank=True)
    recorder = models.CharField(_("minutes taken by"), max_length=60, blank=True)
    attendees = models.TextField(_("who attends"), blank=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)
    frozen_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("frozen by")
    )
    is_ordered = models.BooleanField(default=False, editable=False)
    last_decision = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-week"]
        verbose_name = _("weekly meeting")
        verbose_name_plural = _("weekly meetings")
        constraints = [
            models.UniqueConstraint("year", "week", name="one_meeting_a_week"),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, frozen_by__isnull=True)
                | Q(frozen_at__isnull=False, frozen_by__isnull=False),
                name="frozen_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return _("%(year)s week %(week)s") % {"year": self.year, "week": self.week}

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.pk])

    @property
    def number(self) -> str:
        """``2026-48``: the year and the week."""
        return f"{self.year}-{self.week:02d}"

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    @property
    def etag(self) -> str:
        return etag_of(self.pk, self.version)


class AgendaItem(models.Model):
    """One thing that the meeting goes through, about exactly one subject or, `OTHER`, about what `text` says.

    Built from what is late, open or waiting, or added by hand (`added_by`). A `dropped_reason` takes it off the
    agenda without forgetting it. `unit` is the lead unit under which it stands; `position` its place.
    """

    class Kind(models.TextChoices):
        DECISION = "decision", _("decision still open")
        OVERDUE = "overdue", _("overdue node")
        ISSUE = "issue", _("issue that needs a decision")
        DATE_CHANGE = "date_change", _("another date asked for")
        HOLD = "hold", _("on hold for long")
        SLIP = "slip", _("slip without an answer")
        OTHER = "other", _("added")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items", verbose_name=_("meeting"))
    kind = models.CharField(_("what it is"), max_length=12, choices=Kind.choices)
    position = models.PositiveIntegerField(_("place"), default=0)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead unit")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="agenda_items", verbose_name=_("project")
    )
    node = models.ForeignKey(
        Node, models.PROTECT, null=True, blank=True, related_name="agenda_items", verbose_name=_("node")
    )
    issue = models.ForeignKey(
        Issue, models.PROTECT, null=True, blank=True, related_name="agenda_items", verbose_name=_("issue")
    )
    date_change = models.ForeignKey(
        DateChange, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("date change")
    )
    slip = models.ForeignKey(
        Supervision, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("slip")
    )
    decision = models.ForeignKey(
        "Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_items",
        verbose_name=_("decision"),
    )
    deadline_on = models.DateField(_("deadline that passed"), null=True, blank=True)
    text = models.CharField(_("what it is about"), max_length=300, blank=True)
    speaker = models.CharField(_("who speaks"), max_length=60, blank=True)
    added_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )
    dropped_reason = models.CharField(_("why dropped"), max_length=300, blank=True)
    dropped_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dropped by")
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["overdue", "hold"], node__isnull=False)
                | Q(kind="issue", issue__isnull=False)
                | Q(kind="date_change", date_change__isnull=False)
                | Q(kind="slip", slip__isnull=False)
                | Q(kind="decision", decision__isnull=False)
                | (Q(kind="other") & ~Q(text="")),
                name="an_agenda_item_has_its_subject",
            ),
            *(
                models.UniqueConstraint(
                    "meeting", "kind", subject, condition=Q((f"{subject}__isnull", False)),
                    name=f"a_{subject}_stands_once_on_an_agenda",
                )
                for subject in ("node", "issue", "date_change", "slip", "decision")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text or str(self.subject)

    @property
    def subject(self) -> models.Model | None:
        """What it is about; None where it is only text."""
        return self.decision or self.slip or self.date_change or self.issue or self.node

    @property
    def is_dropped(self) -> bool:
        return bool(self.dropped_reason)


class Decision(models.Model):
    """What a meeting decided (议定事项): who does what by when. On the next agenda until it is done and verified.

    `number` is the `serial`-th of its meeting: 2026-48-03. While people talk it may have only a text; a `key` that the
    page makes up names it before it is saved for the first time.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions", verbose_name=_("meeting"))
    serial = models.PositiveSmallIntegerField(editable=False)
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    item = models.ForeignKey(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("agenda item"),
    )
    text = models.TextField(_("what was decided"))
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("lead unit")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    projects = models.ManyToManyField(
        Project, blank=True, related_name="decisions", verbose_name=_("projects")
    )
    nodes = models.ManyToManyField(Node, blank=True, related_name="decisions", verbose_name=_("nodes"))
    issues = models.ManyToManyField(Issue, blank=True, related_name="decisions", verbose_name=_("issues"))
    status = models.CharField(
        _("state"), max_length=10, choices=list(DECISION_LABELS.items()), default=DecisionStatus.OPEN
    )
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("taken down by"))
    taken_on = models.DateField(_("decided"))
    done_on = models.DateField(_("reported done"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reported by")
    )
    outcome = models.TextField(_("what came of it"), blank=True)
    verified_on = models.DateField(_("verified"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
    returned = models.PositiveSmallIntegerField(_("times sent back"), default=0)
    withdrawn_reason = models.CharField(_("why withdrawn"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__year", "-meeting__week", "serial"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint("meeting", "serial", name="decision_numbers_are_unique"),
            models.CheckConstraint(
                condition=Q(
                    status=DecisionStatus.VERIFIED, verified_on__isnull=False, verified_by__isnull=False
                )
                | (
                    ~Q(status=DecisionStatus.VERIFIED) & Q(verified_on__isnull=True, verified_by__isnull=True)
                ),
                name="verified_exactly_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("done_by")),
                name="nobody_verifies_the_own_word",
            ),
            models.CheckConstraint(
                condition=(Q(status=DecisionStatus.WITHDRAWN) & ~Q(withdrawn_reason=""))
                | (~Q(status=DecisionStatus.WITHDRAWN) & Q(withdrawn_reason="")),
                name="withdrawn_exactly_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                "due_on", "id", condition=Q(status__in=["open", "done"]), name="unsettled_decision_by_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text[:60]}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:decision", args=[self.pk])

    @property
    def number(self) -> str:
        return written_decision(self.meeting.year, self.meeting.week, self.serial)

    @property
    def etag(self) -> str:
        return etag_of(self.pk, self.version)


class Snapshot(models.Model):
    """Everything that the page and the workbook of a frozen meeting show. Rows are only ever added.

    `content` is a ``meetings.snapshot`` document, compressed; `sha256` is that of the document itself. `figures` are
    those of the first sheet by name, for lists and trends without unpacking the rest.
    """

    meeting = models.OneToOneField(
        Meeting, models.PROTECT, related_name="snapshot", verbose_name=_("meeting")
    )
    taken_at = models.DateTimeField(_("taken"))
    figures = models.JSONField(default=dict, editable=False)
    content = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["-taken_at"]
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")

    def __str__(self) -> str:
        return f"{self.meeting} {self.taken_at}"


class Job(models.Model):
    """Long work for a meeting, done by a worker: a row first, so that what a killed worker leaves is taken up again.

    `done` of `steps`; `beat_at` is when the worker last gave a sign. What is running without a sign for long is
    started again.
    """

    class Kind(models.TextChoices):
        FREEZE = "freeze", _("freeze the meeting and write its workbook")

    class State(models.TextChoices):
        QUEUED = "queued", _("waits for a worker")
        RUNNING = "running", _("being done")
        DONE = "done", pgettext_lazy("state of a job", "done")
        FAILED = "failed", _("failed; nothing was changed")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="jobs", verbose_name=_("meeting"))
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FREEZE)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    run = models.UUIDField(null=True, editable=False)
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    steps = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                "meeting", "kind", condition=Q(state__in=["queued", "running"]), name="one_job_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.meeting}"

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}


class MeetingFile(KeptFile):
    """A file that is kept with a meeting: the workbook that was written when it was frozen."""

    class Kind(models.TextChoices):
        WORKBOOK = "workbook", _("workbook")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="files", verbose_name=_("meeting"))
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WORKBOOK)

    objects = MeetingFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("file of a meeting")
        verbose_name_plural = _("files of meetings")
        constraints = [models.UniqueConstraint("meeting", "kind", name="one_file_of_a_kind")]

    def __str__(self) -> str:
        return self.name


class MinutesTemplate(KeptFile):
    """A template of the minutes that the bureau brought in place of the one that comes with the software.

    The newest counts; the older ones stay.
    """

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("template of the minutes")
        verbose_name_plural = _("templates of the minutes")

    def __str__(self) -> str:
        return self.name


class Recipient(models.Model):
    """Somebody who gets the workbook by e-mail every week."""

    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), unique=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    is_active = models.BooleanField(_("gets it"), default=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("recipient of the workbook")
        verbose_name_plural = _("recipients of the workbook")

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class Delivery(models.Model):
    """That the workbook of a meeting is to go, or went, to an address. One that failed is tried again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("not sent yet")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="deliveries", verbose_name=_("meeting"))
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint("meeting", "email", name="one_delivery_to_an_address")]

    def __str__(self) -> str:
        return f"{self.meeting} → {self.email}"


class Upload(KeptFile):
    """A workbook that somebody has filled in and brought back; what it would change is looked at before it is applied.

    `report` says cell by cell what was shown, `digest` names it; `choices` are those made where two values differ.
    """

    class State(models.TextChoices):
        PREVIEWED = "previewed", _("waits for confirmation")
        APPLIED = "applied", _("applied")

    batch = models.UUIDField(default=uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="uploads", verbose_name=_("meeting")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PREVIEWED)
    digest = models.CharField(max_length=64, editable=False)
    report = models.JSONField(default=dict, editable=False)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("filled-in workbook")
        verbose_name_plural = _("filled-in workbooks")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("meetings:upload", args=[self.pk])

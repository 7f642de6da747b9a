"""What is stored of issues, topics, supervision slips and of the links by which enterprises speak for themselves."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit, User
from domain.issues import IssueStatus, Level
from domain.supervision import SlipLevel
from issues.querysets import (
    EnterpriseLinkQuerySet,
    IssueFileQuerySet,
    IssueQuerySet,
    SupervisionQuerySet,
    TopicQuerySet,
)
from milestones.models import Hold, Node, etag_of, in_reader_language
from projects.kept_files import KeptFile
from projects.models import Finding, Project

ISSUE_LABELS = {
    IssueStatus.RAISED: pgettext_lazy("state of an issue", "raised"),
    IssueStatus.ASSIGNED: pgettext_lazy("state of an issue", "assigned"),
    IssueStatus.WORKING: pgettext_lazy("state of an issue", "being worked on"),
    IssueStatus.CLOSE_REQUESTED: pgettext_lazy("state of an issue", "waits for verification"),
    IssueStatus.RETURNED: pgettext_lazy("state of an issue", "sent back, being worked on"),
    IssueStatus.SUSPENDED: pgettext_lazy("state of an issue", "suspended"),
    IssueStatus.CLOSED: pgettext_lazy("state of an issue", "closed"),
}

LEVEL_LABELS = {
    Level.DAILY: _("1 · daily coordination"),
    Level.KEY: _("2 · heads of units"),
    Level.SPECIAL: _("3 · special meeting"),
    Level.HEAD: _("4 · head of the district"),
}

SLIP_LABELS = {
    SlipLevel.BLUE: _("blue slip"),
    SlipLevel.YELLOW: _("yellow slip"),
    SlipLevel.RED: _("red slip"),
}


class NumberSeries(models.Model):
    """The last number taken in a year. Its row is locked until the transaction ends, so numbers have no gaps."""

    class Of(models.TextChoices):
        ISSUES = "issues", _("issues")
        SLIPS = "slips", _("supervision slips")

    of = models.CharField(max_length=10, choices=Of.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("of", "year", name="one_series_per_year")]

    def __str__(self) -> str:
        return f"{self.of} {self.year}"


class Category(models.Model):
    """What kind of thing stands in the way; `lead_unit` is who usually has to remove it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("category"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("usual lead unit")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("can be chosen"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("category of issues")
        verbose_name_plural = _("categories of issues")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_en)


class Topic(models.Model):
    """One cause, many projects (专题): a switching station that sixteen of them wait for.

    `version` counts the changes, so that an edit of what has changed since is noticed.
    """

    name = models.CharField(_("topic"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="topics", verbose_name=_("category")
    )
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="topics", verbose_name=_("lead unit")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    opened_on = models.DateField(_("opened"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    closed_on = models.DateField(pgettext_lazy("day of an issue", "closed"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["closed_on", "due_on", "pk"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("issues:topic", args=[self.pk])

    @property
    def etag(self) -> str:
        return etag_of(self.pk, self.version)


class Issue(models.Model):
    """What stands in the way of a project, from "somebody noticed" to "somebody else verified that it is gone".

    `number` is the `serial`-th of its `year`: 2026-0137. `raised_for` names who told it where that is no user: an
    enterprise, a meeting. `returned` and `reopened` count how often it came back. Dates are the days it happened.
    `suspended_word`: the leader who said that it can wait. `rating`: 1 to 5, the enterprise's word on the answer.
    """

    class Source(models.TextChoices):
        LIAISON = "liaison", _("liaison")
        ENTERPRISE = "enterprise", _("enterprise")
        TOWN = "town", _("town or department")
        VISIT = "visit", _("visit")
        MEETING = "meeting", _("meeting")

    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveIntegerField(editable=False)
    number = models.CharField(_("number"), max_length=16, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="issues", verbose_name=_("project"))
    title = models.CharField(_("what stands in the way"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="issues", verbose_name=_("category"))
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="issues", verbose_name=_("topic")
    )
    nodes = models.ManyToManyField(
        Node, through="Block", related_name="issues", verbose_name=_("nodes that it blocks")
    )
    source = models.CharField(_("raised by way of"), max_length=12, choices=Source.choices)
    finding = models.OneToOneField(
        Finding, models.PROTECT, null=True, blank=True, related_name="issue", verbose_name=_("finding")
    )
    status = models.CharField(
        _("state"), max_length=16, choices=list(ISSUE_LABELS.items()), default=IssueStatus.RAISED
    )
    level = models.PositiveSmallIntegerField(
        _("level"), choices=list(LEVEL_LABELS.items()), default=Level.DAILY
    )
    raised_on = models.DateField(pgettext_lazy("day of an issue", "raised"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("raised by"))
    raised_for = models.CharField(_("told by"), max_length=120, blank=True)
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="issues_led", verbose_name=_("lead unit")
    )
    supporting = models.ManyToManyField(
        Unit, blank=True, related_name="issues_supported", verbose_name=_("supporting units")
    )
    leader = models.CharField(_("leader in charge"), max_length=60, blank=True)
    assigned_on = models.DateField(pgettext_lazy("day of an issue", "assigned"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    close_asked_on = models.DateField(_("asked to close"), null=True, blank=True)
    close_asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    closed_on = models.DateField(pgettext_lazy("day of an issue", "closed"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
    suspended_on = models.DateField(_("suspended"), null=True, blank=True)
    suspended_word = models.CharField(_("with the word of"), max_length=60, blank=True)
    review_on = models.DateField(_("to be looked at again"), null=True, blank=True)
    returned = models.PositiveSmallIntegerField(_("times sent back"), default=0)
    reopened = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    rating_text = models.CharField(_("what the enterprise says"), max_length=500, blank=True)
    rated_on = models.DateField(_("rated"), null=True, blank=True)
    rated_by_enterprise = models.BooleanField(_("rated by the enterprise itself"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.UniqueConstraint("year", "serial", name="issue_numbers_are_unique"),
            models.CheckConstraint(
                condition=Q(status=IssueStatus.CLOSED, closed_on__isnull=False, verified_by__isnull=False)
                | (~Q(status=IssueStatus.CLOSED) & Q(closed_on__isnull=True, verified_by__isnull=True)),
                name="closed_exactly_with_a_verifier",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("close_asked_by")),
                name="nobody_verifies_what_he_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(status=IssueStatus.RAISED) | Q(lead_unit__isnull=False, due_on__isnull=False),
                name="assigned_with_a_lead_unit_and_a_due_date",
            ),
            models.CheckConstraint(
                condition=Q(status=IssueStatus.SUSPENDED, suspended_on__isnull=False) & ~Q(suspended_word="")
                | (~Q(status=IssueStatus.SUSPENDED) & Q(suspended_on__isnull=True)),
                name="suspended_exactly_with_a_word",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="a_rating_is_one_to_five"
            ),
        ]
        indexes = [
            models.Index(
                "due_on", "id", condition=~Q(status=IssueStatus.CLOSED), name="open_issue_by_due_date"
            ),
            # A unit sees the issues of its projects: what is open of each is counted without reading the closed.
            models.Index("project", condition=~Q(status=IssueStatus.CLOSED), name="open_issue_of_project"),
            models.Index("lead_unit", "status", name="issue_by_lead_unit"),
            # All that the figures ask for, so that the database counts without reading the rows.
            models.Index(fields=["raised_on", "lead_unit", "category", "project"], name="issue_by_raised_on"),
            models.Index(
                fields=["closed_on", "raised_on", "due_on", "lead_unit", "category", "project"],
                name="issue_by_closed_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("issues:issue", args=[self.pk])

    @property
    def etag(self) -> str:
        return etag_of(self.pk, self.version)


class Block(models.Model):
    """That an issue blocks a node; `hold` is the one that the node was put on because of it."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="blocks", verbose_name=_("issue"))
    node = models.ForeignKey(Node, models.PROTECT, related_name="blocks", verbose_name=_("node"))
    hold = models.OneToOneField(
        Hold, models.SET_NULL, null=True, blank=True, related_name="block", verbose_name=_("hold")
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("blocked node")
        verbose_name_plural = _("blocked nodes")
        constraints = [models.UniqueConstraint("issue", "node", name="an_issue_blocks_a_node_once")]

    def __str__(self) -> str:
        return f"{self.issue.number}: {self.node}"


class TopicNote(models.Model):
    """What was noted at a topic; it stands at each of its issues as well."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="notes", verbose_name=_("topic"))
    text = models.TextField(_("note"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("note of a topic")
        verbose_name_plural = _("notes of topics")

    def __str__(self) -> str:
        return self.text[:60]


class IssueNote(models.Model):
    """A line of the record of an issue (办理记录). With `topic_note` it was noted at the topic."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="notes", verbose_name=_("issue"))
    text = models.TextField(_("note"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    topic_note = models.ForeignKey(
        TopicNote,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="copies",
        verbose_name=_("note of the topic"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.text[:60]


class IssueFile(KeptFile):
    """A photo or document of an issue: how it was found, how it goes on, or, as `PROOF`, that it is gone.

    A proof may be the number of a document without a file.
    """

    class Purpose(models.TextChoices):
        FOUND = "found", _("how it was found")
        NOTE = "note", _("with a note")
        PROOF = "proof", _("proof that it is gone")

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="files", verbose_name=_("issue"))
    note = models.ForeignKey(
        IssueNote, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("note")
    )
    purpose = models.CharField(_("what it shows"), max_length=8, choices=Purpose.choices)
    document_no = models.CharField(_("document number"), max_length=120, blank=True)

    objects = IssueFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("file of an issue")
        verbose_name_plural = _("files of issues")
        constraints = [
            models.CheckConstraint(
                condition=~Q(document_no="", file=""), name="an_issue_file_is_a_number_or_a_file"
            ),
        ]

    def __str__(self) -> str:
        return self.document_no or self.name


class Supervision(models.Model):
    """A slip (督办单) about a late node or a late issue: proposed by the sweep, issued by a manager.

    `deadline_on`, the deadline that passed, and `level` are the step: for one step a slip is issued once. `days_late`
    are the working days when it was proposed. `number` is given when it is issued: 2026-0012.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ISSUED = "issued", _("waits for an answer")
        ANSWERED = "answered", _("answered")
        DISMISSED = "dismissed", _("dismissed")
        LAPSED = "lapsed", _("no longer late")

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="supervisions", verbose_name=_("project")
    )
    node = models.ForeignKey(
        Node, models.PROTECT, null=True, blank=True, related_name="supervisions", verbose_name=_("node")
    )
    issue = models.ForeignKey(
        Issue, models.PROTECT, null=True, blank=True, related_name="supervisions", verbose_name=_("issue")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=list(SLIP_LABELS.items()))
    deadline_on = models.DateField(_("deadline that passed"))
    days_late = models.PositiveIntegerField(_("working days late"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_on = models.DateField(_("proposed"))
    number = models.CharField(_("number"), max_length=16, blank=True, editable=False)
    addressee = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="supervisions", verbose_name=_("addressee")
    )
    attention = models.CharField(_("for the attention of"), max_length=60, blank=True)
    text = models.TextField(_("what is asked for"), blank=True)
    reply_by = models.DateField(_("answer by"), null=True, blank=True)
    issued_on = models.DateField(_("issued"), null=True, blank=True)
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issued by")
    )
    answer = models.TextField(_("answer"), blank=True)
    plan = models.TextField(_("plan"), blank=True)
    planned_on = models.DateField(_("to be done by"), null=True, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    dismissed_reason = models.CharField(_("why dismissed"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("supervision slip")
        verbose_name_plural = _("supervision slips")
        constraints = [
            models.CheckConstraint(
                condition=Q(node__isnull=False, issue__isnull=True)
                | Q(node__isnull=True, issue__isnull=False),
                name="a_slip_is_about_a_node_or_an_issue",
            ),
            models.UniqueConstraint("number", condition=~Q(number=""), name="slip_numbers_are_unique"),
            models.UniqueConstraint("node", "deadline_on", "level", name="one_slip_per_step_of_a_node"),
            models.UniqueConstraint("issue", "deadline_on", "level", name="one_slip_per_step_of_an_issue"),
            models.CheckConstraint(
                condition=~Q(state__in=["issued", "answered"])
                | (
                    ~Q(number="")
                    & Q(addressee__isnull=False, reply_by__isnull=False, issued_on__isnull=False)
                ),
                name="issued_with_number_addressee_and_reply_date",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.get_level_display()} {self.deadline_on}"

    def get_absolute_url(self) -> str:
        return reverse("issues:slip", args=[self.pk])

    @property
    def etag(self) -> str:
        return etag_of(self.pk, self.version)


class SavedFilter(models.Model):
    """A list of issues as somebody asks for it again and again; `query` is the part of the address."""

    user = models.ForeignKey(User, models.CASCADE, related_name="issue_filters")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("user", "name", name="one_filter_per_name")]

    def __str__(self) -> str:
        return self.name


class EnterpriseLink(models.Model):
    """An address by which the enterprise of a project speaks for itself, without an account, until it expires.

    The address is the signed number of this row; nothing of it is kept here.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="enterprise_links", verbose_name=_("project")
    )
    contact = models.CharField(_("for whom"), max_length=120, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = EnterpriseLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("link of an enterprise")
        verbose_name_plural = _("links of enterprises")

    def __str__(self) -> str:
        return f"{self.project}: {self.contact}"

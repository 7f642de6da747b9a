"""What is stored of a project. Amounts of money are in 万元 (ten thousand yuan), land in 亩 (1/15 hectare)."""

from hashlib import sha256

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from projects.kept_files import KeptFile
from projects.querysets import (
    FindingQuerySet,
    InvestmentPlanQuerySet,
    InvestmentQuerySet,
    ProjectQuerySet,
    VisitPhotoQuerySet,
    VisitQuerySet,
)

ENTERED = (
    "name", "code", "enterprise", "kind", "tier", "sector", "industry", "town", "department", "leader", "liaison",
    "land_mu", "floor_area_m2", "investment", "fixed_investment", "longitude", "latitude", "is_key", "note",
)  # fmt: skip
"""What people enter of a project, in the order in which they are asked for it."""


class Kind(models.TextChoices):
    """What a project is; each kind has a process chain of its own."""

    NEW_BUILD = "new_build", _("New build")
    RENOVATION = "renovation", _("Technical renovation")
    EXPANSION = "expansion", _("Expansion")
    FUTURE_FACTORY = "future_factory", _("Future factory")
    HIGH_TECH = "high_tech", _("High-tech recognition")
    RESEARCH = "research", _("Research project")


PROGRAMMES = (Kind.FUTURE_FACTORY, Kind.HIGH_TECH, Kind.RESEARCH)
"""Kinds that are cultivated rather than built: applied for, in the pool, cultivated, recognised."""


class Tier(models.Model):
    """A class within a programme (梯度): a digital workshop, a smart factory; edited under *Administration*.

    Source: domain.md 2.5 (tiers of future factories).
    """

    kind = models.CharField(
        _("programme"), max_length=16, choices=[(kind, kind.label) for kind in PROGRAMMES]
    )
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["kind", "position", "name"]
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = [models.UniqueConstraint("kind", "code", name="one_tier_per_code")]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Project(models.Model):
    Kind = Kind

    name = models.CharField(_("project"), max_length=255)
    code = models.CharField(_("project code"), max_length=30, blank=True)
    enterprise = models.CharField(_("enterprise"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    sector = models.CharField(_("sector"), max_length=60, blank=True)
    industry = models.CharField(
        _("industry class (GB/T 4754)"),
        max_length=5,
        blank=True,
        help_text=_("such as C3985; C is manufacturing"),
    )
    town = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("town"))
    department = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead department")
    )
    units = models.ManyToManyField(
        Unit, related_name="projects", blank=True, verbose_name=_("units that take part")
    )
    leader = models.CharField(_("leader in charge"), max_length=60, blank=True)
    liaison = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("liaison")
    )
    land_mu = models.DecimalField(_("land (mu)"), max_digits=10, decimal_places=2, null=True, blank=True)
    floor_area_m2 = models.DecimalField(
        _("floor area (m²)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    investment = models.DecimalField(
        _("total investment (10,000 yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    fixed_investment = models.DecimalField(
        _("fixed-asset investment (10,000 yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude (degrees)"), max_digits=9, decimal_places=6, null=True, blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )  # fmt: skip
    latitude = models.DecimalField(
        _("latitude (degrees)"), max_digits=8, decimal_places=6, null=True, blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )  # fmt: skip
    is_key = models.BooleanField(_("key project"), default=False)
    note = models.TextField(_("note"), blank=True)
    initials = models.CharField(
        max_length=500, blank=True, editable=False, help_text="pinyin initials of name and enterprise"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint("code", condition=~models.Q(code=""), name="project_code_is_unique"),
        ]
        indexes = [models.Index("name", "enterprise", name="project_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("milestones:project", args=[self.pk])

    @property
    def etag(self) -> str:
        """The entity tag of what was entered of the project, quotes included: another value, another tag."""
        columns = (field.attname for field in self._meta.concrete_fields if field.name in ENTERED)
        digest = sha256(repr([str(getattr(self, column)) for column in columns]).encode()).hexdigest()
        return f'"{self.pk}-{digest[:24]}"'


class Investment(models.Model):
    """What a project has invested in one month, in 万元; `month` is its first day."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="investments", db_index=False, verbose_name=_("project")
    )
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("investment (10,000 yuan)"), max_digits=14, decimal_places=2)

    objects = InvestmentQuerySet.as_manager()

    class Meta:
        ordering = ["project", "month"]
        verbose_name = _("investment of a month")
        verbose_name_plural = _("investments by month")
        constraints = [
            models.UniqueConstraint("project", "month", name="one_investment_per_month"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="investment_of_a_month"),
        ]
        indexes = [models.Index("month", "project", "amount", name="investment_by_month")]

    def __str__(self) -> str:
        return f"{self.project} {self.month:%Y-%m}"


class InvestmentPlan(models.Model):
    """What a project is to invest in a year, in 万元."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="investment_plans", db_index=False, verbose_name=_("project")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    amount = models.DecimalField(_("planned investment (10,000 yuan)"), max_digits=14, decimal_places=2)

    objects = InvestmentPlanQuerySet.as_manager()

    class Meta:
        ordering = ["project", "year"]
        verbose_name = _("investment plan")
        verbose_name_plural = _("investment plans")
        constraints = [models.UniqueConstraint("project", "year", name="one_investment_plan_per_year")]
        indexes = [models.Index("year", "project", "amount", name="investment_plan_by_year")]

    def __str__(self) -> str:
        return f"{self.project} {self.year}"


class Visit(models.Model):
    """That people of the district went to see the enterprise of a project (走访): who, whom they met, what they heard.

    `version` counts the changes, so that an edit of what has changed since is noticed.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="visits", verbose_name=_("project"))
    visited_on = models.DateField(_("day of the visit"))
    visitors = models.CharField(_("who went"), max_length=200)
    met = models.CharField(_("whom they met"), max_length=200, blank=True)
    summary = models.TextField(_("what was talked about"), blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_on", "-pk"]
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [models.Index(fields=["project", "-visited_on"], name="visit_by_project")]

    def __str__(self) -> str:
        return f"{self.project} {self.visited_on}"


class Finding(models.Model):
    """Something that a visit found; it can become an issue (``issues.Issue.finding``)."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="findings", verbose_name=_("visit"))
    text = models.CharField(_("finding"), max_length=500)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("finding")
        verbose_name_plural = _("findings")

    def __str__(self) -> str:
        return self.text


class VisitPhoto(KeptFile):
    """A photo or document that was brought back from a visit.

    What was withdrawn stays on record and is shown no more.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos", verbose_name=_("visit"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = VisitPhotoQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("photo of a visit")
        verbose_name_plural = _("photos of visits")

    def __str__(self) -> str:
        return self.name

"""What is stored of a project. Amounts of money are in 万元 (ten thousand yuan), land in 亩 (1/15 hectare)."""

from hashlib import sha256

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from projects.querysets import ProjectQuerySet

ENTERED = (
    "name", "code", "enterprise", "kind", "sector", "town", "department", "leader", "liaison", "land_mu",
    "floor_area_m2", "investment", "fixed_investment", "note",
)  # fmt: skip
"""What people enter of a project, in the order in which they are asked for it."""


class Project(models.Model):
    class Kind(models.TextChoices):
        NEW_BUILD = "new_build", _("New build")
        RENOVATION = "renovation", _("Technical renovation")
        EXPANSION = "expansion", _("Expansion")
        FUTURE_FACTORY = "future_factory", _("Future factory")

    name = models.CharField(_("project"), max_length=255)
    code = models.CharField(_("project code"), max_length=30, blank=True)
    enterprise = models.CharField(_("enterprise"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    sector = models.CharField(_("sector"), max_length=60, blank=True)
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
    note = models.TextField(_("note"), blank=True)
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

"""What is stored for leaders alone: indicators of the district, wall screens, and what the worker has reckoned."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from milestones.models import in_reader_language
from screen.querysets import IndicatorValueQuerySet, KioskQuerySet, ReckoningQuerySet


class Indicator(models.Model):
    """Something that is counted of the district or its units, by month or by year, and does not come from the projects.

    R&D spending, its share of GDP, high-tech enterprises recommended. `measure` is what it counts in (亿元, %, 家).
    """

    class Frequency(models.TextChoices):
        MONTHLY = "monthly", _("monthly")
        ANNUAL = "annual", _("annual")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    definition = models.TextField(_("definition"), blank=True)
    measure = models.CharField(_("counted in"), max_length=20)
    measure_en = models.CharField(_("counted in (English)"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    frequency = models.CharField(
        _("frequency"), max_length=8, choices=Frequency.choices, default=Frequency.ANNUAL
    )
    is_share = models.BooleanField(
        _("a share"), default=False, help_text=_("its change is told in percentage points, not in percent")
    )
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_reader_language(self.name, self.name_en)

    @property
    def measure_label(self) -> str:
        return in_reader_language(self.measure, self.measure_en)


class IndicatorValue(models.Model):
    """The value of an indicator in one month or year, of a unit or, where that is empty, of the whole district.

    `period` is the first day of the month or year.
    """

    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="values", verbose_name=_("indicator")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"),
        help_text=_("empty: the whole district"),
    )  # fmt: skip
    period = models.DateField(_("period"))
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)

    objects = IndicatorValueQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "period", "unit"]
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")
        constraints = [
            models.UniqueConstraint("indicator", "unit", "period", name="one_value_per_unit_and_period"),
            models.UniqueConstraint(
                "indicator",
                "period",
                condition=Q(unit__isnull=True),
                name="one_value_per_district_and_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period:%Y-%m}"


class Kiosk(models.Model):
    """A wall screen that shows what `made_by` may see, behind a token instead of a login; it can read one page.

    Only the digest of the token is kept. Without `expires_at` it holds until it is revoked.
    """

    name = models.CharField(_("where it hangs"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)

    objects = KioskQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("wall screen")
        verbose_name_plural = _("wall screens")

    def __str__(self) -> str:
        return self.name

    def holds(self, now: datetime) -> bool:
        """Whether its token opens the page."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Reckoning(models.Model):
    """What the worker reckoned of all chains as they stood on `day`: how long nodes took, and what is to be expected.

    Columns of numbers in the format of ``numpy.savez_compressed``, since half a million nodes are looked at for one
    page: `spans` as ``screen.reckoning.spans`` reads them, of the newest only; `outlooks` as
    ``screen.forecast.outlooks`` does, kept for good, to be compared with what happened. There is one for a day; what
    is reckoned again on that day takes its place. `seconds` is what it took.
    """

    day = models.DateField(_("as of"), unique=True)
    made_at = models.DateTimeField(_("reckoned"))
    seconds = models.FloatField(_("seconds it took"), default=0)
    projects = models.PositiveIntegerField(_("projects"), default=0)
    nodes = models.PositiveIntegerField(_("nodes"), default=0)
    spans = models.BinaryField(null=True, editable=False)
    outlooks = models.BinaryField(null=True, editable=False)

    objects = ReckoningQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        verbose_name = _("reckoning")
        verbose_name_plural = _("reckonings")

    def __str__(self) -> str:
        return f"{self.day}"

"""What is stored for leaders: indicators of the district, wall screens, what the worker has reckoned, the race."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit, User
from milestones.models import in_reader_language
from screen.querysets import (
    IndicatorValueQuerySet,
    KioskQuerySet,
    RaceAdjustmentQuerySet,
    RaceBoardQuerySet,
    ReckoningQuerySet,
)


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


class RaceRules(models.Model):
    """One version of the weights of the race; never changed, a newer version takes its place.

    `data` is what ``domain.race.Rules.as_data`` writes. Version 1 has no maker: it came with the software.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    data = models.JSONField(_("weights"))
    note = models.CharField(_("why"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        verbose_name = _("weights of the race")
        verbose_name_plural = _("weights of the race")

    def __str__(self) -> str:
        return f"v{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only to add the row: boards were made with it."""
        if not self._state.adding:
            raise TypeError("a version of the weights is never changed")
        super().save(*args, **kwargs)


class RaceBoard(models.Model):
    """The two boards of the race as a weekly meeting froze them; never changed, whatever happens to the data.

    `meeting` is the number of that meeting. The figures are of the days from `first` to `last`, as of `day`. `boards`
    holds the lines of each board by its name, as ``domain.race.line_as_data`` writes them.
    """

    meeting = models.CharField(_("weekly meeting"), max_length=20, unique=True)
    day = models.DateField(_("as of"))
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    frozen_at = models.DateTimeField(pgettext_lazy("a meeting", "frozen"))
    rules = models.ForeignKey(
        RaceRules, models.PROTECT, related_name="boards", verbose_name=_("weights of the race")
    )
    boards = models.JSONField(editable=False)

    objects = RaceBoardQuerySet.as_manager()

    class Meta:
        ordering = ["-frozen_at", "-pk"]
        verbose_name = _("board of the race")
        verbose_name_plural = _("boards of the race")

    def __str__(self) -> str:
        return self.meeting

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only to add the row."""
        if not self._state.adding:
            raise TypeError("a frozen board is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("a frozen board stays")


class RaceAdjustment(models.Model):
    """Points that a unit is given or loses beside what is measured: a notice of praise or criticism, faked entries.

    What was withdrawn stays on record and counts no more. Red slips are not entered here: they are counted.
    """

    class Kind(models.TextChoices):
        PRAISE = "praise", _("notice of praise")
        CRITICISM = "criticism", _("notice of criticism")
        FAKED = "faked", _("faked entries")
        OTHER = "other", _("other")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    on = models.DateField(_("day"))
    points = models.DecimalField(_("points"), max_digits=4, decimal_places=1)
    reason = models.CharField(_("reason"), max_length=300)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    made_at = models.DateTimeField(_("entered"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("withdrawn by")
    )
    withdrawn_reason = models.CharField(_("why withdrawn"), max_length=300, blank=True)

    objects = RaceAdjustmentQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name = _("adjustment of a score")
        verbose_name_plural = _("adjustments of scores")
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="an_adjustment_is_withdrawn_with_a_reason",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_adjustment_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.points:+}"

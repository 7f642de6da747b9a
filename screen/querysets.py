"""Which indicators' values, which wall screens, which reckonings, and what of the race."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from accounts.access import sees_the_district
from accounts.models import User

if TYPE_CHECKING:
    from screen.models import IndicatorValue, Kiosk, RaceAdjustment, RaceBoard, Reckoning


class IndicatorValueQuerySet(models.QuerySet["IndicatorValue"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All of them to who sees the whole district; to others the district's own and those of their unit."""
        if sees_the_district(user):
            return self
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self.filter(Q(unit__isnull=True) | Q(unit=user.unit_id))


class KioskQuerySet(models.QuerySet["Kiosk"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Only who sees the whole district and may change something knows of them."""
        return self if sees_the_district(user) and isinstance(user, User) and user.is_manager else self.none()

    def holding(self, now: datetime) -> Self:
        """Those whose token opens the page, and whose maker still works here."""
        valid = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        return self.filter(valid, revoked_at__isnull=True, made_by__is_active=True)


class ReckoningQuerySet(models.QuerySet["Reckoning"]):
    def heads(self) -> Self:
        """Without their columns, which are large."""
        return self.defer("spans", "outlooks")


class RaceBoardQuerySet(models.QuerySet["RaceBoard"]):
    """Boards are published: everybody who has an account sees them."""

    def before(self, moment: datetime) -> Self:
        """Those that were frozen before `moment`, the last first."""
        return self.filter(frozen_at__lt=moment)


class RaceAdjustmentQuerySet(models.QuerySet["RaceAdjustment"]):
    """They are published with the boards."""

    def counting(self, first: date, last: date) -> Self:
        """Those of these days that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True, on__range=(first, last))

"""Which users, and which invitations."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import Invitation, User


class UserManager(DjangoUserManager["User"]):
    def system(self) -> "User":
        """The user on whose behalf background work is done; made on first use, and cannot log in."""
        user, _made = self.get_or_create(
            username="system", defaults={"role": "system", "display_name": "系统", "password": "!"}
        )
        return user

    def people(self) -> "models.QuerySet[User]":
        """All but the system user."""
        return self.exclude(role="system")

    def who_can_log_in(self) -> "models.QuerySet[User]":
        """Those who have not been shut out and have a password."""
        without = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return self.people().filter(is_active=True).exclude(without)

    def running_the_platform(self) -> "models.QuerySet[User]":
        """The managers of the bureau who can log in."""
        return self.who_can_log_in().filter(role="manager", unit__kind="bureau")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def still_open(self, now: datetime) -> Self:
        return self.filter(used_at__isnull=True, expires_at__gt=now)

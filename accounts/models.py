"""Units of the district and the people who work in them."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import InvitationQuerySet, UserManager


class Unit(models.Model):
    """A town or platform, a department, or the bureau that runs the platform."""

    class Kind(models.TextChoices):
        TOWN = "town", _("Town or platform")
        DEPARTMENT = "department", _("Department")
        BUREAU = "bureau", _("Coordinating bureau")

    name = models.CharField(_("name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["kind", "position", "name"]
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person, or the one ``system`` user on whose behalf background work is done."""

    class Role(models.TextChoices):
        LIAISON = "liaison", _("Liaison")
        MANAGER = "manager", _("Manager")
        LEADER = "leader", _("Leader")
        SYSTEM = "system", _("System")

    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.LIAISON)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("unit")
    )
    display_name = models.CharField(_("name"), max_length=60, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def is_manager(self) -> bool:
        return self.role in {self.Role.MANAGER, self.Role.SYSTEM}


class Invitation(models.Model):
    """A link that opens the house once: its holder gives a name and a password and is logged in.

    Only the digest of its token is kept. One that a newer one has replaced expires with that.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations", verbose_name=_("person"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return str(self.user)

"""What is stored of calendar feeds."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notices.querysets import CalendarFeedQuerySet


class CalendarFeed(models.Model):
    """An address under which a person's calendar program reads due dates without logging in.

    The address holds a secret of which only the digest is kept. ``content_tag`` names what the feed said when
    it was last read and ``content_since`` when it was first seen to say so: with them a program that asks
    every hour is told cheaply that nothing has changed.
    """

    class Scope(models.TextChoices):
        OWN = "own", _("My own duty")
        SEEN = "seen", _("All that I may see")

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed", verbose_name=_("user"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("which dates"), max_length=8, choices=Scope.choices, default=Scope.OWN)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_read_at = models.DateTimeField(_("last read"), null=True, editable=False)
    content_tag = models.CharField(max_length=64, blank=True, editable=False)
    content_since = models.DateTimeField(null=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"{self.user}: {self.get_scope_display()}"

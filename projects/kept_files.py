"""What is stored of a file that people bring, whatever they bring it to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class KeptFile(models.Model):
    """A row that keeps a file, or none.

    `file` lies under a name of its own outside the web root and is served by a view alone; `name` is what it
    was called. `size` in bytes. `thumbnail` is an image in WebP, of a document empty.
    """

    name = models.CharField(_("file name"), max_length=200, blank=True)
    file = models.FileField(_("file"), upload_to="proofs/", max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(_("size"), default=0)
    thumbnail = models.FileField(upload_to="proofs/", max_length=200, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        abstract = True

"""What is stored of an import: the file, who and when, what it counted, what it said."""

import re
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ledger.mapping_files import built_in_mapping, built_in_names
from ledger.querysets import ImportQuerySet


class Import(models.Model):
    """One spreadsheet that somebody brought: a ledger of projects, or what they invest by month.

    What it changed are the entries of the history with its `batch`.

    The file is kept as it came, in a folder of its own below ``DATA_DIR/ledger``, with the workbook of
    rejected rows beside it.
    """

    class What(models.TextChoices):
        PROJECTS = "projects", _("projects")
        INVESTMENT = "investment", _("investment by month")

    class State(models.TextChoices):
        PREVIEWED = "previewed", _("waits for confirmation")
        APPLIED = "applied", _("applied")
        FAILED = "failed", _("failed; nothing was changed")

    what = models.CharField(_("what it is about"), max_length=10, choices=What.choices, default=What.PROJECTS)
    batch = models.UUIDField(default=uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PREVIEWED)
    file_name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    mapping = models.CharField(_("mapping"), max_length=100, blank=True, help_text=_("of projects"))
    mapping_source = models.TextField(blank=True, help_text=_("blank: the mapping comes with the software"))
    sheet = models.CharField(_("sheet"), max_length=255)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, help_text=_("of investment; blank: the one that the sheet names")
    )
    unit = models.CharField(
        _("unit"),
        max_length=10,
        blank=True,
        help_text=_("of investment; blank: the one that the sheet names"),
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    digest = models.CharField(max_length=64, editable=False)
    report = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("ledger:import", args=[self.pk])

    @property
    def mapping_title(self) -> str:
        """The mapping as people know it: the title of one of ours, the name of somebody's file."""
        if self.mapping_source or self.mapping not in built_in_names():
            return self.mapping
        return built_in_mapping(self.mapping).title

    @property
    def folder(self) -> Path:
        return Path(settings.DATA_DIR) / "ledger" / str(self.batch)

    @property
    def file(self) -> Path:
        """The file as it came, under a name of ours."""
        suffix = Path(self.file_name).suffix.lower()
        return self.folder / f"ledger{suffix if re.fullmatch('[.][a-z]{1,5}', suffix) else ''}"

    @property
    def rejects(self) -> Path:
        return self.folder / "rejects.xlsx"

    @property
    def rejects_name(self) -> str:
        return f"{Path(self.file_name).stem}.rejects.xlsx"

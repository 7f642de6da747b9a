"""Who changed what, when, and why."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from history.querysets import ChangeQuerySet


class Change(models.Model):
    """One change that one action made. Rows are only ever added.

    ``before`` and ``after`` hold the fields that changed, by name; ``batch`` ties together what one
    import or one command did. Projects and nodes are named by string: history lies below them.
    """

    class Verb(models.TextChoices):
        PROJECT_ADDED = "project_added", _("added the project")
        PROJECT_CHANGED = "project_changed", _("changed the project")
        CHAIN_LAID = "chain_laid", _("laid the chain")
        NODE_STARTED = "node_started", _("started")
        NODE_FINISHED = "node_finished", _("finished")
        NODE_REOPENED = "node_reopened", _("reopened")
        NODE_WAIVED = "node_waived", _("waived")
        NODE_HELD = "node_held", _("put on hold")
        NODE_RESUMED = "node_resumed", _("resumed")
        NODE_ASSIGNED = "node_assigned", _("assigned")
        NODE_REMINDED = "node_reminded", _("reminded")
        DATE_CHANGE_ASKED = "date_change_asked", _("asked for another date")
        DATE_CHANGE_APPROVED = "date_change_approved", _("approved another date")
        DATE_CHANGE_REFUSED = "date_change_refused", _("refused another date")
        DATE_CHANGE_RETURNED = "date_change_returned", _("sent back the request for another date")
        DATE_CHANGE_WITHDRAWN = "date_change_withdrawn", _("withdrew the request for another date")
        PROOF_ADDED = "proof_added", _("added a proof")
        PROOF_WITHDRAWN = "proof_withdrawn", _("withdrew a proof")
        CHAIN_MOVED = "chain_moved", _("moved the chain to another version or other facts")
        NODES_RECORDED = "nodes_recorded", _("recorded from a ledger")
        TEMPLATE_DRAFTED = "template_drafted", _("drafted a version of the template")
        TEMPLATE_DISCARDED = "template_discarded", _("discarded the draft of the template")
        TEMPLATE_PUBLISHED = "template_published", _("published the template")

    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    verb = models.CharField(_("what"), max_length=24, choices=Verb.choices)
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, null=True, related_name="changes", verbose_name=_("project")
    )
    node = models.ForeignKey(
        "milestones.Node", models.PROTECT, null=True, related_name="changes", verbose_name=_("node")
    )
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    note = models.TextField(_("reason"), blank=True)
    batch = models.UUIDField(null=True, db_index=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return f"{self.actor} {self.get_verb_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only to add the row; the queryset cannot see a row that is saved again."""
        if not self._state.adding:
            raise TypeError("history is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("history is append-only")


class Receipt(models.Model):
    """That a form with this `key` has been taken: sent again, as after a lost connection, it does nothing."""

    actor = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("actor", "key", name="a_form_is_taken_once")]

    def __str__(self) -> str:
        return str(self.key)

"""Who changed what, when, and why."""

from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from history.moments import moment
from history.querysets import ChangeQuerySet

TOPIC_VERBS: Final = ("topic_opened", "topic_changed", "topic_assigned", "topic_noted", "topic_closed")
"""What is done with topics."""


class Change(models.Model):
    """One change that one action made. Rows are only ever added.

    ``before`` and ``after`` hold the fields that changed, by name; ``batch`` ties together what one
    import or one command did. Projects, nodes and issues are named by string: history lies
    below them.
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
        ISSUE_RAISED = "issue_raised", _("raised an issue")
        ISSUE_CHANGED = "issue_changed", _("changed an issue")
        ISSUE_ASSIGNED = "issue_assigned", _("assigned an issue")
        ISSUE_NOTED = "issue_noted", _("noted progress of an issue")
        ISSUE_CLOSE_ASKED = "issue_close_asked", _("asked to close an issue")
        ISSUE_CLOSED = "issue_closed", _("verified and closed an issue")
        ISSUE_RETURNED = "issue_returned", _("sent an issue back")
        ISSUE_SUSPENDED = "issue_suspended", _("suspended an issue")
        ISSUE_TAKEN_UP = "issue_taken_up", _("took up a suspended issue")
        ISSUE_REOPENED = "issue_reopened", _("reopened an issue")
        ISSUE_RATED = "issue_rated", _("rated the answer to an issue")
        SLIP_ISSUED = "slip_issued", _("issued a supervision slip")
        SLIP_ANSWERED = "slip_answered", _("answered a supervision slip")
        SLIP_DISMISSED = "slip_dismissed", _("dismissed a proposed supervision slip")
        VISIT_RECORDED = "visit_recorded", _("recorded a visit")
        VISIT_CHANGED = "visit_changed", _("changed a visit")
        VISIT_FILE_WITHDRAWN = "visit_file_withdrawn", _("withdrew a file of a visit")
        LINK_MADE = "link_made", _("made a link for the enterprise")
        LINK_REVOKED = "link_revoked", _("revoked the link of the enterprise")
        TOPIC_OPENED = "topic_opened", _("opened a topic")
        TOPIC_CHANGED = "topic_changed", _("changed a topic")
        TOPIC_ASSIGNED = "topic_assigned", _("assigned a topic")
        TOPIC_NOTED = "topic_noted", _("noted progress of a topic")
        TOPIC_CLOSED = "topic_closed", _("closed a topic")
        MEETING_DRAFTED = "meeting_drafted", _("drafted the weekly meeting")
        MEETING_CHANGED = "meeting_changed", _("changed the weekly meeting")
        MEETING_FROZEN = "meeting_frozen", _("froze the weekly meeting")
        AGENDA_ADDED = "agenda_added", _("put something on the agenda")
        AGENDA_DROPPED = "agenda_dropped", _("dropped something from the agenda")
        AGENDA_RESTORED = "agenda_restored", _("put something back on the agenda")
        AGENDA_ORDERED = "agenda_ordered", _("put the agenda in another order")
        AGENDA_ASSIGNED = "agenda_assigned", _("said who speaks")
        DECISION_TAKEN = "decision_taken", _("took down a decision")
        DECISION_CHANGED = "decision_changed", _("changed a decision")
        DECISION_DONE = "decision_done", _("reported a decision done")
        DECISION_VERIFIED = "decision_verified", _("verified a decision")
        DECISION_RETURNED = "decision_returned", _("sent a decision back")
        DECISION_WITHDRAWN = "decision_withdrawn", _("withdrew a decision")
        DECISION_REOPENED = "decision_reopened", _("reopened a decision")
        WORKBOOK_APPLIED = "workbook_applied", _("applied a filled-in workbook")
        MINUTES_TEMPLATE_CHANGED = "minutes_template", _("replaced the template of the minutes")
        INVESTMENT_RECORDED = "investment_recorded", _("recorded investment")
        INVESTMENT_PLANNED = "investment_planned", _("planned the investment of a year")
        INDICATOR_CHANGED = "indicator_changed", _("changed an indicator")
        INDICATOR_RECORDED = "indicator_recorded", _("recorded values of an indicator")
        KIOSK_MADE = "kiosk_made", _("made a link for a wall screen")
        KIOSK_CHANGED = "kiosk_changed", _("changed how long a wall screen may read")
        KIOSK_REVOKED = "kiosk_revoked", _("revoked the link of a wall screen")
        RACE_WEIGHED = "race_weighed", _("weighed the race anew")
        RACE_ADJUSTED = "race_adjusted", _("added or deducted points in the race")
        RACE_ADJUSTMENT_WITHDRAWN = "race_withdrawn", _("withdrew points of the race")
        OUTLINE_REPLACED = "outline_replaced", _("replaced the outline of the map")
        UNIT_ADDED = "unit_added", _("added a unit")
        UNIT_CHANGED = "unit_changed", _("changed a unit")
        PERSON_INVITED = "person_invited", _("invited a person")
        PERSON_JOINED = "person_joined", _("took up the invitation")
        PERSON_CHANGED = "person_changed", _("changed what a person is here")
        TEMPLATE_DRAFTED = "template_drafted", _("drafted a version of the template")
        TEMPLATE_DISCARDED = "template_discarded", _("discarded the draft of the template")
        TEMPLATE_PUBLISHED = "template_published", _("published the template")

    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=moment, editable=False)
    verb = models.CharField(_("what"), max_length=24, choices=Verb.choices)
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, null=True, related_name="changes", verbose_name=_("project")
    )
    node = models.ForeignKey(
        "milestones.Node", models.PROTECT, null=True, related_name="changes", verbose_name=_("node")
    )
    issue = models.ForeignKey(
        "issues.Issue", models.PROTECT, null=True, related_name="changes", verbose_name=_("issue")
    )
    decision = models.ForeignKey(
        "meetings.Decision", models.PROTECT, null=True, related_name="changes", db_index=False,
        verbose_name=_("decision"),
    )  # fmt: skip
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    note = models.TextField(_("reason"), blank=True)
    batch = models.UUIDField(null=True, db_index=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [
            # Few changes are about a decision; an import does not pay for those.
            models.Index("decision", condition=models.Q(decision__isnull=False), name="change_of_decision"),
            # A topic belongs to no project; the few changes of topics are found among all.
            models.Index("id", condition=models.Q(verb__in=TOPIC_VERBS), name="change_of_topics"),
            # What was done in some days, of all projects.
            models.Index("at", name="change_by_moment"),
        ]

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

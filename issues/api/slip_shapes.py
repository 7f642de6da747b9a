"""How supervision slips look over REST, and what is sent to issue, dismiss and answer them."""

from collections.abc import Collection
from typing import Any, Final

from rest_framework import serializers

from accounts.models import Unit, User
from domain.lights import LightRule
from domain.supervision import SlipLevel
from issues.actions.slips import LONGEST_TEXT
from issues.models import SLIP_LABELS, Supervision
from issues.slip_queries import SlipRow, slip_rows

LEVELS = list(SLIP_LABELS.items())
ISSUE, DISMISS, ANSWER = STEPS = ("issue", "dismiss", "answer")


class IssuingSerializer(serializers.Serializer):
    """How a proposed slip goes out; what is absent is as usual."""

    addressee = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.all(), required=False, allow_null=True, default=None,
        help_text="The unit of the node, or else the town; the lead unit of the issue.",
    )  # fmt: skip
    level = serializers.ChoiceField(choices=LEVELS, required=False, help_text="As proposed, or more severe.")
    reply_by = serializers.DateField(
        required=False, allow_null=True, default=None,
        help_text="Usually 5 working days from today for level 1, 3 for level 2, 2 for level 3.",
    )  # fmt: skip
    attention = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=LONGEST_TEXT)


class DismissingSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_TEXT)


class AnsweringSerializer(serializers.Serializer):
    answer = serializers.CharField(max_length=LONGEST_TEXT, help_text="Why it is late.")
    plan = serializers.CharField(max_length=LONGEST_TEXT, help_text="By which plan it will be done.")
    planned_on = serializers.DateField(required=False, allow_null=True, default=None)


class SlipSerializer(serializers.Serializer):
    """One slip; dates are ISO, `days_late` and `answer_days_late` working days. `steps`: what the reader can do now."""

    id = serializers.IntegerField()
    number = serializers.CharField(help_text="Empty before it is issued.")
    level = serializers.ChoiceField(choices=LEVELS)
    state = serializers.ChoiceField(choices=Supervision.State.choices)
    project = serializers.IntegerField()
    project_name = serializers.CharField()
    node = serializers.IntegerField(allow_null=True)
    issue = serializers.IntegerField(allow_null=True)
    subject = serializers.CharField(help_text="The node or the issue in words.")
    deadline_on = serializers.DateField(help_text="The deadline that passed.")
    days_late = serializers.IntegerField(help_text="Of a proposal today, else when it was issued.")
    addressee = serializers.IntegerField(allow_null=True, help_text="Of a proposal: who usually is.")
    addressee_name = serializers.CharField()
    attention = serializers.CharField()
    text = serializers.CharField(help_text="What is asked for beside the answer with its plan.")
    proposed_on = serializers.DateField()
    issued_on = serializers.DateField(allow_null=True)
    issued_by = serializers.CharField()
    reply_by = serializers.DateField(allow_null=True)
    answered_on = serializers.DateField(allow_null=True)
    answered_by = serializers.CharField()
    answer = serializers.CharField()
    plan = serializers.CharField()
    planned_on = serializers.DateField(allow_null=True)
    is_answer_late = serializers.BooleanField()
    answer_days_late = serializers.IntegerField()
    dismissed_reason = serializers.CharField()
    etag = serializers.CharField()
    steps = serializers.ListField(child=serializers.ChoiceField(choices=[(step, step) for step in STEPS]))


_FROM_ROW: Final = (
    "number", "state", "subject", "deadline_on", "days_late", "attention", "proposed_on", "issued_on", "reply_by",
    "answered_on", "is_answer_late", "answer_days_late", "dismissed_reason", "etag",
)  # fmt: skip
_FROM_SLIP: Final = ("text", "answer", "plan", "planned_on")


def api_slips(slips: Collection[Supervision], user: User, rule: LightRule) -> list[dict[str, Any]]:
    """Slips as ``SlipSerializer`` describes them, with two queries more."""
    asked = Supervision.objects.seen_by(user).filter(pk__in=[slip.pk for slip in slips])
    to_issue = set(asked.to_issue(user).values_list("pk", flat=True))
    to_answer = set(asked.unanswered().answerable_by(user).values_list("pk", flat=True))
    rows = zip(slips, slip_rows(slips, rule), strict=True)
    return [
        {
            **_slip(slip, row),
            "steps": [ISSUE, DISMISS] * (row.pk in to_issue) + [ANSWER] * (row.pk in to_answer),
        }
        for slip, row in rows
    ]


def _slip(slip: Supervision, row: SlipRow) -> dict[str, Any]:
    return {
        "id": row.pk,
        "level": row.level.value,
        "project": row.project_id,
        "project_name": row.project,
        "node": row.node_id,
        "issue": row.issue_id,
        "addressee": row.unit_id,
        "addressee_name": row.unit,
        "issued_by": str(slip.issued_by or ""),
        "answered_by": str(slip.answered_by or ""),
        **{name: getattr(row, name) for name in _FROM_ROW},
        **{name: getattr(slip, name) for name in _FROM_SLIP},
    }


def level_of(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, its level as the action takes it."""
    return {**sent, "level": SlipLevel(sent["level"])} if "level" in sent else sent

"""How meetings, agendas and jobs look over REST, and what is sent to change them."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from accounts.models import Unit
from issues.api.issue_bodies import HIGHEST_KEY
from meetings.models import AgendaItem, Job, Meeting
from meetings.week import AgendaRow, Figure, Overview, Versions

LONGEST_ATTENDEES = 2000


class FigureSerializer(serializers.Serializer):
    """A number of the week; `before` is last week's, null where there is none."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of ours named as one of DRF's
    remark = serializers.CharField()
    value = serializers.FloatField()
    before = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(allow_null=True)


class MeetingSerializer(serializers.Serializer):
    """One weekly meeting. `taken`, `settled` and `late` count the decisions of it that the reader sees; `figures` are
    those of its snapshot by name, null of a draft and for who does not see the whole district."""

    id = serializers.IntegerField()
    number = serializers.CharField(help_text="Year and week: 2026-48.")
    year = serializers.IntegerField()
    week = serializers.IntegerField()
    cut_off_at = serializers.DateTimeField()
    held_at = serializers.DateTimeField()
    send_at = serializers.DateTimeField()
    place = serializers.CharField()
    chair = serializers.CharField()
    recorder = serializers.CharField()
    attendees = serializers.CharField()
    is_frozen = serializers.BooleanField()
    frozen_at = serializers.DateTimeField(allow_null=True)
    taken = serializers.IntegerField()
    settled = serializers.IntegerField()
    late = serializers.IntegerField()
    figures = serializers.DictField(child=serializers.FloatField(), allow_null=True)
    etag = serializers.CharField()


class AgendaFactSerializer(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.CharField()


class AgendaItemSerializer(serializers.Serializer):
    """An item of the agenda; `days_late` in working days. With a `dropped_reason` it is off the agenda."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=AgendaItem.Kind.choices)
    unit = serializers.CharField()
    project = serializers.IntegerField(allow_null=True)
    project_name = serializers.CharField()
    town = serializers.CharField()
    title = serializers.CharField()
    facts = AgendaFactSerializer(many=True)
    due_on = serializers.DateField(allow_null=True)
    days_late = serializers.IntegerField()
    speaker = serializers.CharField()
    dropped_reason = serializers.CharField()
    node = serializers.IntegerField(allow_null=True)
    issue = serializers.IntegerField(allow_null=True)
    decision = serializers.IntegerField(allow_null=True)


class DifferenceSerializer(serializers.Serializer):
    """What changed since the snapshot before; `named` are the first of them."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    rows = serializers.IntegerField()
    named = serializers.ListField(child=serializers.CharField())


class ComputedBySerializer(serializers.Serializer):
    calendar = serializers.CharField()
    rules = serializers.CharField()
    templates = serializers.ListField(child=serializers.CharField())


class WeekSerializer(serializers.Serializer):
    """The week in figures: of a frozen meeting what was frozen, of a draft what the reader sees now."""

    sentence = serializers.CharField()
    figures = FigureSerializer(many=True)
    changes = DifferenceSerializer(many=True)
    computed_by = ComputedBySerializer()


class JobSerializer(serializers.Serializer):
    """Long work for a meeting: `done` of `steps`. `error` is for who runs the meeting."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    steps = serializers.IntegerField()
    done = serializers.IntegerField()
    error = serializers.CharField()


class MeetingDetailSerializer(MeetingSerializer):
    """One meeting with its agenda, as far as the reader sees it. `week_in_figures` is null where a frozen meeting is
    read by somebody who does not see the whole district; `job` is the last one."""

    week_in_figures = WeekSerializer(allow_null=True)
    agenda = AgendaItemSerializer(many=True)
    job = JobSerializer(allow_null=True)


class DraftingSerializer(serializers.Serializer):
    """`day`: any day of the week whose meeting is wanted; today where absent."""

    day = serializers.DateField(required=False, allow_null=True, default=None)


class ChangingMeetingSerializer(serializers.Serializer):
    held_at = serializers.DateTimeField()
    place = serializers.CharField(allow_blank=True, max_length=120)
    chair = serializers.CharField(allow_blank=True, max_length=60)
    recorder = serializers.CharField(allow_blank=True, max_length=60)
    attendees = serializers.CharField(allow_blank=True, max_length=LONGEST_ATTENDEES)


def _key(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=HIGHEST_KEY, **more)


class AddingItemSerializer(serializers.Serializer):
    """An issue, a node, or in words what it is about."""

    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    project = _key(required=False, allow_null=True, default=None)
    node = _key(required=False, allow_null=True, default=None)
    issue = _key(required=False, allow_null=True, default=None)
    unit = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.all(), required=False, allow_null=True, default=None
    )
    speaker = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)


class DroppingItemSerializer(serializers.Serializer):
    item = _key()
    reason = serializers.CharField(max_length=300)


class RestoringItemSerializer(serializers.Serializer):
    item = _key()


class OrderingSerializer(serializers.Serializer):
    order = serializers.ListField(
        child=_key(), max_length=1000, help_text="Items in their order; what it does not name comes after."
    )


class AssigningSpeakerSerializer(serializers.Serializer):
    items = serializers.ListField(child=_key(), max_length=1000)
    speaker = serializers.CharField(allow_blank=True, max_length=60)


Counts = dict[str, int]


def api_meeting(meeting: Meeting, counts: Counts, figures: dict[str, float] | None) -> dict[str, Any]:
    return {
        "id": meeting.pk, "number": meeting.number, "year": meeting.year, "week": meeting.week,
        "cut_off_at": meeting.cut_off_at, "held_at": meeting.held_at, "send_at": meeting.send_at,
        "place": meeting.place, "chair": meeting.chair, "recorder": meeting.recorder,
        "attendees": meeting.attendees, "is_frozen": meeting.is_frozen, "frozen_at": meeting.frozen_at,
        "taken": counts.get("taken", 0), "settled": counts.get("settled", 0), "late": counts.get("late", 0),
        "figures": figures, "etag": meeting.etag,
    }  # fmt: skip


def api_week(overview: Overview, versions: Versions) -> dict[str, Any]:
    return {
        "sentence": overview.sentence,
        "figures": [_figure(figure) for figure in overview.figures],
        "changes": [
            {"key": each.key, "label": each.label, "rows": each.rows, "named": list(each.named)}
            for each in overview.changes
        ],
        "computed_by": {
            "calendar": versions.calendar, "rules": versions.rules, "templates": list(versions.templates),
        },
    }  # fmt: skip


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key, "label": figure.label, "remark": figure.remark, "value": figure.value,
        "before": figure.before, "change": figure.change,
    }  # fmt: skip


def api_agenda(rows: Iterable[AgendaRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk, "kind": row.kind, "unit": row.unit, "project": row.project_id,
            "project_name": row.project, "town": row.town, "title": row.title,
            "facts": [{"name": name, "value": value} for name, value in row.facts], "due_on": row.due_on,
            "days_late": row.days_late, "speaker": row.speaker, "dropped_reason": row.dropped_reason,
            "node": row.node_id, "issue": row.issue_id, "decision": row.decision_id,
        }
        for row in rows
    ]  # fmt: skip


def api_job(job: Job, *, may_run: bool) -> dict[str, Any]:
    return {
        "id": job.pk, "state": job.state, "asked_at": job.asked_at, "ended_at": job.ended_at,
        "steps": job.steps, "done": job.done, "error": job.error if may_run else "",
    }  # fmt: skip

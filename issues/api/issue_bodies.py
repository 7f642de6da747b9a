"""What is sent over REST to raise an issue and to take its steps."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Unit
from domain.issues import Level
from issues.models import LEVEL_LABELS, Category, Issue

LONGEST_TEXT = 5000
LONGEST_WORD = 500
HIGHEST_KEY = 2**63 - 1


def _key(**more: Any) -> serializers.IntegerField:
    """The number of a row; whether it is in sight is asked where it is looked up."""
    return serializers.IntegerField(min_value=1, max_value=HIGHEST_KEY, **more)


def _nodes(**more: Any) -> serializers.ListField:
    return serializers.ListField(
        child=_key(), required=False, max_length=200, help_text="Nodes of its project that it blocks.", **more
    )


def _category() -> serializers.SlugRelatedField:
    return serializers.SlugRelatedField(slug_field="code", queryset=Category.objects.filter(is_active=True))


def _level(**more: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=list(LEVEL_LABELS.items()), required=False, **more)


def _text(length: int, **more: Any) -> serializers.CharField:
    """A text that may be left out."""
    return serializers.CharField(required=False, allow_blank=True, default="", max_length=length, **more)


class WithFilesSerializer(serializers.Serializer):
    """What can bring files is sent as JSON without them, or as ``multipart/form-data`` with them."""

    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)


class RaisingSerializer(WithFilesSerializer):
    """An issue to be raised. `hold`: the clocks of the blocked nodes that run stand still from today on."""

    project = _key()
    title = serializers.CharField(max_length=120)
    category = _category()
    nodes = _nodes(default=list)
    source = serializers.ChoiceField(choices=Issue.Source.choices)  # type: ignore[assignment]  # named as one of DRF's
    level = _level(default=Level.DAILY)
    topic = _key(required=False, allow_null=True, default=None)
    description = _text(LONGEST_TEXT)
    raised_for = _text(120, help_text="Who told it, where that is no user: the enterprise, a meeting.")
    hold = serializers.BooleanField(required=False, default=False)


class ChangingSerializer(serializers.Serializer):
    """What can be reworded; everything else changes by a step, so it is refused here."""

    title = serializers.CharField(required=False, max_length=120)
    description = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    category = _category()
    level = _level()
    topic = _key(required=False, allow_null=True)
    nodes = _nodes()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        sent = getattr(self, "initial_data", {})
        if others := sorted(set(sent) - set(self.fields)):
            raise serializers.ValidationError(
                _("Not changed here: %(names)s.") % {"names": ", ".join(others)[:200]}
            )
        return attrs


class GivingSerializer(serializers.Serializer):
    """To which unit an issue is given. `hold`: the clocks of the blocked nodes that run stand still from today on."""

    lead_unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.all())
    supporting = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.all(), many=True, required=False, default=list
    )
    due_on = serializers.DateField()
    level = _level(help_text="Stays as it is where absent.")
    leader = serializers.CharField(
        required=False, allow_blank=True, max_length=60,
        help_text="The leader in charge; stays as it is where absent.",
    )  # fmt: skip
    note = _text(LONGEST_WORD)
    hold = serializers.BooleanField(required=False, default=False)


class NotingSerializer(WithFilesSerializer):
    text = serializers.CharField(max_length=LONGEST_TEXT)


class AskingToCloseSerializer(WithFilesSerializer):
    """The proof is the number of a document, files, or both."""

    text = _text(LONGEST_WORD)
    document_no = _text(120)


class VerifyingSerializer(serializers.Serializer):
    note = _text(LONGEST_WORD)
    resume_on = serializers.DateField(
        required=False, allow_null=True, default=None,
        help_text="The first day that counts again for the nodes that it put on hold; they stay so where absent.",
    )  # fmt: skip


class SendingBackSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_WORD)


class SuspendingSerializer(SendingBackSerializer):
    word_of = serializers.CharField(max_length=60, help_text="The leader who said that it can wait.")
    review_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="When it is looked at again."
    )


class TakingUpSerializer(serializers.Serializer):
    due_on = serializers.DateField()
    note = _text(LONGEST_WORD)


class ReopeningSerializer(SendingBackSerializer):
    due_on = serializers.DateField()


class RatingSerializer(serializers.Serializer):
    rating = serializers.IntegerField(min_value=-HIGHEST_KEY, max_value=HIGHEST_KEY, help_text="1 to 5.")
    text = _text(LONGEST_WORD, help_text="What the enterprise says.")

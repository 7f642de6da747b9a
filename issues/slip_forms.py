"""What the pages of supervision send: how a slip goes out, why it does not, its answer."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit
from domain.supervision import SlipLevel
from issues.actions.slips import LONGEST_TEXT, usual_addressee, usual_reply_by
from issues.models import SLIP_LABELS, Supervision
from issues.slip_words import ATTENTION
from milestones.forms import VersionForm


class _Text(forms.CharField):
    """A text of a slip. Browsers send the end of a line as two characters and count it as one."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=LONGEST_TEXT, widget=forms.Textarea, **more)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class IssueSlipForm(VersionForm):
    """How a proposed slip goes out; what is left blank is as usual."""

    addressee = forms.ModelChoiceField(queryset=Unit.objects.all(), empty_label=None, label=_("addressee"))
    level = forms.TypedChoiceField(
        coerce=lambda value: SlipLevel(int(value)), label=pgettext_lazy("slip", "level")
    )
    reply_by = forms.DateField(
        required=False, label=_("answer by"),
        help_text=_("Blank: 5 working days from today for a blue slip, 3 for a yellow, 2 for a red one."),
    )  # fmt: skip
    attention = forms.CharField(required=False, max_length=60, label=_("for the attention of"))
    text = _Text(
        required=False, label=_("what is asked for"),
        help_text=_("Beside the answer with its plan. At most 500 characters."),
    )  # fmt: skip

    def __init__(self, *args: Any, slip: Supervision, today: date, **kwargs: Any) -> None:
        level = SlipLevel(slip.level)
        initial = {
            "addressee": usual_addressee(slip), "level": level, "reply_by": usual_reply_by(level, today),
            "version": slip.version,
        }  # fmt: skip
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (one.value, SLIP_LABELS[one]) for one in SlipLevel if one >= level
        ]
        self.fields["attention"].help_text = _("Blank: %(person)s.") % {"person": ATTENTION[level]}


class DismissSlipForm(VersionForm):
    reason = forms.CharField(max_length=LONGEST_TEXT, label=_("reason"))


class AnswerSlipForm(VersionForm):
    """Why it is late, and the plan by which it will be done."""

    answer = _Text(label=_("why it is late"), help_text=_("At most 500 characters."))
    plan = _Text(label=_("plan"), help_text=_("Who does what by when. At most 500 characters."))
    planned_on = forms.DateField(required=False, label=_("to be done by"))

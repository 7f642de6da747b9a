"""What is entered of the race: weights, points, and why."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.refusals import sentence
from domain.errors import DomainError
from domain.race import MEASURES, MOST_POINTS, Board, Rules
from screen.models import RaceAdjustment
from screen.race.words import BOARD_LABELS, MEASURE_LABELS


class WeightsForm(forms.Form):
    """A field for each weight of both boards, the caps and the smallest sample, made from `version`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(required=False, max_length=300, label=gettext_lazy("why"))

    def __init__(self, data: Mapping[str, Any] | None, rules: Rules) -> None:
        super().__init__(data, initial={"version": rules.version})
        for board in Board:
            for measure in MEASURES[board]:
                self.fields[_name(board, measure)] = forms.IntegerField(
                    label=str(MEASURE_LABELS[measure]), initial=rules.weights[board][measure]
                )
            self.fields[_name(board, "most")] = forms.IntegerField(
                label=gettext_lazy("added or deducted at most"), initial=rules.most_adjusted[board]
            )
        self.fields["minimum"] = forms.IntegerField(
            label=gettext_lazy("ranked from so many scored nodes"), initial=rules.minimum
        )

    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The fields of each board under its name."""
        return [
            (str(BOARD_LABELS[board]), [self[_name(board, one)] for one in (*MEASURES[board], "most")])
            for board in Board
        ]

    @property
    def rules(self) -> Rules:
        """What was typed. Raises InputError where that cannot be a set of rules."""
        said = self.cleaned_data
        weights = {board: {one: said[_name(board, one)] for one in MEASURES[board]} for board in Board}
        most = {board: said[_name(board, "most")] for board in Board}
        return Rules(said["version"], weights, most, said["minimum"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                self.rules.check()
            except DomainError as error:
                raise forms.ValidationError(sentence(error)) from error
        return data


def _name(board: Board, one: str) -> str:
    return f"{board.value}-{one}"


class AdjustmentForm(forms.Form):
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.exclude(kind=Unit.Kind.BUREAU), label=gettext_lazy("unit")
    )
    kind = forms.ChoiceField(choices=RaceAdjustment.Kind.choices, label=gettext_lazy("kind"))
    on = forms.DateField(label=gettext_lazy("day"))
    points = forms.DecimalField(
        min_value=Decimal(-MOST_POINTS), max_value=Decimal(MOST_POINTS), max_digits=3, decimal_places=1,
        label=gettext_lazy("points, with a minus where they are deducted"),
    )  # fmt: skip
    reason = forms.CharField(max_length=300, label=gettext_lazy("reason"))


class WithdrawForm(forms.Form):
    reason = forms.CharField(required=False, max_length=300, label=gettext_lazy("why withdrawn"))

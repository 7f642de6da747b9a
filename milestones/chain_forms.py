"""What is chosen of a chain on a page: which template or version, from when, which facts and optional nodes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.chain_choices import Choice, chain_choices
from milestones.models import ChainTemplate


class CodesField(forms.MultipleChoiceField):
    """Codes of facts and optional nodes; which of them a template knows, the action asks."""

    def valid_value(self, value: Any) -> bool:
        return True


class ChoosingForm(forms.Form):
    """Chooses one of the templates `offered`, and from its facts and optional nodes.

    `shown` is the template whose facts the page showed. Where another one has been chosen, its facts have to be
    shown before anything is done, so that nothing is laid unseen.
    """

    template = forms.TypedChoiceField(label=gettext_lazy("process template"))
    conditions = CodesField(required=False)
    shown = forms.IntegerField(required=False)

    def __init__(
        self, data: MultiValueDict[str, str] | None = None, *, offered: Sequence[ChainTemplate],
        initial: Mapping[str, Any] | None = None, empty: str = "",
    ) -> None:  # fmt: skip
        super().__init__(data, initial=dict(initial or {}))
        by_key = {str(template.pk): template for template in offered}
        field = self.fields["template"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = [*([("", empty)] if empty else []), *((key, str(by_key[key])) for key in by_key)]
        field.required, field.coerce, field.empty_value = not empty, by_key.__getitem__, None
        self.chosen = by_key.get(str(self["template"].value() or ""))

    @property
    def is_seen(self) -> bool:
        """Whether what was sent was chosen from what the page showed."""
        shown = self["shown"].value()
        return self.chosen is None or str(shown) == str(self.chosen.pk)

    @property
    def facts(self) -> list[tuple[Choice, bool]]:
        """The facts that the chosen template asks for, each with whether it is ticked."""
        return [(choice, is_ticked) for choice, is_ticked in self._choices if not choice.is_node]

    @property
    def optional_nodes(self) -> list[tuple[Choice, bool]]:
        return [(choice, is_ticked) for choice, is_ticked in self._choices if choice.is_node]

    @cached_property
    def _choices(self) -> list[tuple[Choice, bool]]:
        ticked = set(self["conditions"].value() or ())
        return (
            [(choice, choice.code in ticked) for choice in chain_choices(self.chosen)] if self.chosen else []
        )

    def clean(self) -> dict[str, Any]:
        if not self.is_seen:
            self.add_error(
                "template", _("These are the facts of this chain; look through them and send the form again.")
            )
        return super().clean() or {}


class LayingForm(ChoosingForm):
    starts_on = forms.DateField(required=False, label=gettext_lazy("the plan begins on"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("template") and not data.get("starts_on") and not self.has_error("starts_on"):
            self.add_error("starts_on", _("Say from when the chain is planned."))
        return data


class MovingForm(ChoosingForm):
    """`digest` names the preview that the page showed."""

    digest = forms.CharField(required=False, max_length=64)
    note = forms.CharField(required=False, max_length=500, label=gettext_lazy("note"))

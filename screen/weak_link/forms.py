"""What an address asks of the weak link beside the narrowing: what the links are, the order, which nodes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from domain.weak_link import Cell, Order
from milestones.filters import refuse_unreadable
from screen.weak_link.queries import Division, Selection
from screen.weak_link.words import CELL_LABELS, DIVISION_LABELS, ORDER_LABELS

MOST_DAYS = 99_999


class LinksForm(forms.Form):
    """``?by=town&sort=idle``."""

    by = forms.ChoiceField(required=False, choices=list(DIVISION_LABELS.items()), label=_("by"))
    sort = forms.ChoiceField(required=False, choices=list(ORDER_LABELS.items()), label=_("ranked by"))

    def asked(self) -> tuple[Division, Order]:
        """Raises InputError where it cannot be read."""
        refuse_unreadable(self)
        said = self.cleaned_data
        return Division(said["by"] or Division.KIND), Order(said["sort"] or Order.HANDED)


class SelectionForm(forms.Form):
    """``?cell=beyond&node_kind=new_build/eia&by=town&of=12``, as ``screen.weak_link.addresses`` writes it."""

    cell = forms.ChoiceField(required=False, choices=list(CELL_LABELS.items()), label=_("counted"))
    node_kind = forms.CharField(required=False, max_length=121, label=_("node kind"))
    by = forms.ChoiceField(required=False, choices=list(DIVISION_LABELS.items()), label=_("by"))
    of = forms.CharField(required=False, max_length=121, label=_("link"))
    quarter = forms.CharField(required=False, max_length=6, label=_("quarter"))
    category = forms.CharField(required=False, max_length=40, label=_("category"))
    longer = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_DAYS, label=_("longer than, working days")
    )

    def asked(self) -> Selection:
        """Raises InputError where it cannot be read."""
        refuse_unreadable(self)
        said = self.cleaned_data
        return Selection(
            Cell(said["cell"] or Cell.SAMPLE), said["node_kind"], Division(said["by"] or Division.KIND),
            said["of"], said["quarter"], said["category"], said["longer"],
        )  # fmt: skip

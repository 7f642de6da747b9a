"""What the editor of templates sends: a node with what stands around it, parts of a chain, a whole text."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from domain.chain_edits import Part, Table
from domain.chain_files import read_chain
from domain.chain_rules import (
    LONGEST_CODE,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_TEXT,
    LONGEST_UNIT,
    MOST_DAYS,
    MOST_NODES,
)
from domain.chains import (
    NOT,
    ChainSpec,
    ClockOwner,
    EdgeKind,
    EdgeSpec,
    FactSpec,
    LaneSpec,
    Milestone,
    NodeSpec,
    PromiseSpec,
    StageSpec,
    working_days,
)
from domain.errors import InputError
from domain.workdays import LimitUnit
from milestones.editing.words import FIELD_LABELS, UNIT_LABELS, condition_words, label_of
from milestones.models import CLOCK_LABELS, MILESTONE_LABELS
from projects.models import Project

LARGEST_TEXT = 256 * 1024
"""Bytes of a definition; a chain of the most nodes with notes on each has about half of it."""

_SPARE_ROWS = 2


def _code_field() -> forms.CharField:
    pattern = RegexValidator(r"^[A-Za-z0-9_-]+\Z", gettext_lazy("Letters, digits, - and _ only."))
    return forms.CharField(label=gettext_lazy("code"), max_length=LONGEST_CODE, validators=[pattern])


def _days_field(name: str, least: int) -> forms.IntegerField:
    return forms.IntegerField(label=FIELD_LABELS[name], required=False, min_value=least, max_value=MOST_DAYS)


def _text_field(name: str, longest: int, *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=FIELD_LABELS[name], max_length=longest, required=required)


def _note_field() -> forms.CharField:
    return forms.CharField(
        label=FIELD_LABELS["note"], max_length=LONGEST_NOTE, required=False, widget=forms.Textarea
    )


def _unit_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=FIELD_LABELS["limit_unit"], choices=list(UNIT_LABELS.items()))


def _offer(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = choices


class NodeForm(forms.Form):
    """A node of `chain` but for what stands around it."""

    name = _text_field("name", LONGEST_NAME, required=True)
    name_en = _text_field("name_en", LONGEST_NAME)
    code = _code_field()
    stage = forms.ChoiceField(label=FIELD_LABELS["stage"])
    lane = forms.ChoiceField(label=FIELD_LABELS["lane"])
    unit = _text_field("unit", LONGEST_UNIT)
    clock = forms.ChoiceField(label=FIELD_LABELS["clock"], choices=list(CLOCK_LABELS.items()))
    limit = _days_field("limit", 1)
    limit_unit = _unit_field()
    plan_days = _days_field("plan_days", 0)
    condition = forms.ChoiceField(label=FIELD_LABELS["condition"], required=False)
    milestone = forms.ChoiceField(
        label=FIELD_LABELS["milestone"], required=False, choices=[("", "—"), *MILESTONE_LABELS.items()]
    )
    is_key = forms.BooleanField(label=FIELD_LABELS["is_key"], required=False)
    optional = forms.BooleanField(
        label=gettext_lazy("optional: laid only where it is asked for"), required=False
    )
    unconfirmed = forms.BooleanField(
        label=gettext_lazy("to be confirmed: not the district's own promise"), required=False
    )
    proof = _text_field("proof", LONGEST_TEXT)
    source = _text_field("source", LONGEST_TEXT)
    note = _note_field()

    def __init__(self, chain: ChainSpec, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "stage", [(stage.code, label_of(stage)) for stage in chain.stages])
        _offer(self, "lane", [(lane.code, label_of(lane)) for lane in chain.lanes])
        facts = {fact.code: label_of(fact) for fact in chain.facts}
        conditions = ["", *(mark + code for code in facts for mark in ("", NOT))]
        where = [(condition, condition_words(condition, facts)) for condition in conditions]
        _offer(self, "condition", where)
        self.fields["unit"].help_text = _("Blank: the project's own town or platform.")
        self.fields["plan_days"].help_text = _("Blank: as many as the limit.")
        self.fields["proof"].help_text = _("Blank: none is asked for.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("plan_days") is None and not self.has_error("plan_days"):
            if data.get("limit"):
                data["plan_days"] = working_days(data["limit"], LimitUnit(data["limit_unit"]))
            elif not self.has_error("limit"):
                self.add_error("plan_days", _("Give a limit or planned days."))
        return data

    @property
    def spec(self) -> NodeSpec:
        data = dict(self.cleaned_data)
        data["clock"], data["limit_unit"] = ClockOwner(data["clock"]), LimitUnit(data["limit_unit"])
        data["milestone"] = Milestone(data["milestone"]) if data["milestone"] else None
        return NodeSpec(**data)


class NeighbourForm(forms.Form):
    """One edge, seen from one of its nodes; a group's number says that one of several is enough."""

    node = forms.ChoiceField(label=gettext_lazy("node"), required=False)
    how = forms.ChoiceField(label=gettext_lazy("how"), initial=EdgeKind.HARD)

    def __init__(self, *args: Any, nodes: Sequence[Any], groups: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "node", nodes)
        in_group = [(str(n), _("one of group %(n)d is enough") % {"n": n}) for n in range(1, groups + 1)]
        hard, soft = _("must be done first"), _("is usually done first")
        _offer(self, "how", [(EdgeKind.HARD.value, hard), (EdgeKind.SOFT.value, soft), *in_group])

    @property
    def edge(self) -> tuple[str, EdgeKind, str] | None:
        """The node, the kind and the group; None where the row was left or made blank."""
        node, how = self.cleaned_data.get("node", ""), self.cleaned_data.get("how", "")
        if not node:
            return None
        return (node, EdgeKind.HARD, how) if how.isdigit() else (node, EdgeKind(how), "")


NeighbourForms = formset_factory(
    NeighbourForm, extra=_SPARE_ROWS, max_num=MOST_NODES, absolute_max=MOST_NODES + _SPARE_ROWS
)


class NodeForms:
    """A node and its edges on both sides, as one page sends them; `code` blank: a new node."""

    def __init__(self, chain: ChainSpec, node: NodeSpec | None, data: Any = None) -> None:
        self.chain = chain
        self.old = node.code if node else ""
        initial = {name: getattr(node, name) for name in NodeForm.base_fields} if node else {}
        self.node = NodeForm(chain, data, initial=initial or {"limit_unit": LimitUnit.WORKING})
        self.before = self._neighbours("before", data, [e for e in chain.edges if e.target == self.old])
        self.behind = self._neighbours("behind", data, [e for e in chain.edges if e.source == self.old])

    @property
    def title(self) -> str:
        """What the node is called on record; blank for a new one."""
        return next((label_of(node) for node in self.chain.nodes if node.code == self.old), "")

    def is_valid(self) -> bool:
        return all([self.node.is_valid(), self.before.is_valid(), self.behind.is_valid()])

    @property
    def edges(self) -> list[EdgeSpec]:
        code = self.node.cleaned_data["code"]
        before = [EdgeSpec(node, code, kind, group) for node, kind, group in _edges(self.before)]
        return before + [EdgeSpec(code, node, kind, group) for node, kind, group in _edges(self.behind)]

    def _neighbours(self, prefix: str, data: Any, edges: Iterable[EdgeSpec]) -> "BaseFormSet[NeighbourForm]":
        edges = list(edges)
        groups = [int(edge.group) for edge in self.chain.edges if edge.group]
        return NeighbourForms(
            data, prefix=prefix,
            initial=[
                {
                    "node": edge.source if prefix == "before" else edge.target,
                    "how": edge.group or edge.kind.value,
                }
                for edge in edges
            ],
            form_kwargs={"nodes": self._choices, "groups": max(groups, default=0) + 1},
        )  # fmt: skip

    @property
    def _choices(self) -> list[Any]:
        """The other nodes, by stage."""
        choices: list[Any] = [("", "—")]
        for stage in self.chain.stages:
            nodes = [one for one in self.chain.nodes if one.stage == stage.code and one.code != self.old]
            if nodes:
                choices.append((label_of(stage), [(one.code, label_of(one)) for one in nodes]))
        return choices


def _edges(neighbours: "BaseFormSet[NeighbourForm]") -> Iterable[tuple[str, EdgeKind, str]]:
    return filter(None, (form.edge for form in neighbours))


class HeadForm(forms.Form):
    """The chain itself, and what is promised of the whole."""

    name = _text_field("name", LONGEST_NAME, required=True)
    name_en = _text_field("name_en", LONGEST_NAME)
    kind = forms.ChoiceField(
        label=FIELD_LABELS["kind"], required=False,
        choices=lambda: [("", _("none: a chain that a ledger brought")), *Project.Kind.choices],
    )  # fmt: skip
    source = _text_field("source", LONGEST_TEXT)
    note = _note_field()
    since = forms.ChoiceField(label=gettext_lazy("promised from the start of"), required=False)
    until = forms.ChoiceField(label=gettext_lazy("to the end of"), required=False)
    days = forms.IntegerField(label=gettext_lazy("at most"), required=False, min_value=1, max_value=MOST_DAYS)
    unit = _unit_field()
    promise_source = _text_field("source", LONGEST_TEXT)
    promise_unconfirmed = forms.BooleanField(label=FIELD_LABELS["unconfirmed"], required=False)

    def __init__(self, chain: ChainSpec, data: Any = None) -> None:
        initial = {name: getattr(chain, name) for name in ("name", "name_en", "kind", "source", "note")}
        initial["unit"] = LimitUnit.WORKING
        promise = chain.promise
        if promise:
            initial |= {
                "since": promise.since, "until": promise.until, "days": promise.days, "unit": promise.unit,
                "promise_source": promise.source, "promise_unconfirmed": promise.unconfirmed,
            }  # fmt: skip
        super().__init__(data, initial=initial)
        nodes = [("", _("nothing is promised")), *((node.code, label_of(node)) for node in chain.nodes)]
        _offer(self, "since", nodes)
        _offer(self, "until", nodes)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        said = [bool(data.get(name)) for name in ("since", "until", "days")]
        if any(said) and not all(said) and not self.errors:
            self.add_error("since", _("Say from where to where and how many days, or nothing of it."))
        return data

    @property
    def fields_of_chain(self) -> dict[str, Any]:
        data = self.cleaned_data
        promise = PromiseSpec(
            since=data["since"], until=data["until"], days=data["days"], unit=LimitUnit(data["unit"]),
            source=data["promise_source"], unconfirmed=data["promise_unconfirmed"],
        ) if data["since"] else None  # fmt: skip
        return {
            **{name: data[name] for name in ("name", "name_en", "kind", "source", "note")},
            "promise": promise,
        }


class PartForm(forms.Form):
    """A stage, a lane or a fact; `was` is the code that it had until now."""

    was = forms.CharField(required=False, widget=forms.HiddenInput)
    name = _text_field("name", LONGEST_NAME, required=True)
    name_en = _text_field("name_en", LONGEST_NAME)
    code = _code_field()


PartForms = formset_factory(
    PartForm, extra=_SPARE_ROWS, can_order=True, can_delete=True, max_num=100, absolute_max=120
)
PARTS: dict[Table, type[StageSpec | LaneSpec | FactSpec]] = {
    "stages": StageSpec, "lanes": LaneSpec, "facts": FactSpec,
}  # fmt: skip


def part_forms(chain: ChainSpec, table: Table, data: Any = None) -> "BaseFormSet[PartForm]":
    rows = [
        {
            "was": part.code, "code": part.code, "name": part.name, "name_en": part.name_en,
            "label": label_of(part),
        }
        for part in getattr(chain, table)
    ]  # fmt: skip
    return PartForms(data, initial=rows)


def parts_sent(forms_: "BaseFormSet[PartForm]", table: Table) -> list[tuple[str, Part]]:
    """The parts in the order that was asked for, each after the code that it had until now."""
    rows = [form.cleaned_data for form in forms_.ordered_forms]
    return [(row["was"], PARTS[table](row["code"], row["name"], row["name_en"])) for row in rows]


class TextForm(forms.Form):
    """A definition as a file or as text."""

    file = forms.FileField(label=gettext_lazy("TOML file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("definition as TOML"), required=False, widget=forms.Textarea, strip=False
    )

    def read(self) -> ChainSpec:
        """The chain that was sent; a file goes before the text.

        Raises InputError where nothing came, too much, or no text, ChainError where it is no chain.
        """
        file = self.files.get("file")
        text = str(self.data.get("text", ""))
        where = str(file.name) if file else _("the text")
        size = file.size or 0 if file else len(text.encode())
        if size > LARGEST_TEXT:
            raise InputError(
                gettext_noop("%(where)s is larger than %(kilobytes)d KB."),
                where=where, kilobytes=LARGEST_TEXT // 1024,
            )  # fmt: skip
        if file:
            try:
                text = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise InputError(
                    gettext_noop("%(where)s is not text in UTF-8; save it as UTF-8."), where=where
                ) from error
        if not text.strip():
            raise InputError(gettext_noop("Choose a file or paste its text."))
        return read_chain(text, where=where)

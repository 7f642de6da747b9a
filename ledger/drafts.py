"""One project as an import would leave it, built up row by row."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_noop

from accounts.access import EVERYTHING, editable
from accounts.models import User
from domain.errors import DomainError, InputError, RuleError
from domain.workdays import WorkCalendar
from ledger.chains import ChainBook, Steps
from ledger.columns import Columns
from ledger.mapping import START, Says
from ledger.rows import RowReading
from ledger.sentences import Sentence
from milestones.bulk_actions import NodeState, Recorded, recorded_fields
from milestones.models import TemplateNode
from projects.models import Project, Tier


class Verdict(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    """It brings a project or a node that is not on record."""
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class CellChange(NamedTuple):
    """What a row changes: a field of the project, or one of the node with this name."""

    node: str
    field: str
    before: Any
    after: Any


class Reach:
    """Whether the actor may change a project with these units and this liaison (``accounts.access``)."""

    def __init__(self, actor: User) -> None:
        self._rule = editable(actor)
        self.is_everything = self._rule == EVERYTHING
        self._asked = lru_cache(maxsize=1024)(self._ask)

    def allows(self, project: Mapping[str, Any]) -> bool:
        keys = (getattr(project.get(name), "pk", None) or 0 for name in ("town", "department", "liaison"))
        return self.is_everything or self._asked(*keys)

    def _ask(self, town: int, department: int, liaison: int) -> bool:
        # A condition that compares with nothing counts as met, therefore 0 and not None.
        against = {"pk": 0, "town": town, "department": department, "liaison": liaison}
        return Q(self._rule).check(against)


class Rules(NamedTuple):
    """What all rows of one import are judged by."""

    columns: Columns
    defaults: Mapping[str, Any]
    """The mapping's defaults, units and people looked up."""
    chains: ChainBook
    reach: Reach
    today: date
    calendar: WorkCalendar
    may_move: bool
    """Whether plan dates of the ledger replace those on record."""


NOT_YOURS = gettext_noop("“%(name)s” is not yours to change.")
_NO_KIND = gettext_noop("The kind of the project is missing.")
_NO_TOWN = gettext_noop("The town or platform of the project is missing.")
_NO_CHAIN = gettext_noop("No chain is published for projects of the kind “%(kind)s”.")
_OTHER_VALUE = gettext_noop("Row %(row)d says “%(other)s” of the same project.")
_OTHER_NODE = gettext_noop("Row %(row)d says something else of “%(node)s”.")
_NOT_TAKEN = gettext_noop("The chain “%(chain)s” has no node “%(node)s”; the date is not taken.")
_NO_NODE = gettext_noop("The chain “%(chain)s” has no node “%(node)s”.")

_ENTRY_DAYS = {"start_entered_on", "finish_entered_on"}
"""Not what the ledger says, but when it said it."""

_TOLD = {Says.FINISHED: "finished_on", Says.STARTED: "started_on", Says.DUE: "due_on", Says.STATUS: "status"}


class NewNode(NamedTuple):
    """What a row says of a step, and the fields of the project's node that this changes."""

    step: TemplateNode
    said: Recorded
    state: NodeState | None
    fields: dict[str, Any]


class Draft:
    """What is on record of one project, and what the rows that were taken add to it."""

    def __init__(
        self, row: int, project: Project | None, steps: Steps | None, states: Mapping[int, NodeState]
    ) -> None:
        self.row = row
        self.project = project
        self.steps = steps
        self.lays = steps is None
        self.fields: dict[str, Any] = {}
        """What is to be written of the project itself."""
        self.recorded: dict[int, Recorded] = {}
        """What is to be recorded of its nodes, by template node number."""
        self.is_taken = False
        self.starts_on: date | None = None
        self._states = states
        self._said: dict[str, tuple[int, Any]] = {}
        self._said_of: dict[int, tuple[int, Recorded]] = {}

    @property
    def changes_something(self) -> bool:
        return self.is_taken and bool(self.project is None or self.lays or self.fields or self.recorded)

    def take(self, row: RowReading, rules: Rules) -> tuple[Verdict, list[CellChange]]:
        """Add a row; or name in it what is wrong, and add nothing of it."""
        fields = self._new_fields(row, rules)
        steps = self._steps_for(row, fields, rules)
        nodes = self._new_nodes(row, steps, rules) if steps else []
        self._refuse_out_of_reach(row, fields, rules)
        if row.problems or steps is None:
            return Verdict.REJECTED, []
        return self._add(row, steps, fields, nodes, rules)

    def first_day(self, today: date) -> date:
        """Day 0 of a chain to be laid: the start the ledger gives, else its earliest date, else today."""
        days = [day for said in self.recorded.values() for day in said[:3] if day is not None]
        return self.starts_on or min(days, default=today)

    def _new_fields(self, row: RowReading, rules: Rules) -> dict[str, Any]:
        """The fields that the row changes; a blank cell erases nothing."""
        fields: dict[str, Any] = {}
        for name, value in row.fields.items():
            said = self._said.get(name)
            if said is not None and said[1] != value:
                row.refuse(
                    rules.columns.headers[name],
                    value,
                    Sentence(_OTHER_VALUE, {"row": said[0], "other": said[1]}),
                )
            elif name != START and self._known(name) != value:
                fields[name] = value
        if self.project is None and not self.is_taken:
            self._fill_in(row, fields, rules)
        return fields

    def _fill_in(self, row: RowReading, fields: dict[str, Any], rules: Rules) -> None:
        """What a new project must have and the row does not say."""
        for name, value in rules.defaults.items():
            fields.setdefault(name, value)
        for name, sentence in (("kind", _NO_KIND), ("town", _NO_TOWN)):
            column = rules.columns.headers.get(name, "")
            if not fields.get(name) and not any(problem.column == column for problem in row.problems):
                row.refuse(column, "", Sentence(sentence))

    def _steps_for(self, row: RowReading, fields: Mapping[str, Any], rules: Rules) -> Steps | None:
        if self.steps is not None:
            return self.steps
        kind = fields.get("kind") or self._known("kind")
        steps = rules.chains.for_kind(kind) if kind else None
        if steps is None and kind:
            label = Project.Kind(kind).label
            row.refuse(rules.columns.headers.get("kind", ""), label, Sentence(_NO_CHAIN, {"kind": label}))
        return steps

    def _new_nodes(self, row: RowReading, steps: Steps, rules: Rules) -> list[NewNode]:
        nodes = []
        for label, said in row.nodes:
            unnamed = rules.columns.unnamed.get(label)
            if unnamed is not None and rules.chains.step(steps, label) is None:
                told = {"chain": steps.template.name, "node": label}
                row.warn(unnamed, rules.columns.cell(row.cells, unnamed), Sentence(_NOT_TAKEN, told))
                continue
            try:
                if (node := self._new_node(label, said, steps, rules)) is not None:
                    nodes.append(node)
            except DomainError as error:
                about = (says for says, name in _TOLD.items() if getattr(said, name) is not None)
                column = rules.columns.header_of(label, *about)
                row.refuse(column, rules.columns.cell(row.cells, column), Sentence.of(error))
        return nodes

    def _new_node(self, label: str, said: Recorded, steps: Steps, rules: Rules) -> NewNode | None:
        """None where an earlier row says the same. Raises DomainError where the words cannot be recorded."""
        step = rules.chains.step(steps, label)
        if step is None:
            raise InputError(_NO_NODE, chain=steps.template.name, node=label)
        earlier = self._said_of.get(step.pk)
        if earlier is not None:
            if earlier[1] != said:
                raise RuleError(_OTHER_NODE, row=earlier[0], node=step.name)
            return None
        state = self._states.get(step.pk)
        fields = recorded_fields(
            state or NodeState.new(0, step), said, step=step, today=rules.today, calendar=rules.calendar,
            may_move=rules.may_move,
        )  # fmt: skip
        return NewNode(step, said, state, fields)

    def _refuse_out_of_reach(self, row: RowReading, fields: Mapping[str, Any], rules: Rules) -> None:
        """A row must not make or leave behind a project that the actor may not change."""
        names = ("town", "department", "liaison")
        if row.problems or not (self.project is None or any(name in fields for name in names)):
            return
        if not rules.reach.allows({name: fields.get(name) or self._known(name) for name in names}):
            row.refuse(
                rules.columns.headers.get("town", ""), fields.get("town", ""),
                Sentence(NOT_YOURS, {"name": row.title}),
            )  # fmt: skip

    def _known(self, name: str) -> Any:
        if name in self.fields:
            return self.fields[name]
        return getattr(self.project, name) if self.project else None

    def _add(
        self, row: RowReading, steps: Steps, fields: dict[str, Any], nodes: list[NewNode], rules: Rules
    ) -> tuple[Verdict, list[CellChange]]:
        first, is_new = not self.is_taken, self.project is None
        changes = [
            CellChange("", name, _named(self._known(name)), _named(value)) for name, value in fields.items()
        ]
        for step, said, state, changed in nodes:
            changes += [
                CellChange(step.name, name, getattr(state, name, None), changed[name])
                for name in changed
                if name not in _ENTRY_DAYS
            ]
            if changed or state is None:
                self.recorded[step.pk] = said
            self._said_of[step.pk] = (row.number, said)
        brings = (first and is_new) or any(node.state is None for node in nodes if is_new or not self.lays)
        self.is_taken, self.steps = True, steps
        self.fields |= fields
        self.starts_on = self.starts_on or row.fields.get(START)
        for name, value in row.fields.items():
            self._said.setdefault(name, (row.number, value))
        if self.lays and steps.plans and rules.columns.node_name is None:
            changes.append(CellChange("", START, None, self.first_day(rules.today)))
        if brings:
            return Verdict.CREATED, changes
        return Verdict.UPDATED if changes or (first and self.lays) else Verdict.UNCHANGED, changes


def _named(value: Any) -> Any:
    """A tier by the name it was entered with: its label is in the language of whoever looks."""
    return value.name if isinstance(value, Tier) else value

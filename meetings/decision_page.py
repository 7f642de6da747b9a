"""What the page of one decision shows: how it stands, what it is about, and everything that was done with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.models import User
from accounts.permits import Permit, common_refusal
from domain.lights import LightRule
from domain.meetings import DecisionStep
from history.models import Change
from issues.models import Issue
from meetings.forms import STEP_FORMS, ChangeForm
from meetings.models import Decision
from meetings.permitted import permits
from meetings.settled import DecisionRow, decision_rows
from milestones.field_history import FieldEntry, value_words
from milestones.forms import VersionForm
from milestones.models import Node
from projects.models import Project

Verb = Change.Verb

_FIELDS: Final[Mapping[str, Promise]] = {
    "text": gettext_lazy("what was decided"),
    "lead_unit": gettext_lazy("lead unit"),
    "due_on": pgettext_lazy("of a decision", "due"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is open to the reader, with its empty form."""

    permit: Permit
    form: VersionForm


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """`projects`, `nodes` and `issues` are those that it is about, as far as the reader sees them."""

    decision: Decision
    row: DecisionRow
    projects: Sequence[Project]
    nodes: Sequence[Node]
    issues: Sequence[Issue]
    record: Sequence[FieldEntry]
    steps: Sequence[Step]
    closed_steps: Sequence[Permit]
    why_none: str


def decision_page(decision: Decision, reader: User, rule: LightRule) -> DecisionPage:
    """The page of `decision` for `reader`; as many queries however much was done with it."""
    (row,) = decision_rows(Decision.objects.filter(pk=decision.pk), reader, rule)
    permitted = list(permits(decision, reader).values())
    seen = Decision.objects.filter(pk=decision.pk).prefetch_related(
        Prefetch("nodes", Node.objects.visible_to(reader).select_related("project", "template_node")),
        Prefetch("issues", Issue.objects.visible_to(reader)),
        Prefetch("projects", Project.objects.visible_to(reader)),
    )
    linked = seen.get()
    return DecisionPage(
        decision=decision, row=row, projects=list(linked.projects.all()), nodes=list(linked.nodes.all()),
        issues=list(linked.issues.all()), record=list(_record(decision, reader, rule.today)),
        steps=[Step(permit, _form(permit.step, decision, reader)) for permit in permitted if permit.is_open],
        closed_steps=[permit for permit in permitted if not permit.is_open],
        why_none=common_refusal(permitted),
    )  # fmt: skip


def _form(step: str, decision: Decision, reader: User) -> VersionForm:
    if step != DecisionStep.CHANGE:
        return STEP_FORMS[step](auto_id=f"{step}-%s")
    unit = decision.lead_unit.name if decision.lead_unit else ""
    initial = {"text": decision.text, "lead_unit": unit, "due_on": decision.due_on}
    return ChangeForm(initial=initial, auto_id=f"{step}-%s", reader=reader)


def _record(decision: Decision, reader: User, today: date) -> Iterator[FieldEntry]:
    """Newest first. History tells of a decision once for each of its projects; here it is told once.

    A decision that the reader sees is seen with all that was done with it; of nodes and issues that it came to be about
    those of projects in sight are named.
    """
    told: dict[object, list[Change]] = {}
    for change in Change.objects.filter(decision=decision).select_related("actor").order_by("-pk"):
        told.setdefault(change.batch, []).append(change)
    projects = (change.project_id for changes in told.values() for change in changes)
    in_sight = Project.objects.seen_among(projects, by=reader)
    for changes in told.values():
        change = changes[0]
        seen = [each for each in changes if each.project_id in in_sight]
        yield FieldEntry(
            pk=change.pk, at=change.at, actor=str(change.actor), said=change.get_verb_display(), note=change.note,
            fields=[*_changed(change, today), *_links(seen)],
        )  # fmt: skip


def _links(changes: Sequence[Change]) -> Iterator[tuple[str, str, str]]:
    """What the decision is about since then, where that was changed."""
    for name, label in _LINKS.items():
        names = [each for change in changes for each in change.after.get(name, ())]
        if names:
            yield str(label), "", pgettext("between names", ", ").join(names)


_LINKS: Final[Mapping[str, Promise]] = {
    "nodes": gettext_lazy("nodes"),
    "issues": gettext_lazy("issues"),
}


def _changed(change: Change, today: date) -> Iterator[tuple[str, str, str]]:
    """Field by field what it was and what it became; nothing where a step says it already."""
    if change.verb != Verb.DECISION_CHANGED:
        return
    for name, label in _FIELDS.items():
        if name in change.before:
            yield (
                str(label),
                value_words(change.before[name], today),
                value_words(change.after.get(name), today),
            )

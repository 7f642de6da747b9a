"""Writing what a plan says; in the transaction, and under the locks, in which the plan was made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Unit, User
from ledger.directory import NewUnit
from ledger.drafts import Draft
from ledger.investment.plan import InvestmentChanges
from ledger.mapping import LayOnly
from ledger.models import Import
from ledger.plan import Plan
from milestones.bulk_actions import Laying, late_when_laid, lay_chains, record_nodes
from milestones.models import ChainTemplate
from milestones.publishing import publish_template
from projects.bulk_actions import add_projects, change_projects
from projects.investment_actions import plan_investments, record_investments

PROJECTS_AT_ONCE = 500
"""How many projects are written before the next are prepared; it bounds the memory."""


def write_projects(plan: Plan, import_: Import, *, actor: User, today: date) -> None:
    """The projects of a ledger and their chains, in one batch with the import."""
    units = _made_units(plan.new_units)
    published = _published(plan, actor)
    for some in _in_parts(plan.drafts):
        known = _projects(some, units, actor, import_)
        layings = [
            _laying(draft, known[draft.row], published, plan.opened.mapping.lay, today)
            for draft in some
            if draft.lays
        ]
        lay_chains(layings, actor=actor, today=today, batch=import_.batch)
        recorded = {known[draft.row]: draft.recorded for draft in some if draft.recorded and not draft.lays}
        record_nodes(recorded, actor=actor, today=today, batch=import_.batch)


def late_after(plan: Plan, today: date) -> tuple[int, int]:
    """How many nodes of projects without a chain would be overdue on the day `today`, and of how many projects.

    Only of chains whose days are reckoned: those it brings itself have the days of the ledger and no other.
    """
    lay = plan.opened.mapping.lay
    laid = (draft for draft in plan.drafts if draft.lays and draft.steps and draft.steps.plans)
    return late_when_laid((_laying(draft, 0, None, lay, today) for draft in laid), today=today)


def _in_parts(drafts: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    for start in range(0, len(drafts), PROJECTS_AT_ONCE):
        yield drafts[start : start + PROJECTS_AT_ONCE]


def _made_units(new: Sequence[NewUnit]) -> Mapping[NewUnit, Unit]:
    made = Unit.objects.bulk_create([Unit(name=unit.name, kind=unit.kind) for unit in new])
    return dict(zip(new, made, strict=True))


@dataclass(frozen=True)
class _Published:
    """The template of the chain that the ledger brings, and its steps by the numbers of the plan.

    The plan was made before the chain was published, so its steps are known by their places, negative.
    """

    template: ChainTemplate
    numbers: Mapping[int, int]


def _published(plan: Plan, actor: User) -> _Published | None:
    """None where the ledger brings no chain, or no project gets it."""
    chain = plan.opened.mapping.chain
    if chain is None or not any(draft.lays for draft in plan.drafts):
        return None
    template, _is_new = publish_template(chain, actor=actor)
    steps = template.nodes.values_list("position", "pk")
    return _Published(template, {-position: pk for position, pk in steps})


def _projects(
    drafts: Sequence[Draft], units: Mapping[NewUnit, Unit], actor: User, import_: Import
) -> dict[int, int]:
    """Write the projects themselves; their numbers by the drafts' first rows."""
    new = [draft for draft in drafts if draft.project is None]
    added = add_projects([_fields(draft, units) for draft in new], actor=actor, batch=import_.batch)
    changes = {draft.project.pk: _fields(draft, units) for draft in drafts if draft.project and draft.fields}
    change_projects(changes, actor=actor, batch=import_.batch)
    known = {draft.row: project.pk for draft, project in zip(new, added, strict=True)}
    return known | {draft.row: draft.project.pk for draft in drafts if draft.project}


def _fields(draft: Draft, units: Mapping[NewUnit, Unit]) -> dict[str, Any]:
    return {
        name: units[value] if isinstance(value, NewUnit) else value for name, value in draft.fields.items()
    }


def _laying(draft: Draft, project_id: int, published: _Published | None, lay: LayOnly, today: date) -> Laying:
    """The chain that a project gets."""
    steps = draft.steps
    if steps is None:
        raise AssertionError("a project without steps has no row that was taken")
    template, recorded = steps.template, draft.recorded
    if template.published_at is None and published is not None:
        template = published.template
        recorded = {published.numbers[pk]: said for pk, said in recorded.items()}
    codes = {step.code for step in steps.nodes if step.pk in draft.recorded}
    return Laying(
        project_id=project_id, template=template, starts_on=draft.first_day(today),
        conditions=steps.conditions(codes, lay), plans=steps.plans, recorded=recorded,
    )  # fmt: skip


def write_investment(plan: InvestmentChanges, import_: Import, *, actor: User, today: date) -> None:
    """Amounts of months and plans of years, in one batch with the import; who is to confirm them has."""
    record_investments(plan.months, actor=actor, today=today, batch=import_.batch, confirmed=True)
    plan_investments(plan.plans, actor=actor, batch=import_.batch, confirmed=True)

"""Bringing a ledger in: keep it, say what it would change, apply it. One transaction, or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from domain.errors import RuleError
from ledger.directory import NewUnit
from ledger.drafts import Draft, Verdict
from ledger.keeping import forget_file, keep_file
from ledger.mapping import LayOnly, LedgerMapping
from ledger.mapping_files import load_mapping, parse_mapping
from ledger.models import Import
from ledger.opening import OpenLedger, open_ledger
from ledger.plan import Plan, make_plan
from ledger.querysets import may_import, one_import_at_a_time
from ledger.rejects import write_rejects
from ledger.report import report_of
from ledger.sentences import storable
from milestones.bulk_actions import Laying, lay_chains, record_nodes
from milestones.models import ChainTemplate
from milestones.publishing import publish_template
from projects.bulk_actions import add_projects, change_projects

PROJECTS_AT_ONCE = 500
"""How many projects are written before the next are prepared; it bounds the memory."""


class OutdatedPreviewError(RuleError):
    """What an import would change is no longer what its preview shows."""


def upload_ledger(
    chunks: Iterable[bytes], *, file_name: str, actor: User, today: date,
    mapping: LedgerMapping | None = None, mapping_source: str = "", sheet: str | None = None,
) -> Import:  # fmt: skip
    """Keep a file and record what importing it would change; nothing else is written.

    `mapping_source` is the text of a mapping that does not come with the software: an import is kept with
    what it was read by. Raises PermissionDenied where `actor` may change nothing, UnreadableFile where the
    file is no ledger; then nothing of it is kept.
    """
    with _kept(chunks, file_name, actor, mapping_source) as import_:
        opened = open_ledger(import_.file, mapping=mapping, sheet=sheet, name=file_name)
        _note(import_, make_plan(opened, actor=actor, today=today))
        import_.save()
    return import_


def import_ledger(
    chunks: Iterable[bytes], *, file_name: str, actor: User, today: date,
    mapping: LedgerMapping | None = None, mapping_source: str = "", sheet: str | None = None,
) -> tuple[Import, Plan]:  # fmt: skip
    """Keep a file and apply it at once, without a preview.

    Raises as `upload_ledger` and `apply_import` do.
    """
    with _kept(chunks, file_name, actor, mapping_source) as import_:
        opened = open_ledger(import_.file, mapping=mapping, sheet=sheet, name=file_name)
        _say_what_it_is(import_, opened)
        import_.save()
    return import_, _apply(import_, opened, actor=actor, today=today)


def preview_again(import_: Import, *, actor: User, today: date) -> None:
    """Look again at what an import that waits for confirmation would change.

    Raises RuleError where it does not wait, is somebody else's, or its file is gone.
    """
    _refuse_twice(import_, actor)
    plan = make_plan(_reopen(import_), actor=actor, today=today)
    with transaction.atomic():
        held = Import.objects.select_for_update(of=("self",)).get(pk=import_.pk)
        _refuse_twice(held, actor)
        _note(held, plan)
        held.save()


def apply_import(import_: Import, *, actor: User, today: date, digest: str | None = None) -> Plan:
    """Write what the ledger says, all of it in one transaction; rejected rows aside.

    The plan is made anew under the locks. Raises RuleError where the import was applied already, is somebody
    else's, or no longer does what the preview with this `digest` showed; then nothing is written.
    """
    _refuse_twice(import_, actor)
    try:
        return _apply(import_, _reopen(import_), actor=actor, today=today, digest=digest)
    except OutdatedPreviewError:
        preview_again(import_, actor=actor, today=today)
        raise


def _apply(
    import_: Import, opened: OpenLedger, *, actor: User, today: date, digest: str | None = None
) -> Plan:
    try:
        with transaction.atomic():
            one_import_at_a_time()
            held = Import.objects.select_for_update(of=("self",)).get(pk=import_.pk)
            _refuse_twice(held, actor)
            plan = make_plan(opened, actor=actor, today=today, holds=True)
            _refuse_stale(held, plan, digest)
            _write(plan, held, actor, today)
            _note(held, plan)
            held.state, held.applied_at = Import.State.APPLIED, timezone.now()
            held.save()
    except RuleError:
        raise
    except IntegrityError as error:
        raise RuleError(_STALE, file=import_.file_name) from error  # written by somebody in this moment
    except Exception:
        Import.objects.filter(pk=import_.pk, state=Import.State.PREVIEWED).update(state=Import.State.FAILED)
        raise
    return plan


@contextmanager
def _kept(chunks: Iterable[bytes], file_name: str, actor: User, mapping_source: str) -> Iterator[Import]:
    """The record of an import, not yet saved, with its file; an error forgets the file."""
    if not may_import(actor):
        raise PermissionDenied
    import_ = Import(file_name=storable(file_name)[-255:], by=actor, mapping_source=mapping_source)
    try:
        keep_file(import_, chunks)
        yield import_
    except BaseException:
        forget_file(import_)
        raise


_STALE = gettext_noop("What “%(file)s” would change is no longer what you were shown; look at it again.")
_APPLIED = gettext_noop("“%(file)s” has been applied already.")
_FAILED = gettext_noop("Applying “%(file)s” has failed; upload it again.")
_NO_FILE = gettext_noop("The file of “%(file)s” is no longer kept; upload it again.")
_NOT_HIS = gettext_noop("Only the one who uploaded “%(file)s” can confirm it.")


def _refuse_stale(import_: Import, plan: Plan, digest: str | None) -> None:
    if digest is not None and digest != plan.digest:
        raise OutdatedPreviewError(_STALE, file=import_.file_name)


def _refuse_twice(import_: Import, actor: User) -> None:
    if import_.state == Import.State.APPLIED:
        raise RuleError(_APPLIED, file=import_.file_name)
    if import_.state == Import.State.FAILED:
        raise RuleError(_FAILED, file=import_.file_name)
    if import_.by_id != actor.pk:
        raise RuleError(_NOT_HIS, file=import_.file_name)


def _reopen(import_: Import) -> OpenLedger:
    if import_.mapping_source:
        mapping = parse_mapping(import_.mapping_source, where=f"{import_.mapping}.toml")
    else:
        mapping = load_mapping(import_.mapping)
    try:
        return open_ledger(import_.file, mapping=mapping, sheet=import_.sheet, name=import_.file_name)
    except FileNotFoundError as error:
        raise RuleError(_NO_FILE, file=import_.file_name) from error


def _say_what_it_is(import_: Import, opened: OpenLedger) -> None:
    import_.mapping, import_.sheet = opened.mapping.name[:100], opened.table.sheet


def _note(import_: Import, plan: Plan) -> None:
    """What the plan counts and says, and the workbook of the rows it rejects."""
    _say_what_it_is(import_, plan.opened)
    for verdict in Verdict:
        setattr(import_, verdict, plan.counts[verdict])
    import_.digest, import_.report = plan.digest, report_of(plan)
    import_.rejects.unlink(missing_ok=True)
    write_rejects(plan, import_.rejects, file_name=import_.file_name)


def _write(plan: Plan, import_: Import, actor: User, today: date) -> None:
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

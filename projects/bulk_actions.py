"""Changes to many projects at once, by the same five steps as one at a time, without a query for each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import RuleError
from domain.project_code import read_project_code
from history.bulk_actions import ROWS_AT_ONCE, NewChange, record_changes
from history.models import Change
from projects.actions import facts
from projects.initials import initials_of
from projects.models import Project


def editable_projects(actor: User, pks: Collection[int], *, lock: bool = False) -> dict[int, Project]:
    """Those of the projects that `actor` may change; with `lock`, held until the transaction ends.

    They are locked in the order of their numbers, so that two imports never wait for each other in a circle.
    """
    wanted = sorted(pks)
    found: dict[int, Project] = {}
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        some = Project.objects.editable_by(actor).filter(pk__in=wanted[start : start + ROWS_AT_ONCE])
        some = (
            some.order_by("pk").select_for_update(of=("self",), no_key=True) if lock else some.order_by("pk")
        )
        found.update((project.pk, project) for project in some)
    return found


def hold_projects(actor: User, pks: Collection[int]) -> dict[int, Project]:
    """All of these projects, locked. Raises PermissionDenied where `actor` may not change one of them."""
    held = editable_projects(actor, pks, lock=True)
    if len(held) < len(set(pks)):
        raise PermissionDenied
    return held


@transaction.atomic
def add_projects(
    rows: Sequence[Mapping[str, Any]], *, actor: User, batch: UUID | None = None
) -> list[Project]:
    """New projects, each with the given fields of the model, in the same order.

    Raises PermissionDenied unless `actor` may change all of them, RuleError where a code is in use or comes
    twice, ProjectCodeError where one has no known form.
    """
    projects = [Project(**fields) for fields in rows]
    for project in projects:
        project.code = read_project_code(project.code).text if project.code else ""
        project.initials = initials_of(project.name, project.enterprise)
    _refuse_used_codes([project.code for project in projects if project.code])
    projects = Project.objects.bulk_create(projects, batch_size=ROWS_AT_ONCE)
    _refuse_out_of_reach(projects, actor)
    join_units_of_many((project.pk, unit) for project in projects for unit in _own_units(project))
    record_changes(
        (
            NewChange(Change.Verb.PROJECT_ADDED, project.pk, facts(fields))
            for project, fields in zip(projects, rows, strict=True)
        ),
        actor=actor,
        batch=batch,
    )
    return projects


@transaction.atomic
def change_projects(
    changes: Mapping[int, Mapping[str, Any]], *, actor: User, batch: UUID | None = None
) -> list[Project]:
    """Set fields of many projects, by their numbers; what stays the same is neither written nor recorded.

    Returns the projects that changed. Raises as `add_projects` does.
    """
    held = hold_projects(actor, changes)
    changed: list[Project] = []
    history: list[NewChange] = []
    for pk, fields in changes.items():
        project = held[pk]
        after = {name: value for name, value in fields.items() if getattr(project, name) != value}
        if not after:
            continue
        before = {name: getattr(project, name) for name in after}
        for name, value in after.items():
            setattr(project, name, value)
        project.initials = initials_of(project.name, project.enterprise)
        changed.append(project)
        history.append(NewChange(Change.Verb.PROJECT_CHANGED, pk, facts(after), facts(before)))
    _refuse_used_codes([p.code for p in changed if p.code], but_of={project.pk for project in changed})
    _write(changed, {name for fields in changes.values() for name in fields})
    _refuse_out_of_reach(changed, actor)
    join_units_of_many((project.pk, unit) for project in changed for unit in _own_units(project))
    record_changes(history, actor=actor, batch=batch)
    return changed


def join_units_of_many(pairs: Iterable[tuple[int, int]]) -> None:
    """Note that units take part: pairs of a project's and a unit's number, known ones included."""
    through = Project.units.through
    through.objects.bulk_create(
        [through(project_id=project, unit_id=unit) for project, unit in dict.fromkeys(pairs)],
        batch_size=ROWS_AT_ONCE, ignore_conflicts=True,
    )  # fmt: skip


def _own_units(project: Project) -> list[int]:
    return [pk for pk in (project.town_id, project.department_id) if pk]


def _write(projects: Sequence[Project], names: Collection[str]) -> None:
    if projects:
        Project.objects.bulk_update(projects, [*sorted(names), "initials"], batch_size=ROWS_AT_ONCE)


def _refuse_used_codes(codes: Sequence[str], *, but_of: Collection[int] = ()) -> None:
    seen: set[str] = set()
    twice = next((code for code in codes if code in seen or seen.add(code)), None)  # type: ignore[func-returns-value]
    if twice is None:
        for start in range(0, len(codes), ROWS_AT_ONCE):
            others = Project.objects.filter(code__in=codes[start : start + ROWS_AT_ONCE]).order_by()
            found = (code for pk, code in others.values_list("pk", "code") if pk not in but_of)
            if (twice := next(found, None)) is not None:
                break
    if twice is not None:
        raise RuleError(gettext_noop("Another project already has the code %(code)s."), code=twice)


def _refuse_out_of_reach(projects: Sequence[Project], actor: User) -> None:
    """Refuse changes after which a project is not the actor's to change; the transaction undoes them."""
    for start in range(0, len(projects), ROWS_AT_ONCE):
        pks = [project.pk for project in projects[start : start + ROWS_AT_ONCE]]
        if Project.objects.editable_by(actor).filter(pk__in=pks).count() < len(pks):
            raise PermissionDenied

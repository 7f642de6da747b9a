"""Every change to a project. Each action locks, checks, writes and records, in that order."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from domain.errors import RuleError, StaleError
from domain.project_code import read_project_code
from history.models import Change
from projects.initials import initials_of
from projects.models import Project, Tier


@transaction.atomic
def add_project(*, actor: User, batch: UUID | None = None, note: str = "", **fields: Any) -> Project:
    """A new project with the given `fields` of the model.

    Raises PermissionDenied unless `actor` may change projects of that town or department, RuleError where
    another project has the code, ProjectCodeError where the code has no known form.
    """
    project = Project(**fields)
    project.code = _checked_code(project.code)
    project.initials = initials_of(project.name, project.enterprise)
    if project.code and Project.objects.filter(code=project.code).exists():
        raise RuleError(gettext_noop("Another project already has the code %(code)s."), code=project.code)
    project.save()
    _stay_in_reach(project, actor)
    join_units(project, {project.town_id, project.department_id} - {None})
    Change.objects.create(
        verb=Change.Verb.PROJECT_ADDED,
        actor=actor,
        project=project,
        after=facts(fields),
        note=note,
        batch=batch,
    )
    return project


@transaction.atomic
def change_project(
    project: Project, *, actor: User, etag: str | None = None, batch: UUID | None = None, note: str = "",
    **fields: Any,
) -> Project:  # fmt: skip
    """Set `fields` of a project; those that stay the same are neither written nor recorded.

    Raises as `add_project` does, StaleError where the project is no longer what `etag` names.
    """
    project = Project.objects.lock_for(actor, project.pk)
    if etag is not None and etag != project.etag:
        raise StaleError(
            gettext_noop("“%(project)s” has changed since you read it; look at it again."),
            project=project.name,
        )
    if fields.get("code"):
        fields["code"] = _checked_code(fields["code"])
        if Project.objects.filter(code=fields["code"]).exclude(pk=project.pk).exists():
            raise RuleError(
                gettext_noop("Another project already has the code %(code)s."), code=fields["code"]
            )
    changed = {name: value for name, value in fields.items() if getattr(project, name) != value}
    if not changed:
        return project
    before = {name: getattr(project, name) for name in changed}
    for name, value in changed.items():
        setattr(project, name, value)
    project.initials = initials_of(project.name, project.enterprise)
    project.save(update_fields=[*changed, "initials"])
    _stay_in_reach(project, actor)
    join_units(project, {project.town_id, project.department_id} - {None})
    Change.objects.create(
        verb=Change.Verb.PROJECT_CHANGED, actor=actor, project=project,
        before=facts(before), after=facts(changed), note=note, batch=batch,
    )  # fmt: skip
    return project


def join_units(project: Project, unit_ids: Iterable[int | None]) -> None:
    """Note that these units take part, so that their managers see the project."""
    project.units.add(*(pk for pk in unit_ids if pk))


def facts(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as history keeps them: units, people and tiers by name, since names outlive row numbers."""
    return {name: _by_name(value) for name, value in fields.items() if value not in (None, "")}


def _by_name(value: Any) -> Any:
    if isinstance(value, Tier):
        return value.name  # not its label, which is in the language of who reads
    return str(value) if isinstance(value, Unit | User) else value


def _checked_code(code: str) -> str:
    return read_project_code(code).text if code else ""


def _stay_in_reach(project: Project, actor: User) -> None:
    """Refuse a change after which the project is not the actor's to change; the transaction undoes it."""
    if not Project.objects.editable_by(actor).filter(pk=project.pk).exists():
        raise PermissionDenied

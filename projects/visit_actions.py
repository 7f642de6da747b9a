"""Recording that the enterprise of a project was visited (走访), correcting and withdrawing what was recorded."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import InputError, RuleError, StaleError
from domain.recorded_days import refuse_future
from history.models import Change
from projects.file_actions import StoredFile
from projects.models import Finding, Project, Visit, VisitPhoto


@transaction.atomic
def record_visit(
    project: Project, *, actor: User, visited_on: date, visitors: str, today: date, met: str = "",
    summary: str = "", findings: Sequence[str] = (), files: Sequence[StoredFile] = (), batch: UUID | None = None,
) -> Visit:  # fmt: skip
    """Somebody went to see the enterprise on `visited_on`: who went, whom they met, what they found.

    Blank findings are left out; the others are kept in their order. For managers who may see the project:
    PermissionDenied for others. Raises InputError without `visitors`, RuleError where the day lies in the future.
    """
    _hold(project.pk, actor)
    refuse_future(visited_on, today)
    visit = Visit.objects.create(
        project=project, visited_on=visited_on, visitors=_visitors_given(visitors), met=met.strip(),
        summary=summary.strip(), recorded_by=actor,
    )  # fmt: skip
    for text in filter(None, map(str.strip, findings)):
        Finding.objects.create(visit=visit, text=text)
    _keep_photos(visit, files, actor)
    Change.objects.create(
        verb=Change.Verb.VISIT_RECORDED, actor=actor, project=project, after=_said(visit), batch=batch
    )
    return visit


@transaction.atomic
def change_visit(
    visit: Visit, *, actor: User, today: date, findings: Mapping[int, str] | None = None,
    more_findings: Sequence[str] = (), files: Sequence[StoredFile] = (), version: int | None = None, **fields: Any,
) -> Visit:  # fmt: skip
    """Correct what was recorded; what stays the same is neither written nor recorded.

    `fields`: visited_on, visitors, met, summary. `findings`: the words of those there are, by their numbers; one that
    is not named or has no words is removed. None leaves them. `more_findings` and `files` are added.

    For managers who may see the project: PermissionDenied for others. Raises StaleError where the visit is no longer
    at `version`; RuleError where an issue has come from a finding that is to be reworded or removed, or the day lies
    in the future; InputError without visitors, or for a finding of another visit.
    """
    _hold(visit.project_id, actor)
    visit = Visit.objects.select_related("project").get(pk=visit.pk)
    if version is not None and visit.version != version:
        raise StaleError(gettext_noop("The visit has changed since you read it; look at it again."))
    changed = _changed(visit, fields, today)
    before = {name: getattr(visit, name) for name in changed}
    reworded = _reword(visit, findings) if findings is not None else False
    added = [text for text in map(str.strip, more_findings) if text]
    for text in added:
        Finding.objects.create(visit=visit, text=text)
    _keep_photos(visit, files, actor)
    if not (changed or reworded or added or files):
        return visit
    for name, value in changed.items():
        setattr(visit, name, value)
    visit.version += 1
    visit.save(update_fields=[*changed, "version"])
    Change.objects.create(
        verb=Change.Verb.VISIT_CHANGED, actor=actor, project=visit.project, before=before,
        after={**changed, **_said(visit)},
    )  # fmt: skip
    return visit


@transaction.atomic
def withdraw_visit_file(photo: VisitPhoto, *, actor: User, reason: str) -> VisitPhoto:
    """Let a photo or document of a visit be shown no more. It stays on record with its file, which is served no more.

    For whoever added it and for managers who may see the project: PermissionDenied for others. Raises InputError
    without a `reason`, RuleError where it was withdrawn already.
    """
    project_id = photo.visit.project_id
    _lock(project_id)
    mine = VisitPhoto.objects.visible_to(actor).select_related("visit__project").filter(pk=photo.pk).first()
    if mine is None or not (mine.added_by_id == actor.pk or _may_record(project_id, actor)):
        raise PermissionDenied(gettext_noop("Only who added a file, or a manager, may withdraw it."))
    if not reason.strip():
        raise InputError(gettext_noop("Say why."))
    if mine.withdrawn_at is not None:
        raise RuleError(gettext_noop("“%(file)s” was withdrawn already."), file=mine.name)
    mine.withdrawn_at = timezone.now()
    mine.save(update_fields=["withdrawn_at"])
    visit = mine.visit
    Change.objects.create(
        verb=Change.Verb.VISIT_FILE_WITHDRAWN, actor=actor, project=visit.project,
        before={"file": mine.pk, "name": mine.name}, note=reason.strip(),
        after={"visit": visit.pk, "visited_on": visit.visited_on, "name": mine.name},
    )  # fmt: skip
    return mine


def _hold(project_id: int, actor: User) -> None:
    """Lock the project until the transaction ends. Raises PermissionDenied unless `actor` may record its visits."""
    _lock(project_id)
    if not _may_record(project_id, actor):
        raise PermissionDenied(gettext_noop("Managers record the visits to the projects that they see."))


def _lock(project_id: int) -> None:
    Project.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=project_id)


def _may_record(project_id: int, actor: User) -> bool:
    return Project.objects.visitable_by(actor).filter(pk=project_id).exists()


def _changed(visit: Visit, fields: Mapping[str, Any], today: date) -> dict[str, Any]:
    cleaned: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value for name, value in fields.items()
    }
    if "visitors" in cleaned:
        cleaned["visitors"] = _visitors_given(cleaned["visitors"])
    if "visited_on" in cleaned:
        refuse_future(cleaned["visited_on"], today)
    return {name: value for name, value in cleaned.items() if getattr(visit, name) != value}


def _reword(visit: Visit, findings: Mapping[int, str]) -> bool:
    """Let the findings of `visit` say this, and remove the others; whether anything changes by it."""
    known = {finding.pk: finding for finding in Finding.objects.filter(visit=visit)}
    if findings.keys() - known.keys():
        raise InputError(gettext_noop("This is no finding of the visit."))
    said = {pk: findings.get(pk, "").strip() for pk in known}
    others = [pk for pk, finding in known.items() if said[pk] != finding.text]
    for number in Finding.objects.filter(pk__in=others).raised().values():
        raise RuleError(
            gettext_noop("Issue %(issue)s came from this finding; it stays as it was found."), issue=number
        )
    for pk in others:
        if not said[pk]:
            known[pk].delete()
            continue
        known[pk].text = said[pk]
        known[pk].save(update_fields=["text"])
    return bool(others)


def _keep_photos(visit: Visit, files: Sequence[StoredFile], actor: User) -> None:
    for stored in files:
        VisitPhoto.objects.create(visit=visit, added_by=actor, **stored.fields())


def _visitors_given(text: str) -> str:
    if not text.strip():
        raise InputError(gettext_noop("Say who went."))
    return text.strip()


def _said(visit: Visit) -> dict[str, Any]:
    """What the history keeps of a visit in any case."""
    return {
        "visit": visit.pk, "visited_on": visit.visited_on, "visitors": visit.visitors,
        "findings": Finding.objects.filter(visit=visit).count(),
    }  # fmt: skip

"""What the actions on issues share: the lock, the write with its entry in the history."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import InputError, StaleError
from history.models import Change
from issues.models import Issue, IssueFile, IssueNote
from issues.querysets import IssueQuerySet
from milestones.actions.holding import hold_project
from projects.file_actions import StoredFile


def held_issue(issue: Issue, among: IssueQuerySet, version: int | None) -> Issue:
    """The issue as it is now, with its project locked until the transaction ends.

    Raises PermissionDenied where it is not `among` those that the actor may change so, StaleError where it is no
    longer at `version`.
    """
    hold_project(issue.project_id)
    mine: Issue | None = among.for_list().filter(pk=issue.pk).first()
    if mine is None:
        raise PermissionDenied(gettext_noop("This is not yours to decide about this issue."))
    if version is not None and mine.version != version:
        raise StaleError(
            gettext_noop("%(issue)s has changed since you read it; look at it again."), issue=mine.number
        )
    return mine


def write(
    issue: Issue, verb: Change.Verb, *, actor: User, note: str = "", batch: UUID | None = None,
    more: dict[str, Any] | None = None, **fields: Any,
) -> None:  # fmt: skip
    """Set `fields` of an issue and record those that change, with `more` that belongs to the change."""
    changed = {name: value for name, value in fields.items() if getattr(issue, name) != value}
    before = {name: said(getattr(issue, name)) for name in changed}
    for name, value in changed.items():
        setattr(issue, name, value)
    issue.version += 1
    issue.save(update_fields=[*changed, "version"])
    Change.objects.create(
        verb=verb, actor=actor, project=issue.project, issue=issue, before=before,
        after={**{name: said(value) for name, value in changed.items()}, **(more or {}), "issue": issue.number},
        note=note, batch=batch,
    )  # fmt: skip


def keep_files(
    issue: Issue, files: Sequence[StoredFile], *, actor: User, purpose: IssueFile.Purpose,
    note: IssueNote | None = None, document_no: str = "",
) -> list[IssueFile]:  # fmt: skip
    """A row for each file, or one for a document's number without a file; neither number nor file: nothing."""
    facts = [stored.fields() for stored in files] or ([{}] if document_no else [])
    return [
        IssueFile.objects.create(
            issue=issue, note=note, purpose=purpose, document_no=document_no, added_by=actor, **fields
        )
        for fields in facts
    ]


def text_given(text: str, sentence: str) -> str:
    """The text without the space around it. Raises InputError with `sentence` where nothing is left."""
    if not text.strip():
        raise InputError(sentence)
    return text.strip()


def said(value: Any) -> Any:
    """A value as history keeps it: units, people and categories by name, since names outlive row numbers."""
    if value is None or isinstance(value, str | int | bool | date):
        return value
    return str(value)

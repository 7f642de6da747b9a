"""A filled-in workbook: keep it, say what it would change, apply what was confirmed. One transaction, or nothing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import InputError, RuleError
from domain.issues import Level
from history.models import Change
from issues.actions import assign_issue, change_issue, note_issue
from issues.models import Issue
from meetings.models import Meeting, Upload
from meetings.round_trip.filled_in import LARGEST_WORKBOOK, MEGABYTES, FilledIn, read_filled_in
from meetings.round_trip.merge import Plan, check_assignment, issue_values, make_plan, row_keys
from meetings.round_trip.report import conflicts_of, kept_plan
from meetings.round_trip.values import AMOUNTS, CellReader, Value
from milestones.actions.holding import hold_projects
from projects.bulk_actions import change_projects
from projects.files.kinds import XLSX

THEIRS, OURS = "theirs", "ours"
"""The sides of a conflict: what the workbook says, what is stored."""


class OutdatedPreviewError(RuleError):
    """What a workbook would change is no longer what its preview shows."""


def upload_workbook(file: "File[Any]", *, actor: User, today: date) -> Upload:
    """Keep a workbook and record what applying it would change; nothing else is written.

    Raises as ``read_filled_in`` does where it cannot be taken back, InputError where it is too large; then nothing of
    it is kept.
    """
    name = _name_of(file)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "workbook"
        size = _copy(file, path, name)
        filled = read_filled_in(path, name=name)
        with _stored(path) as stored, transaction.atomic():
            plan = make_plan(filled, actor=actor, today=today)
            return Upload.objects.create(
                name=name, file=stored, size=size, content_type=XLSX.content_type, added_by=actor,
                meeting=_meeting(filled), digest=plan.digest, report=kept_plan(plan),
            )  # fmt: skip


def preview_again(upload: Upload, *, actor: User, today: date) -> None:
    """Look again at what a workbook that waits for confirmation would change.

    Raises RuleError where it does not wait, is somebody else's, or its file is gone.
    """
    _refuse(upload, actor)
    plan = make_plan(_reopened(upload), actor=actor, today=today)
    with transaction.atomic():
        held = _held(upload, actor)
        held.digest, held.report = plan.digest, kept_plan(plan)
        held.save(update_fields=["digest", "report"])


def apply_upload(
    upload: Upload, *, actor: User, today: date, digest: str, choices: Mapping[str, str] | None = None
) -> Upload:
    """Write what the workbook says, as far as it was shown and may be written, all of it in one transaction.

    `choices` say by ``choice_of`` which side of a conflict counts; where none is named, what is stored stays. Raises
    RuleError where it was applied already or is somebody else's, OutdatedPreviewError where it no longer does what the
    preview with this `digest` showed: then nothing is written and the preview is made anew. Raises InputError or
    RuleError where a choice cannot be carried out: a lead unit without a day.
    """
    _refuse(upload, actor)
    filled = _reopened(upload)
    try:
        with transaction.atomic():
            held = _held(upload, actor)
            _hold_projects(filled)
            plan = make_plan(filled, actor=actor, today=today)
            _refuse_stale(held, plan, digest)
            _apply(plan, held, actor, today, _sides(plan, choices or {}))
    except OutdatedPreviewError:
        preview_again(upload, actor=actor, today=today)
        raise
    return held


_STALE = gettext_noop("What “%(file)s” would change is no longer what you were shown; look at it again.")
_APPLIED = gettext_noop("“%(file)s” has been applied already.")
_NO_FILE = gettext_noop("The file of “%(file)s” is no longer kept; upload it again.")
_NOT_HIS = gettext_noop("Only the one who uploaded a workbook can confirm it.")


def _apply(plan: Plan, held: Upload, actor: User, today: date, sides: Mapping[str, str]) -> None:
    theirs = {choice for choice, side in sides.items() if side == THEIRS}
    taken = {row.key: row.taken(theirs) for row in plan.rows if row.key}
    _write_projects(plan, taken, held, actor)
    _write_issues(plan, taken, held, actor, today)
    held.state, held.applied_at = Upload.State.APPLIED, timezone.now()
    held.report = kept_plan(plan, sides)
    held.save(update_fields=["state", "applied_at", "report"])
    cells = sum(len(values) for values in taken.values())
    Change.objects.create(
        verb=Change.Verb.WORKBOOK_APPLIED, actor=actor, batch=held.batch,
        after={
            "upload": held.pk, "file": held.name, "cells": cells,
            "meeting": held.meeting.number if held.meeting else "",
        },
    )  # fmt: skip


def _sides(plan: Plan, choices: Mapping[str, str]) -> dict[str, str]:
    """Every conflict with its side; what was not chosen, or is not known, stays as it is stored."""
    return {
        choice: THEIRS if choices.get(choice) == THEIRS else OURS for choice in sorted(conflicts_of(plan))
    }


def _write_projects(plan: Plan, taken: Mapping[str, Mapping[str, Value]], held: Upload, actor: User) -> None:
    changes = {
        row.pk: {key: _field(key, value) for key, value in taken[row.key].items()}
        for row in plan.rows
        if row.key and not row.is_issue and taken[row.key]
    }
    change_projects(changes, actor=actor, batch=held.batch)


def _write_issues(
    plan: Plan, taken: Mapping[str, Mapping[str, Value]], held: Upload, actor: User, today: date
) -> None:
    rows = [row for row in plan.rows if row.key and row.is_issue and taken[row.key]]
    if not rows:
        return
    reader = CellReader()
    issues = Issue.objects.for_list().prefetch_related("supporting").in_bulk([row.pk for row in rows])
    for row in rows:
        _write_issue(taken[row.key], issues[row.pk], reader, held=held, actor=actor, today=today)


def _write_issue(
    values: Mapping[str, Value], issue: Issue, reader: CellReader, *,
    held: Upload, actor: User, today: date,
) -> None:  # fmt: skip
    said: dict[str, Any] = {}
    if "category" in values:
        said["category"] = reader.categories[str(values["category"])]
    if "level" in values:
        said["level"] = Level(int(values["level"] or 0))
    if said:
        change_issue(issue, actor=actor, batch=held.batch, **said)
    if {"lead_unit", "due_on"} & values.keys():
        given = {**issue_values(issue), **values}
        check_assignment(given["lead_unit"], given["due_on"], today)
        assign_issue(
            issue, actor=actor, lead_unit=reader.units[int(given["lead_unit"] or 0)],
            due_on=date.fromisoformat(str(given["due_on"])), supporting=list(issue.supporting.all()), today=today,
            batch=held.batch,
        )  # fmt: skip
    if "progress" in values:
        note_issue(issue, actor=actor, text=str(values["progress"]), batch=held.batch)


def _field(key: str, value: Value) -> Any:
    """A value as the model has it."""
    if key in AMOUNTS:
        return None if value is None else Decimal(str(value))
    return str(value or "")


def _hold_projects(filled: FilledIn) -> None:
    """Lock the projects of all rows that were changed, in the order of their numbers."""
    keys = row_keys(filled)
    of_issues = Issue.objects.filter(pk__in=keys["i"]).order_by().values_list("project_id", flat=True)
    hold_projects([*keys["p"], *of_issues])


def _held(upload: Upload, actor: User) -> Upload:
    held = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    _refuse(held, actor)
    return held


def _refuse(upload: Upload, actor: User) -> None:
    """Under whose rights it is applied is settled when it is uploaded."""
    if upload.added_by_id != actor.pk:
        raise PermissionDenied(_NOT_HIS)
    if upload.state == Upload.State.APPLIED:
        raise RuleError(_APPLIED, file=upload.name)


def _refuse_stale(upload: Upload, plan: Plan, digest: str) -> None:
    if plan.digest != digest:
        raise OutdatedPreviewError(_STALE, file=upload.name)


def _reopened(upload: Upload) -> FilledIn:
    """The workbook as it was kept. Raises RuleError where its file is gone."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "workbook"
        try:
            with default_storage.open(str(upload.file.name), "rb") as file:
                _copy(file, path, upload.name)
        except FileNotFoundError as error:
            raise RuleError(_NO_FILE, file=upload.name) from error
        return read_filled_in(path, name=upload.name)


def _meeting(filled: FilledIn) -> Meeting | None:
    year, _dash, week = filled.origin.meeting.partition("-")
    if not (year.isdecimal() and week.isdecimal()):
        return None
    return Meeting.objects.filter(year=int(year), week=int(week)).first()


def _name_of(file: "File[Any]") -> str:
    """What it is called, without folders and what no name holds; the ending stays."""
    last = str(file.name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[-200:] or "workbook.xlsx"


def _copy(file: "File[Any]", path: Path, name: str) -> int:
    """Write it beside, as the reader of spreadsheets wants it; its size. Raises InputError where it is too large."""
    size = 0
    with path.open("wb") as copy:
        for chunk in file.chunks():
            size += len(chunk)
            if size > LARGEST_WORKBOOK:
                raise InputError(
                    gettext_noop("“%(file)s” is larger than %(megabytes)d MB."),
                    file=name,
                    megabytes=MEGABYTES,
                )
            copy.write(chunk)
    return size


@contextmanager
def _stored(path: Path) -> Iterator[str]:
    """The file in the storage, under a name that nobody can guess; removed again where no row names it in the end."""
    stored = f"uploads/{uuid4().hex}.xlsx"
    try:
        with path.open("rb") as file:
            default_storage.save(stored, File(file))
        yield stored
    finally:
        if not Upload.objects.filter(file=stored).exists():
            default_storage.delete(stored)

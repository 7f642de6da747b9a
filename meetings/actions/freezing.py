"""Freezing a meeting: its agenda brought up to date, everything gathered at one moment, the workbook written, all kept.

It takes seconds and is done by a worker: a job is a row first. What it gathers and writes lies outside of any
transaction that locks; at the end one transaction keeps all of it, or nothing. Killed before that it leaves the
meeting a draft and nothing but a job that another worker takes up.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import RuleError
from domain.lights import LightRule
from history.models import Change
from meetings.actions.agenda import refresh_agenda
from meetings.actions.holding import lock_meeting, record, refuse_frozen, refuse_others, step_on
from meetings.gathering import gather_week, one_moment
from meetings.models import Job, Meeting, MeetingFile, Snapshot
from meetings.snapshot import dump, figures_of, pack
from meetings.week import Week
from meetings.workbook import SHEETS, write_workbook
from projects.files.kinds import XLSX
from screen.race.actions import keep_board

STEPS = SHEETS + 3
"""Agenda, gathering, each sheet, keeping."""
MOST_TRIES = 3
BEING_DONE = gettext_noop("The meeting of %(meeting)s is being frozen already.")


class TakenOverError(Exception):
    """Another worker has taken up the job: it thought this one dead."""


def ask_to_freeze(meeting: Meeting, *, actor: User, now: datetime) -> Job:
    """The job that will freeze the meeting; a worker does it.

    Raises PermissionDenied for whoever does not run it, RuleError where it is frozen or being frozen: of two who ask
    at once one gets the job.
    """
    refuse_others(actor)
    try:
        with transaction.atomic():
            held = lock_meeting(meeting.pk)
            refuse_frozen(held)
            return Job.objects.create(meeting=held, asked_by=actor, asked_at=now, steps=STEPS)
    except IntegrityError as error:
        raise RuleError(BEING_DONE, meeting=meeting.number) from error


def take_job(pk: int, *, now: datetime) -> Job | None:
    """The job, now this worker's; None where another has it, or it has ended."""
    run = uuid4()
    with transaction.atomic():
        job = Job.objects.to_run(now).select_for_update(of=("self",)).filter(pk=pk).first()
        if job is None:
            return None
        job.state, job.run, job.beat_at, job.done = Job.State.RUNNING, run, now, 0
        job.tries += 1
        job.save(update_fields=["state", "run", "beat_at", "done", "tries"])
    return job


def carry_out(job: Job, *, rule: LightRule, now: datetime) -> Meeting:
    """Freeze the meeting of a job that is this worker's, as of `now`, in the language of the house.

    Raises TakenOverError where another worker has taken the job up meanwhile, RuleError where the meeting is frozen
    already or its agenda does not stand still; then the job has failed and nothing was changed.
    """
    try:
        with translation.override(settings.LANGUAGE_CODE):
            return _freeze(job, rule, now)
    except TakenOverError:
        raise
    except Exception as error:
        _end(job, Job.State.FAILED, error=str(error))
        raise


def _freeze(job: Job, rule: LightRule, now: datetime) -> Meeting:
    reader = User.objects.system()  # made on first use, so not within the moment, which only reads
    for _try in range(MOST_TRIES):
        _beat(job, 0)
        meeting = refresh_agenda(job.meeting, actor=job.asked_by, rule=rule)
        _beat(job, 1)
        with one_moment():
            version = Meeting.objects.values_list("version", flat=True).get(pk=meeting.pk)
            week = gather_week(reader, rule, now, meeting=meeting).kept()
        _beat(job, 2)
        with _workbook(week, meeting, lambda: _beat(job, job.done + 1)) as stored:
            frozen = _keep(job, meeting, week, stored, version, now)
        if frozen is not None:
            return frozen
    raise RuleError(
        gettext_noop("The agenda of %(meeting)s was changed again and again while it was being frozen."),
        meeting=job.meeting.number,
    )


@dataclass(frozen=True, slots=True)
class _Stored:
    path: str
    size: int
    name: str


@contextmanager
def _workbook(week: Week, meeting: Meeting, on_sheet: Callable[[], None]) -> Iterator[_Stored]:
    """The workbook, written beside and put into the storage whole; removed again where no row names it in the end."""
    path = f"meetings/{uuid4().hex}.xlsx"
    name = _("weekly meeting %(meeting)s") % {"meeting": meeting.number} + ".xlsx"
    try:
        with TemporaryDirectory() as folder:
            written = Path(folder) / "workbook.xlsx"
            with written.open("wb") as file:
                write_workbook(file, week, on_sheet=on_sheet)
            with written.open("rb") as file:
                default_storage.save(path, File(file))
            size = written.stat().st_size
        yield _Stored(path, size, name)
    finally:
        if not MeetingFile.objects.filter(file=path).exists():
            default_storage.delete(path)


def _keep(
    job: Job, meeting: Meeting, week: Week, stored: _Stored, version: int, now: datetime
) -> Meeting | None:
    """Keep snapshot and workbook, and the meeting is frozen; None where its agenda has changed since `version`."""
    document = dump(week)
    content, digest = pack(document)
    with transaction.atomic():
        held = lock_meeting(meeting.pk)
        if (
            not Job.objects.select_for_update()
            .filter(pk=job.pk, run=job.run, state=Job.State.RUNNING)
            .exists()
        ):
            raise TakenOverError
        refuse_frozen(held)
        if held.version != version:
            return None
        Snapshot.objects.create(
            meeting=held, taken_at=now, figures=figures_of(week), content=content, sha256=digest
        )
        MeetingFile.objects.create(
            meeting=held, name=stored.name, file=stored.path, size=stored.size, content_type=XLSX.content_type,
            added_by=job.asked_by,
        )  # fmt: skip
        if week.race is not None:
            keep_board(week.race(), meeting=held.number, actor=job.asked_by, now=now)
        held.frozen_at, held.frozen_by = now, job.asked_by
        step_on(held, "frozen_at", "frozen_by")
        record(held, Change.Verb.MEETING_FROZEN, actor=job.asked_by, sha256=digest)
        _end(job, Job.State.DONE)
    return held


def _beat(job: Job, done: int) -> None:
    """A sign of life, and how far it is. Raises TakenOverError where the job is another worker's by now."""
    job.done = min(done, job.steps)
    mine = Job.objects.filter(pk=job.pk, run=job.run, state=Job.State.RUNNING)
    if not mine.update(done=job.done, beat_at=timezone.now()):
        raise TakenOverError


def _end(job: Job, state: Job.State, *, error: str = "") -> None:
    fields = {"state": state, "ended_at": timezone.now(), "error": error}
    if state == Job.State.DONE:
        fields["done"] = job.steps
    Job.objects.filter(pk=job.pk, run=job.run, state=Job.State.RUNNING).update(**fields)

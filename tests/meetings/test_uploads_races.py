"""Two people apply workbooks at once: nothing is written that was not shown, nothing is written twice."""

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import translation

from domain.errors import DomainError, RuleError
from history.models import Change
from issues.models import IssueNote
from meetings.actions import apply_upload
from meetings.models import Upload
from milestones.calendar_table import load_calendar
from projects.actions import change_project
from projects.models import Project
from tests.make import make_issue, make_project, make_unit, make_user
from tests.meetings.filling import ISSUES, PROJECTS, TODAY, bring, offline, shown

ROUNDS = 4
SECTOR, PROGRESS, DUE = "Sector", "Progress of this week", "Due"

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _rows_can_be_locked() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


def at_once(*works: Any) -> list[Any]:
    """Run all together; what each returned, or the refusal that it met. Whatever else a thread meets fails the test."""
    barrier, found = Barrier(len(works)), list[Any]()

    def run(work: Any) -> None:
        barrier.wait()
        with translation.override("en"):
            try:
                found.append(work())
            except DomainError as refusal:
                found.append(refusal)
            finally:
                connections.close_all()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == len(works)
    return found


def applying(upload: Upload) -> Any:
    return lambda: apply_upload(upload, actor=upload.added_by, today=TODAY, digest=upload.digest)


def test_two_workbooks_that_change_the_same_cell() -> None:
    load_calendar()
    for _round in range(ROUNDS):
        project = make_project(sector="装备")
        people = [make_user(), make_user()]
        uploads = [
            bring(offline(person).fill(PROJECTS, project.name, {SECTOR: f"新能源{place}"}), person)
            for place, person in enumerate(people)
        ]
        found = at_once(*map(applying, uploads))
        refused = [each for each in found if isinstance(each, RuleError)]
        assert len(refused) == 1
        assert "no longer what you were shown" in str(refused[0])
        states = list(Upload.objects.filter(pk__in=[each.pk for each in uploads]).order_by("state"))
        assert [each.state for each in states] == ["applied", "previewed"]
        (conflict,) = shown(states[1]).conflicts
        project.refresh_from_db()
        assert conflict.ours == project.sector


def test_one_workbook_that_is_confirmed_twice_at_once() -> None:
    for _round in range(ROUNDS):
        issue, person = make_issue(), make_user()
        upload = bring(offline(person).fill(ISSUES, issue.number, {PROGRESS: "已踏勘"}), person)
        found = at_once(applying(upload), applying(upload))
        assert sum(isinstance(each, Upload) for each in found) == 1
        assert "has been applied already" in str(next(each for each in found if isinstance(each, RuleError)))
        assert IssueNote.objects.filter(issue=issue).count() == 1
    assert Change.objects.filter(verb=Change.Verb.WORKBOOK_APPLIED).count() == ROUNDS


def test_workbooks_that_change_many_projects_in_another_order_never_wait_in_a_circle() -> None:
    town = make_unit()
    for number in range(8):
        make_issue(make_project(name=f"项目甲{number}", town=town), lead_unit=town, due_on=date(2026, 3, 20))
    people = [make_user(), make_user(), make_user()]
    for round_ in range(ROUNDS):
        uploads = []
        for place, person in enumerate(people):
            book = offline(person)
            for project in Project.objects.all():
                book.fill(PROJECTS, project.name, {SECTOR: f"赛道{round_}"})
                issue = project.issues.get()
                book.fill(ISSUES, issue.number, {PROGRESS: f"第{round_}周进展，{place}"})
            sheet = book.sheet(PROJECTS)
            rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
            for at, values in enumerate(rows if place % 2 else reversed(rows), start=4):
                for column, value in enumerate(values, start=1):
                    sheet.cell(at, column).value = value
            uploads.append(bring(book, person))
        found = at_once(*map(applying, uploads))
        assert sum(isinstance(each, Upload) for each in found) == 1
        assert set(Project.objects.values_list("sector", flat=True)) == {f"赛道{round_}"}


def test_a_change_on_a_page_in_the_same_moment_is_not_overwritten_unseen() -> None:
    for _round in range(ROUNDS):
        project, person = make_project(sector="装备"), make_user()
        upload = bring(offline(person).fill(PROJECTS, project.name, {SECTOR: "新能源"}), person)
        found = at_once(
            applying(upload),
            lambda project=project, person=person: change_project(project, actor=person, sector="新材料"),
        )
        project.refresh_from_db()
        changes = Change.objects.filter(project=project, verb=Change.Verb.PROJECT_CHANGED).order_by("pk")
        if any(isinstance(each, RuleError) for each in found):
            assert (project.sector, len(changes)) == ("新材料", 1)
        else:
            assert (project.sector, len(changes)) == ("新材料", 2), "the page came after the workbook"

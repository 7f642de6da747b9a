"""Recording visits and correcting what was recorded, and the projects that nobody has visited."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db.models import F

from accounts.access import may_record_visits
from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError
from history.models import Change
from issues.actions import raise_from_finding
from projects.file_actions import stored_files
from projects.models import Finding, Project, Visit, VisitPhoto
from projects.visit_actions import change_visit, record_visit
from tests.make import MONDAY, make_category, make_project, make_unit, make_user, make_visit
from tests.projects.file_samples import photo, stored_paths

pytestmark = pytest.mark.django_db

SUNDAY, TUESDAY = date(2026, 3, 1), date(2026, 3, 3)


def texts(visit: Visit) -> list[str]:
    return list(visit.findings.values_list("text", flat=True))


def test_a_visit_keeps_who_whom_what_and_the_photos() -> None:
    project, actor = make_project(), make_user()
    with stored_files([ContentFile(photo(), "车间.jpg")]) as files:
        visit = record_visit(
            project, actor=actor, visited_on=SUNDAY, visitors=" 陈副区长 ", met="王总", summary="谈投产",
            findings=["电不够", " ", "路没修 "], files=files, today=MONDAY,
        )  # fmt: skip

    visit.refresh_from_db()
    assert (visit.visited_on, visit.visitors, visit.met, visit.summary) == (
        SUNDAY,
        "陈副区长",
        "王总",
        "谈投产",
    )
    assert visit.recorded_by == actor
    assert texts(visit) == ["电不够", "路没修"]
    kept = VisitPhoto.objects.get(visit=visit)
    assert (kept.name, kept.added_by) == ("车间.jpg", actor)
    assert stored_paths() == {kept.file.name, kept.thumbnail.name}
    change = Change.objects.get(project=project)
    assert (change.verb, change.actor) == (Change.Verb.VISIT_RECORDED, actor)
    assert change.after == {
        "visit": visit.pk, "visited_on": "2026-03-01", "visitors": "陈副区长", "findings": 2,
    }  # fmt: skip


def test_only_managers_who_see_the_project_record_visits() -> None:
    town = make_unit()
    project = make_project(town=town)
    liaison = make_user(User.Role.LIAISON, unit=town)
    supporting = make_unit(kind=Unit.Kind.DEPARTMENT)
    project.units.add(supporting)

    for other in (liaison, make_user(User.Role.LEADER), make_user(unit=make_unit())):
        with pytest.raises(PermissionDenied):
            make_visit(project, actor=other)
    assert not Visit.objects.exists()
    for manager in (make_user(unit=town), make_user(unit=supporting), User.objects.system()):
        assert make_visit(project, actor=manager).recorded_by == manager


def test_who_has_left_records_nothing() -> None:
    assert may_record_visits(make_user())
    assert not may_record_visits(make_user(is_active=False))


@pytest.mark.parametrize(
    ("day", "sentence"), [(TUESDAY, "lies in the future"), (date(1999, 12, 31), "before the year 2000")]
)
def test_a_day_that_cannot_be_is_refused(day: date, sentence: str) -> None:
    with pytest.raises(RuleError, match=sentence):
        record_visit(make_project(), actor=make_user(), visited_on=day, visitors="李", today=MONDAY)
    visit = make_visit()
    with pytest.raises(RuleError, match=sentence):
        change_visit(visit, actor=make_user(), today=MONDAY, visited_on=day)


def test_somebody_must_have_gone() -> None:
    with pytest.raises(InputError, match="Say who went"):
        make_visit(visitors="  ")
    visit = make_visit()
    with pytest.raises(InputError, match="Say who went"):
        change_visit(visit, actor=make_user(), today=MONDAY, visitors="")


def test_what_was_recorded_can_be_corrected_and_the_history_says_what() -> None:
    visit = make_visit(findings=["电不够", "路没修", "水不够"])
    power, road, water = visit.findings.all()

    change_visit(
        visit, actor=make_user(), today=MONDAY, visited_on=SUNDAY, visitors=visit.visitors, version=1,
        findings={power.pk: "电容量不够", road.pk: "路没修"}, more_findings=["缺工人", ""],
    )  # fmt: skip

    visit.refresh_from_db()
    assert (visit.visited_on, visit.version) == (SUNDAY, 2)
    assert texts(visit) == ["电容量不够", "路没修", "缺工人"]
    assert not Finding.objects.filter(pk=water.pk).exists()
    change = Change.objects.filter(project=visit.project).latest("pk")
    assert change.verb == Change.Verb.VISIT_CHANGED
    assert change.before == {"visited_on": "2026-03-02"}
    assert change.after == {
        "visit": visit.pk, "visited_on": "2026-03-01", "visitors": visit.visitors, "findings": 3,
    }  # fmt: skip


def test_who_changes_nothing_leaves_no_trace() -> None:
    visit = make_visit(findings=["电不够"])
    (finding,) = visit.findings.all()
    same = change_visit(
        visit,
        actor=make_user(),
        today=MONDAY,
        met="",
        findings={finding.pk: "电不够"},
        visitors=visit.visitors,
    )
    assert same.version == 1
    assert not Change.objects.filter(verb=Change.Verb.VISIT_CHANGED).exists()


def test_a_photo_that_comes_later_is_a_change() -> None:
    visit = make_visit()
    with stored_files([ContentFile(photo(), "a.jpg")]) as files:
        change_visit(visit, actor=make_user(), today=MONDAY, files=files)
    visit.refresh_from_db()
    assert (visit.version, visit.photos.count()) == (2, 1)
    assert Change.objects.filter(verb=Change.Verb.VISIT_CHANGED).count() == 1


def test_a_finding_from_which_an_issue_came_stays_as_it_is() -> None:
    visit, actor = make_visit(findings=["电不够", "路没修"]), make_user()
    power, road = visit.findings.all()
    issue = raise_from_finding(power, actor=actor, category=make_category(), today=MONDAY)

    for changed in (
        {road.pk: "路没修"},
        {power.pk: "别的", road.pk: "路没修"},
        {power.pk: " ", road.pk: "路"},
    ):
        with pytest.raises(RuleError, match=f"Issue {issue.number} came from this finding"):
            change_visit(visit, actor=actor, today=MONDAY, findings=changed)
    assert texts(visit) == ["电不够", "路没修"]
    change_visit(visit, actor=actor, today=MONDAY, findings={power.pk: "电不够"})
    assert texts(visit) == ["电不够"]


def test_a_finding_of_another_visit_is_not_reworded() -> None:
    other = make_visit(findings=["电不够"])
    (finding,) = other.findings.all()
    with pytest.raises(InputError, match="no finding of the visit"):
        change_visit(make_visit(), actor=make_user(), today=MONDAY, findings={finding.pk: "x"})
    assert texts(other) == ["电不够"]


def test_an_edit_of_what_has_changed_since_is_refused() -> None:
    visit = make_visit()
    change_visit(visit, actor=make_user(), today=MONDAY, met="王总")
    with pytest.raises(StaleError, match="look at it again"):
        change_visit(visit, actor=make_user(), today=MONDAY, met="李总", version=1)
    visit.refresh_from_db()
    assert visit.met == "王总"


def test_others_change_nothing_of_it() -> None:
    visit = make_visit()
    liaison = make_user(User.Role.LIAISON, unit=visit.project.town)
    for other in (liaison, make_user(User.Role.LEADER), make_user(unit=make_unit())):
        with pytest.raises(PermissionDenied):
            change_visit(visit, actor=other, today=MONDAY, met="王总")
    visit.refresh_from_db()
    assert visit.met == ""


def test_projects_never_visited_come_first_then_those_that_waited_longest() -> None:
    old, _never, fresh = (make_project(name=name) for name in ("old", "never", "fresh"))
    for project, days in ((old, 61), (old, 90), (fresh, 60)):
        make_visit(project, visited_on=MONDAY - timedelta(days=days))

    waiting = Project.objects.not_visited_since(MONDAY - timedelta(days=60)).longest_unvisited_first()

    assert list(waiting.values_list("name", F("last_visited_on"))) == [
        ("never", None), ("old", MONDAY - timedelta(days=61)),
    ]  # fmt: skip
    assert fresh not in waiting

from collections import Counter
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Unit, User
from config.demo.people import PASSWORD, SHOWN
from config.demo.places import read_places
from config.demo.sowing import sow
from config.demo.stories import read_stories
from domain.lifecycle import Status
from domain.lights import Light, LightRule
from domain.project_code import CodeForm, CodeWarning, read_project_code
from domain.race import Board, Mark, Measure
from history.models import Change
from meetings.models import Decision, Meeting
from milestones.calendar_table import load_calendar
from milestones.models import Chain, DateChange, Node, OverdueFlag
from milestones.publishing import built_in_chains
from milestones.queries import NodeRow, node_rows
from projects.models import Project
from screen.models import RaceBoard
from screen.race.periods import RacePeriod
from screen.race.queries import lines_of, race_of
from tests.make import make_project

pytestmark = pytest.mark.django_db

SUNDAY = date(2026, 11, 22)


def _rows() -> list[NodeRow]:
    return node_rows(Node.objects.all().for_list(), LightRule.on(SUNDAY, load_calendar()))


def test_the_demonstration_shows_every_state_and_a_weak_link() -> None:
    assert sow(SUNDAY) == Project.objects.count() > 400
    rows = _rows()
    names = {story.name for story in read_stories()}
    told = [row for row in rows if row.project in names]
    assert len(names) == 60
    causes = [row for row in rows if row.light == Light.RED and not row.is_knocked_on]
    late_at = sorted((row.label for row in causes), key=[row.label for row in causes].count)

    assert {row.light for row in rows} == set(Light)
    assert {row.status for row in rows} == set(Status)
    assert {row.kind for row in rows} <= set(Project.Kind)
    assert late_at[-1] == "Switching station and line"
    assert late_at.count(late_at[-1]) == 9
    assert {row.unit for row in causes if row.label == late_at[-1]} == {"供电公司"}
    assert any(row.is_knocked_on for row in rows)
    assert any(row.is_knocked_on for row in rows if row.unit != "供电公司")
    assert Change.objects.filter(verb=Change.Verb.NODE_REOPENED).count() == 2
    assert OverdueFlag.objects.count() == sum(row.light == Light.RED for row in rows)
    assert Node.objects.held_longer_than(30, SUNDAY).count() == 1
    assert sum(row.days_held for row in rows) == 12 + 30 + 6 + 1
    assert sum(row.is_idle for row in rows) == 2
    assert any(row.is_back_filled for row in rows)
    assert 10 < sum(row.lacks_proof for row in told) < 100
    assert {change.status for change in DateChange.objects.all()} == {"asked", "approved"}
    assert any(row.due_on != row.baseline_on for row in rows)
    _each_story_is_as_late_as_it_says(rows)
    _codes_are_of_every_sort()
    _some_project_has_not_begun_and_some_is_done(names)
    _what_came_by_ledger_is_on_its_way_or_done(rows, names)
    _every_project_lies_in_its_town()
    _everybody_can_log_in_and_the_liaison_has_something_to_do(rows)
    _twelve_meetings_were_frozen_week_by_week_each_with_what_was_then()
    _the_history_tells_of_each_day_on_its_day()
    _the_race_shows_every_mark_and_who_reported_lately()


def _the_history_tells_of_each_day_on_its_day() -> None:
    days = Change.objects.order_by().values_list(TruncDate("at"), flat=True).distinct()
    assert len(days) > 150
    assert max(days) <= timezone.localdate()
    finished = Change.objects.filter(verb=Change.Verb.NODE_FINISHED, after__has_key="finish_entered_on")
    told = [(timezone.localtime(change.at).date(), change.after["finish_entered_on"]) for change in finished]
    assert len(told) > 500
    assert all(at.isoformat() == entered for at, entered in told)


def _the_race_shows_every_mark_and_who_reported_lately() -> None:
    # Dates that were asked for and approved bear the moment of the sowing.
    today = max(SUNDAY, timezone.localdate())
    period = RacePeriod(date(2026, 10, 1), today, today)
    boards = race_of(period, LightRule.on(today, load_calendar()), timezone.now()).boards
    lines = [line for board in Board for line in boards[board]]
    assert {mark for line in lines for mark, count in line.found.marks.items() if count} == set(Mark)
    for board in RaceBoard.objects.all():
        shares = [line.part(Measure.UPDATES).counted for line in lines_of(board, Board.TOWNS)]
        assert 0 < sum(share.numerator for share in shares) < sum(share.denominator for share in shares)


def _each_story_is_as_late_as_it_says(rows: list[NodeRow]) -> None:
    told = {(row.project, row.code): row for row in rows}
    for story in read_stories():
        if story.at and story.late > 0:
            row = told[story.name, story.at]
            assert (row.light, row.days_late) == (Light.RED, story.late), row


def _codes_are_of_every_sort() -> None:
    given = Project.objects.exclude(code="").values_list("code", flat=True)
    codes = [read_project_code(code) for code in given]
    assert [code.form for code in codes].count(CodeForm.OLD) == 1
    assert [code.warnings for code in codes if code.warnings] == [(CodeWarning.CHECK_DIGIT,)]


def _some_project_has_not_begun_and_some_is_done(names: set[str]) -> None:
    assert Chain.objects.filter(starts_on__gt=SUNDAY).exists()
    done = Project.objects.exclude(nodes__status__in=[Status.WAITING, Status.RUNNING])
    assert done.filter(name__in=names).count() == 3
    assert done.exclude(name__in=names).count() > 200, "last year's renovations and programmes"


def _what_came_by_ledger_is_on_its_way_or_done(rows: list[NodeRow], names: set[str]) -> None:
    """So that it does not drown what the story is about."""
    came = [row for row in rows if row.project not in names]
    assert {row.light for row in came} <= {Light.BLUE, Light.GREY, Light.GREEN, Light.YELLOW}
    assert not any(row.is_idle for row in came)
    assert all(row.finished_on is None or row.finished_on <= SUNDAY for row in came)


def _every_project_lies_in_its_town() -> None:
    assert not Project.objects.filter(longitude=None).exists()
    assert not Project.objects.filter(industry="").exists()
    rings = read_places().rings
    for project in Project.objects.select_related("town"):
        longitudes, latitudes = zip(*rings[project.town.name], strict=True)
        assert min(longitudes) <= (project.longitude or 0) <= max(longitudes)
        assert min(latitudes) <= (project.latitude or 0) <= max(latitudes)


def _everybody_can_log_in_and_the_liaison_has_something_to_do(rows: list[NodeRow]) -> None:
    for account in SHOWN:
        assert User.objects.get(username=account.username).check_password(PASSWORD)
    mine = {row.pk: row for row in rows if row.liaison == "李明"}
    assert {Light.RED, Light.YELLOW, Light.GREEN} <= {row.light for row in mine.values()}
    liaison = User.objects.get(username="liaison")
    assert set(Node.objects.editable_by(liaison).values_list("pk", flat=True)) == set(mine)


def test_every_unit_that_a_built_in_chain_names_is_in_the_district() -> None:
    from config.demo.people import settle_units

    settle_units()
    named = {node.unit for spec in built_in_chains() for node in spec.nodes if node.unit}
    assert named <= set(Unit.objects.values_list("name", flat=True))


def test_the_demonstration_leaves_a_database_with_projects_as_it_is() -> None:
    make_project()
    with pytest.raises(CommandError, match="empty database"):
        call_command("seed_demo")
    assert Project.objects.count() == 1
    assert not User.objects.filter(username="admin").exists()


def _twelve_meetings_were_frozen_week_by_week_each_with_what_was_then() -> None:
    meetings = list(Meeting.objects.frozen().order_by("year", "week").select_related("snapshot"))
    assert [meeting.week for meeting in meetings] == list(range(36, 48))
    causes = [meeting.snapshot.figures["causes"] for meeting in meetings]
    assert (
        causes[0]
        < causes[-1]
        == Node.objects.overdue(LightRule.on(date(2026, 11, 20), load_calendar())).not_held_up().count()
    )
    assert len(set(causes)) > 4, "each saw another district"
    statuses = Counter(Decision.objects.values_list("status", flat=True))
    assert set(statuses) == {"open", "done", "verified"}
    assert not meetings[-1].decisions.exists(), "it is held tomorrow"

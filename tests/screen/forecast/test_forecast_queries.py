"""What is forecast of the projects in sight, and how it survives bad input."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Unit, User
from domain.chains import Milestone
from domain.lifecycle import Status
from milestones.models import Hold, TemplateNode
from projects.models import Project
from screen.forecast.block import block
from screen.forecast.outlooks import DRAWS, KEYS
from screen.forecast.past import past
from screen.forecast.queries import KeyDate, of_project, standing
from screen.forecast.words import Due, State, chance_words
from screen.models import Reckoning
from screen.narrowing import Narrowing, everything
from screen.reckoning.actions import reckon
from screen.reckoning.queries import latest
from tests.make import MONDAY, make_issue, make_nodes, make_project, make_template, make_unit, make_user
from tests.screen.forecast.forecast_district import (
    CALENDAR,
    DONE_ONES,
    LAST_WEEK,
    PRODUCING,
    TODAY,
    District,
    make_district,
    make_done,
    make_keyed_template,
    put,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> District:
    return make_district()


def reckoned(day: date = TODAY) -> Reckoning:
    return reckon(day, CALENDAR)


def dates_of(project: Project, day: date = TODAY) -> dict[Milestone, KeyDate]:
    return {row.key: row for row in of_project(reckoned(day), project)}


def names(reader: User, narrowing: Narrowing | None = None, **asked: Any) -> list[str]:
    found = standing(reader, narrowing or everything(TODAY))
    assert found is not None
    return [row.name for row in found.rows(found.worst_first(found.mask(**asked)))]


def test_what_took_five_days_each_is_forecast_to(district: District) -> None:
    found = dates_of(district.tight)

    # b has run for two of its five days, c takes five: eight working days from Tuesday, 30 June.
    assert found[Milestone.STARTED].reached_on == LAST_WEEK
    assert found[Milestone.STARTED].chance is None
    assert found[Milestone.COMPLETED].half_on == date(2026, 7, 3)
    assert found[PRODUCING].half_on == date(2026, 7, 10)
    assert found[PRODUCING].most_on >= found[PRODUCING].half_on
    assert not found[PRODUCING].is_thin


def test_equal_durations_make_nothing_certain(district: District) -> None:
    tight, easy = dates_of(district.tight)[PRODUCING], dates_of(district.easy)[PRODUCING]

    assert tight.chance is not None
    assert tight.chance < 0.1
    assert easy.chance is not None
    assert easy.chance > 0.9
    assert tight.most_on > date(2026, 7, 3)


def test_states_part_the_dates(district: District) -> None:
    reckoned()

    assert names(district.manager, key=PRODUCING, state=State.MISS) == ["tight"]
    assert names(district.manager, key=PRODUCING, state=State.LATE) == ["past"]
    assert names(district.manager, key=PRODUCING, state=State.KEEP)[0] == "easy"
    found = standing(district.manager, everything(TODAY))
    assert found is not None
    assert found.count(key=PRODUCING, due=Due.YEAR) == DONE_ONES + 3
    assert found.count(key=PRODUCING, due=Due.YEAR, state=State.KEEP) == DONE_ONES + 1
    assert found.count(due=Due.SOON) == 1
    assert found.count(due=Due.SOON, state=State.MISS) == 1


def test_others_see_only_what_is_in_their_sight(district: District, django_assert_num_queries: Any) -> None:
    reckoned()
    other = make_user(unit=district.towns[1])

    assert names(other, key=PRODUCING, state=State.MISS) == []
    assert names(other, key=PRODUCING, state=State.KEEP)[0] == "easy"
    narrowed = Narrowing(everything(TODAY).period, places=(("town", str(district.towns[0].pk)),))
    assert names(district.manager, narrowed, key=PRODUCING, state=State.MISS) == ["tight"]
    with django_assert_num_queries(1):
        standing(district.manager, everything(TODAY))
    with django_assert_num_queries(2):
        standing(other, everything(TODAY))


def test_the_block_says_what_the_rows_count(district: District, django_assert_num_queries: Any) -> None:
    assert block(district.manager, everything(TODAY)) is None
    reckoned()
    block(district.manager, everything(TODAY))
    with django_assert_num_queries(2):
        found = block(district.manager, everything(TODAY))

    assert found is not None
    assert (found.due, found.likely, found.soon) == (DONE_ONES + 3, DONE_ONES + 1, 1)
    assert [row.name for row, _ in found.at_risk] == ["tight"]
    assert found.likely_said.url == "/forecast/?key=producing&due=year&state=keep"


def test_without_any_history_the_plan_is_assumed_wide_and_said_to_be_thin() -> None:
    project = make_project()
    make_nodes(make_keyed_template(), project=project, starts_on=TODAY, c=TODAY + timedelta(days=60))

    found = dates_of(project)[PRODUCING]

    assert found.is_thin
    assert found.chance is not None
    assert 0.05 < found.chance < 0.99
    assert CALENDAR.count(TODAY, found.most_on) > 1.3 * CALENDAR.count(TODAY, found.half_on)


def test_one_finished_node_is_no_history(district: District) -> None:
    template = make_keyed_template("lonely")
    make_done(template, district.towns[0])
    project = make_project(town=district.towns[0])
    make_nodes(template, project=project, starts_on=TODAY)

    assert dates_of(project)[PRODUCING].is_thin


def test_where_nothing_has_ended_there_is_still_a_forecast() -> None:
    template = make_keyed_template()
    projects = [make_project() for _ in range(12)]
    for project in projects:
        put(make_nodes(template, project=project, starts_on=MONDAY)["a"], Status.RUNNING, MONDAY)

    found = dates_of(projects[0])[PRODUCING]

    assert found.is_thin
    assert found.half_on > TODAY


def test_a_kind_that_no_longer_exists_and_a_new_one_are_no_error(district: District) -> None:
    TemplateNode.objects.filter(template=district.template, code="b").update(code="b-old")
    late = make_template("a", "b-new", "c", code="other")
    TemplateNode.objects.filter(template=late, code="c").update(milestone=PRODUCING)
    project = make_project(town=district.towns[0])
    make_nodes(late, project=project, starts_on=TODAY)

    assert dates_of(project)[PRODUCING].is_thin
    assert dates_of(district.tight)[PRODUCING].half_on == date(2026, 7, 10)


def test_dates_in_the_future_have_not_happened(district: District) -> None:
    put(district.nodes["tight"]["b"], Status.DONE, LAST_WEEK, date(2026, 7, 20))
    put(district.nodes["easy"]["b"], Status.RUNNING, date(2026, 7, 20))
    project = make_project()
    make_nodes(district.template, project=project, starts_on=date(2026, 8, 3))

    assert dates_of(district.tight)[Milestone.COMPLETED].reached_on is None
    assert dates_of(district.easy)[Milestone.COMPLETED].half_on > TODAY
    assert dates_of(project)[Milestone.STARTED].half_on == date(2026, 8, 10)


def test_a_project_held_for_a_year_is_put_off_and_not_for_certain(district: District) -> None:
    node = district.nodes["tight"]["b"]
    without = dates_of(district.tight)[PRODUCING]
    put(node, Status.HELD, date(2025, 6, 30))
    Hold.objects.create(node=node, held_on=date(2025, 6, 30), reason="-", held_by=district.manager)

    found = dates_of(district.tight)[PRODUCING]

    assert found.half_on > without.half_on
    assert found.most_on - found.half_on > timedelta(days=20)


def test_a_unit_renamed_changes_no_forecast(district: District) -> None:
    before = dates_of(district.tight)
    Unit.objects.filter(pk=district.towns[0].pk).update(name="新名街道")

    after = dates_of(district.tight)

    assert {key: (row.half_on, row.chance) for key, row in before.items()} == {
        key: (row.half_on, row.chance) for key, row in after.items()
    }
    assert {row.town for row in after.values()} == {"义蓬街道"} or {row.town for row in after.values()} == {
        "新名街道"
    }


def test_a_unit_merged_into_another_takes_its_steps_along(district: District) -> None:
    Project.objects.filter(town=district.towns[0]).update(town=district.towns[1])
    district.tight.refresh_from_db()

    assert dates_of(district.tight)[PRODUCING].half_on == date(2026, 7, 10)


def test_an_open_issue_puts_the_node_off(district: District) -> None:
    without = dates_of(district.tight)[PRODUCING]
    make_issue(district.tight, nodes=[district.nodes["tight"]["b"]], today=LAST_WEEK)

    assert dates_of(district.tight)[PRODUCING].half_on > without.half_on


def test_what_is_waived_is_not_forecast(district: District) -> None:
    node = district.nodes["tight"]["c"]
    node.status, node.waived_reason, node.waived_on = Status.WAIVED, "-", LAST_WEEK
    node.save()

    assert PRODUCING not in dates_of(district.tight)


def test_the_same_facts_give_the_same_forecast(district: District) -> None:
    assert dates_of(district.tight) == dates_of(district.tight)


def test_an_empty_district_is_no_error() -> None:
    reckoned()
    reader = make_user()

    assert names(reader) == []
    found = block(reader, everything(TODAY))
    assert found is not None
    assert (found.due, found.at_risk) == (0, ())


def test_no_chance_is_told_as_certain() -> None:
    assert [chance_words(one) for one in (0.0, 1.0, 0.5, None)] == [
        "<\xa01\xa0%",
        ">\xa099\xa0%",
        "50\xa0%",
        "–",
    ]


def test_a_thousand_draws_of_three_key_nodes() -> None:
    assert (DRAWS, len(KEYS)) == (1000, 3)


def test_a_project_in_sight_of_nobody_is_counted_for_nobody(district: District) -> None:
    reckoned()
    stranger = make_user(unit=make_unit())

    assert names(stranger) == []
    assert latest() is not None


def test_what_had_happened_and_was_entered_later_is_not_held_against_a_forecast(district: District) -> None:
    reckoned(LAST_WEEK)
    before = cases()
    node = district.nodes["tight"]["b"]
    node.status, node.finished_on, node.finish_entered_on = Status.DONE, LAST_WEEK, TODAY
    node.save()

    assert cases() == before - 1


def cases() -> int:
    """How many are scored as of today."""
    reckoned()
    found = past(make_user(User.Role.LEADER), everything(TODAY), CALENDAR)
    assert found is not None
    return found.all.cases

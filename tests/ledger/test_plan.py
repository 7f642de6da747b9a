"""What an import would do, before it does it."""

from datetime import date
from pathlib import Path

import pytest

from accounts.models import Unit, User
from domain.errors import InputError
from domain.lifecycle import Status
from history.models import Change
from ledger.drafts import CellChange
from milestones.models import ChainTemplate, Node
from projects.models import Project
from tests.ledger.making import (
    LONG,
    TODAY,
    TOWN,
    WIDE,
    bring,
    counts,
    doubts,
    make_towns,
    plan_of,
    reasons,
    write_csv,
)
from tests.make import make_project, make_unit, make_user

pytestmark = pytest.mark.django_db

GOOD = "2208-330114-04-01-123451"
WRONG_DIGIT = "2208-330114-04-01-123456"


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    make_towns()

    plan = plan_of(write_csv(tmp_path, "name|town|dig done", f"a|{TOWN}|2026-03-02"))

    assert counts(plan) == (1, 0, 0, 0)
    assert not Project.objects.exists()
    assert not ChainTemplate.objects.exists()
    assert not Change.objects.exists()


def test_every_cell_that_is_wrong_is_named_with_its_row_and_reason(tmp_path: Path) -> None:
    make_towns()
    path = write_csv(
        tmp_path, "name|code|town|investment|dig done",
        f"a|123|{TOWN}|much|2026-02-30", "b||nowhere|5|2026-03-02", f"|{GOOD}|{TOWN}|1|", f"d||{TOWN}|1|2026-03-02",
    )  # fmt: skip

    plan = plan_of(path)

    assert counts(plan) == (1, 0, 0, 3)
    assert [problem[:3] for problem in reasons(plan)] == [
        (2, "code", "123"),
        (2, "investment", "much"),
        (2, "dig done", "2026-02-30"),
        (3, "town", "nowhere"),
        (4, "name", ""),
    ]
    assert reasons(plan)[3][3] == "“nowhere” is not a town or platform of the district."
    assert reasons(plan)[2][3] == "There is no day “2026-02-30” in the calendar."


def test_a_doubtful_code_is_taken_with_a_warning(tmp_path: Path) -> None:
    make_towns()

    plan = plan_of(write_csv(tmp_path, "name|code|town", f"a|{WRONG_DIGIT}|{TOWN}"))

    assert counts(plan) == (1, 0, 0, 0)
    assert doubts(plan) == [(2, "code", "The check digit of this project code does not fit; check it.")]


def test_a_month_without_a_day_is_taken_with_a_warning(tmp_path: Path) -> None:
    make_towns()

    plan = plan_of(write_csv(tmp_path, "name|town|dig plan", f"a|{TOWN}|2026年8月"))

    assert doubts(plan) == [(2, "dig plan", "No day is named; 2026-08-31 is taken.")]
    assert CellChange("dig", "due_on", None, date(2026, 8, 31)) in plan.rows[0].changes


def test_the_second_row_with_a_code_is_refused_and_names_the_first(tmp_path: Path) -> None:
    make_towns()

    plan = plan_of(write_csv(tmp_path, "name|code|town", f"a|{GOOD}|{TOWN}", f"b|{GOOD}|{TOWN}"))

    assert counts(plan) == (1, 0, 0, 1)
    assert reasons(plan) == [(3, "code", GOOD, f"Row 2 has the project code {GOOD} already.")]


def test_the_second_row_of_a_project_is_refused_though_the_first_cannot_be_read(tmp_path: Path) -> None:
    make_towns()

    plan = plan_of(write_csv(tmp_path, "name|town|investment", f"a|{TOWN}|?", f"a|{TOWN}|5"))

    assert counts(plan) == (0, 0, 0, 2)
    assert reasons(plan)[1] == (3, "name", "a", "Row 2 is about the same project.")


def test_a_unit_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    make_towns()
    make_unit("投资促进局", kind=Unit.Kind.DEPARTMENT)

    plan = plan_of(
        write_csv(tmp_path, "name|town|department", f"a|投资促进局|{TOWN}", f"b|{TOWN}|投资促进局")
    )

    assert [problem[:3] for problem in reasons(plan)] == [(2, "town", "投资促进局"), (2, "department", TOWN)]


def test_a_new_project_needs_a_town(tmp_path: Path) -> None:
    make_towns()

    plan = plan_of(write_csv(tmp_path, "name|town", "a|"))

    assert reasons(plan) == [(2, "town", "", "The town or platform of the project is missing.")]


def test_defaults_fill_only_what_a_new_project_lacks(tmp_path: Path) -> None:
    make_towns(TOWN, "other")
    text = WIDE.replace('kind = "new_build"', f'kind = "new_build"\ntown = "{TOWN}"\nnote = "by default"')
    known = make_project(name="known", enterprise="e", town=Unit.objects.get(name="other"))

    bring(write_csv(tmp_path, "name|enterprise|note", "known|e|", "new|e|own words"), text=text)

    known.refresh_from_db()
    assert (known.town.name, known.note) == ("other", "")
    new = Project.objects.get(name="new")
    assert (new.town.name, new.note) == (TOWN, "own words")


def test_a_default_unit_that_does_not_exist_stops_the_import(tmp_path: Path) -> None:
    text = WIDE.replace('kind = "new_build"', 'kind = "new_build"\ntown = "nowhere"')

    with pytest.raises(InputError, match="“nowhere” is not a town"):
        plan_of(write_csv(tmp_path, "name|code", "a|"), text=text)


def test_units_are_made_only_where_the_mapping_says_so_and_the_actor_may(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "name|town", "a|brand new")
    text = "create_units = true\n" + WIDE

    assert counts(plan_of(path)) == (0, 0, 0, 1)
    assert [unit.name for unit in plan_of(path, text=text).new_units] == ["brand new"]
    townsman = make_user(User.Role.MANAGER, unit=make_unit("town"))
    assert counts(plan_of(path, text=text, actor=townsman)) == (0, 0, 0, 1)


def test_an_end_in_the_future_is_refused_a_plan_is_not(tmp_path: Path) -> None:
    make_towns()

    plan = plan_of(
        write_csv(
            tmp_path, "name|town|dig plan|dig done|build begun",
            f"a|{TOWN}|2027-01-01||", f"b|{TOWN}||2026-11-21|", f"c|{TOWN}|||2026-11-21", f"d|{TOWN}||2026-11-20|",
        )
    )  # fmt: skip

    assert counts(plan) == (2, 0, 0, 2)
    assert [problem[:2] for problem in reasons(plan)] == [(3, "dig done"), (4, "build begun")]
    assert reasons(plan)[0][3] == "2026-11-21 lies in the future; only what has happened is recorded."


def test_an_end_before_the_start_is_refused(tmp_path: Path) -> None:
    make_towns()

    rows = (f"a|{TOWN}|2026-03-03|2026-03-02", f"b|{TOWN}|2026-03-02|2026-03-02")
    plan = plan_of(write_csv(tmp_path, "name|town|dig begun|dig done", *rows))

    assert counts(plan) == (1, 0, 0, 1)
    assert reasons(plan) == [
        (
            2,
            "dig done",
            "2026-03-02",
            "“dig” cannot be finished on 2026-03-02, before its start on 2026-03-03.",
        )
    ]


def test_an_end_before_the_start_on_record_is_refused(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, "name|town|dig begun", f"a|{TOWN}|2026-03-03"))

    plan = plan_of(write_csv(tmp_path, "name|town|dig done", f"a|{TOWN}|2026-03-02"))

    assert [problem[:2] for problem in reasons(plan)] == [(2, "dig done")]


def test_a_node_that_the_chain_has_not_is_refused_where_the_row_says_something_of_it(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, "name|town", f"a|{TOWN}"))
    text = WIDE.replace('"dig", "build"', '"dig", "paint"')

    plan = plan_of(write_csv(tmp_path, "name|town|paint done", f"a|{TOWN}|2026-03-02"), text=text)

    assert reasons(plan) == [(2, "paint done", "2026-03-02", "The chain “short chain” has no node “paint”.")]


@pytest.mark.parametrize("status", [Status.HELD, Status.WAIVED])
def test_a_node_on_hold_or_waived_is_not_moved_by_a_ledger(tmp_path: Path, status: Status) -> None:
    make_towns()
    path = write_csv(tmp_path, "name|town|dig begun", f"a|{TOWN}|2026-03-02")
    bring(path)
    node = Node.objects.get(template_node__code="dig")
    node.status, node.waived_reason = status, "why" if status == Status.WAIVED else ""
    node.held_on = node.started_on if status == Status.HELD else None
    node.save()

    same = plan_of(path)
    other = plan_of(write_csv(tmp_path, "name|town|dig done", f"a|{TOWN}|2026-03-05"))

    assert counts(same) == (0, 0, 1, 0)
    assert counts(other) == (0, 0, 0, 1)
    assert reasons(other)[0][:3] == (2, "dig done", "2026-03-05")


def test_a_project_that_the_actor_only_sees_is_refused_without_more_words(tmp_path: Path) -> None:
    make_towns()
    department = make_unit("部门", kind=Unit.Kind.DEPARTMENT)
    seen = make_project(name="seen", enterprise="e", town=Unit.objects.get(name=TOWN))
    seen.units.add(department)
    make_project(name="unseen", enterprise="e", town=Unit.objects.get(name=TOWN), code=GOOD)
    manager = make_user(User.Role.MANAGER, unit=department)
    path = write_csv(
        tmp_path, "name|code|enterprise|town|department|note",
        f"seen||e|{TOWN}||x", f"mine||e|{TOWN}|部门|x", f"third|{GOOD}|e|{TOWN}|部门|x", f"theirs||e|{TOWN}||x",
    )  # fmt: skip

    plan = plan_of(path, actor=manager)

    assert counts(plan) == (1, 0, 0, 3)
    assert [(row, column, reason) for row, column, _, reason in reasons(plan)] == [
        (2, "name", "“seen” is not yours to change."),
        (4, "code", f"Another project already has the code {GOOD}."),
        (5, "town", "“theirs” is not yours to change."),
    ]


def test_a_row_must_not_give_a_project_away(tmp_path: Path) -> None:
    make_towns(TOWN, "other")
    town = Unit.objects.get(name=TOWN)
    make_project(name="mine", enterprise="e", town=town)
    manager = make_user(User.Role.MANAGER, unit=town)

    plan = plan_of(write_csv(tmp_path, "name|enterprise|town", "mine|e|other"), actor=manager)

    assert reasons(plan) == [(2, "town", "other", "“mine” is not yours to change.")]


def test_a_liaison_brings_only_projects_of_the_own_name(tmp_path: Path) -> None:
    make_towns()
    town = Unit.objects.get(name=TOWN)
    liaison = make_user(User.Role.LIAISON, unit=town, display_name="李明")
    make_user(User.Role.LIAISON, unit=town, display_name="孙悦")

    plan = plan_of(
        write_csv(tmp_path, "name|town|liaison", f"a|{TOWN}|李明 13800000001", f"b|{TOWN}|孙悦"),
        actor=liaison,
    )

    assert counts(plan) == (1, 0, 0, 1)


def test_a_liaison_without_an_account_is_said_and_no_reason_to_refuse(tmp_path: Path) -> None:
    make_towns()

    plan = plan_of(write_csv(tmp_path, "name|town|liaison", f"a|{TOWN}|某人/13800000001"))

    assert counts(plan) == (1, 0, 0, 0)
    assert doubts(plan) == [(2, "liaison", "No one liaison is called “某人”; none is set.")]


def test_of_two_liaisons_of_one_name_the_one_of_the_town_is_meant(tmp_path: Path) -> None:
    make_towns(TOWN, "other")
    here = make_user(User.Role.LIAISON, unit=Unit.objects.get(name=TOWN), display_name="张伟")
    make_user(User.Role.LIAISON, unit=Unit.objects.get(name="other"), display_name="张伟")

    bring(write_csv(tmp_path, "liaison|name|town", f"张伟|a|{TOWN}"))

    assert Project.objects.get().liaison == here


def test_a_node_told_twice_is_unchanged_if_it_is_the_same_and_refused_if_not(tmp_path: Path) -> None:
    make_towns()
    path = write_csv(
        tmp_path, "name|town|node|status|started|finished",
        f"a|{TOWN}|dig|busy|2026-03-02|", f"a|{TOWN}|dig|busy|2026-03-02|", f"a|{TOWN}|dig|busy|2026-03-03|",
        f"a|{TOWN}|dig|open|PNS|", f"a|{TOWN}|build|open||",
    )  # fmt: skip

    plan = plan_of(path, text=LONG)

    assert counts(plan) == (2, 0, 1, 2)
    assert reasons(plan) == [
        (4, "started", "2026-03-03", "Row 2 says something else of “dig”."),
        (5, "status", "open", "Row 2 says something else of “dig”."),
    ]


def test_rows_of_one_project_must_agree_about_the_project(tmp_path: Path) -> None:
    make_towns(TOWN, "other")

    plan = plan_of(
        write_csv(
            tmp_path, "name|town|node|sector", f"a|{TOWN}|dig|s", "a|other|build|s", f"a|{TOWN}|build|"
        ),
        text=LONG,
    )

    assert counts(plan) == (2, 0, 0, 1)
    assert reasons(plan) == [(3, "town", "other", f"Row 2 says “{TOWN}” of the same project.")]


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        ("ready|2026-03-02|", "status", "“dig” is said to be done, but not when."),
        ("busy||", "status", "“dig” is said to be running, but not since when."),
        ("busy|2026-03-02|2026-03-03", "status", "“dig” has an end, but is not said to be done."),
        ("open|2026-03-02|", "status", "“dig” has a start, but is said not to have begun."),
        ("lost|2026-03-02|", "status", "“lost” is not a status that the mapping knows."),
        ("ready|2026-03-02|never", "finished", "“never” is not a date."),
    ],
)
def test_a_status_must_agree_with_the_dates(tmp_path: Path, row: str, column: str, sentence: str) -> None:
    make_towns()

    plan = plan_of(
        write_csv(tmp_path, "name|town|node|status|started|finished", f"a|{TOWN}|dig|{row}"), text=LONG
    )

    assert [(where, why) for _, where, _, why in reasons(plan)] == [(column, sentence)]


def test_an_old_status_does_not_undo_what_is_on_record(tmp_path: Path) -> None:
    make_towns()
    head = "name|town|node|status|started|finished"
    bring(write_csv(tmp_path, head, f"a|{TOWN}|dig|ready|2026-03-02|2026-03-05"), text=LONG)

    plan = plan_of(write_csv(tmp_path, head, f"a|{TOWN}|dig|busy|2026-03-02|"), text=LONG)

    assert [why for *_, why in reasons(plan)] == [
        "“dig” is done on record, since 2026-03-05; reopen it first."
    ]


def test_without_a_chain_for_its_kind_a_project_is_refused(tmp_path: Path) -> None:
    make_towns()
    text = WIDE[: WIDE.index("[chain]")]

    plan = plan_of(write_csv(tmp_path, "name|town", f"a|{TOWN}"), text=text)

    assert [why for *_, why in reasons(plan)] == [
        f"No chain is published for projects of the kind “{Project.Kind.NEW_BUILD.label}”."
    ]


def test_the_preview_shows_what_is_on_record_and_what_would_be(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, "name|town|note|dig plan", f"a|{TOWN}|old|2026-03-02"))

    plan = plan_of(write_csv(tmp_path, "name|town|note|dig plan", f"a|{TOWN}|new|2026-04-01"))

    assert counts(plan) == (0, 1, 0, 0)
    assert plan.rows[0].changes == (
        CellChange("", "note", "old", "new"),
        CellChange("dig", "due_on", date(2026, 3, 2), date(2026, 4, 1)),
    )


def test_two_plans_that_do_the_same_have_the_same_digest(tmp_path: Path) -> None:
    make_towns()
    path = write_csv(tmp_path, "name|town|note", f"a|{TOWN}|x")
    first, second = plan_of(path), plan_of(path)
    make_project(name="a", note="z", town=Unit.objects.get(name=TOWN))

    assert first.digest == second.digest
    assert plan_of(path).digest != first.digest
    assert date(2026, 1, 1) < TODAY

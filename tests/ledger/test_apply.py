"""What an import writes: projects, chains, node dates, history; all of it or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit, User
from domain.chains import ClockOwner
from domain.date_changes import RequestStatus
from domain.errors import RuleError
from domain.lifecycle import Status
from history.models import Change
from ledger import writing_actions as actions
from ledger.actions import apply_import, import_ledger, preview_again, upload_ledger
from ledger.keeping import chunks_of
from ledger.models import Import
from milestones.actions import finish_node, start_node
from milestones.bulk_actions import Laying, Recorded, lay_chains, record_nodes
from milestones.calendar_table import load_calendar
from milestones.models import Chain, ChainTemplate, DateChange, Node, TemplateNode
from milestones.publishing import publish_template
from projects.bulk_actions import add_projects, change_projects
from projects.models import Project
from projects.spreadsheets import UnreadableFile
from tests.ledger.making import (
    LONG,
    TODAY,
    TOWN,
    WIDE,
    bring,
    counts,
    make_towns,
    mapping,
    reasons,
    write_csv,
)
from tests.make import make_chain, make_project, make_template, make_unit, make_user

pytestmark = pytest.mark.django_db

HEAD = "name|enterprise|town|investment|dig plan|dig begun|dig done|build plan|build done"


def node(code: str) -> Node:
    return Node.objects.get(template_node__code=code)


def bring_built_in(path: Path) -> Any:
    """Import with the chain of the project's kind, as a ledger without a chain of its own does."""
    return bring(path, text=WIDE[: WIDE.index("[chain]")] + "[nodes]\ndig = 'a'\nbuild = 'c'\n")


def publish_new_build(**more: Any) -> ChainTemplate:
    """A chain for new builds of three nodes of five days each."""
    spec = replace(make_chain("a", "b", "c", code="new_build", **more), kind="new_build")
    return publish_template(spec, actor=User.objects.system())[0]


def upload(path: Path, actor: User) -> Import:
    return upload_ledger(
        chunks_of(path), file_name=path.name, actor=actor, today=TODAY, mapping=mapping(), mapping_source=WIDE
    )


def test_a_project_comes_with_its_chain_its_dates_and_its_history(tmp_path: Path) -> None:
    make_towns()

    plan = bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}|4.68亿|2026-03-31|2026-03-02|2026-03-30|2026-12-31|"))

    assert counts(plan) == (1, 0, 0, 0)
    project = Project.objects.get()
    assert (project.name, project.town.name, project.investment) == ("a", TOWN, Decimal(46_800))
    assert project.chain.starts_on == date(2026, 3, 2)
    assert [unit.name for unit in project.units.all()] == [TOWN]
    dig, build = node("dig"), node("build")
    assert (dig.status, dig.started_on, dig.finished_on) == (Status.DONE, date(2026, 3, 2), date(2026, 3, 30))
    assert (dig.due_on, dig.baseline_on) == (date(2026, 3, 31), date(2026, 3, 31))
    assert (build.status, build.due_on, build.started_on) == (Status.WAITING, date(2026, 12, 31), None)
    import_ = Import.objects.get()
    changes = Change.objects.filter(batch=import_.batch, project=project)
    assert {change.verb for change in changes} == {"project_added", "chain_laid", "nodes_recorded"}
    assert changes.count() == 3
    recorded = changes.get(verb="nodes_recorded").after
    assert recorded["dig"]["finished_on"] == "2026-03-30"
    assert recorded["build"] == {"due_on": "2026-12-31", "baseline_on": "2026-12-31"}
    assert changes.get(verb="project_added").after["investment"] == "46800.00"


def test_the_second_time_nothing_changes_and_the_import_is_on_record(tmp_path: Path) -> None:
    make_towns()
    path = write_csv(tmp_path, HEAD, f"a|e|{TOWN}|5|2026-03-31||2026-03-30||", f"b|e|{TOWN}||||||")
    bring(path)
    before = list(Node.objects.values()), list(Project.objects.values()), Change.objects.count()

    plan = bring(path)

    assert counts(plan) == (0, 0, 2, 0)
    assert (list(Node.objects.values()), list(Project.objects.values()), Change.objects.count()) == before
    assert [one.unchanged for one in Import.objects.all()] == [2, 0]
    assert Import.objects.filter(state=Import.State.APPLIED).count() == 2
    assert len({one.sha256 for one in Import.objects.all()}) == 1


def test_the_record_says_what_was_brought_by_whom_and_what_came_of_it(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}|x|||||", f"b|e|{TOWN}||||||"))

    import_ = Import.objects.get()

    assert (import_.file_name, import_.mapping, import_.by.username) == ("ledger.csv", "test", "system")
    assert (import_.created, import_.rejected, import_.state) == (1, 1, Import.State.APPLIED)
    assert import_.size == (tmp_path / "ledger.csv").stat().st_size == import_.file.stat().st_size
    assert import_.applied_at is not None
    assert import_.rejects.is_file()
    assert (import_.rejects_name, len(import_.sha256)) == ("ledger.rejects.xlsx", 64)


def test_a_blank_cell_erases_nothing(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}|5|2026-03-31|2026-03-02|2026-03-30||"))

    plan = bring(write_csv(tmp_path, HEAD, "a|e|||||||"))

    assert counts(plan) == (0, 0, 1, 0)
    assert Project.objects.get().investment == 5
    assert node("dig").status == Status.DONE


def test_a_new_plan_date_moves_the_due_date_and_never_the_baseline(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}||2026-03-31||||"))
    version = node("dig").version

    plan = bring(write_csv(tmp_path, HEAD, "a|e|||2026-04-30||||"))

    dig = node("dig")
    assert counts(plan) == (0, 1, 0, 0)
    assert (dig.due_on, dig.baseline_on, dig.version) == (date(2026, 4, 30), date(2026, 3, 31), version + 1)
    change = Change.objects.filter(verb="nodes_recorded").latest("pk")
    assert (change.before, change.after) == (
        {"dig": {"due_on": "2026-03-31"}},
        {"dig": {"due_on": "2026-04-30"}},
    )
    moved = DateChange.objects.get()
    assert (moved.node, moved.reason, moved.status) == (dig, DateChange.Reason.LEDGER, RequestStatus.APPROVED)
    (item,) = moved.items.all()
    assert (item.due_before, item.due_after) == (date(2026, 3, 31), date(2026, 4, 30))


def test_a_liaison_moves_no_date_with_a_ledger(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}||2026-03-31||||"))
    liaison = make_user(User.Role.LIAISON, unit=Unit.objects.get(name=TOWN))
    Project.objects.update(liaison=liaison)

    plan = bring(write_csv(tmp_path, HEAD, "a|e|||2026-04-30||||"), actor=liaison)

    assert counts(plan) == (0, 0, 0, 1)
    assert "is due on 2026-03-31; ask for another date" in reasons(plan)[0][3]
    assert node("dig").due_on == date(2026, 3, 31)
    assert not DateChange.objects.exists()


def test_what_a_ledger_tells_is_entered_today(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}||2026-03-31|2026-03-02|2026-03-30||"))

    assert (node("dig").start_entered_on, node("dig").finish_entered_on) == (TODAY, TODAY)


def test_a_node_that_is_not_touched_keeps_its_version(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}||2026-03-31|||2026-12-31|"))

    bring(write_csv(tmp_path, HEAD, "a|e||||2026-03-02||2026-12-31|"))

    assert (node("dig").version, node("dig").status, node("build").version) == (2, Status.RUNNING, 1)


def test_fields_change_with_what_stood_before(tmp_path: Path) -> None:
    make_towns(TOWN, "other")
    bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}|5|||||"))

    bring(write_csv(tmp_path, HEAD, "a|e|other|6|||||"))

    change = Change.objects.get(verb="project_changed")
    assert change.before == {"investment": "5.00", "town": TOWN}
    assert change.after == {"investment": "6.00", "town": "other"}
    assert {unit.name for unit in Project.objects.get().units.all()} == {TOWN, "other"}


def test_a_code_is_filled_in_where_a_project_had_none(tmp_path: Path) -> None:
    make_towns()
    make_project(name="a", enterprise="e", town=Unit.objects.get(name=TOWN))

    bring(write_csv(tmp_path, "name|enterprise|code", "a|e|2208-330114-04-01-123451"))

    assert Project.objects.get().code == "2208-330114-04-01-123451"


def test_dates_of_the_past_are_taken_in_any_order(tmp_path: Path) -> None:
    make_towns()
    publish_new_build()

    plan = bring_built_in(write_csv(tmp_path, "name|town|build done", f"a|{TOWN}|2026-03-30"))

    assert counts(plan) == (1, 0, 0, 0)
    assert (node("c").status, node("a").status) == (Status.DONE, Status.WAITING)


def test_a_built_in_chain_is_planned_from_the_start_that_the_ledger_gives(tmp_path: Path) -> None:
    make_towns()
    publish_new_build()

    bring_built_in(write_csv(tmp_path, "name|town|start|build plan", f"a|{TOWN}|2026-03-02|2026-12-31"))

    calendar = load_calendar()
    chain = Chain.objects.get()
    assert (chain.template.code, chain.starts_on) == ("new_build", date(2026, 3, 2))
    assert node("a").due_on == calendar.add(date(2026, 3, 2), 5)
    assert node("b").due_on == node("b").baseline_on == calendar.add(date(2026, 3, 2), 10)
    assert node("c").due_on == node("c").baseline_on == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("row", "starts_on"),
    [(f"a|{TOWN}|2026-05-06|2026-03-30", date(2026, 3, 30)), (f"a|{TOWN}||", TODAY)],
)
def test_without_a_start_the_earliest_date_counts_or_the_day_of_the_import(
    tmp_path: Path, row: str, starts_on: date
) -> None:
    make_towns()

    bring(write_csv(tmp_path, "name|town|dig plan|dig done", row))

    assert Chain.objects.get().starts_on == starts_on


def test_a_start_begins_the_approval_clock(tmp_path: Path) -> None:
    make_towns()
    publish_new_build(limit=7)

    bring_built_in(write_csv(tmp_path, "name|town|dig begun", f"a|{TOWN}|2026-03-02"))

    assert TemplateNode.objects.get(code="a").clock == ClockOwner.GOVERNMENT
    assert node("a").limit_on == load_calendar().add(date(2026, 3, 2), 7)
    assert node("b").limit_on is None


def test_a_project_without_a_chain_gets_one(tmp_path: Path) -> None:
    make_towns()
    make_project(name="a", enterprise="e", town=Unit.objects.get(name=TOWN))
    path = write_csv(tmp_path, HEAD, "a|e|||2026-03-31||||")

    assert counts(bring(path)) == (0, 1, 0, 0)
    assert node("dig").due_on == date(2026, 3, 31)
    assert counts(bring(path)) == (0, 0, 1, 0)


def test_a_long_ledger_gives_a_project_the_nodes_it_names_and_adds_new_ones_later(tmp_path: Path) -> None:
    make_towns()
    head = "name|town|node|status|started|finished|due"
    first = f"a|{TOWN}|dig|busy|2026-03-02||2026-03-31"
    bring(write_csv(tmp_path, head, first), text=LONG)
    assert [one.template_node.code for one in Node.objects.all()] == ["dig"]

    plan = bring(write_csv(tmp_path, head, first, f"a|{TOWN}|build|open|||2026-12-31"), text=LONG)

    assert counts(plan) == (1, 0, 1, 0)
    assert (node("build").due_on, node("build").unit) == (date(2026, 12, 31), Unit.objects.get(name=TOWN))
    assert node("build").baseline_on == date(2026, 12, 31)


def test_the_chain_of_a_ledger_is_published_once_and_only_where_it_is_used(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, "name|town", "a|nowhere"))
    assert not ChainTemplate.objects.exists()

    bring(write_csv(tmp_path, "name|town", f"a|{TOWN}"))
    bring(write_csv(tmp_path, "name|town", f"b|{TOWN}"))

    assert [(one.code, one.version, one.kind) for one in ChainTemplate.objects.all()] == [("short", 1, "")]


def test_units_that_a_ledger_brings_are_made_once(tmp_path: Path) -> None:
    text = "create_units = true\n" + WIDE

    bring(write_csv(tmp_path, "name|town", "a|new town", "b|new  town", "c|other town"), text=text)

    assert list(Unit.objects.values_list("name", "kind").order_by("name")) == [
        ("new town", "town"),
        ("other town", "town"),
    ]


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_towns()
    monkeypatch.setattr(actions, "PROJECTS_AT_ONCE", 1)
    laid: list[int] = []

    def lay_one_and_fail(layings: list[Laying], **more: Any) -> int:
        if laid:
            raise OSError("the disk is full")
        laid.append(lay_chains(layings, **more))
        return laid[0]

    monkeypatch.setattr(actions, "lay_chains", lay_one_and_fail)

    with pytest.raises(OSError, match="full"):
        bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}||||||", f"b|e|{TOWN}||||||"))

    assert laid == [2]
    assert not Project.objects.exists()
    assert not Node.objects.exists()
    assert not ChainTemplate.objects.exists()
    assert not Change.objects.exists()
    assert Import.objects.get().state == Import.State.FAILED


def test_a_file_that_is_no_ledger_leaves_no_trace(tmp_path: Path, data_folder: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"this is no workbook at all")

    with pytest.raises(UnreadableFile):
        bring(path)

    assert not Import.objects.exists()
    assert not [one for one in data_folder.rglob("*") if one.is_file()]


def test_control_characters_do_not_reach_the_tables(tmp_path: Path) -> None:
    make_towns()
    path = tmp_path / "ledger.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "town", "note", "od\x00d"])
        sheet.write_row(1, 0, ["a\x00b", TOWN, "x\x0by"])
        sheet.write_row(2, 0, ["c", "now\x02here"])

    assert counts(bring(path)) == (1, 0, 0, 1)
    assert Project.objects.get().name == "ab"
    report = Import.objects.get().report
    assert report["problems"][0]["value"] == "nowhere"
    assert report["unused"] == ["odd"]


def test_a_project_that_appears_in_the_same_moment_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_towns()
    code = "2208-330114-04-01-123451"

    def add_too_late(rows: list[dict[str, Any]], **_more: Any) -> list[Project]:
        return [Project.objects.create(**fields) for fields in (*rows, *rows)]

    monkeypatch.setattr(actions, "add_projects", add_too_late)

    with pytest.raises(RuleError, match="no longer what you were shown"):
        bring(write_csv(tmp_path, "name|town|code", f"a|{TOWN}|{code}"))

    assert not Project.objects.exists()


def test_a_leader_imports_nothing(tmp_path: Path) -> None:
    with pytest.raises(PermissionDenied):
        upload(write_csv(tmp_path, "name|town", "a|b"), make_user(User.Role.LEADER))


def test_a_preview_is_confirmed_once_and_by_the_one_who_saw_it(tmp_path: Path) -> None:
    make_towns()
    manager, other = make_user(), make_user()
    import_ = upload(write_csv(tmp_path, "name|town", f"a|{TOWN}"), manager)
    assert not Project.objects.exists()

    with pytest.raises(RuleError, match="Only the one who uploaded"):
        apply_import(import_, actor=other, today=TODAY)
    apply_import(import_, actor=manager, today=TODAY, digest=import_.digest)
    import_.refresh_from_db()
    with pytest.raises(RuleError, match="has been applied already"):
        apply_import(import_, actor=manager, today=TODAY)
    with pytest.raises(RuleError, match="has been applied already"):
        preview_again(import_, actor=manager, today=TODAY)

    assert Project.objects.count() == 1


def test_an_import_whose_file_is_gone_says_so(tmp_path: Path) -> None:
    make_towns()
    manager = make_user()
    import_ = upload(write_csv(tmp_path, "name|town", f"a|{TOWN}"), manager)
    import_.file.unlink()

    with pytest.raises(RuleError, match="is no longer kept; upload it again"):
        apply_import(import_, actor=manager, today=TODAY)
    with pytest.raises(RuleError, match="is no longer kept; upload it again"):
        preview_again(import_, actor=manager, today=TODAY)

    assert Import.objects.get().state == Import.State.PREVIEWED


def test_a_copy_read_before_the_application_does_not_apply_it_again(tmp_path: Path) -> None:
    make_towns()
    manager = make_user()
    import_ = upload(write_csv(tmp_path, "name|town", f"a|{TOWN}"), manager)
    stale = Import.objects.get()
    apply_import(import_, actor=manager, today=TODAY)

    with pytest.raises(RuleError, match="has been applied already"):
        apply_import(stale, actor=manager, today=TODAY)


def test_what_changed_since_the_preview_is_shown_before_it_is_applied(tmp_path: Path) -> None:
    make_towns()
    manager = make_user()
    import_ = upload(write_csv(tmp_path, "name|enterprise|town|note", f"a|e|{TOWN}|x"), manager)
    make_project(name="a", enterprise="e", town=Unit.objects.get(name=TOWN))

    with pytest.raises(RuleError, match="no longer what you were shown"):
        apply_import(import_, actor=manager, today=TODAY, digest=import_.digest)

    seen = Import.objects.get()
    assert (seen.state, seen.created, seen.updated) == (Import.State.PREVIEWED, 0, 1)
    assert Project.objects.get().note == ""
    apply_import(seen, actor=manager, today=TODAY, digest=seen.digest)
    assert Project.objects.get().note == "x"


def test_a_node_that_was_finished_meanwhile_is_not_reopened(tmp_path: Path) -> None:
    make_towns()
    head = "name|town|node|status|started|finished|due"
    path = write_csv(tmp_path, head, f"a|{TOWN}|dig|busy|2026-03-02||")
    bring(path, text=LONG)
    finish_node(node("dig"), actor=User.objects.system(), on=date(2026, 4, 1), today=TODAY)

    assert counts(bring(path, text=LONG)) == (0, 0, 0, 1)
    assert node("dig").status == Status.DONE


def test_an_import_ends_what_somebody_started(tmp_path: Path) -> None:
    make_towns()
    bring(write_csv(tmp_path, HEAD, f"a|e|{TOWN}||||||"))
    start_node(node("dig"), actor=User.objects.system(), on=date(2026, 3, 2), today=TODAY)

    bring(write_csv(tmp_path, HEAD, "a|e|||||2026-03-30||"))

    dig = node("dig")
    assert (dig.status, dig.started_on, dig.finished_on) == (Status.DONE, date(2026, 3, 2), date(2026, 3, 30))


@pytest.mark.parametrize("rows", [2, 40])
def test_an_import_asks_as_often_for_two_rows_as_for_forty(
    tmp_path: Path, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_towns()
    lines = [f"p{number}|e|{TOWN}|5|2026-03-31|2026-03-02|2026-03-30||" for number in range(rows)]
    path = write_csv(tmp_path, HEAD, *lines)
    later = write_csv(
        tmp_path, HEAD, *(line.replace("|5|", "|6|") + "2026-05-01" for line in lines), name="b.csv"
    )

    with django_assert_max_num_queries(75):
        bring(path)
    with django_assert_max_num_queries(60):
        bring(later)


def test_bulk_actions_refuse_a_project_that_is_not_the_actors() -> None:
    project = make_project()
    stranger = make_user(User.Role.MANAGER, unit=make_unit())
    template = make_template("a")
    step = template.nodes.get()

    for act in _bulk_changes(project, template, step, stranger):
        with pytest.raises(PermissionDenied):
            act()

    assert not Change.objects.exclude(verb="template_published").exists()
    assert not Node.objects.exists()


def _bulk_changes(
    project: Project, template: ChainTemplate, step: TemplateNode, actor: User
) -> list[Callable[[], object]]:
    fields = {"name": "x", "kind": "new_build", "town": project.town}
    said = {project.pk: {step.pk: Recorded(due_on=TODAY)}}
    return [
        lambda: add_projects([fields], actor=actor),
        lambda: change_projects({project.pk: {"note": "x"}}, actor=actor),
        lambda: lay_chains([Laying(project.pk, template, TODAY)], actor=actor, today=TODAY),
        lambda: record_nodes(said, actor=actor, today=TODAY),
    ]


def test_bulk_actions_refuse_a_code_in_use_a_second_chain_and_a_draft() -> None:
    actor, town = User.objects.system(), make_unit()
    project = make_project(town=town, code="2208-330114-04-01-123451")
    template = make_template("a")
    fields = {"name": "x", "kind": "new_build", "town": town, "code": project.code}
    lay = Laying(project.pk, template, TODAY)
    draft = ChainTemplate.objects.create(code="draft", name="draft")

    with pytest.raises(RuleError, match="Another project already has the code"):
        add_projects([fields], actor=actor)
    with pytest.raises(RuleError, match="Another project already has the code"):
        change_projects({make_project(town=town).pk: {"code": project.code}}, actor=actor)
    with pytest.raises(RuleError, match="“draft” is a draft"):
        lay_chains([Laying(project.pk, draft, TODAY)], actor=actor, today=TODAY)
    assert lay_chains([lay], actor=actor, today=TODAY) == 1
    with pytest.raises(RuleError, match="has a chain already"):
        lay_chains([lay], actor=actor, today=TODAY)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_make_its_projects_once(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    make_towns()
    path = write_csv(tmp_path, HEAD, *(f"p{number}|e|{TOWN}|5|||||" for number in range(30)))
    actor, barrier = make_user(), Barrier(2)
    found: list[tuple[int, ...]] = []

    def run() -> None:
        barrier.wait()
        _, plan = import_ledger(
            chunks_of(path),
            file_name="a.csv",
            actor=actor,
            today=TODAY,
            mapping=mapping(),
            mapping_source=WIDE,
        )
        found.append(counts(plan))
        connections.close_all()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [(0, 0, 30, 0), (30, 0, 0, 0)]
    assert Project.objects.count() == 30

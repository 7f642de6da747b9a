"""The sample ledger: what a bureau's own spreadsheet becomes."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import Unit, User
from domain.lifecycle import Status
from ledger.actions import import_ledger
from ledger.keeping import chunks_of
from ledger.mapping_files import parse_mapping
from ledger.plan import Plan
from ledger.samples.large import DEPARTMENT, MAPPING, TOWN, write_large_ledger
from ledger.samples.make import (
    DUPLICATE,
    LIAISONS,
    PROJECTS,
    SAMPLE,
    TOWNS,
    UNREADABLE,
    WRONG_CHECK_DIGIT,
    make_sample,
)
from ledger.tables import Skip
from milestones.models import Node
from projects.models import Project
from tests.ledger.making import TODAY, counts, doubts, make_towns, reasons
from tests.make import make_unit, make_user

pytestmark = pytest.mark.django_db

FIRST_ROW = 5
"""The row of the sheet in which the project with the number 1 stands."""


@pytest.fixture
def district() -> None:
    """The units and liaisons that the sample names, and the built-in chains."""
    make_towns(*TOWNS)
    for name in ("投资促进局", "发展改革局"):
        make_unit(name, kind=Unit.Kind.DEPARTMENT)
    make_unit("经济和信息化局", kind=Unit.Kind.BUREAU)
    for name in LIAISONS:
        make_user(User.Role.LIAISON, display_name=name)
    call_command("publish_templates", verbosity=0)


def bring() -> Plan:
    return import_ledger(chunks_of(SAMPLE), file_name=SAMPLE.name, actor=User.objects.system(), today=TODAY)[
        1
    ]


def at(number: int) -> int:
    return FIRST_ROW + number - 1


def test_the_committed_file_is_the_one_that_is_made(tmp_path: Path) -> None:
    make_sample(tmp_path / "made.xlsx")

    assert (tmp_path / "made.xlsx").read_bytes() == SAMPLE.read_bytes()


@pytest.mark.usefixtures("district")
def test_all_rows_but_two_are_taken_and_these_are_named() -> None:
    plan = bring()

    assert counts(plan) == (PROJECTS - 2, 0, 0, 2)
    assert Project.objects.count() == PROJECTS - 2
    duplicate, amount, day = reasons(plan)
    assert (duplicate[0], duplicate[1]) == (at(DUPLICATE), "项目代码")
    assert duplicate[3].startswith(f"Row {at(DUPLICATE - 1)} has the project code")
    assert (amount[0], amount[2], amount[3]) == (at(UNREADABLE), "面议", "“面议” is not an amount of money.")
    assert (day[0], day[1], day[2]) == (at(UNREADABLE), "施工许可证/计划完成", "尽快")
    codes = [row for row, column, _ in doubts(plan) if column == "项目代码"]
    assert codes == [at(WRONG_CHECK_DIGIT)]
    assert [skip.why for skip in plan.opened.table.skipped] == [Skip.TOTAL, Skip.NOTE]
    assert plan.opened.columns.unused == ("序号",)


@pytest.mark.usefixtures("district")
def test_the_values_are_those_that_are_meant() -> None:
    bring()

    first, second, third = (_project(number) for number in (1, 2, 3))
    assert (first.investment, second.investment, third.investment) == (
        Decimal(560_000),
        Decimal(3_500),
        Decimal(46_800),
    )
    assert first.fixed_investment == 2_000
    assert (first.land_mu, second.land_mu) == (Decimal(21), Decimal("44.5"))
    assert first.floor_area_m2 == 12_350
    assert (first.town.name, _project(PROJECTS).town.name) == (TOWNS[0], TOWNS[-1]), "merged cells"
    assert [_project(8 * place).department.name for place in (1, 2)] == ["投资促进局"] * 2  # type: ignore[union-attr]
    assert _project(11).department == Unit.objects.get(name="经济和信息化局"), "经信局"
    assert (first.leader, str(first.liaison)) == ("陈副区长", LIAISONS[0])
    kinds = Counter(Project.objects.values_list("kind", flat=True))
    assert set(kinds) == {"new_build", "renovation", "expansion", "future_factory"}


@pytest.mark.usefixtures("district")
def test_the_dates_are_those_that_are_meant() -> None:
    bring()

    permit = _node(1, "cp")
    assert (permit.due_on, permit.finished_on, permit.status) == (
        date(2022, 8, 31),
        date(2022, 8, 26),
        Status.DONE,
    )
    assert _node(4, "cp").due_on == date(2026, 8, 31), "8月底, in the year of the title"
    assert _node(6, "cp").due_on == date(2026, 4, 15)
    assert _node(12, "cp").due_on == date(2026, 5, 20)
    assert _node(8, "pile").due_on == date(2026, 12, 31), "四季度"
    assert _node(6, "pile").finished_on == date(2026, 10, 12)
    assert _node(8, "accept").due_on == date(2027, 6, 30)
    renovation = Node.objects.filter(project__kind="renovation")
    assert not renovation.filter(template_node__code="pile").exists()
    assert _node(1, "agree").finished_on == date(2025, 2, 2), "2025-02-02 is text"
    assert _node(8, "agree").finished_on == date(2025, 9, 30), "2025年9月"


@pytest.mark.usefixtures("district")
def test_a_node_without_a_date_in_the_ledger_is_planned_from_the_signing() -> None:
    bring()

    project = _project(6)
    nodes = Node.objects.filter(project=project)
    assert nodes.filter(due_on__isnull=True).count() == 0
    assert nodes.count() > 30
    assert _node(6, "admit").due_on is not None
    assert _node(6, "admit").due_on > project.chain.starts_on  # type: ignore[operator]


@pytest.mark.usefixtures("district")
def test_bringing_the_sample_twice_changes_nothing() -> None:
    bring()

    assert counts(bring()) == (0, 0, PROJECTS - 2, 2)


def test_a_large_ledger_names_as_many_bad_rows_as_it_has(tmp_path: Path) -> None:
    make_towns(TOWN)
    make_unit(DEPARTMENT, kind=Unit.Kind.DEPARTMENT)
    path = tmp_path / "large.xlsx"
    bad = write_large_ledger(path, 60, bad_every=10, today=TODAY)

    _, plan = import_ledger(
        chunks_of(path), file_name=path.name, actor=User.objects.system(), today=TODAY,
        mapping=parse_mapping(MAPPING, where="large.toml"), mapping_source=MAPPING,
    )  # fmt: skip

    assert counts(plan) == (60 - bad, 0, 0, bad)
    assert Node.objects.count() == 10 * (60 - bad)
    assert Node.objects.filter(due_on__isnull=True).count() == 0


def _project(number: int) -> Project:
    """The project of a row: the number stands in its name."""
    (found,) = [
        project
        for project in Project.objects.select_related("chain", "town", "department", "liaison")
        if str(number) in "".join(sign if sign.isdigit() else " " for sign in project.name).split()
    ]
    return found


def _node(number: int, code: str) -> Node:
    return Node.objects.get(project=_project(number), template_node__code=code)


@pytest.mark.usefixtures("district")
def test_a_signing_is_the_end_of_the_agreement_and_no_reason_to_refuse_a_chain_without_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "台账.csv"
    rows = ("甲,新建,2026-03-02,2026-05-06", "乙,扩建,2027-03-02,", "丙,技改,2026-03-02,")
    path.write_text(
        "项目名称,项目类型,签约时间,开工时间,属地\n" + "".join(f"{row},{TOWNS[0]}\n" for row in rows)
    )

    plan = import_ledger(chunks_of(path), file_name=path.name, actor=User.objects.system(), today=TODAY)[1]

    assert counts(plan) == (3, 0, 0, 0)
    nodes = {(node.project.name, node.template_node.code): node for node in Node.objects.all()}
    assert nodes["甲", "agree"].finished_on == date(2026, 3, 2)
    assert nodes["甲", "pile"].finished_on == date(2026, 5, 6)
    assert (nodes["乙", "agree"].due_on, nodes["乙", "agree"].finished_on) == (date(2027, 3, 2), None)
    assert [(row, column) for row, column, _reason in doubts(plan)] == [(4, "签约时间")]
    assert Project.objects.get(name="丙").chain.starts_on == TODAY

"""Investment by month comes in as people keep it: what is taken, what is asked about, what is refused."""

from datetime import date
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, connections
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit, User
from domain.errors import RuleError
from history.models import Change
from ledger import writing_actions
from ledger.actions import apply_import, import_investment, preview_again, upload_investment
from ledger.investment.headings import MonthHeading, PlanHeading, read_heading
from ledger.keeping import chunks_of
from ledger.models import Import
from projects.models import Investment, InvestmentPlan
from projects.spreadsheets import UnreadableFile
from tests.ledger.investing import HEAD, TODAY, bring, changes_of, counts, reasons, recorded, write_book
from tests.make import make_project, make_unit, make_user

pytestmark = pytest.mark.django_db

CODE = "2208-330114-04-01-123451"


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def upload(path: Path, actor: User, **how: Any) -> Import:
    return upload_investment(chunks_of(path), file_name=path.name, actor=actor, today=TODAY, **how)


@pytest.mark.parametrize(
    ("parts", "year", "month"),
    [
        (["1月"], None, 1), (["12月份"], None, 12), (["十一月"], None, 11), (["2022年1月"], 2022, 1),
        (["22年3月"], 2022, 3), (["2022年08月份完成投资额(万元)"], 2022, 8), (["2022-01"], 2022, 1),
        (["2022/9"], 2022, 9),
        (["2022.10"], 2022, 10), (["202211"], 2022, 11), (["Jan 2022"], 2022, 1), (["September"], None, 9),
        (["Sep-22"], 2022, 9), (["2022-08-01 00:00:00"], 2022, 8), (["2022年", "8月"], 2022, 8),
        (["2022年完成投资(万元)", "8月"], 2022, 8), (["8月完成投资"], None, 8),
    ],
)  # fmt: skip
def test_a_header_that_says_only_a_month_is_one(parts: list[str], year: int | None, month: int) -> None:
    assert read_heading(parts) == MonthHeading(year, month)


@pytest.mark.parametrize(
    "parts",
    [
        ["1-8月累计"], ["1—8月"], ["8月累计"], ["截至8月"], ["1至8月完成投资"], ["累计", "8月"], ["8月计划"],
        ["2022年计划", "8月"],
        ["8月同比"], ["去年8月"], ["13月"], ["2022-13"], ["一季度"], ["本月"], ["8月(累计)"], ["上年同期", "8月"],
        ["May be"], ["月"],
        ["计划总投资"], ["总投资"], ["累计完成投资"], ["计划完成率"], ["202208121"],
    ],
)  # fmt: skip
def test_a_header_that_says_anything_else_is_no_month(parts: list[str]) -> None:
    assert read_heading(parts) is None


@pytest.mark.parametrize(
    ("header", "year"),
    [
        ("年度计划", None), ("计划投资", None), ("年度计划投资(万元)", None), ("2022年计划投资", 2022),
        ("2022年度投资计划", 2022),
        ("今年计划完成投资", None), ("投资计划", None), ("Plan", None), ("Plan for 2022", 2022), ("全年目标", None),
    ],
)  # fmt: skip
def test_the_plan_of_a_year_is_known_by_its_header(header: str, year: int | None) -> None:
    assert read_heading([header]) == PlanHeading(year)


def test_a_column_for_each_month_is_taken_with_the_plan_and_nothing_else(tmp_path: Path) -> None:
    make_project(name="甲", enterprise="企业")
    make_project(name="乙", code=CODE)
    path = write_book(
        tmp_path,
        ["2022年工业投资情况表（单位：万元）"],
        ["序号", "项目名称", "项目代码", "建设单位", "年度计划", "1月", "2月", "1-8月累计", "8月", "8月同比"],
        [1, "甲", None, "企业", 1200, 100, "200.5", 9999, "1亿", 0.5],
        [2, "别名", CODE, None, None, None, 0, 9999, "—", 0.5],
        ["合计", None, None, None, 1200, 100, 200, 9999, 100, None],
    )

    plan = bring(path)

    assert counts(plan) == (5, 0, 0, 0)
    assert recorded() == {
        ("甲", "2022"): 1200, ("甲", "2022-01"): 100, ("甲", "2022-02"): 200.5, ("甲", "2022-08"): 10_000,
        ("乙", "2022-02"): 0,
    }  # fmt: skip
    assert plan.opened.columns.unused == ("序号", "1-8月累计", "8月同比")
    assert [skip.text for skip in plan.opened.table.skipped] == ["合计"]
    batch = Import.objects.get().batch
    assert {change.batch for change in Change.objects.all()} == {batch}
    assert Change.objects.count() == 3, "one entry for a project's months and one for its plan"


def test_a_row_for_each_month_is_taken_with_its_plan(tmp_path: Path) -> None:
    make_project(name="甲")
    path = write_book(
        tmp_path,
        ["项目名称", "年份", "月份", "完成投资（亿元）", "年度计划（万元）"],
        ["甲", 2022, 7, 0.01, 1200],
        ["甲", "2022年", "8月份", 0.02, 1200],
        ["甲", None, "2021-12", 0.03, None],
        ["甲", None, date(2021, 11, 1), 0.04, None],
        ["甲", None, 202110, "500万元", None],
    )

    assert counts(bring(path)) == (6, 0, 0, 0)
    assert recorded() == {
        ("甲", "2022-07"): 100, ("甲", "2022-08"): 200, ("甲", "2021-12"): 300, ("甲", "2021-11"): 400,
        ("甲", "2021-10"): 500, ("甲", "2022"): 1200,
    }  # fmt: skip


def test_months_may_stand_in_the_header_as_dates_and_below_their_year(tmp_path: Path) -> None:
    make_project(name="甲")
    dates = write_book(
        tmp_path, ["项目名称", date(2022, 1, 1), date(2022, 2, 1)], ["甲", 1, 2], name="a.xlsx"
    )
    bring(dates)
    assert recorded() == {("甲", "2022-01"): 1, ("甲", "2022-02"): 2}

    grouped = write_book(
        tmp_path,
        ["项目名称", "建设单位", "2021年", None, "2022年计划投资", None],
        [None, None, "1月", "2月", "1月", "2月"],
        ["甲", None, 5, 6, 70, 80],
        merged=[
            (0, 2, 0, 3, "2021年"), (0, 4, 0, 5, "2022年计划投资"), (0, 0, 1, 0, "项目名称"), (0, 1, 1, 1, "建设单位"),
        ],
        name="b.xlsx",
    )  # fmt: skip
    assert counts(bring(grouped)) == (2, 0, 0, 0)
    assert recorded() == {
        ("甲", "2022-01"): 1,
        ("甲", "2022-02"): 2,
        ("甲", "2021-01"): 5,
        ("甲", "2021-02"): 6,
    }


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("单位：亿元", 50_000),
        ("单位：元", 0),
        ("（单位：万元）", 5),
        ("金额单位:人民币千元", 0.5),
        ("填报单位：元通公司", 5),
    ],
)
def test_the_unit_above_the_table_is_applied(tmp_path: Path, said: str, amount: float) -> None:
    make_project(name="甲")
    bring(
        write_book(tmp_path, ["2022年投资"], [said], ["项目名称", "8月"], ["甲", 5]), amounts_are_right=True
    )

    assert recorded() == {("甲", "2022-08"): amount}


def test_a_foreign_currency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="foreign currency"):
        changes_of(write_book(tmp_path, ["2022年 单位：万美元"], ["项目名称", "8月"], ["甲", 5]))
    with pytest.raises(UnreadableFile, match="no column of a month"):
        changes_of(write_book(tmp_path, ["项目名称", "建设单位", "2022年8月（万美元）"], ["甲", "企业", 5]))


@pytest.mark.parametrize("where", ["title", "sheet", "file", "asked"])
def test_the_year_is_taken_from_where_it_stands(tmp_path: Path, where: str) -> None:
    make_project(name="甲")
    rows: list[list[Any]] = [["项目名称", "8月", "年度计划"], ["甲", 5, 6]]
    if where == "title":
        rows.insert(0, ["2021年投资"])
    path = write_book(
        tmp_path, *rows, sheet="2021年" if where == "sheet" else "x",
        name="2021年.xlsx" if where == "file" else "x.xlsx",
    )  # fmt: skip

    bring(path, year=2021 if where == "asked" else None)

    assert recorded() == {("甲", "2021-08"): 5, ("甲", "2021"): 6}


def test_without_a_year_it_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="choose the year"):
        changes_of(write_book(tmp_path, ["项目名称", "8月"], ["甲", 5]))


def test_two_columns_of_one_month_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="two columns of the same month"):
        changes_of(write_book(tmp_path, ["2022年"], ["项目名称", "8月", "2022年8月"], ["甲", 5, 6]))


def test_what_cannot_be_taken_is_named_cell_by_cell(tmp_path: Path) -> None:
    make_project(name="甲")
    make_project(name="乙", enterprise="一")
    make_project(name="乙", enterprise="二")
    path = write_book(
        tmp_path,
        ["2022年"],
        ["项目名称", "建设单位", "1月", "8月", "10月"],
        ["甲", None, 1, -5, None],
        ["甲", None, 1, "面议", None],
        ["甲", None, 1, 2, 3],
        ["乙", None, 1, None, None],
        ["丙", None, 1, 2, None],
        [None, None, 1, None, None],
        ["甲", None, 1, None, 0],
        ["甲", None, 7, 8, None],
        ["丁", None, None, None, None],
    )

    plan = bring(path)

    assert counts(plan) == (1, 0, 0, 2 + 2 + 3 + 1 + 2 + 1 + 2)
    assert reasons(plan) == [
        (3, "8月", "-5", "“-5” is negative."),
        (4, "8月", "面议", "“面议” is not an amount of money."),
        (5, "10月", "3", "2022-10-01 lies in the future; only what has happened is recorded."),
        (6, "项目名称", "乙", "2 projects are called “乙”; the project code is needed."),
        (7, "项目名称", "丙", "“丙” is not on record; investment is only taken for projects on record."),
        (8, "项目名称", "", "The project is not named."),
        (10, "1月", "7", "Row 9 has an amount of 2022-01 for the same project."),
    ]
    assert recorded() == {("甲", "2022-01"): 1}
    assert Import.objects.get().rejects.is_file()


def test_only_what_the_actor_may_change_is_taken_and_what_is_out_of_sight_is_not_told(tmp_path: Path) -> None:
    town, other = make_unit(), make_unit()
    make_project(name="甲", town=town)
    make_project(name="丙", town=other, code=CODE)
    shared = make_project(name="乙", town=other)
    shared.units.add(town)
    path = write_book(
        tmp_path,
        ["2022年"],
        ["项目名称", "项目代码", "8月"],
        ["甲", None, 1],
        ["乙", None, 2],
        ["丙", CODE, 3],
    )

    plan = bring(path, actor=make_user(User.Role.MANAGER, unit=town))

    assert counts(plan) == (1, 0, 0, 2)
    assert [reason for *_rest, reason in reasons(plan)] == [
        "“乙” is not yours to change.", "“丙” is not on record; investment is only taken for projects on record.",
    ]  # fmt: skip
    with pytest.raises(PermissionDenied):
        bring(path, actor=make_user(User.Role.LEADER))


def test_the_same_file_again_changes_nothing_and_a_changed_cell_only_itself(tmp_path: Path) -> None:
    make_project(name="甲", enterprise="企业")
    bring(write_book(tmp_path, ["2022年"], HEAD, ["甲", "企业", 1, 2, 3]))

    assert counts(bring(write_book(tmp_path, ["2022年"], HEAD, ["甲", "企业", 1, 2, 3]))) == (0, 0, 3, 0)
    assert counts(bring(write_book(tmp_path, ["2022年"], HEAD, ["甲", "企业", 1, None, 4]))) == (0, 1, 1, 0)
    assert recorded() == {("甲", "2022-01"): 1, ("甲", "2022-02"): 2, ("甲", "2022-08"): 4}
    latest = Change.objects.latest("pk")
    assert (latest.before, latest.after) == ({"2022-08": "3.00"}, {"2022-08": "4.00"})


def test_56_trillion_are_asked_about_and_neither_swallowed_nor_lost(tmp_path: Path) -> None:
    make_project(name="甲", investment=30_000)
    manager = make_user()
    path = write_book(
        tmp_path, ["2022年（单位：万元）"], ["项目名称", "1月", "8月"], ["甲", 5_000_000_000, 600_000_000]
    )
    import_ = upload(path, manager)

    with pytest.raises(RuleError, match="56 trillion yuan"):
        apply_import(import_, actor=manager, today=TODAY, digest=import_.digest)

    assert not Investment.objects.exists()
    assert Import.objects.get().state == Import.State.PREVIEWED
    preview_again(import_, actor=manager, today=TODAY, unit="元")
    seen = Import.objects.get()
    assert (seen.created, seen.report["unit"]) == (2, "元")
    assert seen.report["doubt"]["total"] == "560000.00", "still eighteen times what the project costs"
    apply_import(seen, actor=manager, today=TODAY, digest=seen.digest, amounts_are_right=True)
    assert recorded() == {("甲", "2022-01"): 500_000, ("甲", "2022-08"): 60_000}


@pytest.mark.parametrize(
    ("costs", "amount", "asks"),
    [(1000, 10_000, False), (1000, 10_001, True), (None, 999_999, False), (None, 1_000_000, True)],
)
def test_amounts_out_of_proportion_are_asked_about(
    tmp_path: Path, costs: int | None, amount: int, asks: bool
) -> None:
    make_project(name="甲", investment=costs)
    path = write_book(tmp_path, ["2022年"], ["项目名称", "8月"], ["甲", amount])

    assert (changes_of(path).doubt is not None) is asks
    assert counts(bring(path, amounts_are_right=True)) == (1, 0, 0, 0)
    assert changes_of(path).doubt is None, "what stands there already is not asked about"


def test_a_total_of_more_than_a_trillion_is_asked_about_though_no_amount_is_absurd(tmp_path: Path) -> None:
    rows = []
    for number in range(101):
        make_project(name=f"p{number}")
        rows.append([f"p{number}", 999_999])

    doubt = changes_of(write_book(tmp_path, ["2022年"], ["项目名称", "8月"], *rows)).doubt

    assert doubt is not None
    assert doubt.sentences == ["The amounts add up to 1.01 trillion yuan.", "Were they meant in yuan?"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["2022年"], ["项目名称", "8月"]], "no rows below its header"),
        ([["2022年"], ["项目名称", "建设单位", "1-8月累计"], ["甲", "企业", 1]], "no column of a month"),
        ([["建设单位", "1月", "2月"], ["企业", 1, 2]], "no column with the name or the code"),
        ([["nothing", "at all"], [1, 2]], "No row with known column headers"),
    ],
)
def test_what_is_no_table_of_investment_is_said_and_not_kept(
    tmp_path: Path, data_folder: Path, rows: list[list[Any]], sentence: str
) -> None:
    with pytest.raises(UnreadableFile, match=sentence):
        upload(write_book(tmp_path, *rows), make_user())

    assert not Import.objects.exists()
    assert not [one for one in data_folder.rglob("*") if one.is_file()]


def test_a_hostile_file_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"\xff" * 4096)

    with pytest.raises(UnreadableFile):
        upload(path, make_user())


def test_a_stale_preview_is_refused_and_shown_anew(tmp_path: Path) -> None:
    make_project(name="甲")
    manager = make_user()
    path = write_book(tmp_path, ["2022年"], ["项目名称", "8月"], ["甲", 5])
    import_ = upload(path, manager)
    bring(write_book(tmp_path, ["2022年"], ["项目名称", "8月"], ["甲", 4], name="other.xlsx"))

    with pytest.raises(RuleError, match="no longer what you were shown"):
        apply_import(import_, actor=manager, today=TODAY, digest=import_.digest)

    seen = Import.objects.get(by=manager)
    assert (seen.created, seen.updated) == (0, 1)
    apply_import(seen, actor=manager, today=TODAY, digest=seen.digest)
    assert recorded() == {("甲", "2022-08"): 5}
    with pytest.raises(RuleError, match="has been applied already"):
        apply_import(seen, actor=manager, today=TODAY)


def test_a_failure_in_the_middle_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(name="甲")

    def fail(*_plans: Any, **_how: Any) -> None:
        assert Investment.objects.exists()
        raise OSError("the disk is full")

    monkeypatch.setattr(writing_actions, "plan_investments", fail)
    with pytest.raises(OSError, match="full"):
        bring(write_book(tmp_path, ["2022年"], ["项目名称", "8月", "年度计划"], ["甲", 5, 6]))

    assert recorded() == {}
    assert not Change.objects.exists()
    assert Import.objects.get().state == Import.State.FAILED


@pytest.mark.parametrize("rows", [2, 60])
def test_an_import_asks_as_often_for_two_projects_as_for_sixty(
    tmp_path: Path, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    town = make_unit()
    for number in range(rows):
        make_project(name=f"p{number}", town=town)
    head = ["项目名称", "年度计划", *(f"{month}月" for month in range(1, 9))]
    lines = [[f"p{number}", 100, *range(8)] for number in range(rows)]

    with django_assert_max_num_queries(40):
        bring(write_book(tmp_path, ["2022年"], head, *lines))
    with django_assert_max_num_queries(40):
        bring(write_book(tmp_path, ["2022年"], head, *([name, 200, *range(1, 9)] for name, *_rest in lines)))


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_write_each_amount_once(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    town = make_unit()
    names = [f"p{number}" for number in range(30)]
    for name in names:
        make_project(name=name, town=town)
    head = ["项目名称", "年度计划", "7月", "8月"]
    paths = [
        write_book(
            tmp_path, ["2022年"], head, *([name, 9, amount, 3] for name in names), name=f"{amount}.xlsx"
        )
        for amount in (1, 2)
    ]
    actor, barrier = make_user(), Barrier(2)
    imports = [upload(path, actor) for path in paths]
    said: list[str] = []

    def run(import_: Import) -> None:
        barrier.wait()
        try:
            plan = apply_import(import_, actor=actor, today=TODAY, digest=import_.digest)
            said.append(",".join(map(str, plan.counts.values())))
        except RuleError as error:
            said.append(str(error))
        connections.close_all()

    threads = [Thread(target=run, args=[import_]) for import_ in imports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    applied, refused = sorted(said)
    assert applied == "90,0,0,0"
    assert "no longer what you were shown" in refused
    assert Investment.objects.count() == 60
    assert InvestmentPlan.objects.count() == 30
    waiting = Import.objects.get(state=Import.State.PREVIEWED)
    assert (waiting.created, waiting.updated, waiting.unchanged) == (0, 30, 60)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_an_import_whose_connection_is_killed_in_the_middle_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the database of SQLite is killed with its process")
    make_project(name="甲", town=Unit.objects.create(name="t", kind=Unit.Kind.TOWN))
    path = write_book(tmp_path, ["2022年"], ["项目名称", "8月", "年度计划"], ["甲", 5, 6])

    def die(*_plans: Any, **_how: Any) -> None:
        assert Investment.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(writing_actions, "plan_investments", die)
    with pytest.raises(OperationalError):
        import_investment(chunks_of(path), file_name=path.name, actor=User.objects.system(), today=TODAY)

    assert recorded() == {}
    assert not Change.objects.exists()
    monkeypatch.undo()
    assert counts(bring(path)) == (2, 0, 0, 0)

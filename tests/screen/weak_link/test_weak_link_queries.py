"""The links as measured of a reckoning: the numbers by hand, sight and narrowing, and bad input."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from accounts.models import Unit, User
from domain.chain_matrix import Mask
from domain.lifecycle import Status
from domain.weak_link import Cell, Link, Order
from issues.models import Block
from milestones.models import Hold, Node
from screen.narrowing import Narrowing, NarrowingForm, everything
from screen.weak_link.block import block
from screen.weak_link.queries import (
    Division,
    Part,
    Selection,
    link_name,
    links,
    part_of,
    quarters,
    ranked,
    selected,
    span_rows,
)
from screen.weak_link.words import evidence, kind_names, link_names
from tests.make import MONDAY, make_nodes, make_template, make_unit, make_user
from tests.screen.weak_link.weak_district import (
    ENDED,
    HANDED,
    OPEN,
    OPEN_HANDED,
    TODAY,
    WeakDistrict,
    day,
    make_weak_district,
    put,
    reckoned,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> WeakDistrict:
    return make_weak_district()


def asked(**said: str) -> Narrowing:
    query = QueryDict(mutable=True)
    query.update(said)
    return NarrowingForm(query).narrowing(TODAY)


def seen(reader: User, **said: str) -> Part:
    found = part_of(reader, asked(**said))
    assert found is not None
    return found


def kinds(part: Part) -> dict[str, Link]:
    return {link_name(part, Division.KIND, link): link for link in links(part, Division.KIND)}


def test_the_weak_link_is_the_one_that_cost_the_others_days(district: WeakDistrict) -> None:
    reckoned()
    part = seen(district.manager)
    found = ranked(part, Division.KIND)
    weakest = found[0].link

    assert [link_name(part, Division.KIND, one.link) for one in found] == ["road/b", "road/a", "road/c"]
    assert [one.place for one in found] == [1, 2, None], "of c none has ended"
    assert weakest.handed == ENDED * HANDED + OPEN * OPEN_HANDED
    assert weakest.curve.median == 8
    assert (weakest.counts[Cell.SAMPLE], weakest.counts[Cell.ENDED], weakest.counts[Cell.OPEN]) == (16, 12, 4)
    assert weakest.counts[Cell.BEYOND] == 16
    assert weakest.mean_idle == 2
    assert (weakest.counts[Cell.BLOCKED], weakest.blocked_share) == (1, 1 / 16)
    assert weakest.allowed == 5
    assert not weakest.is_limit


def test_only_the_delay_of_the_period_counts(district: WeakDistrict) -> None:
    reckoned()
    of_april = kinds(seen(district.manager, **{"from": "2026-04", "to": "2026-04"}))["road/b"]
    of_march = kinds(seen(district.manager, **{"from": "2026-03", "to": "2026-03"}))["road/b"]
    before = kinds(seen(district.manager, **{"from": "2025-01", "to": "2025-12"}))["road/b"]
    april, march = 22, 22  # working days of a calendar without holidays

    assert of_april.handed == OPEN * april
    assert of_march.handed == ENDED * HANDED + OPEN * (march - 11), (
        "they could be begun on the 9th, five were planned"
    )
    assert before.handed == 0
    assert of_april.curve == of_march.curve == before.curve, "how long it takes hangs on no period"


def test_who_sees_less_gets_the_numbers_of_what_is_seen(
    district: WeakDistrict, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reckoned()
    town = make_user(User.Role.MANAGER, unit=district.towns[0])
    with django_assert_num_queries(
        5
    ):  # the reckoning, its spans, the projects in sight, twice of the calendar
        theirs = kinds(seen(town))["road/b"]
    with django_assert_num_queries(2):
        whole = kinds(seen(district.manager))["road/b"]
    with django_assert_num_queries(2):
        again = kinds(seen(town))["road/b"]
    stranger = make_user(User.Role.MANAGER, unit=make_unit())

    assert theirs.counts[Cell.SAMPLE] == whole.counts[Cell.SAMPLE] / 2 == 8
    assert again == theirs
    assert links(seen(stranger), Division.KIND) == []


def test_narrowed_to_a_sector_a_town_or_a_kind_it_is_of_these(district: WeakDistrict) -> None:
    reckoned()
    town = str(district.towns[1].pk)
    assert kinds(seen(district.manager, town=town))["road/b"].counts[Cell.OPEN] == 2
    assert kinds(seen(district.manager, sector="智能制造"))["road/b"].counts[Cell.SAMPLE] == 8
    assert kinds(seen(district.manager, kind="renovation")) == {}


def test_a_project_that_somebody_joins_later_is_in_sight_at_once(district: WeakDistrict) -> None:
    reckoned()
    department = make_unit(kind=Unit.Kind.DEPARTMENT)
    reader = make_user(User.Role.MANAGER, unit=department)
    assert links(seen(reader), Division.KIND) == []
    district.nodes[0]["a"].project.units.add(department)
    assert kinds(seen(reader))["road/b"].counts[Cell.SAMPLE] == 1


@pytest.mark.parametrize("division", Division)
def test_every_number_opens_as_many_nodes(district: WeakDistrict, division: Division) -> None:
    put(district.nodes[0]["c"], Status.WAITING)
    reckoned()
    for narrowed in ({}, {"town": str(district.towns[0].pk)}):
        part = seen(district.manager, **narrowed)
        for link in links(part, division):
            of = link_name(part, division, link)
            for cell in Cell:
                rows = selected(part, Selection(cell, division=division, of=of))
                assert len(rows) == link.counts[cell], (division, of, cell)
            assert (
                sum(
                    row.handed
                    for row in span_rows(
                        part, selected(part, Selection(Cell.HANDED, division=division, of=of))
                    )
                )
                == link.handed
            )


def test_a_quarter_a_category_and_a_step_of_the_curve_open_their_nodes(district: WeakDistrict) -> None:
    put(district.nodes[1]["b"], Status.DONE, date(2026, 4, 1), date(2026, 4, 3))
    reckoned()
    part = seen(district.manager)
    for quarter in quarters(part, "road/b"):
        rows = selected(part, Selection(Cell.SAMPLE, kind="road/b", quarter=quarter.code))
        assert len(rows) == quarter.curve.observations
    assert [one.curve.observations for one in quarters(part, "road/b")] == [0, 0, 0, 0, 0, 0, 15, 1]
    assert len(selected(part, Selection(Cell.BLOCKED, kind="road/b", category="power"))) == 1
    assert len(selected(part, Selection(Cell.BLOCKED, kind="road/b", category="land"))) == 0
    assert len(selected(part, Selection(Cell.SAMPLE, kind="road/b", longer=8))) == OPEN


@pytest.mark.parametrize(
    "selection",
    [
        Selection(Cell.SAMPLE, kind="no/such"), Selection(Cell.SAMPLE, division=Division.TOWN, of="x" * 100),
        Selection(Cell.SAMPLE, division=Division.SECTOR, of="没有"), Selection(Cell.SAMPLE, quarter="26-x"),
        Selection(Cell.SAMPLE, division=Division.UNIT, of="99999999999"), Selection(Cell.BLOCKED, category="none"),
    ],
)  # fmt: skip
def test_what_there_is_not_opens_nothing(district: WeakDistrict, selection: Selection) -> None:
    reckoned()
    assert len(selected(seen(district.manager), selection)) == 0


def test_before_anything_is_reckoned_there_is_nothing() -> None:
    reader = make_user()
    assert part_of(reader, everything(TODAY)) is None
    assert block(reader, everything(TODAY)) is None


def test_an_empty_district_has_no_links() -> None:
    reader = make_user()
    reckoned()
    part = seen(reader)
    assert [links(part, division) for division in Division] == [[]] * 4
    assert quarters(part, "road/b")[0].curve.observations == 0
    found = block(reader, everything(TODAY))
    assert found is not None
    assert (found.worst, found.has_sample) == ((), False)


def test_the_block_is_the_three_worst_in_one_query(
    district: WeakDistrict, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reckoned()
    block(district.manager, everything(TODAY))
    with django_assert_num_queries(1):
        found = block(district.manager, everything(TODAY))
    assert found is not None
    assert [worst.name.name for worst in found.worst] == ["Node b"]
    assert found.worst[0].evidence == evidence(found.worst[0].link)
    assert "median 8 working days, plan 5" in found.worst[0].evidence
    assert f"{ENDED * HANDED + OPEN * OPEN_HANDED} working days of delay handed on" in found.worst[0].evidence
    assert "government approval" in found.worst[0].evidence
    assert "6 % blocked by issues".replace(" ", "\N{NO-BREAK SPACE}", 1) in found.worst[0].evidence


def test_the_next_reckoning_is_taken_at_once(district: WeakDistrict) -> None:
    reckoned()
    assert kinds(seen(district.manager))["road/b"].counts[Cell.OPEN] == OPEN
    put(district.nodes[-1]["b"], Status.DONE, day(7), day(30))
    reckoned()
    assert kinds(seen(district.manager))["road/b"].counts[Cell.OPEN] == OPEN - 1


def test_a_node_kind_that_no_template_has_any_more_has_its_code_for_a_name(district: WeakDistrict) -> None:
    reckoned()
    part = seen(district.manager)
    assert kind_names(["gone/x", "road/a"])["gone/x"].is_gone
    Block.objects.all().delete()
    Node.objects.all().delete()
    district.template.nodes.filter(code="b").delete()
    names = link_names(part, Division.KIND, links(part, Division.KIND))
    assert sorted((name.name, name.is_gone) for name in names.values()) == [
        ("Node a", False),
        ("Node c", False),
        ("b", True),
    ]


def test_another_version_of_the_template_is_the_same_link_by_its_newest_name(district: WeakDistrict) -> None:
    newer = make_template("a", "b", "c", "d", code="road")
    assert newer.version == 2
    chain = make_nodes(newer, starts_on=MONDAY, a=day(5), b=day(10))
    put(chain["a"], Status.DONE, MONDAY, day(5))
    put(chain["b"], Status.RUNNING, day(5))
    reckoned()
    found = kinds(seen(district.manager))
    assert found["road/b"].counts[Cell.SAMPLE] == ENDED + OPEN + 1
    assert "road/d" in found


def test_a_unit_that_is_called_otherwise_now_has_its_new_name(district: WeakDistrict) -> None:
    reckoned()
    part = seen(district.manager)
    Unit.objects.filter(pk=district.towns[0].pk).update(name="江海街道")
    found = link_names(part, Division.TOWN, links(part, Division.TOWN))
    assert {name.name for name in found.values()} == {"江海街道", "河庄街道"}


def test_a_year_on_hold_is_nobodys_delay(district: WeakDistrict) -> None:
    node = district.nodes[-1]["b"]
    put(node, Status.HELD, day(7))
    Hold.objects.create(node=node, held_on=day(7), reason="等待", held_by=district.manager)
    reckoned(date(2027, 6, 30))
    part = seen(district.manager, **{"from": "2026-01", "to": "2027-06"})
    rows = {row.node: row for row in span_rows(part, selected(part, Selection(Cell.SAMPLE, kind="road/b")))}
    assert rows[node.pk].took in {0, 1}
    assert rows[node.pk].held > 250
    assert rows[node.pk].handed == 0


def test_dates_of_the_future_have_not_happened(district: WeakDistrict) -> None:
    put(district.nodes[0]["b"], Status.DONE, day(7), date(2027, 1, 4))
    put(district.nodes[1]["b"], Status.RUNNING, date(2027, 1, 4))
    reckoned()
    found = kinds(seen(district.manager))["road/b"]
    assert (found.counts[Cell.ENDED], found.counts[Cell.OPEN], found.counts[Cell.WAITING]) == (10, 5, 1)


def test_a_finish_before_the_start_takes_no_time(district: WeakDistrict) -> None:
    """As ledgers have it; the database refuses it, a mistyped calendar does not."""
    put(district.nodes[0]["b"], Status.DONE, day(7), day(7))
    reckoned()
    part = seen(district.manager)
    took = [row.took for row in span_rows(part, selected(part, Selection(Cell.ENDED, kind="road/b")))]
    assert min(one or 0 for one in took) == 0


@pytest.mark.parametrize("order", Order)
def test_it_is_ranked_by_what_is_asked_for(district: WeakDistrict, order: Order) -> None:
    reckoned()
    values = [
        one.link.value(order) or 0
        for one in ranked(seen(district.manager), Division.KIND, order)
        if one.place
    ]
    assert values == sorted(values, reverse=True)


def test_masks_are_of_the_part(district: WeakDistrict) -> None:
    reckoned()
    part = seen(district.manager, town=str(district.towns[0].pk))
    masks: dict[Any, Mask] = dict(part.rows.masks())
    assert {len(mask) for mask in masks.values()} == {24}

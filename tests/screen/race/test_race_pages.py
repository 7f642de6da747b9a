"""The boards on their pages and over REST, added up by hand; the editor of the weights; points added and deducted."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.access import may_edit_race
from accounts.models import Unit, User
from domain.errors import DomainError, RuleError, StaleError
from domain.race import DEFAULT_WEIGHTS, MEASURES, Board, Measure, Rules
from history.models import Change
from screen.models import RaceAdjustment, RaceBoard, RaceRules
from screen.race import queries
from screen.race.actions import adjust, keep_board, weigh_anew, withdraw_adjustment
from screen.race.queries import race_of
from tests.make import FRIDAY, make_unit, make_user
from tests.pages import client_of, tags_of, text_of
from tests.rest import api
from tests.screen.race.race_district import NOW, RaceDistrict, make_race_district, race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_friday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def district() -> RaceDistrict:
    return make_race_district()


def links_of(response: Any) -> list[str]:
    return [
        attributes["href"] or ""
        for tag, attributes in tags_of(response)
        if tag == "a" and "href" in attributes
    ]


def _by_hand(line: dict[str, Any], board: str) -> Decimal:
    """The score from what the API says of the numerators, the denominators and the weights, by other code."""
    caps = {"investment": Fraction(12, 10)}
    values: dict[str, Fraction] = {}
    for part in line["parts"]:
        if part["rows"] == 0 or Decimal(part["denominator"]) == 0:
            continue
        share = Fraction(part["numerator"]) / Fraction(part["denominator"])
        if part["measure"] == "investment":
            share = min(share, caps["investment"]) / caps["investment"]
        elif part["measure"] == "issue_age":
            share = 1 - share
        elif part["measure"] == "pace":
            share = Fraction(3, 2) - share
        values[part["measure"]] = max(Fraction(0), min(Fraction(1), share))
    weights = {one.value: weight for one, weight in DEFAULT_WEIGHTS[Board(board)].items()}
    whole = sum(weights[name] for name in values)
    total = Decimal(line["adjusted"])
    for name, value in values.items():
        points = Fraction(weights[name] * 100, whole) * value
        total += (Decimal(points.numerator) / Decimal(points.denominator)).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )
    return total


def test_a_whole_board_is_added_up_by_hand_from_what_the_interface_and_its_rows_say(
    district: RaceDistrict,
) -> None:
    client = api(make_user())
    adjust(
        district.town,
        kind="praise",
        on=FRIDAY,
        points=Decimal("1.5"),
        reason="通报",
        actor=make_user(),
        today=FRIDAY,
    )
    said = client.get("/api/v1/race/").json()
    assert (said["first"], said["last"], said["rules"]) == ("2026-01-01", "2026-03-06", 1)
    added_up = []
    for board in ("towns", "departments"):
        for line in said[board]:
            assert Decimal(line["score"]) == _by_hand(line, board), line["name"]
            for part in line["parts"]:
                rows = client.get(f"/api/v1/race/{board}/{line['unit']}/{part['measure']}/").json()["rows"]
                assert len(rows) == part["rows"]
                if part["measure"] == "issue_age":
                    ages = sorted(Decimal(row["above"]) for row in rows)
                    assert not ages or ages[(len(ages) - 1) // 2] == Decimal(part["numerator"])
                else:
                    assert sum(Decimal(row["above"]) for row in rows) == Decimal(part["numerator"])
                    assert sum(Decimal(row["below"]) for row in rows) == Decimal(part["denominator"])
            added_up.append(line["name"])
    assert added_up == ["河庄街道", "义蓬街道", "远村街道", "供电公司"]
    ranks = {line["name"]: line["rank"] for line in said["towns"]}
    assert ranks == {"河庄街道": 1, "义蓬街道": 2, "远村街道": None}


def test_the_page_opens_every_number_into_its_rows(district: RaceDistrict) -> None:
    reader = client_of(make_user())
    page = reader.get("/race/")
    said = text_of(page)
    assert "河庄街道 in front with 100.00 points" in said
    assert "Too few scored nodes to rank" in said
    assert "300 / 500" in said
    opened = {link for link in links_of(page) if link.startswith(("/race/towns/", "/race/departments/"))}
    assert len(opened) > 15
    for link in opened:
        assert reader.get(link).status_code == 200, link


def test_the_page_of_a_unit_shows_what_its_score_is_made_of(district: RaceDistrict) -> None:
    said = text_of(client_of(make_user()).get(f"/race/towns/{district.town.pk}/"))
    for number in ("32.97", "10.00", "0.3333", "0.5000", "3.47"):
        assert number in said, number
    assert "1 node was held up by another one on its deadline and is not counted" in said


def test_the_formula_says_the_weights_in_force(district: RaceDistrict) -> None:
    said = text_of(client_of(make_user()).get("/race/"))
    assert "Nodes on time 30 (nodes done by their deadline ÷ nodes that were due)" in said
    assert "fewer than 3 scored nodes" in said
    _weigh(nodes=50, investment=0)
    assert "Nodes on time 50" in text_of(client_of(make_user()).get("/race/"))


def test_everybody_sees_the_boards_and_the_rows_only_of_projects_in_sight(district: RaceDistrict) -> None:
    stranger = client_of(make_user(User.Role.LIAISON, unit=district.other))
    assert "义蓬街道" in text_of(stranger.get("/race/"))
    rows = text_of(stranger.get(f"/race/towns/{district.town.pk}/nodes/"))
    assert "晶圆二期" not in rows
    assert "3 rows are of projects that you may not see; they are counted and not listed." in rows
    assert "晶圆二期" in text_of(client_of(make_user()).get(f"/race/towns/{district.town.pk}/nodes/"))


def test_nobody_reads_it_without_an_account() -> None:
    assert Client().get("/race/").status_code == 302
    assert Client().get("/api/v1/race/").status_code in {401, 403}


@pytest.mark.parametrize(
    "address",
    ["/race/villages/1/", "/race/towns/999999/", "/race/towns/{power}/", "/race/towns/{town}/pace/",
     "/race/towns/{town}/marks/nothing/", "/race/?meeting=2020-01", "/api/v1/race/towns/{town}/rating/",
     "/api/v1/race/villages/{town}/nodes/", "/api/v1/race/?meeting=2020-01"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(district: RaceDistrict, address: str) -> None:
    address = address.format(town=district.town.pk, power=district.power.pk)
    client = api(make_user()) if address.startswith("/api/") else client_of(make_user())
    assert client.get(address).status_code == 404


def test_a_period_that_cannot_be_read_is_a_sentence(district: RaceDistrict) -> None:
    answer = client_of(make_user()).get("/race/?from=2027-01-01")
    assert (answer.status_code, "has not begun" in text_of(answer)) == (400, True)
    assert api(make_user()).get("/api/v1/race/?from=yesterday").status_code == 400


def test_the_sheet_of_the_page_has_the_same_lines(district: RaceDistrict) -> None:
    answer = client_of(make_user()).get("/race/export/")
    book = load_workbook(BytesIO(answer.getvalue()))
    rows = list(book["Race"].iter_rows(min_row=4, values_only=True))
    assert [(row[1], row[3], row[4]) for row in rows[:3]] == [
        (1, "河庄街道", 100), (2, "义蓬街道", 32.97), (None, "远村街道", 0),
    ]  # fmt: skip


# The weights


def _weights(rules: Rules | None = None, **towns: int) -> dict[str, Any]:
    """What the form sends: the weights in force but for those of the towns that are named."""
    rules = rules or Rules()
    sent: dict[str, Any] = {"version": rules.version, "minimum": rules.minimum, "note": "更看重节点"}
    for board in Board:
        sent |= {f"{board}-{one}": rules.weights[board][one] for one in MEASURES[board]}
        sent[f"{board}-most"] = rules.most_adjusted[board]
    return sent | {f"towns-{name}": weight for name, weight in towns.items()}


def _weigh(actor: User | None = None, version: int = 1, **towns: int) -> RaceRules:
    weights = {
        **DEFAULT_WEIGHTS,
        Board.TOWNS: {**DEFAULT_WEIGHTS[Board.TOWNS], **{Measure(one): n for one, n in towns.items()}},
    }
    return weigh_anew(Rules(version, weights), actor=actor or make_user(), note="更看重节点")


def seen_of(response: Any) -> str:
    return next(
        a["value"] or "" for tag, a in tags_of(response) if tag == "input" and a.get("name") == "seen"
    )


def test_other_weights_show_what_they_would_have_done_before_they_can_be_saved(
    district: RaceDistrict,
) -> None:
    keep_board(race(), meeting="2026-10", actor=make_user(), now=NOW)
    bureau, sent = client_of(make_user()), _weights(nodes=20, investment=30)
    unseen = bureau.post("/race/weights/", sent | {"save": "", "seen": ""})
    assert RaceRules.objects.count() == 1, "what has not been looked at is not saved"
    shown = bureau.post("/race/weights/", sent | {"look": ""})
    # 义蓬: 20 × 1/3 and 30 × 1/2 instead of 30 × 1/3 and 20 × 1/2
    assert "义蓬街道 32.97 34.64 2 2" in text_of(shown)
    assert "义蓬街道 32.97 34.64 2 2" in text_of(unseen), "it is shown instead"
    answer = bureau.post("/race/weights/", sent | {"save": "", "seen": seen_of(shown)})
    assert answer.status_code == 302
    newest = RaceRules.objects.first()
    assert newest is not None
    assert (newest.version, newest.note) == (2, "更看重节点")
    assert Change.objects.filter(verb=Change.Verb.RACE_WEIGHED).count() == 1
    changed = bureau.post(
        "/race/weights/",
        _weights(Rules.read(newest.data, 2), nodes=25, investment=25) | {"save": "", "seen": seen_of(shown)},
    )
    assert RaceRules.objects.count() == 2, "changed since it was looked at"
    assert changed.status_code == 200


def test_a_frozen_board_keeps_its_weights(district: RaceDistrict) -> None:
    board = keep_board(race(), meeting="2026-10", actor=make_user(), now=NOW)
    _weigh(nodes=20, investment=30)
    frozen = text_of(client_of(make_user()).get("/race/?meeting=2026-10"))
    assert "32.97" in frozen
    assert "weights version 1" in frozen
    assert "34.64" in text_of(client_of(make_user()).get("/race/"))
    assert board.rules.version == 1


def test_a_board_of_before_a_measure_was_added_is_shown_as_it_was_and_weighed_anew_without_it(
    district: RaceDistrict,
) -> None:
    keep_board(race(), meeting="2026-10", actor=make_user(), now=NOW)
    before, version = RaceBoard.objects.get(), RaceRules.objects.get()
    version.data["weights"]["towns"] |= {"entries": 10}
    del version.data["weights"]["towns"]["updates"]
    for line in before.boards["towns"]:
        line["parts"] = [part for part in line["parts"] if part["measure"] != "updates"]
    QuerySet(RaceRules).update(data=version.data)
    QuerySet(RaceBoard).update(boards=before.boards)
    reader = client_of(make_user())
    shown = text_of(reader.get("/race/?meeting=2026-10"))
    assert "32.97" in shown
    assert "Updated this week" not in shown
    address = f"/race/towns/{district.town.pk}/"
    assert reader.get(f"{address}?meeting=2026-10").status_code == 200
    assert reader.get(f"{address}updates/?meeting=2026-10").status_code == 404
    sheet = reader.get("/race/export/?meeting=2026-10")
    assert len(b"".join(sheet.streaming_content)) > 0  # type: ignore[attr-defined]
    assert race().rules.weights[Board.TOWNS][Measure.UPDATES] == 0, "no weight before somebody gives it one"
    assert race().boards[Board.TOWNS][1].score == Decimal("34.47"), "the quality of entries still weighs 10"
    answer = reader.post("/race/weights/", _weights(Rules(1), entries=7, updates=3) | {"look": ""})
    assert "义蓬街道 32.97 33.99" in text_of(answer), "without the measure the rest, 97, is raised to 100"


@pytest.mark.parametrize(
    ("towns", "said"),
    [
        ({"nodes": 31}, "The weights of a board add up to 100; these add up to 101."),
        ({"nodes": -10, "entries": 50}, "A weight cannot be negative: -10."),
        ({"nodes": "dreißig"}, "Enter a whole number."),
        ({"nodes": ""}, "This field is required."),
        ({"most": 99}, "lies between 0 and 20"),
    ],
)
def test_weights_that_cannot_be_are_a_sentence_and_change_nothing(towns: dict[str, Any], said: str) -> None:
    answer = client_of(make_user()).post("/race/weights/", _weights(**towns) | {"look": ""})
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert not RaceRules.objects.exists()


def test_only_the_bureau_weighs_and_adjusts(district: RaceDistrict) -> None:
    for stranger in (
        make_user(unit=district.town),
        make_user(User.Role.LEADER),
        make_user(User.Role.LIAISON),
    ):
        assert not may_edit_race(stranger)
        page = client_of(stranger)
        assert "Weigh anew" not in text_of(page.get("/race/weights/"))
        assert page.post("/race/weights/", _weights(nodes=20, investment=30)).status_code == 403
        assert page.post("/race/adjustments/", {}).status_code == 403
        with pytest.raises(PermissionDenied):
            _weigh(stranger, nodes=20, investment=30)
        with pytest.raises(PermissionDenied):
            _give(district.town, stranger)
        with pytest.raises(PermissionDenied):
            withdraw_adjustment(1, reason="x", actor=stranger, now=NOW)
    assert may_edit_race(make_user())


def test_of_two_who_weigh_from_the_same_version_one_is_told(district: RaceDistrict) -> None:
    _weigh(nodes=20, investment=30)
    with pytest.raises(StaleError, match="weighed anew since"):
        _weigh(nodes=25, investment=25)
    with pytest.raises(RuleError, match="in force already"):
        _weigh(version=2, nodes=20, investment=30)


def test_a_version_of_the_weights_is_never_changed() -> None:
    made = _weigh(nodes=20, investment=30)
    made.note = "anders"
    with pytest.raises(TypeError, match="never changed"):
        made.save()


# Points added and deducted


def _give(
    unit: Unit, actor: User | None = None, *, points: str = "-5", kind: str = "faked", reason: str = "x"
) -> Any:
    return adjust(
        unit,
        kind=kind,
        on=FRIDAY,
        points=Decimal(points),
        reason=reason,
        actor=actor or make_user(),
        today=FRIDAY,
    )


def test_points_are_deducted_on_the_page_with_a_reason_and_withdrawn_with_one(district: RaceDistrict) -> None:
    bureau = client_of(make_user())
    sent = {
        "unit": district.town.pk,
        "kind": "faked",
        "on": "2026-03-06",
        "points": "-5",
        "reason": "照片不符",
    }
    assert bureau.post("/race/adjustments/", sent).status_code == 302
    assert "27.97" in text_of(bureau.get("/race/"))
    assert "照片不符" in text_of(bureau.get(f"/race/towns/{district.town.pk}/"))
    row = RaceAdjustment.objects.get()
    away = reverse("screen:race_withdraw", args=[row.pk])
    assert bureau.post(away, {"reason": " "}).status_code == 400
    assert bureau.post(away, {"reason": "复核有误"}).status_code == 302
    assert "32.97" in text_of(bureau.get("/race/"))
    listed = text_of(bureau.get("/race/adjustments/"))
    assert "照片不符" in listed
    assert "复核有误" in listed
    verbs = list(Change.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == [Change.Verb.RACE_ADJUSTED, Change.Verb.RACE_ADJUSTMENT_WITHDRAWN]
    with pytest.raises(RuleError, match="withdrawn already"):
        withdraw_adjustment(row.pk, reason="x", actor=make_user(), now=NOW)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"points": "0"}, "are not 0"),
        ({"points": "5"}, "Praise adds points"),
        ({"kind": "praise"}, "Praise adds points"),
        ({"reason": " "}, "Say what the points are for"),
    ],
)
def test_points_that_cannot_be_are_refused(district: RaceDistrict, more: dict[str, str], said: str) -> None:
    with pytest.raises(DomainError, match=said):
        _give(district.town, make_user(), **more)
    assert not RaceAdjustment.objects.exists()


def test_the_bureau_takes_no_part_in_the_race() -> None:
    with pytest.raises(RuleError, match="takes no part"):
        _give(make_unit("局", kind=Unit.Kind.BUREAU))


# Frozen boards


def test_a_frozen_board_stays_whatever_happens_and_the_next_is_compared_with_it(
    district: RaceDistrict,
) -> None:
    keep_board(race(), meeting="2026-09", actor=make_user(), now=NOW.replace(day=5))
    reader = client_of(make_user())
    before = text_of(reader.get("/race/?meeting=2026-09"))
    Unit.objects.filter(pk=district.town.pk).update(name="新名街道")
    _give(district.other, points="-20", kind="criticism")
    _give(district.other, points="-20", kind="criticism")
    adjust(
        district.town,
        kind="praise",
        on=FRIDAY,
        points=Decimal(10),
        reason="x",
        actor=make_user(),
        today=FRIDAY,
    )
    assert text_of(reader.get("/race/?meeting=2026-09")) == before
    said = api(make_user()).get("/api/v1/race/").json()
    assert said["before"] == "2026-09"
    assert [(line["name"], line["rank"], line["rise"]) for line in said["towns"][:2]] == [
        ("河庄街道", 1, 0), ("新名街道", 2, 0),
    ]  # fmt: skip
    frozen = api(make_user()).get("/api/v1/race/?meeting=2026-09").json()
    assert [line["name"] for line in frozen["towns"]] == ["河庄街道", "义蓬街道", "远村街道"]
    board = RaceBoard.objects.get()
    with pytest.raises(TypeError, match="never changed"):
        board.save()
    with pytest.raises(TypeError, match="stays"):
        board.delete()
    with pytest.raises(RuleError, match="frozen already"):
        keep_board(race(), meeting="2026-09", actor=make_user(), now=NOW)


def test_the_boards_are_counted_once_until_something_changes(
    district: RaceDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = list[object]()

    def count(*asked: Any) -> Any:
        counted.append(asked)
        return race_of(*asked)

    monkeypatch.setattr(queries, "race_of", count)
    reader = make_user()

    client_of(reader).get("/race/")
    client_of(make_user()).get("/race/")
    assert api(reader).get("/api/v1/race/").status_code == 200
    assert len(counted) == 1
    client_of(reader).get("/race/?period=month")
    assert len(counted) == 2
    Change.objects.create(actor=reader, verb=Change.Verb.NODE_FINISHED)
    client_of(reader).get("/race/")
    assert len(counted) == 3

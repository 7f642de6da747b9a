"""Wall screens: their token, what it opens and what it does not, and the page where they are made."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts.models import Unit, User
from config.logs import HideSecrets
from domain.errors import RuleError
from history.models import Change
from screen.models import Kiosk
from screen.wall.kiosk_actions import make_kiosk, note_seen, revoke_kiosk, set_end_of_kiosk
from screen.wall.kiosk_throttles import KioskGuessThrottle
from screen.wall.kiosks import Refusal, digest_of, held_by
from tests.config.test_privacy import OPEN, _addresses
from tests.make import make_project, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_counted_anew")]

NOW = datetime.fromisoformat("2026-03-06 12:00+08:00")
TOMORROW, YESTERDAY = NOW + timedelta(days=1), NOW - timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_noon(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(NOW, tick=False)


def made(actor: User | None = None, **fields: Any) -> tuple[Kiosk, str]:
    return make_kiosk(actor=actor or make_user(), name="一楼大厅", now=NOW, **fields)


def screen_with(token: str) -> Client:
    """A browser on a wall in which the address has been opened once."""
    client = Client(headers={"accept-language": "en"})
    client.get(f"/wall/k/{token}/")
    return client


# Tokens ----------------------------------------------------------------------------------------------


def test_a_token_has_256_bits_and_only_its_digest_is_kept() -> None:
    kiosk, token = made()
    other, _ = made()

    assert len(token) == 43
    assert kiosk.digest == digest_of(token) != other.digest
    assert token not in repr(Kiosk.objects.values().get(pk=kiosk.pk))
    assert token not in repr(list(Change.objects.values()))


def test_a_token_holds_until_it_ends_is_revoked_or_its_maker_leaves() -> None:
    maker = make_user()
    kiosk, token = made(maker, expires_at=TOMORROW)

    assert held_by(token, NOW).reader == maker
    assert held_by(token, TOMORROW).refusal is Refusal.EXPIRED
    User.objects.filter(pk=maker.pk).update(is_active=False)
    assert held_by(token, NOW).refusal is Refusal.MAKER_LEFT
    assert held_by(token, NOW).reader is None
    User.objects.filter(pk=maker.pk).update(is_active=True)
    revoke_kiosk(kiosk, actor=maker, now=NOW)
    assert held_by(token, NOW).refusal is Refusal.REVOKED


def test_python_and_sql_agree_about_which_tokens_hold() -> None:
    leaving = make_user(is_active=False)
    for fields in (
        {}, {"expires_at": TOMORROW}, {"expires_at": NOW}, {"revoked_at": YESTERDAY}, {"made_by": leaving},
    ):  # fmt: skip
        token = uuid4().hex
        Kiosk.objects.create(**{"name": token, "digest": digest_of(token), "made_by": make_user(), **fields})
    by_sql = set(Kiosk.objects.holding(NOW).values_list("name", flat=True))

    assert by_sql == {
        name for name in Kiosk.objects.values_list("name", flat=True) if held_by(name, NOW).reader
    }
    assert len(by_sql) == 2


def test_no_token_a_made_up_one_and_an_endless_one_are_one_answer() -> None:
    made()
    for token in ("", "x", "x" * 5000, "\x00", "令牌"):
        assert held_by(token, NOW).refusal is Refusal.UNKNOWN
        assert held_by(token, NOW).kiosk is None


# Actions ---------------------------------------------------------------------------------------------


def test_making_changing_and_revoking_stand_in_the_history() -> None:
    boss = make_user()
    kiosk, _token = made(boss)
    set_end_of_kiosk(kiosk, actor=boss, now=NOW, expires_at=TOMORROW)
    set_end_of_kiosk(kiosk, actor=boss, now=NOW, expires_at=TOMORROW)
    revoke_kiosk(kiosk, actor=boss, now=NOW)
    revoke_kiosk(kiosk, actor=boss, now=TOMORROW)

    changes = Change.objects.order_by("pk")
    assert [change.verb for change in changes] == ["kiosk_made", "kiosk_changed", "kiosk_revoked"]
    assert {change.actor for change in changes} == {boss}
    assert changes[0].after["name"] == "一楼大厅"
    assert (changes[1].before["expires"], changes[1].after["expires"]) == (None, "2026-03-07T12:00:00+08:00")
    kiosk.refresh_from_db()
    assert kiosk.revoked_at == NOW


@pytest.mark.parametrize("role", [User.Role.LIAISON, User.Role.LEADER])
def test_who_changes_nothing_or_does_not_see_the_district_makes_none(role: str) -> None:
    boss, others = make_user(), [make_user(role, unit=make_unit())]
    others.append(make_user(unit=make_unit(kind=Unit.Kind.DEPARTMENT)))
    kiosk, _token = made(boss)
    for other in others:
        with pytest.raises(PermissionDenied):
            made(other)
        with pytest.raises(PermissionDenied):
            revoke_kiosk(kiosk, actor=other, now=NOW)
        with pytest.raises(PermissionDenied):
            set_end_of_kiosk(kiosk, actor=other, now=NOW, expires_at=None)


def test_a_screen_needs_a_name_and_an_end_to_come() -> None:
    boss = make_user()
    with pytest.raises(RuleError):
        make_kiosk(actor=boss, name="  ", now=NOW)
    with pytest.raises(RuleError):
        made(boss, expires_at=NOW)
    kiosk, _token = made(boss)
    with pytest.raises(RuleError):
        set_end_of_kiosk(kiosk, actor=boss, now=NOW, expires_at=YESTERDAY)
    revoke_kiosk(kiosk, actor=boss, now=NOW)
    with pytest.raises(RuleError):
        set_end_of_kiosk(kiosk, actor=boss, now=NOW, expires_at=None)


def test_when_it_was_seen_is_written_once_a_minute() -> None:
    kiosk, _token = made()

    assert note_seen(kiosk, at=NOW)
    kiosk.refresh_from_db()
    assert not note_seen(kiosk, at=NOW + timedelta(seconds=59))
    assert note_seen(kiosk, at=NOW + timedelta(seconds=60))
    kiosk.refresh_from_db()
    assert kiosk.seen_at == NOW + timedelta(seconds=60)


# The address and the cookie --------------------------------------------------------------------------


def test_the_address_puts_the_token_into_a_cookie_for_the_wall_alone() -> None:
    _kiosk, token = made()
    answer = Client().get(f"/wall/k/{token}/?every=30")

    assert (answer.status_code, answer["Location"]) == (302, "/wall/?every=30")
    cookie = answer.cookies["wall"]
    assert (cookie.value, cookie["path"], cookie["samesite"]) == (token, "/wall/", "Strict")
    assert cookie["httponly"]
    assert cookie["max-age"] == 400 * 24 * 60 * 60
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_a_screen_sees_what_its_maker_sees_without_a_session() -> None:
    make_project(name="晶圆材料二期")
    kiosk, token = made()
    screen = screen_with(token)
    page = screen.get("/wall/")

    assert page.status_code == 200
    assert "1 project" in text_of(page)
    assert set(screen.cookies) == {"wall"}
    assert "no-store" in page["Cache-Control"]
    kiosk.refresh_from_db()
    assert kiosk.seen_at == NOW


def test_the_cookie_is_renewed_with_every_note_that_the_screen_is_alive(
    time_machine: "time_machine.TimeMachineFixture",
) -> None:
    _kiosk, token = made()
    screen = screen_with(token)

    assert "wall" not in screen.get("/wall/pictures/").cookies
    time_machine.move_to(NOW + timedelta(minutes=1), tick=False)
    assert screen.get("/wall/pictures/").cookies["wall"]["max-age"] == 400 * 24 * 60 * 60


def test_a_screen_can_read_nothing_but_the_wall() -> None:
    _kiosk, token = made()
    screen, stranger = screen_with(token), Client(headers={"accept-language": "en"})
    wall = {"screen:wall", "screen:wall_pictures", "screen:wall_worker", "screen:wall_enter"}
    asked = set()
    for name, path in _addresses():
        if name in wall | OPEN:
            continue
        for ask in ("get", "post"):
            mine, theirs = getattr(screen, ask)(path), getattr(stranger, ask)(path)
            assert mine.status_code == theirs.status_code, path
            assert mine.get("Location") == theirs.get("Location"), path
            assert mine.status_code in {302, 401, 403, 404, 405}, path
        asked.add(name)
    assert {"screen:home", "screen:kiosks", "screen:kiosk_revoke", "milestones:overdue", "node-list"} <= asked


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_changed_through_the_wall(method: str) -> None:
    _kiosk, token = made()
    screen = screen_with(token)
    for path in ("/wall/", "/wall/pictures/", "/wall/worker.js", f"/wall/k/{token}/"):
        assert getattr(screen, method)(path).status_code == 405


# When it shows nothing -------------------------------------------------------------------------------


def test_a_screen_without_a_right_says_why_and_whom_to_ask_in_both_languages_and_never_asks_for_a_login(
    time_machine: "time_machine.TimeMachineFixture",
) -> None:
    make_project(name="晶圆材料二期")
    boss = make_user(display_name="王科长")
    (revoked, revoked_token), (_, expired_token) = made(boss), made(boss, expires_at=TOMORROW)
    left, left_token = made(make_user(display_name="离任者"))
    revoke_kiosk(revoked, actor=boss, now=NOW)
    User.objects.filter(pk=left.made_by_id).update(is_active=False)
    time_machine.move_to(TOMORROW, tick=False)

    for token, english, chinese in (
        (revoked_token, "was withdrawn on", "撤销"),
        (expired_token, "ended on 7 Mar 2026 12:00 Ask 王科长", "王科长"),
        (left_token, "no longer works here", "离开"),
    ):
        screen = screen_with(token)
        for path in ("/wall/", "/wall/pictures/"):
            answer = screen.get(path)
            said = text_of(answer)
            assert answer.status_code == 403
            assert english in said.replace(" .", ".")
            assert chinese in said
            assert "一楼大厅" in said
            assert "晶圆" not in said
            assert "password" not in answer.content.decode()
            assert {"zh-hans", "en"} <= {attrs.get("lang") for _tag, attrs in tags_of(answer)}
    for path in ("/wall/", "/wall/pictures/", "/wall/k/made-up/"):
        assert Client().get(path).status_code == 401


def test_a_screen_that_is_given_another_day_comes_back(
    time_machine: "time_machine.TimeMachineFixture",
) -> None:
    boss = make_user()
    kiosk, token = made(boss, expires_at=TOMORROW)
    screen = screen_with(token)
    time_machine.move_to(TOMORROW + timedelta(days=3), tick=False)
    assert screen.get("/wall/pictures/").status_code == 403

    client_of(boss).post(f"/wall/screens/{kiosk.pk}/end/", {"until": "2026-03-10"})

    assert screen.get("/wall/pictures/").status_code == 200
    kiosk.refresh_from_db()
    assert timezone.localtime(kiosk.expires_at).isoformat() == "2026-03-11T00:00:00+08:00"


def test_guessing_is_stopped_and_a_right_token_still_opens() -> None:
    _kiosk, token = made()
    allowed = int(KioskGuessThrottle.rate.split("/")[0])
    thief = Client(headers={"accept-language": "en"})
    answers = [thief.get(f"/wall/k/guess{number}/").status_code for number in range(allowed + 1)]
    assert answers == [401] * allowed + [429]
    thief.cookies["wall"] = "guess"
    assert thief.get("/wall/pictures/").status_code == 429
    assert "no right to show anything" in text_of(thief.get("/wall/"))

    assert screen_with(token).get("/wall/").status_code == 200
    assert Client().get("/wall/").status_code == 401, "who brings no token does not guess"


def test_logs_do_not_keep_the_token() -> None:
    import logging

    record = logging.makeLogRecord({"msg": "Not Found: %s", "args": ("/wall/k/abc-DEF_1/?every=3",)})
    assert HideSecrets().filter(record)
    assert record.getMessage() == "Not Found: /wall/k/…/?every=3"


# The page where they are made ------------------------------------------------------------------------


def test_the_address_is_shown_once_and_opens_the_wall() -> None:
    boss = make_user()
    client = client_of(boss)
    page = client.post("/wall/screens/", {"name": "一楼大厅", "until": "", "once": str(uuid4())})

    fields = [attrs for tag, attrs in tags_of(page) if tag == "input" and attrs.get("id") == "address"]
    address = fields[0]["value"]
    assert address
    assert screen_with(address.split("/")[-2]).get("/wall/").status_code == 200
    assert "no-store" in page["Cache-Control"]
    again = client.get("/wall/screens/")
    assert "一楼大厅" in text_of(again)
    assert address not in again.content.decode()
    assert Kiosk.objects.get().expires_at is None


def test_a_form_that_arrives_twice_makes_one_screen() -> None:
    client, sent = client_of(make_user()), {"name": "大厅", "until": "2026-03-31", "once": str(uuid4())}
    client.post("/wall/screens/", sent)
    assert client.post("/wall/screens/", sent)["Location"] == "/wall/screens/"
    assert timezone.localtime(Kiosk.objects.get().expires_at).isoformat() == "2026-04-01T00:00:00+08:00"


@pytest.mark.parametrize("until", ["2026-03-05", "soon"])
def test_a_day_that_is_past_or_none_is_said_at_the_form(until: str) -> None:
    page = client_of(make_user()).post("/wall/screens/", {"name": "大厅", "until": until})
    assert page.status_code in {400, 409}
    assert "大厅" in page.content.decode()
    assert not Kiosk.objects.exists()


def test_the_list_says_when_each_was_seen_and_revokes() -> None:
    boss = make_user()
    kiosk, token = made(boss)
    client = client_of(boss)
    assert "not seen yet" in text_of(client.get("/wall/screens/"))
    screen_with(token).get("/wall/")
    assert "6 Mar 2026 12:00" in text_of(client.get("/wall/screens/"))

    client.post(f"/wall/screens/{kiosk.pk}/revoke/")

    assert "revoked 6 Mar 2026 12:00" in text_of(client.get("/wall/screens/"))
    assert screen_with(token).get("/wall/").status_code == 403


def test_only_who_may_make_them_knows_of_them() -> None:
    kiosk, _token = made()
    for other in (make_user(User.Role.LEADER), make_user(unit=make_unit(kind=Unit.Kind.DEPARTMENT))):
        client = client_of(other)
        assert client.get("/wall/screens/").status_code == 403
        assert client.post("/wall/screens/", {"name": "x"}).status_code == 403
        assert client.post(f"/wall/screens/{kiosk.pk}/revoke/").status_code == 404
        assert client.post(f"/wall/screens/{kiosk.pk}/end/", {"until": ""}).status_code == 404
    assert Kiosk.objects.holding(NOW).count() == 1


def test_the_list_asks_as_much_for_twenty_as_for_one(django_assert_max_num_queries: Any) -> None:
    boss = make_user()
    client = client_of(boss)
    for _number in range(20):
        made(boss)
    with django_assert_max_num_queries(6):
        assert client.get("/wall/screens/").status_code == 200

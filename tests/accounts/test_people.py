"""Units and people: who keeps them, the link that lets somebody in once, and what nobody can take away."""

import re
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions import (
    Invited,
    add_unit,
    change_person,
    first_link,
    invite,
    let_in,
    move_unit,
    new_link,
    rename_unit,
    run_the_platform,
)  # fmt: skip
from accounts.invitations import digest_of
from accounts.models import Invitation, Unit, User
from domain.errors import DomainError, InputError, RuleError
from history.models import Change
from tests.make import make_unit, make_user
from tests.pages import client_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_counted_anew")]

PASSWORD = "correct horse battery"


def here(user: User) -> User:
    """Who can log in: people made for tests have no password."""
    user.set_password(PASSWORD)
    user.save()
    return user


def invited(actor: User | None = None, **more: Any) -> Invited:
    fields: dict[str, Any] = {"username": "li.ming", "role": "liaison", "unit": make_unit(), **more}
    return invite(actor=actor or make_user(), now=timezone.now(), **fields)


def join(client: Client, token: str, **more: str) -> Any:
    sent = {"display_name": "李明", "password": PASSWORD, "again": PASSWORD, **more}
    return client.post(f"/join/{token}/", sent)


def change(person: User, actor: User, **more: Any) -> User:
    fields = {
        "role": person.role,
        "unit": person.unit,
        "display_name": "",
        "is_active": person.is_active,
        **more,
    }
    return change_person(person, actor=actor, **fields)


def test_units_are_added_renamed_and_ordered_and_history_says_so() -> None:
    manager = make_user()
    first = add_unit(actor=manager, name=" 东  镇 ", kind="town", name_en="East")
    second = add_unit(actor=manager, name="西镇", kind="town")
    rename_unit(first, actor=manager, name="东新镇")
    move_unit(second, actor=manager, up=True)
    move_unit(second, actor=manager, up=True)
    assert [unit.name for unit in Unit.objects.filter(kind="town")] == ["西镇", "东新镇"]
    changes = Change.objects.filter(actor=manager, project=None).order_by("pk")
    assert [(change.verb, change.after.get("name")) for change in changes] == [
        ("unit_added", "东 镇"), ("unit_added", "西镇"), ("unit_changed", "东新镇"), ("unit_changed", None),
    ]  # fmt: skip
    assert changes[2].before["name"] == "东 镇"


def test_a_unit_has_a_name_of_its_own() -> None:
    manager = make_user()
    add_unit(actor=manager, name="东镇", kind="town")
    other = add_unit(actor=manager, name="西镇", kind="town")
    with pytest.raises(RuleError):
        add_unit(actor=manager, name="东镇", kind="department")
    with pytest.raises(RuleError):
        rename_unit(other, actor=manager, name="东镇")
    with pytest.raises(InputError):
        add_unit(actor=manager, name="  ", kind="town")


def test_an_invited_person_sets_a_password_and_is_in() -> None:
    client = client_of(make_user())
    unit = make_unit()
    sent = {"username": "li.ming", "display_name": "李", "role": "liaison", "unit": unit.pk}
    page = client.post("/people/invite/", sent)
    (address,) = re.findall(r'value="http://testserver(/join/[\w-]+/)"', page.content.decode())
    assert "no-store" in page["Cache-Control"]

    guest = Client(headers={"accept-language": "en"})
    welcome = guest.get(address)
    answer = join(guest, address.split("/")[2])

    assert "li.ming" in text_of(welcome)
    assert welcome["Referrer-Policy"] == "same-origin"
    assert answer.status_code == 302
    assert guest.get("/my/").status_code == 200
    person = User.objects.get(username="li.ming")
    assert (person.display_name, person.role, person.unit) == ("李明", "liaison", unit)
    assert person.check_password(PASSWORD)
    verbs = Change.objects.filter(verb__startswith="person_").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [Change.Verb.PERSON_INVITED, Change.Verb.PERSON_JOINED]


def test_only_the_digest_of_a_link_is_kept() -> None:
    made = invited()
    (row,) = Invitation.objects.all()
    assert row.digest == digest_of(made.token)
    assert made.token not in str(list(Invitation.objects.values()) + list(Change.objects.values()))
    assert row.expires_at - timezone.now() > timedelta(days=13)


def test_a_link_opens_once() -> None:
    made = invited()
    guest = Client(headers={"accept-language": "en"})
    join(guest, made.token)
    again = Client(headers={"accept-language": "en"}).get(f"/join/{made.token}/")
    assert again.status_code == 410
    assert "has been used already" in text_of(again)
    assert join(Client(), made.token).status_code == 410
    with pytest.raises(RuleError):
        let_in(made.token, display_name="x", password="another password", now=timezone.now())


def test_a_link_expires_and_a_newer_one_takes_its_place() -> None:
    manager = make_user()
    made = invited(manager)
    newer = new_link(made.person, actor=manager, now=timezone.now())
    old = Client(headers={"accept-language": "en"}).get(f"/join/{made.token}/")
    assert old.status_code == 410
    assert "has expired, or a newer one has taken its place" in text_of(old)
    assert Client().get(f"/join/{newer.token}/").status_code == 200
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert join(Client(), newer.token).status_code == 410


def test_a_link_of_somebody_who_was_shut_out_opens_nothing() -> None:
    manager = make_user()
    made = invited(manager)
    change(made.person, manager, is_active=False)
    assert join(Client(), made.token).status_code == 410
    with pytest.raises(RuleError, match="shut out"):
        new_link(made.person, actor=manager, now=timezone.now())


@pytest.mark.parametrize("token", ["x", "%00", "義蓬", "a" * 900])
def test_an_altered_link_leads_nowhere(token: str) -> None:
    response = Client(headers={"accept-language": "en"}).get(f"/join/{token}/")
    assert response.status_code == 404
    assert "leads nowhere" in text_of(response)


def test_who_guesses_links_is_told_to_wait_and_a_right_one_still_opens() -> None:
    made, guest = invited(), Client(headers={"accept-language": "en"})
    assert [guest.get(f"/join/guess{n}/").status_code for n in range(20)] == [404] * 20
    refused = guest.get("/join/guess/")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert guest.get(f"/join/{made.token}/").status_code == 200


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"password": "short", "again": "short"}, "At least ten characters"),
        ({"password": "1234567890", "again": "1234567890"}, "too common"),
        ({"again": "correct horse batterie"}, "not the same"),
        ({"display_name": ""}, "required"),
    ],
)
def test_a_password_that_will_not_do_is_said_in_its_place(more: dict[str, str], said: str) -> None:
    made, guest = invited(), Client(headers={"accept-language": "en"})
    response = join(guest, made.token, **more)
    assert response.status_code == 400
    assert said in text_of(response)
    assert not User.objects.get(pk=made.person.pk).has_usable_password()


def test_the_forgotten_password_goes_on_until_the_new_link_is_used() -> None:
    manager, person = make_user(), here(make_user("leader"))
    made = new_link(person, actor=manager, now=timezone.now())
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    join(Client(), made.token, password="quite another one", again="quite another one")
    person.refresh_from_db()
    assert person.check_password("quite another one")


def test_nobody_but_managers_of_the_bureau_and_administrators_keeps_units_and_people() -> None:
    others = [make_user("leader"), make_user(unit=make_unit()), make_user("liaison", unit=make_unit())]
    person = make_user("leader")
    for user in others:
        client = client_of(user)
        for path in (
            "/units/",
            f"/units/{make_unit().pk}/",
            "/people/",
            "/people/invite/",
            f"/people/{person.pk}/",
        ):
            assert client.get(path).status_code == 403, path
        assert client.post(f"/people/{person.pk}/link/").status_code == 403
        with pytest.raises(PermissionDenied):
            invited(user)
        with pytest.raises(PermissionDenied):
            change(person, user, role="manager")
    for user in (make_user(), make_user("liaison", is_staff=True)):
        assert client_of(user).get("/people/").status_code == 200


def test_a_manager_does_not_take_the_bureau_from_himself() -> None:
    manager, other = here(make_user()), here(make_user())
    for more in ({"role": "leader"}, {"unit": make_unit()}, {"is_active": False}):
        with pytest.raises(RuleError, match="himself"):
            change(manager, manager, **more)
        manager.refresh_from_db()
    assert change(manager, other, role="leader").role == "leader"


def test_the_last_manager_of_the_bureau_stays() -> None:
    manager = here(make_user())
    invited(
        manager, username="not.yet", role="manager", unit=manager.unit
    )  # who cannot log in does not count
    admin = make_user("leader", is_staff=True)
    with pytest.raises(RuleError, match="last manager"):
        change(manager, admin, role="leader", unit=None)
    manager.refresh_from_db()
    assert manager.role == "manager"
    assert not Change.objects.filter(actor=admin).exists()


def test_a_manager_cannot_become_an_administrator_through_a_link() -> None:
    manager, admin = make_user(), here(make_user(is_staff=True, is_superuser=True))
    with pytest.raises(PermissionDenied):
        new_link(admin, actor=manager, now=timezone.now())
    with pytest.raises(PermissionDenied):
        change(admin, manager, is_active=False)
    with pytest.raises(PermissionDenied):
        new_link(admin, actor=make_user("leader", is_staff=True), now=timezone.now())


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"role": "system"}, InputError), ({"role": "king"}, InputError), ({"unit": None}, RuleError),
        ({"username": "a b"}, InputError), ({"username": ""}, InputError), ({"username": "x" * 200}, InputError),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_is_refused(more: dict[str, Any], error: type[DomainError]) -> None:
    with pytest.raises(error):
        invited(**more)


def test_a_user_name_is_given_once_whatever_its_case() -> None:
    invited()
    response = client_of(make_user()).post(
        "/people/invite/", {"username": "LI.Ming", "role": "leader", "display_name": "", "unit": ""}
    )
    assert response.status_code == 409
    assert "There is an account “LI.Ming” already." in text_of(response)


def test_the_system_user_is_nobody_that_can_be_changed() -> None:
    system = User.objects.system()
    client = client_of(make_user())
    assert client.get(f"/people/{system.pk}/").status_code == 404
    assert client.post(f"/people/{system.pk}/link/").status_code == 404
    assert "system" not in text_of(client.get("/people/"))


def test_the_lists_ask_as_much_for_many_as_for_one(django_assert_num_queries: Any) -> None:
    client = client_of(make_user())
    for _ in range(12):
        make_user("liaison", unit=make_unit())
    with django_assert_num_queries(5):  # session and reader, date changes to decide twice, the list
        client.get("/people/")
    with django_assert_num_queries(5):
        client.get("/units/")


def test_people_are_found_and_their_state_is_said() -> None:
    manager = here(make_user(display_name="王科长"))
    made = invited(manager, display_name="李明")
    change(
        here(make_user("leader", display_name="陈副区长")), manager, is_active=False, display_name="陈副区长"
    )
    client = client_of(manager)
    text = text_of(client.get("/people/"))
    assert "1 person can log in" in text
    assert "invited" in text
    assert "shut out" in text
    found = text_of(client.get("/people/?search=李明"))
    assert "li.ming" in found
    assert "陈副区长" not in found
    assert f"/people/{made.person.pk}/" in client.get("/people/?search=li.ming").content.decode()


def test_pages_of_units_and_people_change_what_they_say() -> None:
    manager = here(make_user())
    client = client_of(manager)
    client.post("/units/", {"name": "东镇", "kind": "town", "name_en": ""})
    unit = Unit.objects.get(name="东镇")
    client.post(f"/units/{unit.pk}/", {"name": "西镇", "name_en": "West"})
    person = make_user("leader")
    sent = {"display_name": "李", "role": "manager", "unit": unit.pk, "is_active": "on"}
    client.post(f"/people/{person.pk}/", sent)
    person.refresh_from_db()
    assert str(person.unit) == "西镇"
    assert person.role == "manager"
    assert client.post("/units/", {"name": "西镇", "kind": "town"}).status_code == 409
    assert client.post("/units/", {"name": "", "kind": "town"}).status_code == 400
    assert client.post(f"/people/{person.pk}/", {"role": "manager", "unit": ""}).status_code == 409


def test_an_administrator_becomes_a_manager_of_the_bureau_without_the_administration() -> None:
    admin = make_user("liaison", is_staff=True, is_superuser=True)
    bureau, town = make_unit(kind=Unit.Kind.BUREAU), make_unit()
    client = client_of(admin)
    assert "Become a manager of" in text_of(client.get("/units/"))
    client.post(f"/units/{bureau.pk}/join/")
    admin.refresh_from_db()
    assert (admin.role, admin.unit) == ("manager", bureau)
    assert "Become a manager of" not in text_of(client.get("/units/"))
    with pytest.raises(RuleError):
        run_the_platform(town, actor=admin)


def test_the_first_link_is_there_as_long_as_nobody_can_log_in() -> None:
    first = first_link(now=timezone.now())
    assert first is not None
    second = first_link(now=timezone.now())
    assert second is not None
    assert first.person == second.person
    assert Client().get(f"/join/{first.token}/").status_code == 410
    client = Client()
    assert join(client, second.token).status_code == 302
    assert client.get("/units/").status_code == 200
    assert first_link(now=timezone.now()) is None


def test_the_first_unit_to_be_added_is_the_bureau(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    administrator = make_user("leader", is_staff=True)
    assert '<option value="bureau" selected>' in client_of(administrator).get("/units/").content.decode()
    make_unit(kind=Unit.Kind.BUREAU)
    assert '<option value="town" selected>' in client_of(administrator).get("/units/").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one transaction at a time")
def test_of_those_who_add_the_same_name_at_once_one_does_and_the_others_are_told() -> None:
    manager = make_user()
    barrier, found = Barrier(4), list[object]()

    def add(what: Callable[[], object]) -> None:
        barrier.wait()
        try:
            found.append(what())
        except RuleError as error:
            found.append(error)
        finally:
            connection.close()

    for what in (
        lambda: add_unit(actor=manager, name="同名街道", kind="town"),
        lambda: invite(actor=manager, now=timezone.now(), username="same", role="leader", unit=None),
    ):
        found.clear()
        threads = [Thread(target=add, args=(what,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(isinstance(each, RuleError) for each in found) == 3, found


def test_a_unit_is_moved_up_or_down_and_nowhere_else() -> None:
    client, unit = client_of(make_user()), make_unit()
    assert client.post(f"/units/{unit.pk}/move/", {"to": "aside"}).status_code == 400
    assert client.post(f"/units/{unit.pk}/move/", {"to": "up"}).status_code == 302

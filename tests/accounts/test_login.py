import pytest
from django.test import Client

from accounts.models import User
from tests.make import make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

PASSWORD = "nine lives and one more"


def person() -> User:
    user = make_user(username="wang", display_name="王科长")
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(client: Client, password: str, **more: str) -> object:
    return client.post("/accounts/login/", {"login": "wang", "password": password, **more})


def test_a_person_logs_in_and_comes_to_the_page_asked_for() -> None:
    person()
    client = Client(headers={"accept-language": "en"})

    asked = client.get("/overdue/")
    answer = client.post(asked["Location"], {"login": "wang", "password": PASSWORD, "next": "/overdue/"})

    assert asked["Location"] == "/accounts/login/?next=/overdue/"
    assert answer["Location"] == "/overdue/"
    assert "王科长" in text_of(client.get("/overdue/"))


def test_a_wrong_password_is_told_and_lets_nobody_in() -> None:
    person()
    client = Client(headers={"accept-language": "en"})

    page = client.post("/accounts/login/", {"login": "wang", "password": "wrong"})

    assert page.status_code == 200
    assert [attrs for tag, attrs in tags_of(page) if attrs.get("role") == "alert"]
    assert client.get("/overdue/").status_code == 302


def test_after_too_many_tries_the_right_password_does_not_help() -> None:
    person()
    client = Client(headers={"accept-language": "en"})
    for _ in range(6):
        client.post("/accounts/login/", {"login": "wang", "password": "wrong"})

    page = client.post("/accounts/login/", {"login": "wang", "password": PASSWORD})

    assert page.status_code == 429
    assert "quarter of an hour" in text_of(page)


def test_nobody_signs_up() -> None:
    page = Client(headers={"accept-language": "en"}).post(
        "/accounts/signup/", {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert page.status_code in {200, 302, 403, 404}
    assert not User.objects.filter(username="new").exists()


def test_logging_out_asks_for_a_click_and_then_closes_the_door() -> None:
    client = client_of(person())

    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/overdue/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/overdue/").status_code == 302


def test_a_password_can_be_changed() -> None:
    user = person()
    client = client_of(user)
    new = "a quite different sentence"

    assert client.get("/accounts/password/change/").status_code == 200
    answer = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)


def test_a_short_new_password_is_refused_at_its_field() -> None:
    user = person()

    page = client_of(user).post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    )

    assert page.status_code == 200
    assert '<span class="wrong" id="wrong-password1"></span>' not in page.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_language_is_switched_and_kept() -> None:
    client = client_of(person(), language="zh-hans")

    client.post("/language/", {"language": "en", "next": "/overdue/"})

    page = client.get("/overdue/", headers={"accept-language": "zh-hans"})
    assert '<html lang="en">' in page.content.decode()

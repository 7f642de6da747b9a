"""The page on which somebody makes, changes, replaces and revokes the own address."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from notices.models import CalendarFeed
from tests.make import make_node, make_project, make_user
from tests.notices.feeds import events_in, read
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

ADDRESS = re.compile(r"http://testserver(/calendar/[\w-]{43}\.ics)")


def shown(page: Any) -> list[str]:
    """The paths of the feeds whose address stands on the page."""
    return ADDRESS.findall(page.content.decode())


def sent(page: Any, action: str) -> dict[str, str]:
    """What the form that goes to `action` sends as it stands on the page."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', page.content.decode(), re.DOTALL)
    assert form
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        kind, name, value = (
            (re.search(rf'{what}="([^"]*)"', tag) or [None, ""])[1] for what in ("type", "name", "value")
        )
        if kind != "radio" or " checked" in tag:
            fields[str(name)] = str(value)
    if chosen := re.search(r'<option value="([^"]*)" selected', form[0]):
        fields["language"] = chosen[1]
    return fields


def test_the_menu_under_the_name_leads_to_it() -> None:
    client = client_of(make_user())

    links = [attrs.get("href") for tag, attrs in tags_of(client.get("/my/")) if tag == "a"]

    assert "/calendar/" in links
    assert client.get("/calendar/").status_code == 200


def test_the_address_is_made_and_shown_once() -> None:
    liaison = make_user(User.Role.LIAISON)
    make_node(project=make_project(liaison=liaison), due_on=timezone.localdate() + timedelta(days=3))
    client = client_of(liaison)
    page = client.get("/calendar/")
    assert shown(page) == []
    assert sent(page, "/calendar/").keys() >= {"scope", "language"}

    made = client.post("/calendar/", sent(page, "/calendar/"))

    (path,) = set(shown(made))
    assert len(events_in(read(path))) == 1
    assert "no-store" in made["Cache-Control"]
    assert shown(client.get("/calendar/")) == []
    fields = {attrs["id"]: attrs for tag, attrs in tags_of(made) if tag == "input" and "id" in attrs}
    assert fields["address"]["value"] == f"http://testserver{path}"
    links = [attrs.get("href") for tag, attrs in tags_of(made) if tag == "a"]
    assert f"webcal://testserver{path}" in links


def test_the_language_of_the_reader_and_the_own_duty_are_offered_first() -> None:
    page = client_of(make_user(), language="zh-hans").get("/calendar/")
    assert sent(page, "/calendar/")["language"] == "zh-hans"
    assert sent(page, "/calendar/")["scope"] == "own"

    page = client_of(make_user(User.Role.LEADER)).get("/calendar/")
    assert sent(page, "/calendar/")["language"] == "en"
    assert sent(page, "/calendar/")["scope"] == "seen"


def test_a_page_that_is_loaded_again_does_not_end_the_address_it_shows() -> None:
    client = client_of(make_user())
    form = sent(client.get("/calendar/"), "/calendar/")
    (path,) = set(shown(client.post("/calendar/", form)))

    again = client.post("/calendar/", form)

    assert again.status_code == 412
    assert "since this page was shown" in text_of(again)
    assert read(path).status_code == 200


def test_an_address_is_replaced() -> None:
    client = client_of(make_user())
    (old,) = set(shown(client.post("/calendar/", sent(client.get("/calendar/"), "/calendar/"))))

    (new,) = set(shown(client.post("/calendar/", sent(client.get("/calendar/"), "/calendar/"))))

    assert read(old).status_code == 404
    assert read(new).status_code == 200


def test_an_address_is_revoked() -> None:
    client = client_of(make_user())
    (path,) = set(shown(client.post("/calendar/", sent(client.get("/calendar/"), "/calendar/"))))

    answer = client.post("/calendar/revoke/", follow=True)

    assert read(path).status_code == 404
    assert "The address is revoked" in text_of(answer)
    assert not CalendarFeed.objects.exists()


def test_what_the_calendar_shows_is_changed_without_a_new_address() -> None:
    user = make_user()
    make_node(due_on=timezone.localdate() + timedelta(days=3))
    client = client_of(user)
    (path,) = set(shown(client.post("/calendar/", sent(client.get("/calendar/"), "/calendar/"))))
    assert not events_in(read(path))

    form = sent(client.get("/calendar/"), "/calendar/change/") | {"scope": "seen"}
    answer = client.post("/calendar/change/", form, follow=True)

    assert answer.status_code == 200
    assert len(events_in(read(path))) == 1
    assert sent(client.get("/calendar/"), "/calendar/change/")["scope"] == "seen"


def test_the_page_says_how_many_dates_each_choice_has_and_whether_a_calendar_reads_them() -> None:
    liaison = make_user(User.Role.LIAISON)
    make_node(project=make_project(liaison=liaison), due_on=timezone.localdate() + timedelta(days=3))
    client = client_of(liaison)
    page = client.get("/calendar/")
    assert "My own duty 1 date All that I may see 1 date" in text_of(page)

    (path,) = set(shown(client.post("/calendar/", sent(page, "/calendar/"))))
    assert "No calendar has read your address yet" in text_of(client.get("/calendar/"))
    read(path)
    assert "last read" in text_of(client.get("/calendar/"))


@pytest.mark.parametrize(
    "wrong",
    [{"scope": "everything"}, {"language": "fr"}, {"scope": ""}, {"replaces": "x"}, {"replaces": "9" * 5000}],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(wrong: dict[str, str]) -> None:
    client = client_of(make_user())

    answer = client.post("/calendar/", {"scope": "own", "language": "en", **wrong})

    assert answer.status_code in {400, 412}
    assert not CalendarFeed.objects.exists()


def test_changing_without_an_address_is_refused() -> None:
    answer = client_of(make_user()).post("/calendar/change/", {"scope": "own", "language": "en"})

    assert answer.status_code == 409


@pytest.mark.parametrize("path", ["/calendar/change/", "/calendar/revoke/"])
def test_looking_at_an_address_of_a_change_changes_nothing(path: str) -> None:
    assert client_of(make_user()).get(path).status_code == 405

"""Lists of issues kept under a name, each person's own."""

import pytest
from django.test import Client

from domain.errors import InputError, RuleError
from issues.actions.saved_filters import MOST_FILTERS, save_filter
from issues.models import SavedFilter
from tests.make import make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


def save(client: Client, name: str, query: str, **more: str) -> int:
    return client.post("/issues/saved/", {"name": name, "query": query, **more}).status_code


def test_a_list_is_kept_with_what_is_a_filter_and_nothing_else() -> None:
    user = make_user()
    client = client_of(user)

    response = client.post(
        "/issues/saved/",
        {"name": " 用电 超期 ", "query": "late=true&status=raised&status=working&next=//evil&page=3&unit="},
    )

    saved = SavedFilter.objects.get(user=user)
    assert (saved.name, saved.query) == ("用电 超期", "late=true&status=raised&status=working")
    assert response["Location"] == f"/issues/?{saved.query}"
    page = client.get(f"/issues/?{saved.query}")
    assert "用电 超期" in text_of(page)
    chips = [attrs for tag, attrs in tags_of(page) if attrs.get("href") == f"/issues/?{saved.query}"]
    assert any(attrs.get("aria-current") for attrs in chips)


def test_the_same_name_again_replaces_it() -> None:
    user = make_user()
    client = client_of(user)
    save(client, "我的", "late=true")
    save(client, "我的", "status=raised")

    assert SavedFilter.objects.get(user=user).query == "status=raised"


def test_a_form_that_is_sent_twice_is_carried_out_once() -> None:
    client = client_of(make_user())
    key = "5a0d5a07-4a57-4a53-8a48-8a4f4b1f2f10"
    save(client, "我的", "late=true", once=key)
    SavedFilter.objects.all().delete()

    assert save(client, "我的", "late=true", once=key) == 302
    assert not SavedFilter.objects.exists()


def test_a_list_needs_a_name_that_is_not_too_long() -> None:
    client = client_of(make_user())

    for name in (" ", "很" * 41):
        assert save(client, name, "late=true") == 400
    assert save(client, "x", "search=" + "很" * 400) == 400
    assert not SavedFilter.objects.exists()
    with pytest.raises(InputError, match="Give the list a name"):
        save_filter(actor=make_user(), name="", query="")


def test_there_are_at_most_thirty_and_a_known_name_can_still_be_replaced() -> None:
    user = make_user()
    for number in range(MOST_FILTERS):
        save_filter(actor=user, name=f"清单{number}", query="late=true")

    assert save(client_of(user), "再一个", "late=true") == 409
    with pytest.raises(RuleError, match="30 saved lists"):
        save_filter(actor=user, name="再一个", query="late=true")
    assert save_filter(actor=user, name="清单7", query="status=raised").query == "status=raised"
    assert save_filter(actor=make_user(), name="再一个", query="").pk


def test_a_list_is_removed_by_its_owner_alone() -> None:
    owner = make_user()
    saved = save_filter(actor=owner, name="我的", query="late=true")
    address = f"/issues/saved/{saved.pk}/remove/"

    assert client_of(make_user()).post(address).status_code == 404
    assert "我的" not in text_of(client_of(make_user()).get("/issues/"))
    assert client_of(owner).get(address).status_code == 405
    assert client_of(owner).post(address, {"query": "late=true"})["Location"] == "/issues/?late=true"
    assert not SavedFilter.objects.exists()

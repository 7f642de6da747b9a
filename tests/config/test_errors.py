"""What a reader is told when something is not as it should be."""

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import path
from django.utils.translation import override
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from config.urls import urlpatterns as ours
from domain.errors import InputError, RuleError, StaleError
from tests.make import make_user
from tests.pages import client_of, text_of

pytestmark = pytest.mark.django_db

ERRORS = {"rule": RuleError, "stale": StaleError, "input": InputError}


def broken(_request: HttpRequest, what: str) -> HttpResponse:
    if what == "missing":
        raise Http404
    raise ERRORS[what]("“%(node)s” does not work.", node="<b>甲</b>")


urlpatterns = [*ours, path("broken/<str:what>/", broken)]


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("what", "status"), [("rule", 409), ("stale", 412), ("input", 400)])
def test_a_broken_rule_is_a_page_with_one_sentence(what: str, status: int) -> None:
    page = client_of(make_user()).get(f"/broken/{what}/")

    assert page.status_code == status
    assert "“&lt;b&gt;甲&lt;/b&gt;” does not work." in page.content.decode()
    assert "<html" in page.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_htmx_gets_the_sentence_alone() -> None:
    page = client_of(make_user()).get("/broken/rule/", headers={"hx-request": "true"})

    assert page.status_code == 409
    assert "does not work." in text_of(page)
    assert "<html" not in page.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_a_missing_page_is_told_in_the_house_style() -> None:
    page = client_of(make_user()).get("/broken/missing/")

    assert page.status_code == 404
    assert "There is no such page" in text_of(page)
    assert "Overdue" in text_of(page)


def test_a_fault_of_ours_is_told_without_asking_the_database(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0), override("en"):
        page = server_error(RequestFactory().get("/"))

    assert page.status_code == 500
    assert "Something broke" in text_of(page)


def test_a_page_that_is_too_old_is_told_in_the_house_style() -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(
        make_user(User.Role.LEADER), backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    page = client.post("/nodes/1/start/")

    assert page.status_code == 403
    assert "Load it again" in text_of(page)

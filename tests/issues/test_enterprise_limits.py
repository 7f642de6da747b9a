"""When an enterprise's page does not open, how often it answers, and what logs keep of it."""

import io
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from domain.issues import IssueStatus
from issues.actions import make_link, revoke_link
from issues.links import address_of
from issues.models import EnterpriseLink, Issue
from issues.throttles import EnterpriseGuessThrottle
from tests.issues.enterprise import NOWHERE, own, rate, sent
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_counted_anew")]


# When the link is none -------------------------------------------------------------------------------


def test_a_link_that_has_ended_says_whom_to_ask_and_nothing_of_the_project(
    link: EnterpriseLink, phone: Client
) -> None:
    issue = own(link.project, status=IssueStatus.CLOSED)
    expired = make_link(link.project, actor=link.made_by, now=timezone.now() - timedelta(days=91))
    revoke_link(link, actor=link.made_by, now=timezone.now())

    for ended in (link, expired):
        answers = [
            phone.get(address_of(ended)),
            phone.post(address_of(ended), sent()),
            rate(phone, ended, issue),
        ]
        for answer in answers:
            assert answer.status_code == 410
            assert "Ask the liaison of your project, or the bureau" in text_of(answer)
            assert "明阳" not in answer.content.decode()
            assert issue.title not in answer.content.decode()
    assert Issue.objects.count() == 1
    assert not EnterpriseLink.objects.filter(last_used_at__isnull=False)


def test_an_altered_address_and_one_whose_link_is_gone_are_one_answer(
    link: EnterpriseLink, phone: Client
) -> None:
    token = address_of(link).split("/")[2]
    said, _dot, signature = token.partition(".")
    gone = make_link(link.project, actor=link.made_by, now=timezone.now())
    address = address_of(gone)
    gone.delete()

    wrong = [
        NOWHERE,
        address,
        f"/e/{said[:-1]}.{signature}/",
        f"/e/{said}.{signature[:-1]}/",
        f"/e/{said}/",
        "/e/1/",
    ]
    pages = [phone.get(path) for path in wrong]

    assert [page.status_code for page in pages] == [404] * len(wrong)
    assert len({re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages}) == 1
    assert phone.post(NOWHERE, sent()).status_code == 404
    assert not Issue.objects.exists()


# How often -------------------------------------------------------------------------------------------


def guess(phone: Client, **more: Any) -> Any:
    return phone.get(NOWHERE, **more)


def test_who_guesses_is_told_to_wait_and_a_good_link_still_opens_from_there(
    link: EnterpriseLink, phone: Client
) -> None:
    assert {guess(phone).status_code for _ in range(20)} == {404}

    told = guess(phone)

    assert told.status_code == 429
    assert 0 < int(told["Retry-After"]) <= 3600
    assert "too often" in text_of(told)
    assert phone.get(address_of(link)).status_code == 200
    assert phone.post(address_of(link), sent()).status_code == 302
    assert guess(phone, REMOTE_ADDR="10.0.0.9").status_code == 404


def test_an_hour_later_guesses_are_counted_anew(phone: Client, monkeypatch: Any) -> None:
    now = timezone.now().timestamp()
    monkeypatch.setattr(EnterpriseGuessThrottle, "timer", lambda _self: now)
    for _ in range(21):
        guess(phone)
    assert guess(phone)["Retry-After"] == "3600"

    monkeypatch.setattr(EnterpriseGuessThrottle, "timer", lambda _self: now + 3601)
    assert guess(phone).status_code == 404


def test_nobody_is_believed_who_says_that_he_asks_for_another(phone: Client) -> None:
    answers = [guess(phone, headers={"x-forwarded-for": f"10.0.0.{at}"}) for at in range(21)]

    assert answers[-1].status_code == 429


def test_behind_a_proxy_its_word_counts_and_not_the_client_s(phone: Client, settings: Any) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    for at in range(20):
        guess(phone, headers={"x-forwarded-for": f"1.1.1.{at}, 10.0.0.1"})

    assert guess(phone, headers={"x-forwarded-for": "9.9.9.9, 10.0.0.1"}).status_code == 429
    assert guess(phone, headers={"x-forwarded-for": "9.9.9.9, 10.0.0.2"}).status_code == 404


def test_one_link_sends_twenty_forms_an_hour_and_can_be_read_all_the_same(
    link: EnterpriseLink, phone: Client
) -> None:
    issue = own(link.project, status=IssueStatus.CLOSED)
    other = make_link(link.project, actor=link.made_by, now=timezone.now())
    for _ in range(10):
        assert phone.post(address_of(link), {}).status_code == 400
        assert rate(phone, link, issue).status_code == 302

    for answer in (phone.post(address_of(link), sent()), rate(phone, link, issue, rating=1)):
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 3600
    issue.refresh_from_db()
    assert issue.rating == 5
    assert Issue.objects.count() == 1
    assert phone.get(address_of(link)).status_code == 200
    assert phone.post(address_of(other), sent()).status_code == 302


# Logs ------------------------------------------------------------------------------------------------


def test_no_log_holds_the_token(link: EnterpriseLink, phone: Client, monkeypatch: Any) -> None:
    token = address_of(link).split("/")[2]
    (console,) = [handler for handler in logging.getLogger().handlers if handler.get_name() == "console"]
    assert isinstance(console, logging.StreamHandler)
    written = io.StringIO()
    before = console.setStream(written)
    try:
        rate(phone, link, 99999)
        phone.get(f"{address_of(link)}nothing/")
        Client(raise_request_exception=False, headers={"host": "elsewhere.example"}).get(address_of(link))
        monkeypatch.setattr("issues.views.enterprise.own_issues_page", lambda _link: 1 / 0)
        Client(raise_request_exception=False).get(address_of(link))
        logging.getLogger("any").error("failed: %s and %s", address_of(link), "more")
        logging.getLogger("any").error('"GET /e/%s" from "/e/%s/?a=1"', token, token)
        logging.getLogger("any").error("nothing to hide in %s", "/projects/1/enterprise/")
    finally:
        console.setStream(before)

    lines = written.getvalue()
    assert token not in lines
    assert "Not Found: /e/…/rate/99999/" in lines
    assert "Internal Server Error: /e/…/" in lines
    assert "failed: /e/…/ and more" in lines
    assert '"GET /e/…" from "/e/…/?a=1"' in lines
    assert "nothing to hide in /projects/1/enterprise/" in lines

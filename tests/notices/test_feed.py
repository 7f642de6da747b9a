"""The address of a feed: who gets what from it, and what it costs."""

import io
import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from milestones.models import Node
from notices.actions import change_feed, revoke_feed
from tests.make import make_node, make_project, make_unit, make_user
from tests.notices.feeds import address_of, events_in, read, summaries

pytestmark = pytest.mark.django_db


def due(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


def test_it_is_read_without_login_and_leaves_no_session_behind() -> None:
    make_node(due_on=due(3))

    answer = read(address_of(make_user(), scope="seen"))

    assert len(events_in(answer)) == 1
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer["Cache-Control"]
    assert not answer.cookies


def test_a_revoked_address_is_not_found_at_once() -> None:
    user = make_user()
    path = address_of(user)
    assert read(path).status_code == 200

    revoke_feed(actor=user)

    assert read(path).status_code == 404


def test_somebody_who_has_left_is_not_served() -> None:
    user = make_user()
    path = address_of(user)

    User.objects.filter(pk=user.pk).update(is_active=False)

    assert read(path).status_code == 404


def test_nothing_tells_a_wrong_secret_from_a_revoked_one_or_one_of_somebody_who_has_left() -> None:
    gone, left = make_user(), make_user()
    revoked, inactive = address_of(gone), address_of(left)
    revoke_feed(actor=gone)
    User.objects.filter(pk=left.pk).update(is_active=False)

    told = []
    for path in (revoked, inactive, "/calendar/wrong.ics", f"/calendar/{'密' * 20}.ics"):
        with CaptureQueriesContext(connection) as asked:
            answer = read(path)
        headers = sorted((name, value) for name, value in answer.items() if name != "Date")
        told.append((answer.status_code, answer.content, headers, len(asked)))

    assert told[0][0] == 404
    assert all(answer == told[0] for answer in told)


def test_who_loses_sight_of_a_project_loses_its_dates() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    project = make_project(town=town)
    make_node(project=project, due_on=due(3))
    path = address_of(liaison, scope="seen")
    assert len(summaries(path)) == 1

    project.town = make_unit()
    project.save()

    assert summaries(path) == []


def test_whose_duty_it_no_longer_is_has_it_in_the_calendar_no_longer() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    project = make_project(town=town, liaison=liaison)
    make_node(project=project, due_on=due(3))
    path = address_of(liaison)
    assert len(summaries(path)) == 1

    project.liaison = make_user(User.Role.LIAISON, unit=town)
    project.save()

    assert summaries(path) == []


def test_an_address_is_only_read() -> None:
    path = address_of(make_user())
    client = Client(enforce_csrf_checks=True)

    answers = [client.generic(method, path) for method in ("POST", "PUT", "DELETE", "PROPFIND", "REPORT")]

    assert {answer.status_code for answer in answers} == {405}
    assert client.head(path).status_code == 200


def test_a_program_that_has_the_newest_is_told_so() -> None:
    node = make_node(due_on=due(3))
    user = make_user()
    path = address_of(user, scope="seen")
    first = read(path)
    known = {"if-none-match": first["ETag"]}

    same = read(path, **known)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    assert read(path, **{"if-modified-since": first["Last-Modified"]}).status_code == 304
    assert read(path).content == first.content

    Node.objects.filter(pk=node.pk).update(version=node.version + 1)
    assert read(path, **known).status_code == 200
    change_feed(actor=user, scope="seen", language="zh-hans")
    known = {"if-none-match": read(path)["ETag"]}
    assert read(path, **known).status_code == 304
    change_feed(actor=user, scope="own", language="zh-hans")
    assert read(path, **known).status_code == 200


def test_a_change_is_dated_when_it_is_first_told() -> None:
    path = address_of(make_user(), scope="seen")
    with time_machine.travel("2026-03-02T01:00:00Z", tick=False):
        first = read(path)
    with time_machine.travel("2026-03-02T02:00:00Z", tick=False):
        same = read(path)
        make_node(due_on=due(3))
        since = {"if-modified-since": same["Last-Modified"]}
        changed = read(path, **since)
    with time_machine.travel("2026-03-03T02:00:00Z", tick=False):
        next_day = read(path, **{"if-none-match": changed["ETag"]})

    assert first["Last-Modified"] == same["Last-Modified"] == "Mon, 02 Mar 2026 01:00:00 GMT"
    assert (changed.status_code, changed["Last-Modified"]) == (200, "Mon, 02 Mar 2026 02:00:00 GMT")
    (event,) = events_in(changed).values()
    assert event["dtstamp"].dt.isoformat() == "2026-03-02T02:00:00+00:00"
    assert next_day.status_code == 200, "lights and days late are those of another day"


def test_reading_takes_few_questions_and_no_more_for_more_dates() -> None:
    user = make_user()
    path = address_of(user, scope="seen")
    for _ in range(3):
        make_node(due_on=due(-3))
    first = read(path)
    for _ in range(9):
        make_node(due_on=due(3))
    read(path)

    with CaptureQueriesContext(connection) as asked:
        read(path, **{"if-none-match": first["ETag"]})

    assert len(asked) <= 7


def test_no_log_holds_the_secret() -> None:
    user = make_user()
    path = address_of(user)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    (console,) = [handler for handler in logging.getLogger().handlers if handler.get_name() == "console"]
    assert isinstance(console, logging.StreamHandler)
    written = io.StringIO()
    before = console.setStream(written)
    try:
        Client().post(path)
        Client(raise_request_exception=False, headers={"host": "elsewhere.example"}).get(path)
        revoke_feed(actor=user)
        read(path)
        logging.getLogger("any").error("failed: %s and %s", path, "more")
        logging.getLogger("any").error("nothing to hide in %s", "/calendar/")
    finally:
        console.setStream(before)

    lines = written.getvalue()
    assert secret not in lines
    assert lines.count("/calendar/….ics") >= 3
    assert "failed: /calendar/….ics and more" in lines
    assert "nothing to hide in /calendar/" in lines


def test_a_feed_that_fails_does_not_tell_its_secret_to_the_log(monkeypatch: Any) -> None:
    path = address_of(make_user())
    (console,) = [handler for handler in logging.getLogger().handlers if handler.get_name() == "console"]
    assert isinstance(console, logging.StreamHandler)
    written = io.StringIO()
    monkeypatch.setattr("notices.views.due_dates", lambda *_: 1 / 0)
    before = console.setStream(written)
    try:
        answer = Client(raise_request_exception=False).get(path)
    finally:
        console.setStream(before)

    assert answer.status_code == 500
    assert "Internal Server Error: /calendar/….ics" in written.getvalue()
    assert path not in written.getvalue()

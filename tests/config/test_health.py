from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


def test_the_process_says_that_it_lives_without_asking_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_it_is_ready_when_all_that_is_configured_answers(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_it_is_not_ready_without_redis_and_says_so(client: Client, settings: Any) -> None:
    settings.REDIS_URL = NOBODY_LISTENS
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"no answer from: redis\n")


@pytest.mark.django_db
def test_it_is_not_ready_without_the_database_and_says_so(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise OperationalError("gone")

    settings.REDIS_URL = ""
    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"no answer from: database\n")


@pytest.mark.django_db
def test_machines_may_ask_under_any_name(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/readyz", headers={"host": "10.0.0.7"}).status_code == 200

"""What every test may ask for."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from tests.emptying import empty_database

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of real data (../shared/data) is not there")
    return SHARED_DATA


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """What a test commits need not survive a power cut: PostgreSQL does not wait for its disk."""
    if connection.vendor == "postgresql":
        connections.settings["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of the tests, left by everybody before it is dropped.

    A browser's server answers in threads of its own. One that is still answering when the tests end, or that has
    been left with its connection, would make PostgreSQL refuse to drop the database: so a thread keeps a connection
    for one answer only, and the last ones are waited for, then told to go.
    """
    connections.settings["default"]["CONN_MAX_AGE"] = 0
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            _leave_alone_with(seconds=10)


def _leave_alone_with(*, seconds: float) -> None:
    """Wait until no other session uses the database, and end those that still do after so many seconds."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    until = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(f"SELECT count(*) {others}")
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.1)
        cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> Iterator[None]:
    """After a test whose transactions are real the database is emptied by us, not by ``flush``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: empty_database())
        yield


@pytest.fixture(scope="session", autouse=True)
def _tasks_go_nowhere() -> None:
    """What a test sends to the worker reaches neither the folder nor the Redis of somebody who works here."""
    from config import celery_app

    celery_app.conf.update(broker_url="memory://", broker_transport_options={})


@pytest.fixture(autouse=True)
def _forget_rows() -> Iterator[None]:
    """What is remembered of published templates and of reckonings is keyed by row number, which tests use again."""
    yield
    from milestones import calendar_table, graph, laying
    from screen.forecast import queries as forecasts
    from screen.reckoning import queries
    from screen.weak_link import kept

    for remembered in (
        graph.graph_of, graph.steps_of, laying.layout, calendar_table._read, queries._spans, queries._outlooks,
        forecasts._of_all,
    ):  # fmt: skip
        remembered.cache_clear()
    kept.forget()


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the one screen keeps of its counts is this test's alone: others make their districts without a history."""
    from screen import keeping

    monkeypatch.setattr(keeping, "PREFIX", f"screen.{uuid4()}.")


@pytest.fixture(autouse=True)
def _read_english() -> Iterator[None]:
    """A test reads the language of the sources, whatever the last request left with the thread."""
    translation.activate("en")
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _plain_files(settings: Any) -> None:
    """Tests need no collected files, and what they upload stays in memory."""
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def _counted_anew(settings: Any) -> None:
    """How often somebody has asked is counted in a cache that is this test's alone: Redis is everybody's."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": str(uuid4())}}


@pytest.fixture
def _filled_calendar(db: None) -> None:
    """The announced holidays and make-up days, as ``fill_calendar`` enters them."""
    from milestones.calendar_table import fill_calendar

    fill_calendar()

"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of real data (../shared/data) is not there")
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def _tasks_go_nowhere() -> None:
    """What a test sends to the worker reaches neither the folder nor the Redis of somebody who works here."""
    from config import celery_app

    celery_app.conf.update(broker_url="memory://", broker_transport_options={})


@pytest.fixture(autouse=True)
def _forget_templates() -> Iterator[None]:
    """What is remembered of published templates is keyed by row number, which tests use again."""
    yield
    from milestones import calendar_table, graph, laying

    for remembered in (graph.graph_of, graph.steps_of, laying.layout, calendar_table._read):
        remembered.cache_clear()


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
def _filled_calendar(db: None) -> None:
    """The announced holidays and make-up days, as ``fill_calendar`` enters them."""
    from milestones.calendar_table import fill_calendar

    fill_calendar()

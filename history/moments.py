"""When a change was made: now, unless somebody tells of the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final

from django.utils import timezone

_TOLD: Final[ContextVar[datetime | None]] = ContextVar("told", default=None)


def moment() -> datetime:
    """The moment that a change is recorded with."""
    return _TOLD.get() or timezone.now()


@contextmanager
def told_of(at: datetime) -> Iterator[None]:
    """What is recorded within was made at `at`, or now where that has not come yet.

    For the demonstration district alone, whose projects have a past; what people do is recorded when they do it.
    """
    token = _TOLD.set(min(at, timezone.now()))
    try:
        yield
    finally:
        _TOLD.reset(token)

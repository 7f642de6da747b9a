"""What apps above the chain add to the page of a project: each a part with a template of its own.

The chain does not know them; they register themselves at the start (``screen.apps``).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeAlias

from accounts.models import User
from projects.models import Project


class Extra(Protocol):
    """A part of the page; its template finds it under the name ``extra``."""

    @property
    def template(self) -> str: ...


Source: TypeAlias = Callable[[Project, User, date, Mapping[str, str]], Extra | None]
"""For a project that this reader may see, on this day, and what the address asks for; None where nothing is to say."""

_sources: list[Source] = []


def register(source: Source) -> None:
    if source not in _sources:
        _sources.append(source)


def extras(project: Project, reader: User, today: date, asked: Mapping[str, str]) -> Sequence[Extra]:
    """The parts that have something to say, in the order in which their apps registered."""
    return [extra for source in _sources if (extra := source(project, reader, today, asked))]

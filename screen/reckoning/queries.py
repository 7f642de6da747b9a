"""The reckoning that pages read, each of its columns unpacked once in a process."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from accounts.access import sees_the_district
from accounts.models import User
from projects.models import Project
from screen.forecast.outlooks import Outlooks
from screen.models import Reckoning
from screen.narrowing import Narrowing
from screen.reckoning.columns import unpack
from screen.reckoning.spans import Spans

MOST_OUTLOOKS: Final = 26
"""So many forecasts a process keeps unpacked, about a megabyte each: one a month of two years, and the newest."""


def latest() -> Reckoning | None:
    """The newest that has everything, without its columns; None before the worker has reckoned at all."""
    return Reckoning.objects.heads().filter(spans__isnull=False).order_by("-day").first()


def spans_of(reckoning: Reckoning) -> Spans:
    """How long nodes took by this reckoning. Raises Reckoning.DoesNotExist where it has been given up since."""
    return _spans(reckoning.pk, reckoning.made_at.isoformat())


def outlooks_of(reckoning: Reckoning) -> Outlooks:
    """What this reckoning forecasts."""
    return _outlooks(reckoning.pk, reckoning.made_at.isoformat())


def kept() -> Sequence[Reckoning]:
    """All that are kept, without their columns, the newest first."""
    return list(Reckoning.objects.heads().filter(outlooks__isnull=False).order_by("-day"))


def projects_in_sight(reader: User, narrowing: Narrowing) -> npt.NDArray[np.int64] | None:
    """The numbers of the projects that columns are narrowed to, ascending; None for all. At most one query."""
    if sees_the_district(reader) and not narrowing.places:
        return None
    projects = narrowing.of_projects(Project.objects.visible_to(reader))
    return np.array(sorted(projects.order_by().values_list("pk", flat=True)), dtype=np.int64)


@lru_cache(maxsize=2)
def _spans(pk: int, made_at: str) -> Spans:  # noqa: ARG001 - made anew on the same day it is another
    return unpack(
        Spans, Reckoning.objects.filter(spans__isnull=False).values_list("spans", flat=True).get(pk=pk)
    )


@lru_cache(maxsize=MOST_OUTLOOKS)
def _outlooks(pk: int, made_at: str) -> Outlooks:  # noqa: ARG001 - as above
    return unpack(Outlooks, Reckoning.objects.values_list("outlooks", flat=True).get(pk=pk))

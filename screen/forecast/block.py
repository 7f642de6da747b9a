"""The forecast on the one screen: how many projects are likely to produce this year as planned, who is not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from domain.chains import Milestone
from screen.forecast.addresses import page_url, project_url
from screen.forecast.queries import KeyDate, standing
from screen.forecast.words import Due, State
from screen.narrowing import Narrowing

AT_RISK: Final = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; `url` opens the rows it counts, blank where it counts none."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ForecastBlock:
    """`due` projects are to produce this year, `likely` of them as planned; `soon` key dates of the next 90 days are
    likely to be missed. `at_risk` are those most likely to miss, each with the address of its project.

    `day` and `made_at` say how old it is.
    """

    due: int
    likely: int
    soon: int
    due_said: Part
    likely_said: Part
    soon_said: Part
    at_risk: tuple[tuple[KeyDate, str], ...]
    url: str
    day: date
    made_at: datetime

    @property
    def template(self) -> str:
        return "screen/forecast/_block.html"


def block(reader: User, narrowing: Narrowing) -> ForecastBlock | None:
    """None before anything has been reckoned. Two queries where nothing is narrowed and all is in sight, else three."""
    found = standing(reader, narrowing)
    if found is None:
        return None
    due = found.count(key=Milestone.PRODUCING, due=Due.YEAR)
    likely = found.count(key=Milestone.PRODUCING, due=Due.YEAR, state=State.KEEP)
    soon = found.count(due=Due.SOON, state=State.MISS)
    worst = found.worst_first(found.mask(key=Milestone.PRODUCING, due=Due.YEAR, state=State.MISS))[:AT_RISK]
    year = {"key": Milestone.PRODUCING, "due": Due.YEAR}
    return ForecastBlock(
        due=due, likely=likely, soon=soon,
        due_said=Part(
            ngettext("%(n)s project", "%(n)s projects", due) % {"n": due},
            page_url(narrowing, **year, state=State.ALL),
        ),
        likely_said=Part(
            ngettext("%(n)s is likely to keep the date", "%(n)s are likely to keep the date", likely)
            % {"n": likely},
            page_url(narrowing, **year, state=State.KEEP),
        ),
        soon_said=Part(
            ngettext("%(n)s key date", "%(n)s key dates", soon) % {"n": soon}
            if soon
            else _("no key date"),
            page_url(narrowing, due=Due.SOON, state=State.MISS),
        ),
        at_risk=tuple((row, project_url(row.project)) for row in found.rows(worst)) if len(worst) else (),
        url=page_url(narrowing), day=found.reckoning.day, made_at=found.reckoning.made_at,
    )  # fmt: skip

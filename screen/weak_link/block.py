"""The weak link on the one screen: the three worst, one line of evidence each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import get_language

from accounts.models import User
from domain.weak_link import Link
from screen.narrowing import Narrowing
from screen.reckoning.queries import latest
from screen.weak_link.addresses import kind_url, page_url
from screen.weak_link.kept import kept
from screen.weak_link.queries import Division, Part, link_name, part_of, ranked
from screen.weak_link.words import KindName, evidence, link_names

WORST: Final = 3


@dataclass(frozen=True, slots=True)
class Worst:
    """One link with its evidence in a line."""

    link: Link
    name: KindName
    url: str
    evidence: str


@dataclass(frozen=True, slots=True)
class WeakLinkBlock:
    """`worst` are the links that handed on most delay; `day` and `made_at` say how old they are.

    Without any of them `has_sample` says whether enough has ended to say so.
    """

    worst: tuple[Worst, ...]
    url: str
    day: date
    made_at: datetime
    has_sample: bool

    @property
    def template(self) -> str:
        return "screen/weak_link/_block.html"


def block(reader: User, narrowing: Narrowing) -> WeakLinkBlock | None:
    """The three worst links in sight; None before anything has been reckoned.

    One query for who may see the district and narrows nothing, two for others; the words are kept with the counts.
    """
    reckoning = latest()
    part = part_of(reader, narrowing, reckoning) if reckoning else None
    if reckoning is None or part is None:
        return None
    key = ("block", *part.key, narrowing.said, narrowing.places, get_language())
    return kept(key, lambda: _made(part, narrowing))


def _made(part: Part, narrowing: Narrowing) -> WeakLinkBlock:
    said = [one for one in ranked(part, Division.KIND) if one.place is not None]
    worst = [one.link for one in said if one.link.handed][:WORST]
    names = link_names(part, Division.KIND, worst) if worst else {}
    return WeakLinkBlock(
        tuple(
            Worst(link, names[link.key], kind_url(narrowing, link_name(part, Division.KIND, link)), evidence(link))
            for link in worst
        ),
        page_url(narrowing), part.day, part.made_at, has_sample=bool(said),
    )  # fmt: skip

"""Programmes in words, with where each number opens."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from domain.chains import PIPELINE, Milestone
from projects.models import Kind
from screen.programmes.queries import Programme
from screen.sentence import Clause

STATION_LABELS: Final = {
    Milestone.APPLIED: pgettext_lazy("station of a programme", "Applied"),
    Milestone.POOLED: pgettext_lazy("station of a programme", "In the pool"),
    Milestone.CULTIVATED: pgettext_lazy("station of a programme", "Cultivated"),
    Milestone.RECOGNISED: pgettext_lazy("station of a programme", "Recognised"),
}
_ACCEPTED: Final = pgettext_lazy("station of a programme", "Accepted")
"""What ends a research project: the others are about enterprises, which are recognised."""

_OWN = ("kind", "tier", "reached", "reached_after", "reached_before", "applied_in", "page")


@dataclass(frozen=True, slots=True)
class Count:
    """A number and the projects behind it; `width` in percent of the widest bar."""

    n: int
    url: str
    width: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class CountRow:
    label: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeCard:
    """A programme as its card shows it: the sentence, the stations as bars, the tables by tier and by year."""

    kind: Kind
    label: str
    entries: Count
    clauses: list[Clause]
    stations: tuple[Count, ...]
    tiers: tuple[CountRow, ...]
    years: tuple[CountRow, ...]


def programme_cards(programmes: Iterable[Programme], asked: QueryDict) -> list[ProgrammeCard]:
    return [_Writer(programme, asked).card() for programme in programmes]


class _Writer:
    def __init__(self, programme: Programme, asked: QueryDict) -> None:
        self.programme = programme
        self.asked = asked.copy()
        self.year = asked.get("applied_in", "")
        for name in _OWN:
            self.asked.pop(name, None)

    def card(self) -> ProgrammeCard:
        programme = self.programme
        most = max(programme.reached.values(), default=0)
        stations = tuple(
            Count(n, self._url(milestone), 100 * n // most if most else 0, self._label(milestone))
            for milestone, n in programme.reached.items()
        )
        return ProgrammeCard(
            programme.kind, str(programme.kind.label), Count(programme.entries, self._url()),
            self._clauses(), stations, self._tiers(), self._years(),
        )  # fmt: skip

    @property
    def _is_research(self) -> bool:
        return self.programme.kind is Kind.RESEARCH

    def _label(self, milestone: Milestone) -> str:
        is_last = milestone is Milestone.RECOGNISED
        return str(_ACCEPTED if is_last and self._is_research else STATION_LABELS[milestone])

    def _words(self) -> dict[Milestone, str]:
        """Chinese counts research projects with another word than enterprises."""
        if self._is_research:
            return {
                Milestone.APPLIED: pgettext("research projects", "%(n)s applied"),
                Milestone.POOLED: pgettext("research projects", "%(n)s in the pool"),
                Milestone.CULTIVATED: pgettext("research projects", "%(n)s cultivated"),
                Milestone.RECOGNISED: pgettext("research projects", "%(n)s accepted"),
            }
        return {
            Milestone.APPLIED: _("%(n)s applied"), Milestone.POOLED: _("%(n)s in the pool"),
            Milestone.CULTIVATED: _("%(n)s cultivated"), Milestone.RECOGNISED: _("%(n)s recognised"),
        }  # fmt: skip

    def _url(self, milestone: Milestone | None = None, **more: str) -> str:
        query = self.asked.copy()
        query["kind"] = self.programme.kind.value
        if self.year:
            query["applied_in"] = self.year
        if milestone:
            query["reached"] = milestone.value
        for name, value in more.items():
            query[name] = value
        return f"{reverse('milestones:projects')}?{query.urlencode()}"

    def _clauses(self) -> list[Clause]:
        """“88 applied, 77 in the pool (1 chain leader, 18 smart factories), …”."""
        reached = self.programme.reached
        if not any(reached.values()):
            if not self.programme.entries:
                nothing = pgettext("research projects", "nothing has been entered yet")
                return [Clause(nothing if self._is_research else _("nobody has been entered yet"))]
            n = self.programme.entries
            said = ngettext("%(n)s entered, none has applied yet", "%(n)s entered, none has applied yet", n)
            if self._is_research:
                said = pgettext("research projects", "%(n)s entered, none has applied yet")
            return [Clause(said % {"n": f"{n:,}"}, self._url())]
        words = self._words()
        clauses = []
        for milestone in PIPELINE:
            n = reached[milestone]
            if n:
                said = words[milestone] % {"n": f"{n:,}"}
                if milestone is Milestone.POOLED:
                    said += self._by_tier(milestone)
                clauses.append(Clause(said, self._url(milestone)))
        return clauses

    def _by_tier(self, milestone: Milestone) -> str:
        named = [
            pgettext("a tier and how many", "%(n)s × %(tier)s")
            % {"n": f"{row.reached[milestone]:,}", "tier": _in_a_sentence(str(row.tier))}
            for row in self.programme.tiers
            if row.tier and row.reached[milestone]
        ]
        if not named:
            return ""
        return pgettext("in brackets", " (%(names)s)") % {
            "names": pgettext("between names", ", ").join(named)
        }

    def _tiers(self) -> tuple[CountRow, ...]:
        return tuple(
            CountRow(
                str(row.tier) if row.tier else _("no tier yet"),
                tuple(
                    Count(n, self._url(milestone, tier=str(row.tier.pk) if row.tier else "none"))
                    for milestone, n in row.reached.items()
                ),
            )
            for row in self.programme.tiers
            if row.entries
        )

    def _years(self) -> tuple[CountRow, ...]:
        return tuple(
            CountRow(
                str(row.year),
                tuple(
                    Count(n, self._url(milestone, applied_in=str(row.year)))
                    for milestone, n in row.reached.items()
                ),
            )
            for row in self.programme.years
        )


def _in_a_sentence(name: str) -> str:
    return name[:1].lower() + name[1:]

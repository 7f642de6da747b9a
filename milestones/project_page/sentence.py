"""The sentence that opens a project's page: what is the matter, why, and what follows from it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from domain.lifecycle import CLOSED, Status
from domain.lights import Light
from milestones.chain_states import Forecast
from milestones.queries import NodeRow
from milestones.templatetags.lights import day_text


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the sentence: what it speaks of, in bold and with the address that opens it, and the rest."""

    strong: str
    rest: str = ""
    url: str = ""


def project_clauses(
    rows: Sequence[NodeRow], forecasts: Sequence[Forecast], reasons: Mapping[int, str],
    today: date, address: Callable[[int], str],
) -> list[Clause]:  # fmt: skip
    """The clauses in their order: the cause, what is on hold, when the next goal is reached.

    `reasons` say of nodes on hold why they are; `address` says where a node's page is.
    """
    if not rows:
        return [Clause(_("no chain has been laid yet"))]
    if all(row.status in CLOSED for row in rows):
        return [Clause(_("everything is done")), *_ahead(forecasts, today)]
    matters = [*_late(rows, address), *_held(rows, reasons, address)] or [*_in_time(rows, today, address)]
    return [*matters, *_ahead(forecasts, today)]


def _late(rows: Sequence[NodeRow], address: Callable[[int], str]) -> Iterator[Clause]:
    causes = sorted(
        (row for row in rows if row.light is Light.RED and not row.blocked_by), key=lambda row: -row.days_late
    )
    if not causes:
        return
    worst = causes[0]
    said = ngettext(
        "%(node)s is %(n)d working day late", "%(node)s is %(n)d working days late", worst.days_late
    ) % {"node": worst.label, "n": worst.days_late}  # fmt: skip
    yield Clause(said, _of_unit(worst) + _holds_up(worst), address(worst.pk))
    if others := len(causes) - 1:
        more = ngettext(
            "%(n)d more node is late and could be worked on",
            "%(n)d more nodes are late and could be worked on",
            others,
        )
        yield Clause("", more % {"n": others})


def _holds_up(row: NodeRow) -> str:
    if not row.holds_up:
        return ""
    return ngettext(
        " and holds up %(n)d node behind it", " and holds up %(n)d nodes behind it", row.holds_up
    ) % {"n": row.holds_up}  # fmt: skip


def _of_unit(row: NodeRow) -> str:
    return pgettext("unit behind its node", " (%(unit)s)") % {"unit": row.unit} if row.unit else ""


def _held(
    rows: Sequence[NodeRow], reasons: Mapping[int, str], address: Callable[[int], str]
) -> Iterator[Clause]:
    held = sorted((row for row in rows if row.status is Status.HELD), key=lambda row: -row.days_held)
    if not held:
        return
    longest = held[0]
    said = ngettext(
        "%(node)s has been on hold for %(n)d working day", "%(node)s has been on hold for %(n)d working days",
        longest.days_held,
    ) % {"node": longest.label, "n": longest.days_held}  # fmt: skip
    reason = reasons.get(longest.pk, "")
    why = pgettext("why, behind what", " (%(reason)s)") % {"reason": reason} if reason else ""
    yield Clause(said, why, address(longest.pk))
    if others := len(held) - 1:
        yield Clause(
            "", ngettext("%(n)d more node is on hold", "%(n)d more nodes are on hold", others) % {"n": others}
        )


def _in_time(rows: Sequence[NodeRow], today: date, address: Callable[[int], str]) -> Iterator[Clause]:
    yield Clause(_("nothing is late"))
    idle = [row for row in rows if row.is_idle]
    if idle:
        yield Clause(
            _("%(node)s could have been started long ago") % {"node": idle[0].label}, "", address(idle[0].pk)
        )
    ahead = [row for row in rows if row.status not in CLOSED and row.deadline_on]
    if ahead:
        first = min(ahead, key=lambda row: row.deadline_on or date.max)
        said = _("the next node, %(node)s, falls due on %(day)s")
        yield Clause("", said % {"node": first.label, "day": _day(first.deadline_on, today)})


def _ahead(forecasts: Sequence[Forecast], today: date) -> Iterator[Clause]:
    """The next of the goals that is not reached yet, when it is expected, and beside its baseline."""
    goal = next((forecast for forecast in forecasts if not forecast.is_done), None)
    if goal is None:
        return
    named = {"node": goal.label, "day": _day(goal.expected_on, today)}
    if goal.is_open_ended:
        said = _(
            "when %(node)s will be done is to be settled: %(day)s at the earliest, if the hold ended today"
        )
    else:
        said = _("as things stand %(node)s will be done on %(day)s at the earliest")
    slip = drift_words(goal.drift)
    yield Clause("", said % named + (pgettext("between two clauses", ", ") + slip if slip else ""))


def drift_words(drift: int | None) -> str:
    """How many working days after or before the baseline; blank where there is none."""
    if drift is None:
        return ""
    if drift == 0:
        return _("as the baseline has it")
    if drift > 0:
        said = ngettext(
            "%(n)d working day later than the baseline", "%(n)d working days later than the baseline", drift
        )
        return said % {"n": drift}
    said = ngettext(
        "%(n)d working day earlier than the baseline", "%(n)d working days earlier than the baseline", -drift
    )
    return said % {"n": -drift}


def _day(value: date | None, today: date) -> str:
    return day_text(value, get_language() or "en", today.year) if value else ""

"""The investment of a period in words: the sentence of the page, and its row of figures with where each opens."""

from datetime import date

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from domain.chains import Milestone
from domain.lights import Light
from domain.periods import Months
from milestones.templatetags.amounts import (
    behind_words,
    growth_words,
    money,
    months,
    percent,
    points_words,
    signed_percent,
    signed_points,
)
from projects.investments import GROUP_LABELS, Amount, PlanTotals
from projects.models import Kind
from projects.templatetags.parts import mark
from screen.figures import Figure, Note
from screen.investment.form import LIGHT_LABELS
from screen.investment.page import InvestmentPage
from screen.reached import Reached
from screen.sentence import Clause

_OWN = ("from", "to", "group", "investment_light", "page")
"""What an address says of investment itself; the rest of it narrows the projects."""


class Addresses:
    """Where figures of one page open: the same narrowing, another period, group or light."""

    def __init__(self, asked: QueryDict, period: Months) -> None:
        self.asked, self.period = asked, period

    def rows(self, period: Months | None = None, *, anchor: str = "#rows", **more: str) -> str:
        """The investment page with its rows; of what it asks now the light is left out unless named."""
        query = self.asked.copy()
        for name in ("page", "investment_light"):
            query.pop(name, None)
        shown = period or self.period
        query["from"], query["to"] = f"{shown.first:%Y-%m}", f"{shown.last:%Y-%m}"
        for name, value in more.items():
            query[name] = value
        return f"{reverse('screen:investment')}?{query.urlencode()}{anchor}"

    def month(self, month: date) -> str:
        return self.rows(Months(month, month))

    def reached(self, milestone: Milestone, period: Months, **more: str) -> str:
        """The projects of the group that reached `milestone` in the period."""
        query = self.asked.copy()
        group = query.get("group")
        for name in _OWN:
            query.pop(name, None)
        if group and group != "all":
            query["investment_group"] = group
        query["reached"] = milestone.value
        query["reached_after"], query["reached_before"] = f"{period.first}", f"{period.last_day}"
        for name, value in more.items():
            query[name] = value
        return f"{reverse('milestones:projects')}?{query.urlencode()}"


def investment_clauses(page: InvestmentPage, addresses: Addresses, today: date) -> list[Clause]:
    """What is the matter, from the figures that stand below it."""
    period, totals = months(page.asked.months), page.totals
    if not page.asked.months.has_begun(today):
        return [
            Clause(
                _("%(period)s lies in the future; nothing can have been invested yet") % {"period": period}
            )
        ]
    if not totals.all.now:
        return [Clause(_("No investment is recorded for %(period)s") % {"period": period})]
    if totals.manufacturing.now:
        amount, said = totals.manufacturing, _("%(period)s: %(amount)s of manufacturing investment")
        group = "manufacturing"
    else:
        amount, said, group = totals.all, _("%(period)s: %(amount)s of investment"), "all"
    clauses = [
        Clause(
            _with(said % {"period": period, "amount": money(amount.now)}, growth_words(amount.growth)),
            addresses.rows(group=group),
        )
    ]
    if totals.renovation_share is not None and totals.renovation.now:
        said = _("renovation is %(share)s of industrial investment") % {
            "share": percent(totals.renovation_share)
        }
        clauses.append(
            Clause(
                _with(said, points_words(totals.renovation_share_change)), addresses.rows(group="renovation")
            )
        )
    late = page.plan.lights[Light.RED]
    if late:
        said = ngettext(
            "%(count)s project is more than 30 points behind its plan",
            "%(count)s projects are more than 30 points behind their plan",
            late,
        )
        url = addresses.rows(investment_light=Light.RED.value)
        clauses.append(Clause(said % {"count": late}, url, is_alarming=True))
    return clauses


def investment_figures(page: InvestmentPage, addresses: Addresses) -> list[Figure]:
    """Amounts by group with their change, the plan, filings and new starts; each opens into rows that add up to it."""
    totals, period = page.totals, page.asked.months
    amounts = (
        ("all", totals.all), ("manufacturing", totals.manufacturing), ("industrial", totals.industrial),
        ("renovation", totals.renovation),
    )  # fmt: skip
    figures = [_amount(name, amount, period, addresses) for name, amount in amounts]
    figures.append(_share(page, addresses))
    figures.append(_plan(page.plan, addresses))
    group = page.asked.group
    of_group = () if group == "all" else (Note(str(GROUP_LABELS[group])),)
    changed = _change(page.filed_renovation)
    of_renovation = Note(
        _("%(count)s renovation, %(change)s")
        % {"count": page.filed_renovation.now, "change": changed or "–"},
        addresses.reached(Milestone.FILED, period, kind=Kind.RENOVATION.value),
    )
    # Where all are of one kind there is nothing to tell apart.
    more = () if addresses.asked.get("kind") or group == "renovation" else (of_renovation,)
    filed = _reached(_("Filings"), page.filed, Milestone.FILED, period, addresses, (*of_group, *more))
    figures.append(filed)
    figures.append(_reached(_("New starts"), page.started, Milestone.STARTED, period, addresses, of_group))
    return figures


def _amount(group: str, amount: Amount, period: Months, addresses: Addresses) -> Figure:
    before = Note(
        _("%(amount)s a year earlier") % {"amount": money(amount.before)},
        addresses.rows(period.year_earlier(), group=group),
    )
    grown = signed_percent(amount.growth)
    notes = (Note(grown), before) if grown else (before,)
    return Figure(str(GROUP_LABELS[group]), money(amount.now), addresses.rows(group=group), notes)


def _share(page: InvestmentPage, addresses: Addresses) -> Figure:
    share = page.totals.renovation_share
    change = signed_points(page.totals.renovation_share_change)
    notes = (
        (Note(change), Note(_("of industrial investment")))
        if change
        else (Note(_("of industrial investment")),)
    )
    return Figure(
        _("Renovation share"),
        "–" if share is None else percent(share),
        addresses.rows(group="renovation"),
        notes,
    )


def _plan(plan: PlanTotals, addresses: Addresses) -> Figure:
    label = _("Plan of %(year)s") % {"year": plan.year}
    if plan.behind is None:
        return Figure(label, "–", addresses.rows(), (Note(_("no project has a plan")),))
    notes = [Note(behind_words(plan.behind))]
    for light in (Light.RED, Light.YELLOW):
        if plan.lights[light]:
            said = _("%(count)s %(light)s") % {"count": plan.lights[light], "light": LIGHT_LABELS[light]}
            notes.append(Note(mark(f"light-{light}", said), addresses.rows(investment_light=light.value)))
    return Figure(
        label, money(plan.planned), addresses.rows(), tuple(notes), is_alarming=plan.light == Light.RED
    )


def _reached(
    label: str, reached: Reached, milestone: Milestone, period: Months, addresses: Addresses,
    more: tuple[Note, ...] = (),
) -> Figure:  # fmt: skip
    notes = [Note(_change(reached))] if reached.change is not None else []
    if reached.before is not None:
        before = _("%(count)s a year earlier") % {"count": reached.before}
        notes.append(Note(before, addresses.reached(milestone, period.year_earlier())))
    return Figure(label, str(reached.now), addresses.reached(milestone, period), (*notes, *more))


def _change(reached: Reached) -> str:
    """Blank where there is nothing to compare."""
    if reached.change is None:
        return ""
    return f"{reached.change:+d}".replace("-", "−") if reached.change else "±0"


def _with(said: str, more: str) -> str:
    return f"{said}{pgettext('between two clauses', ', ')}{more}" if more else said

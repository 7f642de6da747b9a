"""The weak link in words: names, days with their bands, shares, the sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.models import Unit
from domain.survival import Curve
from domain.weak_link import Cell, Link, Order
from issues.models import Category
from milestones.models import CLOCK_LABELS, TemplateNode, in_reader_language
from screen.reckoning.spans import CLOCKS
from screen.weak_link.queries import NO_SECTOR, Division, Part, link_name

DIVISION_LABELS: Final[dict[Division, Promise]] = {
    Division.KIND: gettext_lazy("node kinds"),
    Division.TOWN: gettext_lazy("towns"),
    Division.UNIT: gettext_lazy("responsible units"),
    Division.SECTOR: gettext_lazy("sectors"),
}

ORDER_LABELS: Final[dict[Order, Promise]] = {
    Order.HANDED: gettext_lazy("days handed on"),
    Order.PER_NODE: gettext_lazy("days handed on for each node"),
    Order.OVER: gettext_lazy("median against the limit"),
    Order.BEYOND: gettext_lazy("share beyond the limit"),
    Order.IDLE: gettext_lazy("share idle before the start"),
    Order.BLOCKED: gettext_lazy("share blocked by issues"),
}

CELL_LABELS: Final[dict[Cell, Promise]] = {
    Cell.SAMPLE: gettext_lazy("begun"),
    Cell.ENDED: gettext_lazy("begun and ended"),
    Cell.OPEN: gettext_lazy("begun and still open"),
    Cell.BEYOND: gettext_lazy("longer than the limit"),
    Cell.HANDED: gettext_lazy("handed delay on in the period"),
    Cell.IDLE: gettext_lazy("idle before the start"),
    Cell.WAITING: gettext_lazy("could be begun and is not"),
    Cell.HELD: gettext_lazy("on hold at some time"),
    Cell.REACHED: gettext_lazy("begun or could be begun"),
    Cell.BLOCKED: gettext_lazy("blocked by an issue"),
    Cell.UNDATED: gettext_lazy("ended, without a day of beginning"),
}

NOT_YET: Final = pgettext_lazy("a quantile", "not known yet")


@dataclass(frozen=True, slots=True)
class KindName:
    """A node kind by the newest version of its chain; its code where no template has it any more."""

    name: str
    chain: str
    is_gone: bool = False


def kind_names(kinds: Iterable[str]) -> dict[str, KindName]:
    """The names of ``template/node``; one query."""
    wanted = {kind: (kind.partition("/")[0], kind.partition("/")[2]) for kind in kinds}
    chains, codes = ({pair[place] for pair in wanted.values()} for place in (0, 1))
    steps = TemplateNode.objects.filter(template__code__in=chains, code__in=codes).order_by(
        "template__version"
    )
    found = {
        (chain, code): KindName(in_reader_language(name, name_en), in_reader_language(of, of_en))
        for chain, code, name, name_en, of, of_en in steps.values_list(
            "template__code", "code", "name", "name_en", "template__name", "template__name_en"
        )
    }
    return {kind: found.get(pair, KindName(pair[1], pair[0], is_gone=True)) for kind, pair in wanted.items()}


def link_names(part: Part, division: Division, links: Iterable[Link]) -> dict[int, KindName]:
    """The names of links by their key; of a unit the one it has now."""
    named = {link.key: link_name(part, division, link) for link in links}
    if division == Division.KIND:
        kinds = kind_names(named.values())
        return {key: kinds[name] for key, name in named.items()}
    if division == Division.SECTOR:
        none = _("no sector")
        return {key: KindName(none if name == NO_SECTOR else name, "") for key, name in named.items()}
    units = dict(Unit.objects.filter(pk__in=named).values_list("pk", "name"))
    gone = _("no unit named")
    return {key: KindName(units.get(key, gone), "") for key in named}


def category_labels(codes: Iterable[str]) -> dict[str, str]:
    """The categories of issues by code; the code itself where there is none of it any more. One query."""
    codes = list(codes)
    known = {category.code: category.label for category in Category.objects.filter(code__in=codes)}
    return {code: known.get(code, code) for code in codes}


def clock_word(link: Link) -> str:
    """Whose clock; of several the one of most nodes, which is said."""
    if link.clock is None:
        return ""
    word = str(CLOCK_LABELS[CLOCKS[link.clock]])
    return word if len(link.clocks) == 1 else _("mostly %(clock)s") % {"clock": word}


def quarter_name(code: str) -> str:
    """``2026-1`` as people write it."""
    year, _dash, part = code.partition("-")
    return pgettext("quarter of a year", "%(year)s Q%(number)s") % {"year": year, "number": part}


def number(value: float) -> str:
    """At most one decimal, none where it is nought."""
    text = f"{value:,.1f}"
    return text.removesuffix(".0")


def share(value: float | None) -> str:
    """A share in per cent without decimals; what is neither none nor all never reads as such."""
    if value is None:
        return "–"
    shown = round(value * 100)
    if shown == 0 and value > 0:
        return "<1\N{NO-BREAK SPACE}%"
    if shown == 100 and value < 1:
        return ">99\N{NO-BREAK SPACE}%"
    return f"{shown}\N{NO-BREAK SPACE}%"


def quantile_days(curve: Curve, part: float) -> str:
    """Days; “over 30” where so many never were seen to end; a dash where there is nothing."""
    if not curve.observations:
        return "–"
    days = curve.quantile(part)
    if days is None:
        return pgettext("working days", "over %(days)s") % {"days": number(curve.longest)}
    return number(days)


def mean_days(curve: Curve) -> str:
    """Where the longest has not ended it is at least so much, and says so."""
    if not curve.observations:
        return "–"
    is_bound = not curve.steps or curve.steps[-1].survival > 0
    days = number(curve.mean())
    return pgettext("working days", "at least %(days)s") % {"days": days} if is_bound else days


def band_days(curve: Curve, part: float = 0.5) -> str:
    """Between which days the quantile lies with 95 % confidence."""
    if not curve.ends:
        return _("no band")
    low, high = curve.quantile_band(part)
    if low is None:
        return pgettext("working days", "over %(days)s") % {"days": number(curve.longest)}
    if high is None:
        return _("%(low)s or more") % {"low": number(low)}
    return _("%(low)s to %(high)s") % {"low": number(low), "high": number(high)}


def allowed_days(link: Link) -> str:
    return number(link.allowed)


def allowed_word(link: Link) -> str:
    return _("limit") if link.is_limit else _("plan, no limit")


def median_sentence(link: Link) -> str:
    """“half take 12 working days or longer, the limit is 10”."""
    said = {"days": quantile_days(link.curve, 0.5), "allowed": allowed_days(link)}
    if link.is_limit:
        return _("median %(days)s working days, limit %(allowed)s") % said
    return _("median %(days)s working days, plan %(allowed)s") % said


def handed_sentence(link: Link) -> str:
    return ngettext(
        "%(n)s working day of delay handed on", "%(n)s working days of delay handed on", link.handed
    ) % {"n": number(link.handed)}


def blocked_sentence(link: Link) -> str:
    return _("%(share)s blocked by issues") % {"share": share(link.blocked_share)}


def idle_sentence(link: Link) -> str:
    return _("%(share)s of the time before anyone began") % {"share": share(link.idle_share)}


def clock_sentence(link: Link) -> str:
    return _("on the clock of: %(clock)s") % {"clock": clock_word(link)}


def evidence(link: Link) -> str:
    """One line: the median against the limit, the days handed on, whose clock, the share blocked, the idle share."""
    said = [
        median_sentence(link),
        handed_sentence(link),
        clock_sentence(link),
        blocked_sentence(link),
        idle_sentence(link),
    ]
    return pgettext("between two clauses", ", ").join(said)


def few_sentence(link: Link) -> str:
    """How many have ended, where that is too few to say anything."""
    ended = link.curve.ends
    if not ended:
        return _("none has ended; too few to say")
    return ngettext("%(n)s has ended; too few to say", "%(n)s have ended; too few to say", ended) % {
        "n": number(ended)
    }

"""The rows of the list of investment.

Written in Python and not as a template, like ``node_table``: a page has a hundred of them. Everything that comes from
data goes through ``escape``.
"""

from collections.abc import Iterable
from decimal import Decimal
from html import escape

from django.template import Library
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from milestones.templatetags.amounts import against_plan, whole
from milestones.templatetags.lights import amount
from screen.investment.page import NamedLine

register = Library()


@register.simple_tag
def investment_rows(rows: Iterable[NamedLine], is_year_so_far: bool, *labels: str) -> SafeString:  # noqa: FBT001
    """`labels` of the amounts: of the period, a year earlier, since January, planned to date, planned."""
    heads = [f'<td class="n" data-label="{escape(label)}">' for label in labels]
    before_the_number = reverse("milestones:project", args=[0]).removesuffix("0/")
    return mark_safe("\n".join([_row(row, is_year_so_far, heads, before_the_number) for row in rows]))  # noqa: S308


def _row(row: NamedLine, is_year_so_far: bool, heads: list[str], address: str) -> str:  # noqa: FBT001
    line = row.line
    now, before, made, to_date, planned = heads
    under = " · ".join(escape(words) for words in (row.town, row.enterprise) if words)
    since_january = "" if is_year_so_far else f"{made}{amount(line.made)}</td>"
    return (
        f'<tr><td><a class="name" href="{address}{line.pk}/#investment">{escape(row.name)}</a>'
        f"<small>{under}</small></td>"
        f"<td>{against_plan(line.light, line.behind)}</td>"
        f"{now}{amount(line.now)}</td>{before}{amount(line.before)}</td>{since_january}"
        f"{to_date}{_planned(line.to_date, exact=False)}</td>{planned}{_planned(line.planned, exact=True)}</td></tr>"
    )


def _planned(value: Decimal | None, *, exact: bool) -> str:
    if value is None:
        return "–"
    return amount(value) if exact else whole(value)

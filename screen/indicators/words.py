"""The indicators in words: the sentence of their page."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from screen.indicators.queries import IndicatorRow
from screen.sentence import Clause
from screen.templatetags.indicator_values import change_words, indicator_value, period_text

_MOST = 2
"""So many indicators the sentence tells."""


def indicator_clauses(rows: Iterable[IndicatorRow]) -> list[Clause]:
    rows = list(rows)
    if not rows:
        return [Clause(_("No indicator is defined yet"))]
    clauses: list[Clause] = []
    for row in rows:
        if row.period is None or row.district.now is None or len(clauses) == _MOST:
            continue
        said = _("%(indicator)s in %(period)s: %(value)s") % {
            "indicator": row.indicator.label, "period": period_text(row.period, row.indicator),
            "value": indicator_value(row.district.now, row.indicator),
        }  # fmt: skip
        change = change_words(row.district)
        if change:
            said = f"{said}{pgettext('between two clauses', ', ')}{change}"
        clauses.append(Clause(said, reverse("screen:indicator", args=[row.indicator.code])))
    return clauses or [Clause(_("No value of the district is recorded yet"))]

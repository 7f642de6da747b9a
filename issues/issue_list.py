"""One list of issues as an address asks for it: the page, its export, and whatever opens into it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest, QueryDict
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Unit
from domain.issues import TICKING_ISSUES, IssueStatus
from domain.lights import LightRule
from issues.filters import SAYS_WHICH_STATES, TURN_LABELS, USUAL_ORDER, IssueFilter, asked_for
from issues.models import ISSUE_LABELS, LEVEL_LABELS, Category, Issue, Topic
from issues.querysets import IssueQuerySet
from milestones.models import Node
from projects.models import Project

FIELDS: Final = (
    "category", "unit", "level", "town", "source", "topic", "turn", "age_from", "late", "closed_after", "ordering",
)  # fmt: skip
"""What the page asks for in fields, beside the states and the search."""
SHOWN: Final = ("search", "status", *FIELDS)
ASKABLE: Final = tuple(IssueFilter.base_filters)
"""Everything an address may ask for, in the order of the filter."""


@dataclass(frozen=True)
class IssueList:
    """`issues` are the rows to show."""

    filter: IssueFilter
    issues: IssueQuerySet

    @property
    def asked(self) -> dict[str, Any]:
        """What the address asks for and can be read, name by name; what says nothing left out."""
        said = self.filter.form.cleaned_data
        return {name: value for name, value in said.items() if value not in (None, "", [])}

    @property
    def is_all_open(self) -> bool:
        """Whether the states shown are just those that are open."""
        return not [name for name in SAYS_WHICH_STATES if name in self.asked and name != "open"] and bool(
            self.asked.get("open")
        )


def issue_list(params: QueryDict, visible: IssueQuerySet, rule: LightRule, request: HttpRequest) -> IssueList:
    """The issues among `visible` that the address asks for; silence asks for open ones."""
    narrowed = IssueFilter(asked_for(params), queryset=visible, request=request, rule=rule)
    issues: IssueQuerySet = narrowed.qs
    return IssueList(narrowed, issues)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the sentence above a list says. `category`: that with most open issues, `of_category` of them, and `unit`
    leads most of these."""

    found: int
    open: int
    late: int
    to_assign: int
    to_verify: int
    category: str = ""
    of_category: int = 0
    unit: str = ""
    of_unit: int = 0


def count_issues(listed: IssueList, today: date) -> Counts:
    """Counted by category and lead unit in one query, without joining either, then added up; their names are asked for
    afterwards."""
    groups = listed.issues.order_by().values_list("category_id", "lead_unit_id")
    rows = list(
        groups.annotate(
            found=Count("pk"),
            open=Count("pk", filter=~Q(status=IssueStatus.CLOSED)),
            late=Count("pk", filter=Q(status__in=TICKING_ISSUES, due_on__lt=today)),
            to_assign=Count("pk", filter=Q(status=IssueStatus.RAISED)),
            to_verify=Count("pk", filter=Q(status=IssueStatus.CLOSE_REQUESTED)),
        )
    )
    found, is_open, late, to_assign, to_verify = (sum(row[at] for row in rows) for at in range(2, 7))
    return Counts(found, is_open, late, to_assign, to_verify, **_most(rows))


def _most(rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """The category with most open issues and the unit that leads most of them; nothing where none is open."""
    categories: Counter[int] = Counter()
    units: dict[int, Counter[int]] = {}
    for category, unit, _found, is_open, *_rest in rows:
        categories[category] += is_open
        if unit is not None and is_open:
            units.setdefault(category, Counter())[unit] += is_open
    if not +categories:
        return {}
    category, of_category = categories.most_common(1)[0]
    label = Category.objects.get(pk=category).label
    most: dict[str, Any] = {"category": label, "of_category": of_category}
    if category in units:
        unit, of_unit = units[category].most_common(1)[0]
        most |= {"unit": Unit.objects.get(pk=unit).name, "of_unit": of_unit}
    return most


@dataclass(frozen=True, slots=True)
class ListLink:
    """A list a click away; `query` is the part of its address."""

    title: str
    query: str
    symbol: str
    is_here: bool


def quick_links(params: QueryDict, today: date) -> list[ListLink]:
    """The lists that are asked for most; what narrows this one narrows them as well."""
    lists: list[tuple[str, str, dict[str, str]]] = [
        (_("Open"), "state-working", {}),
        (pgettext("of issues", "Overdue"), "light-red", {"late": "true"}),
        (_("To be assigned"), "state-raised", {"status": IssueStatus.RAISED.value}),
        (_("Waits for verification"), "state-asked", {"status": IssueStatus.CLOSE_REQUESTED.value}),
        (_("Closed this year"), "light-blue", {"closed_after": date(today.year, 1, 1).isoformat()}),
    ]
    changed = {*SAYS_WHICH_STATES, "late", "page"}
    kept = QueryDict(mutable=True)
    for name, values in params.lists():
        if name not in changed and name in ASKABLE and any(values):
            kept.setlist(name, [value for value in values if value])
    here = {
        name: ",".join(filter(None, values)).lower()
        for name, values in params.lists()
        if name in changed and name != "page" and any(values)
    }
    return [
        ListLink(
            title, "&".join(filter(None, (urlencode(said), kept.urlencode()))), symbol, is_here=here == said
        )
        for title, symbol, said in lists
    ]


def address_of(params: QueryDict) -> str:
    """The part of an address that says which issues it asks for, without what says nothing or is no filter."""
    said = QueryDict(mutable=True)
    for name, values in params.lists():
        told = [value.lower() if name == "late" else value for value in values if value]
        if name in ASKABLE and told and (name, told) != ("ordering", [USUAL_ORDER]):
            said.setlist(name, told)
    return said.urlencode()


def said_in_words(listed: IssueList, request: HttpRequest, names: Iterable[str] = ASKABLE) -> list[str]:
    """The filters with these names in words; that a list is about open issues goes without saying."""
    form, asked = listed.filter.form, listed.asked
    return [
        _("%(field)s: %(value)s") % {"field": form[name].label, "value": _shown(name, asked[name], request)}
        for name in names
        if name in asked and name != "ordering" and not (name == "open" and listed.is_all_open)
    ]


def _shown(name: str, value: Any, request: HttpRequest) -> str:
    """What a filter asks for, by its word where the address has a code."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_format(value, "Y-m-d")
    if name in _WORDS:
        values = value if isinstance(value, list) else [value]
        return pgettext("between names", ", ").join(str(_WORDS[name].get(one, one)) for one in values)
    if name in _NAMED:
        rows = _NAMED[name].objects.visible_to(request.user)
        return str(rows.filter(pk=value).first() or value)
    return str(value)


_WORDS: Final[Mapping[str, Mapping[Any, Any]]] = {
    "status": dict(ISSUE_LABELS),
    "level": {str(int(level)): label for level, label in LEVEL_LABELS.items()},
    "source": dict(Issue.Source.choices),
    "kind": dict(Project.Kind.choices),
    "turn": TURN_LABELS,
}
_NAMED: Final[Mapping[str, Any]] = {"topic": Topic, "project": Project, "node": Node}
"""Filters that ask for the number of a row; out of sight it stays a number."""

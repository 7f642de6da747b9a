"""Search from every page: projects, issues, topics, units, whatever is typed of them.

It lies here because it reaches across the parts; what matches and who sees it, the QuerySets say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from domain.issues import IssueStatus
from domain.lights import Light, LightRule
from issues.models import ISSUE_LABELS, Issue, Topic
from milestones.project_queries import project_rows
from projects.initials import could_be_initials, initials_of
from projects.models import Project

AT_ONCE = 6
"""Of each kind so many stand in the list under the field; the page shows MOST_ON_THE_PAGE."""

MOST_ON_THE_PAGE = 30
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found; `light` only of a project."""

    title: str
    more: str
    url: str
    light: Light | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a kind; `all_url` opens the list of all of it where there is more, or blank."""

    label: str
    hits: tuple[Hit, ...]
    all_url: str = ""


def found(reader: User, text: str, most: int, rule: LightRule) -> Iterator[Found]:
    """What `reader` may see of what matches `text`, at most `most` of each kind; kinds without a hit are left out.

    Lights are those of the day of `rule`.
    """
    for one in (
        _projects(reader, text, most, rule),
        _issues(reader, text, most),
        _topics(reader, text, most),
        _units(text, most),
    ):
        if one.hits:
            yield one


def _projects(reader: User, text: str, most: int, rule: LightRule) -> Found:
    keys = list(
        Project.objects.visible_to(reader)
        .matching(text)
        .best_first(text)
        .values_list("pk", flat=True)[: most + 1]
    )
    rows = {row.pk: row for row in project_rows(Project.objects.filter(pk__in=keys[:most]), rule)}
    shown = tuple(
        Hit(
            row.name,
            " · ".join(filter(None, [row.enterprise, row.town, row.code])),
            _project(row.pk),
            row.light,
        )
        for row in (rows[key] for key in keys[:most])
    )
    more = f"{reverse('milestones:projects')}?{urlencode({'search': text})}" if len(keys) > most else ""
    return Found(_("Projects"), shown, more)


def _project(pk: int) -> str:
    return reverse("milestones:project", args=[pk])


def _issues(reader: User, text: str, most: int) -> Found:
    """By number whatever its state, by words of the title the open ones; the list of all issues looks into the rest."""
    seen = Issue.objects.visible_to(reader).select_related("project", "lead_unit").order_by("-pk")
    rows = list(seen.numbered(text)[: most + 1])
    if len(rows) <= most:
        known = {row.pk for row in rows}
        rows += [row for row in seen.open().titled(text)[: most + 1] if row.pk not in known]
    shown = tuple(
        Hit(f"{row.number} {row.title}", _of_issue(row), row.get_absolute_url()) for row in rows[:most]
    )
    more = f"{reverse('issues:index')}?{urlencode({'search': text})}" if len(rows) > most else ""
    return Found(_("Issues"), shown, more)


def _of_issue(issue: Issue) -> str:
    state = str(ISSUE_LABELS[IssueStatus(issue.status)])
    unit = issue.lead_unit.name if issue.lead_unit else ""
    return " · ".join(filter(None, [issue.project.name, state, unit]))


def _topics(reader: User, text: str, most: int) -> Found:
    topics = Topic.objects.visible_to(reader).filter(name__icontains=text).select_related("lead_unit")
    shown = tuple(
        Hit(topic.name, str(topic.lead_unit or ""), topic.get_absolute_url())
        for topic in topics.pressing_first()[:most]
    )
    return Found(_("Topics"), shown)


def _units(text: str, most: int) -> Found:
    """Units are no secret; each opens the nodes that wait for it."""
    asked = Q(name__icontains=text) | Q(name_en__icontains=text)
    units = list(Unit.objects.filter(asked)[:most])
    if could_be_initials(text) and len(units) < most:
        others = Unit.objects.exclude(pk__in=[unit.pk for unit in units])
        units += [unit for unit in others if text.lower() in initials_of(unit.name)][: most - len(units)]
    shown = tuple(Hit(unit.name, unit.get_kind_display(), _overdue_of(unit)) for unit in units)
    return Found(_("Units"), shown)


def _overdue_of(unit: Unit) -> str:
    return f"{reverse('milestones:overdue')}?{urlencode({'unit': unit.pk})}"

"""The forecast on the page of a project, and what would come of it if an issue were solved by a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from domain.issues import OPEN_ISSUES
from issues.models import Block, Issue
from milestones.calendar_table import load_calendar
from projects.models import Project
from screen.forecast.histories import read_histories
from screen.forecast.outlooks import forecast
from screen.forecast.queries import KeyDate, dates_of, of_project
from screen.forecast.words import difference_words
from screen.models import Reckoning
from screen.reckoning.facts import read_facts
from screen.reckoning.queries import latest, spans_of

ISSUE, DAY = "if_issue", "solved_by"
"""The names of the fields in the address."""


@dataclass(frozen=True, slots=True)
class Change:
    """A key node as things stand and as it would be; the differences in words, of working days."""

    before: KeyDate
    after: KeyDate
    half: str
    most: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would change if `issue` were solved by `day`."""

    issue: Issue
    day: date
    changes: Sequence[Change]


class WhatIfForm(forms.Form):
    """Which of the project's open issues, and the day by which it would be solved."""

    if_issue = forms.ModelChoiceField(Issue.objects.none(), label=gettext_lazy("issue"), empty_label=None)
    solved_by = forms.DateField(label=gettext_lazy("solved by"))

    def __init__(self, data: Mapping[str, str] | None, blocking: Sequence[Issue], today: date) -> None:
        super().__init__(data, initial={DAY: today})
        issues = self.fields[ISSUE]
        assert isinstance(issues, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        issues.queryset = Issue.objects.filter(pk__in=[issue.pk for issue in blocking])
        issues.choices = [(issue.pk, f"{issue.number} {issue.title}") for issue in blocking]
        self.fields[DAY].validators.append(
            MinValueValidator(today, _("A day that has passed can no longer be kept."))
        )


@dataclass(frozen=True)
class ProjectForecast:
    """`dates` are those of the newest reckoning; `form` is None where no open issue blocks a node of the project.

    `is_early`: the reckoning knows nothing of this project yet.
    """

    reckoning: Reckoning
    dates: Sequence[KeyDate]
    form: WhatIfForm | None
    what_if: WhatIf | None

    template: Final = "screen/forecast/_on_project.html"

    @property
    def is_early(self) -> bool:
        return not self.dates


def on_project(
    project: Project, reader: User, today: date, asked: Mapping[str, str]
) -> ProjectForecast | None:
    """None where nothing has been reckoned, or the project has no chain.

    Two queries, more only where "what if" is asked.
    """
    if getattr(project, "chain", None) is None or (reckoning := latest()) is None:
        return None
    blocking = blocking_issues(project, reader)
    said = {name: asked[name] for name in (ISSUE, DAY) if name in asked}
    form = WhatIfForm(said or None, blocking, today) if blocking else None
    found = None
    if form is not None and form.is_bound and form.is_valid():
        issue: Issue = form.cleaned_data[ISSUE]
        found = what_if(project, issue, form.cleaned_data[DAY], today, reckoning)
    return ProjectForecast(reckoning, of_project(reckoning, project), form, found)


def blocking_issues(project: Project, reader: User) -> list[Issue]:
    """The open issues in sight that block a node of the project, the oldest first. One query."""
    blocks = Block.objects.filter(node__project=project).values("issue")
    visible = Issue.objects.visible_to(reader)
    return list(
        visible.filter(pk__in=blocks, project=project, status__in=OPEN_ISSUES).order_by("raised_on", "pk")
    )


def what_if(project: Project, issue: Issue, day: date, today: date, reckoning: Reckoning) -> WhatIf:
    """The key nodes of the project forecast anew as of now, with and without the issue solved by `day`.

    The paces are those of `reckoning`, the state of the project is that of `today`.
    """
    facts = read_facts(today, load_calendar(), projects=[project.pk])
    histories = read_histories(facts, spans_of(reckoning))
    before = dates_of(forecast(facts, histories), project)
    solved = {issue.pk: float(max(0, facts.calendar.count(today, day)))}
    after = dates_of(forecast(facts, histories, solved=solved), project)

    def later(one: date, other: date) -> str:
        count = facts.calendar.count
        return difference_words(count(one, other) if other >= one else -count(other, one))

    changes = [
        Change(one, other, later(one.half_on, other.half_on), later(one.most_on, other.most_on))
        for one, other in zip(before, after, strict=True)
        if one.reached_on is None
    ]
    return WhatIf(issue, day, changes)

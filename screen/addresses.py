"""Where a figure opens into its rows: the filter in the address is the figure's definition."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from domain.chains import Milestone
from domain.date_changes import RequestStatus
from domain.lights import Light
from domain.periods import Months
from milestones.project_states import ProjectState
from screen.chains import Band, Column
from screen.queries import Jam, Span

Value = str | int | date | list[str]

ON_TIME = [Light.YELLOW.value, Light.GREEN.value, Light.GREY.value]
"""The lights of what may still fall due: neither overdue nor on hold nor closed."""


def nodes_url(**asked: Value) -> str:
    return _url("milestones:overdue", asked)


def projects_url(**asked: Value) -> str:
    return _url("milestones:projects", asked)


def _url(name: str, asked: dict[str, Value]) -> str:
    return f"{reverse(name)}?{urlencode(asked, doseq=True)}" if asked else reverse(name)


def under_way_url() -> str:
    return projects_url(state=ProjectState.UNDER_WAY)


def light_url(light: Light) -> str:
    """All nodes that show `light`; of the overdue ones the causes and the knocked-on alike."""
    return nodes_url(light=light, knocked_on="all") if light == Light.RED else nodes_url(light=light)


def causes_url() -> str:
    return nodes_url(light=Light.RED, knocked_on="false")


def knocked_on_url() -> str:
    return nodes_url(light=Light.RED, knocked_on="true")


def new_causes_url(span: Span) -> str:
    return nodes_url(light=Light.RED, knocked_on="false", due_after=span.late_since_monday)


def unit_url(unit: int | None) -> str:
    return nodes_url(light=Light.RED, knocked_on="false", **({"unit": unit} if unit else {}))


def due_url(span: Span) -> str:
    return due_between_url(span.today, span.due_until)


def due_between_url(first: date, last: date) -> str:
    return nodes_url(light=ON_TIME, due_after=first, due_before=last)


def done_url(first: date, last: date) -> str:
    return nodes_url(light=Light.BLUE, finished_after=first, finished_before=last)


def idle_url() -> str:
    return nodes_url(idle="true")


def held_over_url(days: int) -> str:
    """What has been on hold for more than so many days."""
    return nodes_url(held_over=days)


def waived_url(first: date, last: date) -> str:
    return nodes_url(light=Light.WHITE, waived_after=first, waived_before=last)


def changes_url(*statuses: RequestStatus, **asked: Value) -> str:
    """Requests for other dates that stand so."""
    return _url("milestones:date_changes", {"status": [status.value for status in statuses], **asked})


def issues_url(**asked: Value) -> str:
    return _url("issues:index", asked)


def raised_url(first: date, last: date) -> str:
    """Issues raised on these days, open or closed."""
    return issues_url(raised_after=first, raised_before=last, open="all")


def closed_url(first: date, last: date) -> str:
    return issues_url(closed_after=first, closed_before=last)


def reached_url(milestone: Milestone, months: Months, **asked: Value) -> str:
    """Projects that reached `milestone` in these months."""
    return projects_url(
        reached=milestone, reached_after=months.first, reached_before=months.last_day, **asked
    )


def not_yet_url(milestone: Milestone) -> str:
    return projects_url(not_yet=milestone)


def investment_url(said: Iterable[tuple[str, str]], **asked: Value) -> str:
    """Narrowed and of the months that the screen was asked for, so not to be carried once more."""
    return _url("screen:investment", {**asked, **dict(said)})


def column_url(band: Band, column: Column, **asked: Value) -> str:
    return nodes_url(chain=band.code, node_kind=column.code, **asked)


def jam_url(jam: Jam) -> str:
    return nodes_url(light=Light.RED, knocked_on="false", chain=",".join(jam.chains), node_kind=jam.code)

"""The figures of a week: what is counted, with a remark, last week's, and where it opens into the rows of today."""

from collections.abc import Mapping
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from domain.date_changes import PENDING
from domain.lights import LONG_HOLD, Light
from meetings.queries import Agenda
from meetings.week import Figure
from screen import addresses
from screen.queries import Screen


def figures(
    screen: Screen, agenda: Agenda, closed: int, since: str, before: Mapping[str, float]
) -> list[Figure]:
    """`closed` issues were closed `since` a day, said in words; `before` are last week's figures by key."""
    return [
        Figure(key, label, remark, float(value), before.get(key), url)
        for key, label, remark, value, url in (
            *_of_nodes(screen, agenda), *_of_issues(agenda, closed, since), *_of_decisions(agenda),
            *_of_projects(screen),
        )
    ]  # fmt: skip


_Said = tuple[str, str, str, Decimal | int, str]
"""Key, label, remark, number, address."""


def _of_nodes(screen: Screen, agenda: Agenda) -> list[_Said]:
    span = screen.span
    causes = _("%(count)s new since Monday") % {"count": screen.new_causes}
    until = _("until %(day)s") % {"day": span.marked(span.due_until.isoformat())}
    long_held = _("%(count)s for more than %(days)s days") % {"count": agenda.long_held, "days": LONG_HOLD}
    decided = _("%(count)s decided this week") % {"count": agenda.decided}
    return [
        ("causes", _("Overdue causes"), causes, screen.causes, addresses.causes_url()),
        ("blocked", _("Blocked by issues"), _("of the overdue causes"), agenda.blocked, ""),
        (
            "knocked_on", _("Knocked on"), _("overdue, but waiting for another node"), screen.knocked_on,
            addresses.knocked_on_url(),
        ),
        ("due_soon", _("Due within two weeks"), until, screen.due_soon, addresses.due_url(span)),
        (
            "idle", _("Idle"), _("not started, though it could be for more than 5 working days"), agenda.idle,
            addresses.idle_url(),
        ),
        ("held", _("On hold"), long_held, screen.lights[Light.VIOLET], addresses.light_url(Light.VIOLET)),
        (
            "waived", _("Waived this week"), _("not needed, with a reason"), agenda.waived,
            addresses.waived_url(span.monday, span.today),
        ),
        (
            "changes_waiting", _("Date changes waiting"), decided, agenda.waiting,
            addresses.changes_url(*sorted(PENDING)),
        ),
        ("done", _("Done this week"), "", screen.done_this_week, addresses.done_url(span.monday, span.today)),
    ]  # fmt: skip


def _of_issues(agenda: Agenda, closed: int, since: str) -> list[_Said]:
    late = _("%(late)s overdue") % {"late": agenda.issues_late}
    return [
        ("issues", _("Open issues"), late, agenda.issues, addresses.issues_url(open="true")),
        ("closed", _("Issues closed"), since, closed, ""),
    ]


def _of_decisions(agenda: Agenda) -> list[_Said]:
    url = reverse("meetings:decisions")
    late = f"{url}?state=late"
    return [
        ("decisions", _("Decisions to be done"), _("open or not verified yet"), agenda.decisions, url),
        (
            "decisions_late",
            _("Decisions overdue"),
            _("open after their due date"),
            agenda.decisions_late,
            late,
        ),
    ]


def _of_projects(screen: Screen) -> list[_Said]:
    projects = screen.projects
    finished = _("%(finished)s finished, %(without)s without a chain") % {
        "finished": projects.finished, "without": projects.without_chain,
    }  # fmt: skip
    amounts = _("10,000 yuan; %(count)s without an amount") % {"count": projects.without_amount}
    under_way = addresses.under_way_url()
    return [
        ("projects", _("Projects under way"), finished, projects.under_way, under_way),
        ("investment", _("Total investment under way"), amounts, projects.investment, under_way),
    ]

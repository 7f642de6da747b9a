"""口径说明: what each figure means, and by which calendar, rules and templates it was computed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from domain.lights import BACK_FILLED_AFTER, IDLE_AFTER, LONG_HOLD, Light, LightRule
from domain.meetings import RAISE_BEYOND, SUGGESTED_WITHIN
from meetings.sheets.titles import titles
from milestones.models import CalendarDay, ChainTemplate
from milestones.sheet import Cell, Column, Kind
from projects.models import Project
from screen.queries import SOON_DAYS, Screen


@dataclass(frozen=True, slots=True)
class TemplateInUse:
    """A version of a process that visible projects follow, and how much of it is 待核."""

    label: str
    projects: int
    steps: int
    unconfirmed: int


def templates_in_use(reader: User) -> list[TemplateInUse]:
    followed = Project.objects.visible_to(reader).order_by().values_list("chain__template")
    projects = dict(followed.annotate(projects=Count("pk")))
    templates = ChainTemplate.objects.filter(pk__in=[pk for pk in projects if pk]).annotate(
        steps=Count("nodes"), unconfirmed=Count("nodes", filter=Q(nodes__is_unconfirmed=True))
    )
    return [
        TemplateInUse(str(template), projects[template.pk], template.steps, template.unconfirmed)
        for template in templates.order_by("code", "version")
    ]


def definition_columns() -> list[Column]:
    return [Column(_("Term"), 24, Kind.LIGHT), Column(_("Meaning"), 110)]


def definition_cells(screen: Screen, reader: User, rule: LightRule, now: datetime) -> Iterator[list[Cell]]:
    yield from _making(reader, rule, now)
    yield from _rules()
    yield from _standing(screen)
    yield from _lights()
    yield from _figures(screen)
    yield from _meeting()
    yield from _calendar(rule)
    for template in templates_in_use(reader):
        meaning = _(
            "Process in use, followed by %(projects)s projects; %(unconfirmed)s of its %(steps)s steps are "
            "to be confirmed."
        )
        yield [template.label, meaning % asdict(template)]


def _making(reader: User, rule: LightRule, now: datetime) -> Iterator[list[Cell]]:
    made = timezone.localtime(now).strftime("%Y-%m-%d %H:%M")
    yield [_("Made"), _("%(moment)s, from what was on record at that moment.") % {"moment": made}]
    yield [_("Day judged"), _("Everything is judged as of %(day)s.") % {"day": rule.today.isoformat()}]
    yield [_("For whom"), scope_of(reader)]


def scope_of(reader: User) -> str:
    """Whose view the workbook is, as its title lines say it."""
    if reader.role == User.Role.SYSTEM:
        return _("all projects")
    named = f"{reader}（{reader.unit}）" if reader.unit else str(reader)
    return _("the projects that %(reader)s may see") % {"reader": named}


def _rules() -> Iterator[list[Cell]]:
    yield [
        _("Overdue"),
        _("Neither done nor waived nor on hold, and the day judged is after the approved due date or after "
          "the end of the approval clock, whichever is earlier."),
    ]  # fmt: skip
    yield [_("Cause"), _("An overdue node that waits for no other: it could be worked on now.")]
    yield [
        _("Knocked on"),
        _("An overdue node that cannot go on while a node before it is open; that one, its cause, is named."),
    ]
    yield [
        _("Working days late"),
        _("Working days after the due date up to and including the day judged. Late since is the day after "
          "the due date."),
    ]  # fmt: skip
    yield [
        _("Nodes it holds up"),
        _("Open nodes that cannot go on, directly or further down the chain, until this one is closed."),
    ]
    yield [
        _("Blocked by issues"),
        _("Open issues that name this node as blocked, with the unit that leads them."),
    ]
    yield [
        _("Open issues"),
        _("Raised and not yet closed; closed only when somebody other than who asked has verified that it is gone. "
          "Days old are calendar days since it was raised; what is suspended with a leader's word is not overdue."),
    ]  # fmt: skip


def _standing(screen: Screen) -> Iterator[list[Cell]]:
    """Idle, on hold, back-filled, other dates: what else the sheets list."""
    yield [
        _("Idle"),
        _("Not started, though nothing before it, required or recommended, has been open for more than "
          "%(days)s working days and the project's plan has begun.") % {"days": IDLE_AFTER},
    ]  # fmt: skip
    yield [
        _("On hold over %(days)s days") % {"days": LONG_HOLD},
        _("More than %(days)s calendar days have passed since the first day on hold; over a long holiday too a "
          "hold is forgotten. Working days on hold are counted from that day to the day judged, both included.")
        % {"days": LONG_HOLD},
    ]  # fmt: skip
    yield [
        _("Waived this week"),
        _("Found not to be needed for the project since Monday, %(monday)s.")
        % {"monday": screen.span.monday.isoformat()},
    ]
    yield [
        _("Date changes"),
        _("A due date moves only when a request is approved; the baseline stays. Waiting: asked for, or sent "
          "back to be completed. Decided: approved or refused since Monday, %(monday)s.")
        % {"monday": screen.span.monday.isoformat()},
    ]  # fmt: skip
    yield [
        _("Back-filled"),
        _("Entered more than %(days)s working days after it happened.") % {"days": BACK_FILLED_AFTER},
    ]


def _lights() -> Iterator[list[Cell]]:
    yield [Light.RED, _("Overdue.")]
    yield [
        Light.YELLOW,
        _("Due soon: at most one fifth of the limit is left, not less than 1 and not more than 5 working "
          "days; 5 where there is no limit."),
    ]  # fmt: skip
    yield [Light.VIOLET, _("On hold: the clock stands still, so it is not overdue.")]
    yield [Light.GREEN, _("Being worked on, and on time.")]
    yield [Light.GREY, _("Not started, and not yet due.")]
    yield [Light.BLUE, _("Done.")]
    yield [Light.WHITE, _("Waived: not needed for this project, with a reason.")]
    yield [
        _("Light of a project"),
        _("The worst light on a node that something else waits for; where nothing waits, on any open node."),
    ]


def _figures(screen: Screen) -> Iterator[list[Cell]]:
    span = screen.span
    yield [
        _("Projects under way"),
        _("Projects with a node that is still open. Finished: all nodes done or waived."),
    ]
    yield [
        _("Due within two weeks"),
        _("Neither overdue nor on hold, due within %(days)s working days, the day judged among them: until "
          "%(until)s.") % {"days": SOON_DAYS, "until": span.marked(span.due_until.isoformat())},
    ]  # fmt: skip
    yield [
        _("New this week"),
        _("Overdue causes that have been overdue since Monday, %(monday)s, or later.")
        % {"monday": span.monday.isoformat()},
    ]
    yield [
        _("Present node"),
        _("Of the nodes that wait for no other the most urgent; its unit is the responsible unit."),
    ]


def _meeting() -> Iterator[list[Cell]]:
    """What may be filled in; what is compared with last week, decided, and proposed."""
    yield [
        _("Filling in"),
        _("In the sheets %(issues)s and %(projects)s the cells on a light ground may be filled in without a "
          "connection; the file is brought back on the page of the weekly meeting. The rest is locked, without a "
          "password.") % {"issues": titles().issues, "projects": titles().projects},
    ]  # fmt: skip
    yield [
        _("Last week"),
        _(
            "The figures of the last meeting before this week, as frozen at its cut-off; “—” where there is none."
        ),
    ]
    yield [
        _("Issues closed"),
        _("Closed since the last meeting's cut-off: those that its workbook did not know as closed. Since Monday where "
          "no meeting was frozen before."),
    ]  # fmt: skip
    yield [
        _("Decisions to be done"),
        _("Until the lead unit has reported it done and somebody else has verified it; overdue where it is still open "
          "after its due date."),
    ]  # fmt: skip
    within = {level.name.lower(): days for level, days in SUGGESTED_WITHIN.items()}
    yield [
        _("Suggested assignments"),
        _("Proposed by rule. An issue that nobody has: the usual lead unit of its category. An issue that is late: one "
          "level higher. A cause more than %(beyond)s working days late without an open issue: an issue. Due within "
          "%(daily)s, %(key)s, %(special)s or %(head)s working days by level, the lowest first.")
        % {"beyond": RAISE_BEYOND, **within},
    ]  # fmt: skip


def _calendar(rule: LightRule) -> Iterator[list[Cell]]:
    through = rule.calendar.announced_through
    yield [
        _("Working days"),
        _(
            "By the calendar of this system: %(days)s days entered, last changed %(changed)s; "
            "holidays announced through %(through)s."
        )
        % {**_entered(), "through": through.isoformat() if through else "—"},
    ]
    yield [
        _("provisional"),
        _("The date lies after the last announced holiday notice and counts weekends only; it is computed "
          "again when the notice is entered."),
    ]  # fmt: skip
    yield [
        _("to be confirmed"),
        _("The step or its limit comes from another place, an older document or experience; it is a default, "
          "not the district's promise."),
    ]  # fmt: skip


def _entered() -> dict[str, object]:
    """How many days the calendar holds, and when it was changed last, as a clock here shows it."""
    state = CalendarDay.objects.aggregate(days=Count("pk"), changed=Max("updated_at"))
    changed = state["changed"]
    return {**state, "changed": f"{timezone.localtime(changed):%Y-%m-%d %H:%M}" if changed else "—"}

"""The daily sweep that proposes supervision slips by the ladder; a manager decides about each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from domain.issues import TICKING_ISSUES
from domain.lights import TICKING, LightRule
from domain.supervision import SlipLevel, next_slip
from domain.workdays import WorkCalendar
from history.bulk_actions import ROWS_AT_ONCE, insert_rows
from issues.agendas import LateSince, TimesUnsolved, times_unsolved
from issues.models import Issue, Supervision
from milestones.actions.holding import hold_projects
from milestones.models import Node

State = Supervision.State

UNDECIDED = frozenset({State.PROPOSED, State.LAPSED})
WENT_OUT = frozenset({State.ISSUED, State.ANSWERED})


@dataclass(frozen=True)
class Proposals:
    """How many slips a sweep proposed (a lapsed one again among them), raised to a more severe level and let
    lapse, and how many are proposed after it."""

    proposed: int
    raised: int
    lapsed: int
    open: int


class _Subject(NamedTuple):
    """What a slip is about: a node or an issue, by number."""

    node: int | None
    issue: int | None


class _Late(NamedTuple):
    """That a subject is late by a deadline."""

    subject: _Subject
    project: int
    deadline_on: date


class _Slip(NamedTuple):
    """A slip on record, as far as the ladder asks; ``_COLUMNS`` says from where."""

    pk: int
    project: int
    node: int | None
    issue: int | None
    deadline_on: date
    level: int
    state: str
    proposed_on: date

    @property
    def subject(self) -> _Subject:
        return _Subject(self.node, self.issue)


_COLUMNS = ("pk", "project_id", "node_id", "issue_id", "deadline_on", "level", "state", "proposed_on")


class _Step(NamedTuple):
    """What a proposal is to say."""

    level: SlipLevel
    days_late: int


@dataclass
class _Plan:
    """What a sweep would write: slips by number, those that come to say the same together.

    `on_agenda`: how often the weekly meeting has found each unsolved.
    """

    new: list[tuple[_Late, _Step]] = field(default_factory=list)
    raised: dict[_Step, list[int]] = field(default_factory=lambda: defaultdict(list))
    revived: dict[_Step, list[int]] = field(default_factory=lambda: defaultdict(list))
    lapsed: list[int] = field(default_factory=list)
    projects: set[int] = field(default_factory=set)
    on_agenda: TimesUnsolved = field(default_factory=dict)


@transaction.atomic
def propose_slips(today: date, calendar: WorkCalendar) -> Proposals:
    """Propose the slip that the ladder asks for, for every overdue node that is a cause and every late issue.

    Of a subject one proposal is open at a time, for the deadline that it is late by. When the ladder asks for
    more, a proposal that nobody has decided about is raised. It lapses when the subject is no longer late by
    that deadline, and is proposed again when it is. A step that was issued or dismissed never is; a more
    severe one may be.

    A sweep as of an earlier day leaves alone what was proposed after it. Nothing is written to the history: a
    proposal is its own record, and nobody has decided anything yet.

    Safe by two workers at once, and beside people who issue: what is to be written is found first without a
    lock; then its projects are locked, in the order of their numbers as everywhere, and it is found again for
    these. Whoever decides about a slip holds its project as well. So whoever comes second sees what the first
    has done, a sweep that has nothing to write locks nothing, and projects that it does not touch wait for
    nobody.
    """
    plan = _plan(today, calendar)
    if plan.projects:
        hold_projects(plan.projects)
        plan = _plan(today, calendar, held=plan.projects)
        _carry_out(plan, today)
    return Proposals(
        proposed=len(plan.new) + _rows(plan.revived),
        raised=_rows(plan.raised),
        lapsed=len(plan.lapsed),
        open=Supervision.objects.proposed().count(),
    )


def _plan(today: date, calendar: WorkCalendar, *, held: Collection[int] | None = None) -> _Plan:
    """What is to be written as of now, of the projects that are `held` where given. Four queries."""
    plan = _Plan(on_agenda=times_unsolved(today))
    late = [one for one in _late(today, calendar) if held is None or one.project in held]
    slips = [slip for slip in _slips() if held is None or slip.project in held]
    of_subject: Mapping[_Subject, list[_Slip]] = defaultdict(list)
    for slip in slips:
        of_subject[slip.subject].append(slip)
    for one in late:
        _plan_step(plan, one, of_subject.get(one.subject, ()), today, calendar)
    still_late = {(one.subject, one.deadline_on) for one in late}
    for slip in slips:
        is_open = slip.state == State.PROPOSED and slip.proposed_on <= today
        if is_open and (slip.subject, slip.deadline_on) not in still_late:
            plan.lapsed.append(slip.pk)
            plan.projects.add(slip.project)
    return plan


def _plan_step(plan: _Plan, late: _Late, slips: Sequence[_Slip], today: date, calendar: WorkCalendar) -> None:
    """Add what has to be written for one subject with these `slips`."""
    of_deadline = [slip for slip in slips if slip.deadline_on == late.deadline_on]
    decided = [SlipLevel(slip.level) for slip in of_deadline if slip.state not in UNDECIDED]
    yellows = sum(slip.level == SlipLevel.YELLOW and slip.state in WENT_OUT for slip in slips)
    days = calendar.count(late.deadline_on, today)
    on_agenda = plan.on_agenda.get(LateSince(*late.subject, late.deadline_on), 0)
    level = next_slip(days, decided, on_agenda=on_agenda, yellows=yellows)
    if level is None:
        return
    undecided = next((slip for slip in of_deadline if slip.state in UNDECIDED), None)
    if undecided is None:
        plan.new.append((late, _Step(level, days)))
    elif undecided.proposed_on > today:
        return
    elif undecided.state == State.LAPSED:
        plan.revived[_Step(max(level, SlipLevel(undecided.level)), days)].append(undecided.pk)
    elif level > undecided.level:
        plan.raised[_Step(level, days)].append(undecided.pk)
    else:
        return
    plan.projects.add(late.project)


def _late(today: date, calendar: WorkCalendar) -> Iterable[_Late]:
    """Every cause and every issue that is late today. Two queries."""
    causes = Node.objects.overdue(LightRule.on(today, calendar)).not_held_up().order_by("pk")
    for pk, project, deadline_on in causes.values_list("pk", "project_id", "deadline_on"):
        yield _Late(_Subject(pk, None), project, deadline_on)
    issues = Issue.objects.late(today).order_by("pk")
    for pk, project, due_on in issues.values_list("pk", "project_id", "due_on"):
        if due_on is not None:
            yield _Late(_Subject(None, pk), project, due_on)


def _slips() -> list[_Slip]:
    """What is proposed, and every slip about something that can still be late."""
    can_be_late = Q(node__status__in=TICKING) | Q(issue__status__in=TICKING_ISSUES)
    asked = Supervision.objects.filter(Q(state=State.PROPOSED) | can_be_late).order_by("pk")
    return [_Slip(*row) for row in asked.values_list(*_COLUMNS)]


def _carry_out(plan: _Plan, today: date) -> None:
    """Write it: by statement, not by row."""
    for pks in _portions(plan.lapsed):
        Supervision.objects.filter(pk__in=pks).update(state=State.LAPSED, version=F("version") + 1)
    for step, found in [*plan.raised.items(), *plan.revived.items()]:
        for pks in _portions(found):
            Supervision.objects.filter(pk__in=pks).update(
                state=State.PROPOSED, level=step.level, days_late=step.days_late, proposed_on=today,
                version=F("version") + 1,
            )  # fmt: skip
    if plan.new:
        insert_rows(Supervision, _INSERTED, (_row(late, step, today) for late, step in plan.new))


_INSERTED = (
    "project_id", "node_id", "issue_id", "level", "deadline_on", "days_late", "state", "proposed_on", "version",
    "number", "attention", "text", "answer", "plan", "dismissed_reason",
)  # fmt: skip


def _row(late: _Late, step: _Step, today: date) -> tuple[Any, ...]:
    said_nothing_yet = ("",) * 6
    return (
        late.project, late.subject.node, late.subject.issue, int(step.level), late.deadline_on, step.days_late,
        State.PROPOSED.value, today, 1, *said_nothing_yet,
    )  # fmt: skip


def _portions(pks: Sequence[int]) -> Iterable[Sequence[int]]:
    return (pks[first : first + ROWS_AT_ONCE] for first in range(0, len(pks), ROWS_AT_ONCE))


def _rows(steps: Mapping[_Step, Collection[int]]) -> int:
    return sum(len(pks) for pks in steps.values())

"""Projects that came by ledger: added in bulk at the opening, then brought up to date week by week."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from accounts.models import User
from config.demo.codes import project_code
from config.demo.course import AS_PLANNED, FOR_EVER, Dates, Span, course, dated, so_far
from config.demo.district import SEED, District
from config.demo.events import Event
from config.demo.stories import Story
from config.demo.timeline import Timeline
from domain.chains import Milestone
from domain.workdays import WorkCalendar
from milestones.bulk_actions import Laying, Recorded, lay_chains, record_nodes
from milestones.graph import graph_of
from milestones.laying import Layout, layout
from milestones.models import ChainTemplate
from projects.bulk_actions import add_projects
from projects.models import Project

_THURSDAY = 3
"""The weekday on which the ledger of the week comes in: the day before the cut-off of the meeting."""

Spending = tuple[date, date]
"""The first and the last day on which a project spends."""


@dataclass(eq=False)
class Entry:
    """A project of the demonstration, with what has happened to it up to today."""

    story: Story
    template: ChainTemplate
    starts_on: date
    days: Mapping[int, Dates]
    """By number of the template node; only those that have begun."""

    spends: Spending | None
    """From the start of work to its completion, as it went or is planned; None: not before it has started."""

    fields: dict[str, Any] = field(default_factory=dict)
    project: Project | None = None

    def reached_on(self, milestone: Milestone) -> date | None:
        """When it reached a milestone; None: not yet."""
        steps = layout(self.template.pk, self.story.conditions).steps
        ended = (
            self.days[step.pk].ended_on
            for step in steps
            if step.milestone == milestone and step.pk in self.days
        )
        return next((day for day in ended if day), None)


def entry_reaching(
    story: Story, step_code: str, on: date, district: District, random: Random,
    *, pace: tuple[float, float] = AS_PLANNED,
) -> Entry:  # fmt: skip
    """A project that finished the step with this code on a working day."""
    template, calendar = district.template(story.kind), district.timeline.calendar
    plan = layout(template.pk, story.conditions)
    spans = course(story, plan, graph_of(template.pk), now=FOR_EVER, random=random, pace=pace)
    ended = next(spans[step.pk].ended for step in plan.steps if step.code == step_code) or 0
    return _entry(story, template, plan, spans, calendar.add(on, -ended), district, random)


def entry_beginning(
    story: Story, on: date, district: District, random: Random, *, pace: tuple[float, float]
) -> Entry:
    """A project whose chain began on a working day."""
    template = district.template(story.kind)
    plan = layout(template.pk, story.conditions)
    spans = course(story, plan, graph_of(template.pk), now=FOR_EVER, random=random, pace=pace)
    return _entry(story, template, plan, spans, on, district, random)


def _entry(
    story: Story, template: ChainTemplate, plan: Layout, spans: Mapping[int, Span], start: date,
    district: District, random: Random,
) -> Entry:  # fmt: skip
    calendar, today = district.timeline.calendar, district.timeline.today
    days = dated(so_far(spans, calendar.count(start, today)), start, calendar)
    spends = spending(plan, dated(spans, start, calendar), start, calendar)
    return Entry(story, template, start, days, spends, district.fields(story, random))


def give_codes(entries: Iterable[Entry], taken: Iterable[str]) -> None:
    """Each that was filed gets a project code that no other has."""
    used = set(taken)
    for entry in entries:
        filed_on = entry.reached_on(Milestone.FILED)
        random = Random(f"{SEED}/{entry.story.name}/code")  # noqa: S311 - the same each time
        while filed_on and entry.fields.get("code", "") in {"", *used}:
            entry.fields["code"] = project_code(entry.story.kind, filed_on, random, wrong=False, old=False)
        used.add(entry.fields.get("code", ""))


def spending(plan: Layout, days: Mapping[int, Dates], start: date, calendar: WorkCalendar) -> Spending | None:
    """From the start of work to its completion, as far as they are known, else as planned."""
    steps = {step.milestone: step for step in plan.steps}
    if Milestone.STARTED not in steps or Milestone.COMPLETED not in steps:
        return None
    began, completed = days.get(steps[Milestone.STARTED].pk), steps[Milestone.COMPLETED]
    if began is None or began.began_on is None:
        return None
    done = days.get(completed.pk)
    planned = calendar.add(start, plan.schedule.slots[completed.code].earliest_finish)
    return began.began_on, (done and done.ended_on) or planned


_Ledger = dict[Entry, dict[int, Recorded]]
"""What the ledger of one week brings: by project and number of the template node."""


def ledger_events(entries: Iterable[Entry], district: District) -> Iterator[Event]:
    """The ledgers of all weeks in which something happened."""
    ledgers: dict[date, _Ledger] = defaultdict(lambda: defaultdict(dict))
    for entry in entries:
        for pk, dates in entry.days.items():
            for day, name in ((dates.began_on, "started_on"), (dates.ended_on, "finished_on")):
                if day:
                    said = ledgers[_sent_in(day, district.timeline)][entry]
                    news: dict[str, Any] = {name: day}
                    said[pk] = said.get(pk, Recorded())._replace(**news)
    for on, ledger in ledgers.items():
        yield Event(on, partial(_bring_in, ledger, on, district.manager))


def _sent_in(day: date, timeline: Timeline) -> date:
    """The Thursday that follows, at the latest today; what was before the opening came with it, all at once."""
    thursday = day + timedelta(days=(_THURSDAY - day.weekday()) % 7)
    return min(max(thursday, timeline.opening), timeline.today)


def _bring_in(ledger: _Ledger, on: date, actor: User) -> None:
    new = [entry for entry in ledger if entry.project is None]
    for entry, project in zip(new, add_projects([entry.fields for entry in new], actor=actor), strict=True):
        entry.project = project
    layings = [
        Laying(
            _number(entry), entry.template, entry.starts_on,
            conditions=entry.story.conditions, recorded=ledger[entry],
        )
        for entry in new
    ]  # fmt: skip
    if layings:
        lay_chains(layings, actor=actor, today=on)
    known = {_number(entry): said for entry, said in ledger.items() if entry not in new}
    if known:
        record_nodes(known, actor=actor, today=on)


def _number(entry: Entry) -> int:
    if entry.project is None:
        raise AssertionError("a project is added before anything is recorded of it")
    return entry.project.pk

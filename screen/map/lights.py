"""The light of every project at once, remembered: a map of ten thousand projects cannot ask half a million nodes.

What is remembered holds for one day of the calendar. Of what has changed since, only the projects that history names
are looked at again; and all of them after ten minutes, so that no change that went by unnoticed stays so.
"""

import time
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from django.core.cache import cache

from domain.lifecycle import CLOSED, Status
from domain.lights import Light, LightRule
from history.models import Change
from history.querysets import LATE_COMMITS
from milestones.calendar_table import calendar_version
from milestones.graph import graph_of
from milestones.models import Node, TemplateNode
from milestones.project_lights import project_light

_KEPT = 600  # seconds
_MOST_AGAIN = 500
"""Where more projects than so many have changed, all are looked at: it is not slower."""

Lights = dict[int, Light]


def lights_by_project(rule: LightRule) -> Lights:
    """The light of every project that has a chain, by number; of the others it is grey."""
    version = Change.objects.version()
    key = f"map-lights-{rule.today}-{calendar_version()}"
    newest, kept_version, lights, counted_at = cache.get(key) or (0, "", {}, 0.0)
    if time.time() - counted_at > _KEPT:
        kept_version, lights = "", {}
    if kept_version != version:
        since = Change.objects.filter(pk__gt=newest - LATE_COMMITS, project__isnull=False).order_by()
        changed = (
            set(since.values_list("project", flat=True).distinct()[: _MOST_AGAIN + 1]) if lights else set()
        )
        if lights and len(changed) <= _MOST_AGAIN:
            lights = {**lights, **lights_of(changed, rule)}
        else:
            lights, counted_at = lights_of(None, rule), time.time()
        cache.set(key, (int(version.partition("-")[0]), version, lights, counted_at), _KEPT)
    return lights


def lights_of(projects: Iterable[int] | None, rule: LightRule) -> Lights:
    """The lights of the projects with these numbers, or of all, as ``milestones.project_lights`` has it."""
    nodes = Node.objects.order_by("project_id", "template_node_id")
    if projects is not None:
        nodes = nodes.filter(project__in=list(projects))
    facts = nodes.values_list("project_id", "template_node_id", "status", "deadline_on", "limit")
    templates = dict(TemplateNode.objects.order_by().values_list("pk", "template_id"))
    waited_for: dict[tuple[tuple[int, str], ...], frozenset[int]] = {}
    seen: dict[tuple[object, ...], Light] = {}
    found: Lights = {}
    for project, rows in groupby(facts.iterator(chunk_size=10_000), key=itemgetter(0)):
        members = list(rows)
        shape = tuple([(step, status) for _project, step, status, _day, _limit in members])
        if shape not in waited_for:
            waited_for[shape] = _waited_for(templates[members[0][1]], dict(shape))
        lights: Lights = {}
        for _project, step, status, day, limit in members:
            if status in CLOSED:
                continue
            if (status, day, limit) not in seen:
                seen[status, day, limit] = rule.light(Status(status), day, None, limit)
            lights[step] = seen[status, day, limit]
        found[project] = project_light(lights, waited_for[shape], is_laid=True)
    return found


def _waited_for(template: int, said: dict[int, str]) -> frozenset[int]:
    """Which nodes something else waits for where the statuses are these."""
    statuses = {step: Status(status) for step, status in said.items()}
    graph = graph_of(template)
    still = [step for step, status in statuses.items() if status not in CLOSED]
    return frozenset(before for step in still for before in graph.open_before(step, statuses))

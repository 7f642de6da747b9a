"""A project's light (design.md, section 3): the worst light on a node that something else waits for.

Where nothing waits for any open node, as in a ledger's chain, which recommends an order and binds nobody, or
when only the last node is left, it is the worst of the open nodes. Blue: everything is closed; grey: nothing
is laid yet. Said twice, of a project in hand and in SQL; a test holds the two together.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Exists, F, OuterRef, Q

from domain.chains import EdgeKind
from domain.lifecycle import OPEN, Status
from domain.lights import Light, LightRule, worst
from milestones.models import Node
from milestones.querysets import NodeQuerySet

PROJECT_LIGHTS = (Light.RED, Light.YELLOW, Light.VIOLET, Light.GREEN, Light.GREY, Light.BLUE)
"""From worst to best; white is for single nodes only."""


def project_light(open_lights: Mapping[int, Light], waited_for: Iterable[int], *, is_laid: bool) -> Light:
    """The light of a project of whose open nodes these are the lights, by template node."""
    if not is_laid:
        return Light.GREY
    counted = [open_lights[key] for key in waited_for if key in open_lights]
    return worst(counted or list(open_lights.values()))


def shows_light(light: Light, rule: LightRule) -> Q:
    """The projects that show `light`, as a condition on rows of projects."""
    # Sets, not a question for each project: a database answers these once for all rows.
    still_open = Node.objects.open().order_by()
    waited_for = _waited_for(still_open)
    is_open, is_waited_for = _with(still_open), _with(waited_for)
    if light == Light.BLUE:
        return _with(Node.objects.order_by()) & ~is_open

    def some_in(lights: Iterable[Light]) -> Q:
        lights = list(lights)
        last = ~is_waited_for & _with(still_open.in_lights(lights, rule))
        return _with(waited_for.in_lights(lights, rule)) | last

    worse = PROJECT_LIGHTS[: PROJECT_LIGHTS.index(light)] if light in PROJECT_LIGHTS else ()
    shown = some_in([light]) & ~some_in(worse) if worse else some_in([light])
    return shown | ~_with(Node.objects.order_by()) if light == Light.GREY else shown


def _with(nodes: NodeQuerySet) -> Q:
    return Q(pk__in=nodes.values("project"))


def _waited_for(nodes: NodeQuerySet) -> NodeQuerySet:
    """Those of `nodes` that hold up an open node of their project, alone or in an unmet any-of group."""
    after = "template_node__outgoing__"
    group_is_met = Exists(
        Node.objects.filter(
            project=OuterRef("project"),
            status=Status.DONE,
            template_node__outgoing__target=OuterRef(f"{after}target"),
            template_node__outgoing__group=OuterRef(f"{after}group"),
        )
    )
    return nodes.filter(
        Q((f"{after}group", "")) | ~group_is_met,
        **{
            f"{after}kind": EdgeKind.HARD,
            f"{after}target__nodes__project": F("project"),
            f"{after}target__nodes__status__in": OPEN,
        },
    )

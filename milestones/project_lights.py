"""A project's light (design.md, section 3): the worst light on a node that something else waits for.

Where nothing waits for any open node, as in a ledger's chain, which recommends an order and binds nobody, or
when only the last node is left, it is the worst of the open nodes. Blue: everything is closed; grey: nothing
is laid yet. Said twice, of a project in hand and in SQL; a test holds the two together.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Q

from domain.chains import EdgeKind
from domain.lifecycle import OPEN, Status
from domain.lights import Light, LightRule, worst
from milestones.models import Node, TemplateEdge

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
    nodes = Node.objects.filter(project=OuterRef("pk")).order_by()
    still_open = nodes.open()
    if light == Light.BLUE:
        return Q(Exists(nodes)) & ~Q(Exists(still_open))
    waited_for = still_open.filter(_something_waits())

    def some_in(lights: Iterable[Light]) -> Q:
        lights = list(lights)
        among_the_waited_for = Q(Exists(waited_for.in_lights(lights, rule)))
        return among_the_waited_for | (~Q(Exists(waited_for)) & Q(Exists(still_open.in_lights(lights, rule))))

    worse = PROJECT_LIGHTS[: PROJECT_LIGHTS.index(light)] if light in PROJECT_LIGHTS else ()
    shown = some_in([light]) & ~some_in(worse) if worse else some_in([light])
    return shown | ~Q(Exists(nodes)) if light == Light.GREY else shown


def _something_waits() -> Exists:
    """An open node of the project is held up by the row, by itself or as one of an unmet any-of group."""
    edges = TemplateEdge.objects.all()
    group_is_met = Exists(
        edges.filter(
            target=OuterRef("target"),
            group=OuterRef("group"),
            source__nodes__project=OuterRef(OuterRef("project")),
            source__nodes__status=Status.DONE,
        )
    )
    return Exists(
        edges.filter(
            Q(group="") | ~group_is_met,
            kind=EdgeKind.HARD,
            source=OuterRef("template_node"),
            target__nodes__project=OuterRef("project"),
            target__nodes__status__in=OPEN,
        )
    )

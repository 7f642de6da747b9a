"""A project's light (design.md, section 3): the worst light on a node that something else waits for.

Where nothing waits for any open node, as in a ledger's chain, which recommends an order and binds nobody, or
when only the last node is left, it is the worst of the open nodes. Blue: everything is closed; grey: nothing
is laid yet. Said twice, of a project in hand and in SQL; a test holds the two together.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Case, Exists, F, IntegerField, Min, OuterRef, Q, Value, When

from domain.chains import EdgeKind
from domain.lifecycle import OPEN, Status
from domain.lights import Light, LightRule, worst
from milestones.models import Node
from milestones.querysets import MOST_NAMED, NodeQuerySet, light_condition

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
    return shows_lights([light], rule)


def shows_lights(lights: Iterable[Light], rule: LightRule) -> Q:
    """The projects that show one of `lights`; one look at the open nodes, however many lights are asked for.

    Sets, not a question for each project, and small ones: a row a project. What a database expects to be too large to
    keep at hand it reads again for every project.
    """
    lights = set(lights)
    if lights == {Light.RED}:  # nothing is worse, so one red node decides; most often asked
        return _shows_red(rule)
    still_open = Node.objects.open().order_by()
    waited_for = _waited_for(still_open)
    laid, has_open, has_waited_for = _with(Node.objects.order_by()), _with(still_open), _with(waited_for)
    shown = Q(pk__in=[])
    if worst_lights := lights - {Light.BLUE, Light.WHITE}:
        rank = Case(
            *(
                When(light_condition(light, rule), then=Value(place))
                for place, light in enumerate(PROJECT_LIGHTS)
            ),
            output_field=IntegerField(),
        )
        wanted = [PROJECT_LIGHTS.index(light) for light in worst_lights]

        def worst_in(nodes: NodeQuerySet) -> Q:
            ranked = nodes.values("project").annotate(worst=Min(rank)).filter(worst__in=wanted)
            return Q(pk__in=ranked.values("project"))

        shown |= worst_in(waited_for) | (~has_waited_for & worst_in(still_open))
    if Light.GREY in lights:
        shown |= ~laid
    if Light.BLUE in lights:
        shown |= laid & ~has_open
    return shown


def _shows_red(rule: LightRule) -> Q:
    """Where few nodes are overdue they, and then what is left of their projects, are asked for by number.

    A database that expects tens of thousands of overdue nodes would look at every open node there is.
    """
    overdue = Node.objects.overdue(rule)
    late = dict(overdue.order_by("deadline_on", "pk").values_list("pk", "project")[: MOST_NAMED + 1])
    if len(late) > MOST_NAMED:
        waited_for, red = _waited_for(Node.objects.open().order_by()), overdue.order_by()
        return _with(waited_for.overdue(rule)) | (_with(red) & ~_with(waited_for))
    red_in = _projects(_waited_for(Node.objects.filter(pk__in=late)))
    unsure = set(late.values()) - red_in
    return Q(pk__in=red_in | unsure - _projects(_waited_for(Node.objects.open().filter(project__in=unsure))))


def _projects(nodes: NodeQuerySet) -> set[int]:
    return set(nodes.order_by().values_list("project", flat=True).distinct())


def _with(nodes: NodeQuerySet) -> Q:
    return Q(pk__in=nodes.values("project").distinct())


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

"""How the map is narrowed: as the list of projects, and by place."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from domain.map_frame import Box
from milestones.project_filters import ProjectFilter
from projects.querysets import ProjectQuerySet

HAS_PLACE = Q(longitude__isnull=False, latitude__isnull=False)


class MapFilter(ProjectFilter):
    """`within`: west, south, east and north in degrees, with commas; anything else narrows nothing."""

    placed = django_filters.ChoiceFilter(
        choices=[("yes", _("with a place")), ("no", _("without a place"))],
        method="has_place",
        label=_("place"),
    )
    within = django_filters.CharFilter(method="inside", max_length=80, label=_("part of the map"))

    def has_place(self, projects: ProjectQuerySet, _name: str, said: str) -> ProjectQuerySet:
        return projects.filter(HAS_PLACE if said == "yes" else ~HAS_PLACE)

    def inside(self, projects: ProjectQuerySet, _name: str, said: str) -> ProjectQuerySet:
        box = box_of(said)
        if box is None:
            return projects
        return projects.filter(longitude__range=(box.west, box.east), latitude__range=(box.south, box.north))


def box_of(said: str) -> Box | None:
    try:
        west, south, east, north = (float(part) for part in said.split(","))
    except ValueError:
        return None
    is_box = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return Box(west, south, east, north) if is_box else None


def said_of(box: Box) -> str:
    """The box as ``within`` takes it; a little more than it, so that rounding leaves nobody out."""
    edge = 0.000_002
    edges = (box.west - edge, box.south - edge, box.east + edge, box.north + edge)
    return ",".join(f"{value:.6f}" for value in edges)

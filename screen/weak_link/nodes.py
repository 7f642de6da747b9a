"""The nodes behind one number of the weak link, as rows of a table."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.urls import reverse

from accounts.models import Unit, User
from milestones.models import Node
from milestones.page_numbers import Page, page_of
from projects.models import Project
from screen.weak_link.queries import Part, Selection, SpanRow, selected, span_rows
from screen.weak_link.words import KindName, kind_names


@dataclass(frozen=True, slots=True)
class NodeLine:
    """One node as the reckoning saw it. `url` is blank where it has been taken away since."""

    row: SpanRow
    project: str
    project_url: str
    name: KindName
    unit: str
    url: str

    @property
    def over(self) -> int:
        """Working days beyond what it is allowed; nought or less where it kept to that."""
        return (self.row.took or 0) - self.allowed

    @property
    def allowed(self) -> int:
        return self.row.plan if self.row.limit is None else self.row.limit


def node_page(reader: User, part: Part, selection: Selection, asked: str) -> tuple[Page, list[NodeLine]]:
    """How many nodes the number counts, and those of the page that is asked for; four queries."""
    found: npt.NDArray[np.int64] = selected(part, selection)
    page = page_of(asked, len(found))
    return page, node_lines(reader, span_rows(part, found[page.slice]))


def node_lines(reader: User, rows: Iterable[SpanRow]) -> list[NodeLine]:
    rows = list(rows)
    names = kind_names({row.kind for row in rows})
    projects = dict(
        Project.objects.visible_to(reader)
        .filter(pk__in={row.project for row in rows})
        .values_list("pk", "name")
    )
    units = dict(Unit.objects.filter(pk__in={row.unit for row in rows}).values_list("pk", "name"))
    there = set(
        Node.objects.visible_to(reader).filter(pk__in={row.node for row in rows}).values_list("pk", flat=True)
    )
    return [
        NodeLine(
            row, projects.get(row.project, ""),
            reverse("milestones:project", args=[row.project]) if row.project in projects else "",
            names[row.kind], units.get(row.unit, ""),
            reverse("milestones:node", args=[row.node]) if row.node in there else "",
        )
        for row in rows
    ]  # fmt: skip

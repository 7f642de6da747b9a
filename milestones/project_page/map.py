"""The plan of a project's chain: its nodes as stations, what waits for what, the critical path."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from domain.lifecycle import CLOSED, Status
from domain.lights import Light
from domain.outlook import Outlook
from milestones.chain_states import ChainState
from milestones.drawing.chain_columns import Edge
from milestones.drawing.chain_picture import ChainPicture, Station, chain_picture
from milestones.filters import LIGHT_LABELS
from milestones.models import in_reader_language
from milestones.queries import NodeRow

_NARROWEST = {"zh-hans": 50.0}
_NARROWEST_OF_WORDS = 84.0
"""Words of Latin letters cannot be broken anywhere, so their columns are wider."""


def project_map(
    rows: Iterable[NodeRow], state: ChainState, outlook: Outlook[int], address: Callable[[int], str]
) -> ChainPicture:
    """Draw the nodes of a chain in the version that the project follows; `address` says where a node's page is."""
    lanes = {node.pk: state.steps[step].lane for step, node in state.nodes.items()}
    return chain_picture(
        [_station(row, lanes[row.pk], address(row.pk)) for row in rows if row.pk in lanes],
        _edges(state),
        names_of(state.chain.template.lanes),
        critical=outlook.critical_path,
        narrowest=_NARROWEST.get(get_language() or "", _NARROWEST_OF_WORDS),
    )


def names_of(parts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Stages or lanes of a template by code, in their order."""
    return {part["code"]: in_reader_language(part["name"], part.get("name_en", "")) for part in parts}


def _station(row: NodeRow, lane: str, href: str) -> Station:
    return Station(
        key=row.pk, lane=lane, label=row.label, light=row.light, href=href, title=_title(row), note=_note(row),
        is_begun=row.status in CLOSED or row.started_on is not None,
        is_late=row.light is Light.RED and not row.blocked_by, is_idle=row.is_idle,
        blocked_by_issue=row.obstacles[0].number if row.obstacles else "",
    )  # fmt: skip


def _note(row: NodeRow) -> str:
    """What stands above a station: days late, days on hold, or that nobody has begun it."""
    if row.status is Status.HELD:
        return _("held %(days)d") % {"days": row.days_held}
    if row.days_late:
        return f"+{row.days_late}"
    return pgettext("above a station", "idle") if row.is_idle else ""


def _title(row: NodeRow) -> str:
    return " · ".join(filter(None, [row.label, str(LIGHT_LABELS[row.light]), *_days(row), row.unit]))


def _days(row: NodeRow) -> Iterator[str]:
    if row.status is Status.HELD:
        yield ngettext(
            "on hold for %(n)d working day", "on hold for %(n)d working days", row.days_held
        ) % {"n": row.days_held}  # fmt: skip
    elif row.days_late:
        yield ngettext(
            "%(days)d working day late", "%(days)d working days late", row.days_late
        ) % {"days": row.days_late}  # fmt: skip
    if row.is_idle:
        yield _("could have been started long ago")
    for one in row.obstacles:
        yield _("blocked by issue %(number)s %(title)s") % {"number": one.number, "title": one.title}


def _edges(state: ChainState) -> Iterator[Edge]:
    graph, pks = state.graph, {step: node.pk for step, node in state.nodes.items()}
    for target, pk in pks.items():
        for source in graph.hard.get(target, ()):
            if source in pks:
                yield Edge(pks[source], pk)
        for source in graph.soft.get(target, ()):
            if source in pks:
                yield Edge(pks[source], pk, is_hard=False)
        for number, group in enumerate(graph.groups.get(target, ())):
            members = [source for source in group if source in pks]
            # Of a group of which the project has but one, that one is simply needed.
            name = f"{pk}-{number}" if len(members) > 1 else ""
            yield from (Edge(pks[source], pk, group=name) for source in members)

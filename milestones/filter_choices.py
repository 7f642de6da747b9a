"""What the selects of a filter offer, read in as few questions as there are tables."""

from accounts.models import Unit
from milestones.models import ChainTemplate, TemplateNode, in_reader_language

Choice = tuple[str, str]
Group = tuple[str, list[Choice]]


def unit_choices() -> dict[str, list[Choice]]:
    """Units by the name of the filter that asks for them: all, towns, departments."""
    units = list(Unit.objects.values_list("pk", "name", "kind"))
    return {
        "unit": [(str(pk), name) for pk, name, _ in units],
        "town": [(str(pk), name) for pk, name, kind in units if kind == Unit.Kind.TOWN],
        "department": [(str(pk), name) for pk, name, kind in units if kind != Unit.Kind.TOWN],
    }


def node_kinds() -> list[Group]:
    """Codes and names by chain, in chain order, from the newest version of each published chain.

    A code that several chains share stands under the first of them: the filter asks for the code alone.
    """
    newest: dict[str, ChainTemplate] = {}
    templates = ChainTemplate.objects.published().defer("source", "stages", "lanes").order_by("pk")
    for template in templates.order_by("code", "version"):
        newest[template.code] = template
    chains = sorted(newest.values(), key=lambda template: (not template.kind, template.pk))
    groups: dict[int, Group] = {template.pk: (template.label, []) for template in chains}
    place = {template.pk: number for number, template in enumerate(chains)}
    nodes = TemplateNode.objects.filter(template__in=groups).values_list(
        "template_id", "position", "code", "name", "name_en"
    )
    seen: set[str] = set()
    for template_id, _position, code, name, name_en in sorted(nodes, key=lambda row: (place[row[0]], row[1])):
        if code not in seen:
            seen.add(code)
            groups[template_id][1].append((code, in_reader_language(name, name_en)))
    return [group for group in groups.values() if group[1]]

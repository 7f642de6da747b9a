"""Nothing that hangs on a project leaves the house unasked: faces say for whom they read."""

import ast
import re
from collections.abc import Iterator

from tests.structure.sources import Source, calls, own_code, sample

SCOPED = {
    "AgendaItem", "Chain", "Change", "DateChange", "Decision", "EnterpriseLink", "Finding", "Hold", "Import",
    "IndicatorValue", "Investment", "InvestmentPlan", "Issue", "IssueFile", "Kiosk", "Meeting", "MeetingFile", "Node",
    "OverdueFlag", "Project", "Proof", "Supervision", "Topic", "Upload", "Visit", "VisitPhoto",
}  # fmt: skip
ASKS = {"visible_to", "editable_by", "seen_by"}
"""Slips are seen by ``seen_by``: of what is in sight, the proposals only by those who decide about them."""
FACE = re.compile(
    r"[a-z]+/(.*[_/])?(views|api|filters|feeds|serializers)(_.*)?\.py|[a-z]+/(views|api|filters)/.*\.py"
)
CHOICES = {"ModelChoiceFilter", "ModelMultipleChoiceFilter"}


def unasked(source: Source) -> Iterator[str]:
    """Reads of scoped models that do not go on with ``.visible_to(…)`` or ``.editable_by(…)``."""
    asked = {
        id(node.value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in ASKS
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and _is_manager_of_scoped(node) and id(node) not in asked:
            yield source.at(node)
    for call in calls(source):
        name = ast.unparse(call.func).rpartition(".")[2]
        if name in {"get_object_or_404", "get_list_or_404"} and ast.unparse(call.args[0]) in SCOPED:
            yield source.at(call)


def _is_manager_of_scoped(node: ast.Attribute) -> bool:
    is_manager = node.attr in {"objects", "_default_manager", "_base_manager"}
    return is_manager and ast.unparse(node.value).rpartition(".")[2] in SCOPED


def fixed_choices(source: Source) -> Iterator[str]:
    """Filters by relation whose choices are a QuerySet made at import, so the same for everybody."""
    for call in calls(source):
        if ast.unparse(call.func).rpartition(".")[2] in CHOICES:
            for keyword in call.keywords:
                if keyword.arg == "queryset" and ".objects" in ast.unparse(keyword.value):
                    yield source.at(call)


def test_pages_and_api_read_only_what_the_reader_may_see() -> None:
    faces = [source for source in own_code() if FACE.fullmatch(source.path)]
    assert {"milestones/api/nodes.py", "milestones/filters.py"} <= {source.path for source in faces}
    assert [line for source in faces for line in unasked(source)] == []


def test_the_access_rule_is_not_blind() -> None:
    assert list(unasked(sample("rows = Node.objects.filter(pk=1)")))
    assert list(unasked(sample("rows = models.Project.objects.all()")))
    assert list(unasked(sample("row = get_object_or_404(Node, pk=pk)")))
    assert list(unasked(sample("class A:\n    queryset = Change.objects")))
    assert not list(unasked(sample("rows = Node.objects.visible_to(request.user).filter(pk=1)")))
    assert not list(unasked(sample("units = Unit.objects.all()")))


def test_the_choices_of_a_filter_depend_on_the_request() -> None:
    assert [line for source in own_code() for line in fixed_choices(source)] == []
    assert list(fixed_choices(sample("f = django_filters.ModelChoiceFilter(queryset=Project.objects.all())")))
    assert not list(fixed_choices(sample("f = django_filters.ModelChoiceFilter(queryset=projects)")))

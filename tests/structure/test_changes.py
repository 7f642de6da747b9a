"""Ask with QuerySets, change with actions: nothing else writes, nothing happens behind the back."""

import ast
import re
from collections.abc import Iterator

from tests.structure.sources import Source, calls, own_code, sample

WRITES = re.compile(
    r"(a?(save|create|update|delete)|a?bulk_(create|update)|a?(get|update)_or_create|create_user|create_superuser)"
)
MAY_WRITE = {
    "accounts/querysets.py": "the system user is made on first use",
    "config/demo/obstacles.py": "the usual lead units of the categories, which are reference data without a history",
    "config/demo/people.py": "demonstration units and people; units and users have no history",
    "history/models.py": "refuses to save a row twice",
    "meetings/minutes/packing.py": "writes a document in memory",
    "milestones/calendar_table.py": "fills the table of working days, which belongs to no project",
    "milestones/publishing.py": "the action that publishes templates",
    "screen/models.py": "refuses to save a frozen board, or a version of the weights, twice",
    "projects/files/pictures.py": "draws a small image in memory",
}
"""Beside ``actions.py`` and the package ``actions/``; each with its reason."""


def writes(source: Source) -> Iterator[str]:
    for call in calls(source):
        if isinstance(call.func, ast.Attribute) and WRITES.fullmatch(call.func.attr):
            if call.func.attr == "update" and not call.keywords:
                continue  # of a set, a dictionary or a digest: a QuerySet's takes keywords only
            yield source.at(call)


def signals(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom(module=str(module)) | ast.Import(names=[ast.alias(name=module)]):
                names = [alias.name for alias in node.names]
                if "signals" in {*module.split("."), *names} or module == "django.dispatch":
                    yield source.at(node)


def test_only_actions_write() -> None:
    found = {
        source.path: list(writes(source))
        for source in own_code()
        if not source.path.endswith("actions.py") and "/actions/" not in source.path
    }
    assert {path: lines for path, lines in found.items() if lines and path not in MAY_WRITE} == {}
    assert [path for path in MAY_WRITE if not found.get(path)] == [], "nothing is written there any more"


def test_the_writing_rule_is_not_blind() -> None:
    assert list(writes(sample("node.save()")))
    assert list(writes(sample("Node.objects.filter(pk=1).update(status='done')")))
    assert list(writes(sample("Change.objects.bulk_create(rows)")))
    assert not list(writes(sample("taken.update(codes)")))


def test_nobody_listens_to_signals() -> None:
    assert [line for source in own_code() for line in signals(source)] == []
    assert list(signals(sample("from django.db.models.signals import post_save")))
    assert list(signals(sample("from django.db.models import signals")))
    assert list(signals(sample("from django.dispatch import receiver")))
    assert not list(signals(sample("import signal")))

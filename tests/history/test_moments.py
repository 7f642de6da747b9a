"""When a change was made: now, and only the demonstration tells of the past."""

import ast
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from history.bulk_actions import NewChange, record_changes
from history.models import Change
from history.moments import told_of
from tests.make import make_project, make_user
from tests.structure.sources import own_code

THEN = datetime(2021, 5, 17, 2, tzinfo=UTC)


def _made() -> list[datetime]:
    """The moments of two changes, one recorded alone and one among many."""
    actor, project = make_user(), make_project()
    change = Change.objects.create(actor=actor, verb=Change.Verb.PROJECT_CHANGED, project=project)
    record_changes([NewChange(Change.Verb.PROJECT_CHANGED, project.pk, {})], actor=actor, batch=None)
    return list(Change.objects.filter(pk__gte=change.pk).order_by("pk").values_list("at", flat=True))


@pytest.mark.django_db
def test_what_is_told_of_the_past_bears_its_moment_and_anything_else_that_of_now() -> None:
    before = timezone.now()
    with told_of(THEN):
        told = _made()
    after = _made()
    assert told == [THEN, THEN]
    assert len(after) == 2
    assert all(before <= at <= timezone.now() for at in after)


@pytest.mark.django_db
def test_nothing_is_told_of_the_future() -> None:
    with told_of(timezone.now() + timedelta(days=1)):
        assert all(at <= timezone.now() for at in _made())


def test_only_the_demonstration_tells_of_the_past() -> None:
    users = {
        source.path
        for source in own_code()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and any(name.name == "told_of" for name in node.names)
    }
    assert users
    assert all(path.startswith("config/demo/") for path in users), users

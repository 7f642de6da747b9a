"""History is only ever added to."""

import pytest

from history.models import Change
from tests.make import make_project, make_user

pytestmark = pytest.mark.django_db


def test_changes_are_neither_altered_nor_removed() -> None:
    Change.objects.create(
        actor=make_user(), verb=Change.Verb.PROJECT_ADDED, project=make_project(), note="原文"
    )

    with pytest.raises(TypeError, match="append-only"):
        Change.objects.update(note="改")
    with pytest.raises(TypeError, match="append-only"):
        Change.objects.all().delete()

    assert Change.objects.get().note == "原文"


def test_a_single_change_is_neither_altered_nor_removed() -> None:
    change = Change.objects.create(actor=make_user(), verb=Change.Verb.PROJECT_ADDED, project=make_project())

    change.note = "改"
    with pytest.raises(TypeError, match="append-only"):
        change.save()
    with pytest.raises(TypeError, match="append-only"):
        change.delete()


def test_whoever_sees_the_project_sees_its_changes() -> None:
    project = make_project()
    change = Change.objects.create(actor=make_user(), verb=Change.Verb.PROJECT_ADDED, project=project)

    assert list(Change.objects.visible_to(make_user(unit=project.town))) == [change]
    assert not Change.objects.visible_to(make_user(unit=make_project().town)).exists()

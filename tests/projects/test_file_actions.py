"""Storing files that people bring: what is kept by a row stays, the rest goes."""

import pytest
from django.core.files.base import ContentFile

from milestones.models import Proof
from projects.file_actions import stored_files
from tests.make import make_node, make_user
from tests.projects.file_samples import PDF, photo, stored_paths

pytestmark = pytest.mark.django_db


def test_what_any_kept_file_names_stays_and_nothing_else() -> None:
    node, actor = make_node(), make_user()

    with stored_files([ContentFile(photo(), "a.jpg"), ContentFile(PDF, "b.pdf")]) as (photographed, _):
        kept = Proof.objects.create(node=node, added_by=actor, **photographed.fields())
        assert len(stored_paths()) == 3

    assert stored_paths() == {kept.file.name, kept.thumbnail.name}
    assert (kept.name, kept.content_type, kept.size) == ("a.jpg", "image/jpeg", len(photo()))

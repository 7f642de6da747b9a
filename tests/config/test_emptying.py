"""What the tests empty their database with leaves what ``manage.py flush`` leaves."""

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.emptying import empty_database
from tests.make import make_issue, make_node, make_topic, make_user


def _rows() -> dict[str, int]:
    """How many rows each model has that has any."""
    models = apps.get_models(include_auto_created=True)
    counts = {model._meta.label: model._base_manager.count() for model in models}
    return {label: count for label, count in counts.items() if count}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_but_what_django_makes_of_the_models() -> None:
    node = make_node()
    make_topic(make_issue(node.project, nodes=[node], raised_by=make_user()))
    before = _rows()

    empty_database()
    emptied = _rows()
    call_command("flush", verbosity=0, interactive=False)

    assert len(before) > 12
    assert emptied == _rows()
    assert set(emptied) == {"auth.Permission", "contenttypes.ContentType"}

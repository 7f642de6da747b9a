"""Publishing templates."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from domain.schedule import ChainError
from history.models import Change
from milestones.models import ChainTemplate, TemplateEdge
from milestones.publishing import publish_template
from tests.make import make_chain

pytestmark = pytest.mark.django_db


def test_the_built_in_chains_are_published_once() -> None:
    out = StringIO()
    call_command("publish_templates", stdout=out)
    call_command("publish_templates", stdout=out)

    assert sorted(ChainTemplate.objects.values_list("code", "version")) == [
        ("expansion", 1), ("future_factory", 1), ("new_build", 1), ("renovation", 1),
    ]  # fmt: skip
    assert "published 4" in out.getvalue()
    assert out.getvalue().splitlines()[-1] == "published 0"


def test_piling_waits_for_the_phased_or_the_full_permit() -> None:
    call_command("publish_templates", stdout=StringIO())

    edges = TemplateEdge.objects.filter(target__template__code="new_build", target__code="pile", kind="hard")

    assert set(edges.values_list("source__code", flat=True)) == {"cp1", "cp"}
    assert len(set(edges.values_list("group", flat=True)) - {""}) == 1


def test_a_chain_that_runs_in_a_circle_is_refused_with_the_names() -> None:
    with pytest.raises(ChainError, match="a → b → c → a"):
        publish_template(
            make_chain("a", "b", "c", edges=(("a", "b"), ("b", "c"), ("c", "a"))), actor=User.objects.system()
        )

    assert not ChainTemplate.objects.exists()


def test_a_difference_makes_the_next_version_and_leaves_the_first_as_it_was() -> None:
    spec, actor = make_chain("a", "b"), User.objects.system()
    first, _ = publish_template(spec, actor=actor)

    second, is_new = publish_template(replace(spec, name="改名"), actor=actor)

    assert (is_new, second.version) == (True, 2)
    first.refresh_from_db()
    assert (first.name, first.nodes.count(), second.nodes.count()) == ("链", 2, 2)
    assert Change.objects.filter(verb=Change.Verb.TEMPLATE_PUBLISHED).count() == 2
    assert ChainTemplate.objects.newest(spec.code) == second

"""Publishing templates."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from domain.chain_rules import check_chain
from domain.chains import FactSpec
from domain.schedule import ChainError
from history.models import Change
from milestones.models import ChainTemplate, TemplateEdge
from milestones.publishing import built_in_chains, promise_of, publish_template, spec_of
from tests.make import make_chain

pytestmark = pytest.mark.django_db


def test_the_built_in_chains_are_published_once() -> None:
    out = StringIO()
    call_command("publish_templates", stdout=out)
    call_command("publish_templates", stdout=out)

    assert sorted(ChainTemplate.objects.values_list("code", "version")) == [
        ("expansion", 1), ("future_factory", 1), ("high_tech", 1), ("new_build", 1), ("renovation", 1),
        ("research", 1),
    ]  # fmt: skip
    assert "published 6" in out.getvalue()
    assert out.getvalue().splitlines()[-1] == "published 0"


def test_what_managers_made_of_a_built_in_chain_stays_the_newest_version() -> None:
    call_command("publish_templates", stdout=StringIO())
    spec = next(spec for spec in built_in_chains() if spec.code == "renovation")
    publish_template(replace(spec, name="改名"), actor=User.objects.system())

    call_command("publish_templates", stdout=StringIO())

    newest = ChainTemplate.objects.newest("renovation")
    assert newest
    assert (newest.version, newest.name) == (2, "改名")


def test_a_published_template_reads_back_as_the_definition_it_was_published_from() -> None:
    call_command("publish_templates", stdout=StringIO())

    for spec in built_in_chains():
        assert spec_of(ChainTemplate.objects.get(code=spec.code)) == spec


def test_a_version_from_before_facts_were_named_reads_back_as_a_chain_that_can_be_laid() -> None:
    call_command("publish_templates", stdout=StringIO())
    ChainTemplate.objects.filter(code="expansion").update(facts=[])

    spec = spec_of(ChainTemplate.objects.get(code="expansion"))

    check_chain(spec, where="expansion")
    assert FactSpec("storey_addition", "storey_addition") in spec.facts


def test_a_template_keeps_its_facts_its_promise_and_the_proof_it_asks_for() -> None:
    call_command("publish_templates", stdout=StringIO())

    template = ChainTemplate.objects.get(code="renovation")
    assert template.facts == [{"code": "building_work", "name": "有涉建内容", "name_en": "Has building work"}]
    assert template.promise == {
        "from": "code", "until": "accept", "days": 90, "unit": "working", "source": "S56", "unconfirmed": True,
    }  # fmt: skip
    assert template.nodes.get(code="order").proof == "设备采购合同"
    assert promise_of(ChainTemplate.objects.get(code="future_factory")) is None


def test_piling_waits_for_the_phased_or_the_full_permit() -> None:
    call_command("publish_templates", stdout=StringIO())

    edges = TemplateEdge.objects.filter(target__template__code="new_build", target__code="pile", kind="hard")

    assert set(edges.values_list("source__code", flat=True)) == {"cp1", "cp"}
    assert len(set(edges.values_list("group", flat=True)) - {""}) == 1


def test_a_chain_that_runs_in_a_circle_is_refused_with_the_names() -> None:
    with pytest.raises(ChainError, match=r"节点a \(a\) → 节点b \(b\) → 节点c \(c\) → 节点a \(a\)"):
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

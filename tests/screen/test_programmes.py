"""The pipeline of programmes: who has come how far, by tier and year, each number with its projects behind it."""

import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import User
from domain.chains import PIPELINE, Milestone
from domain.lifecycle import Status
from milestones.models import Chain, ChainTemplate, TemplateNode
from projects.models import Kind, Project, Tier
from screen.programmes.queries import Programme, programmes
from screen.programmes.words import programme_cards
from tests.make import make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of, text_of

pytestmark = pytest.mark.django_db

NOW = "2022-09-15 09:00+08:00"


@pytest.fixture
def template() -> ChainTemplate:
    template = make_template("a", "b", "c", "d")
    for code, milestone in zip("abcd", PIPELINE, strict=True):
        TemplateNode.objects.filter(template=template, code=code).update(milestone=milestone)
    return template


def enter(
    template: ChainTemplate, far: int, *, year: int = 2022, tier: str = "smart", **fields: Any
) -> Project:
    """An entry of the future factories that has come so many stations `far`."""
    chosen = Tier.objects.get(kind=Kind.FUTURE_FACTORY, code=tier) if tier else None
    project = make_project(kind=Kind.FUTURE_FACTORY, tier=chosen, **fields)
    Chain.objects.create(project=project, template=template, starts_on=date(year, 1, 1))
    nodes = make_nodes(template, project=project)
    for code in "abcd"[:far]:
        node = nodes[code]
        node.status, node.started_on, node.finished_on = Status.DONE, date(year, 3, 1), date(year, 3, 1)
        node.save()
    return project


def future_factories(reader: User | None = None) -> Programme:
    reader = reader or make_user()
    return programmes(reader, Project.objects.visible_to(reader))[0]


def page(query: str = "", user: User | None = None) -> Any:
    with time_machine.travel(NOW, tick=False):
        return client_of(user or make_user()).get(f"/programmes/{query}")


def test_who_is_further_counts_at_the_stations_before_as_well(template: ChainTemplate) -> None:
    for far in (0, 1, 2, 2, 4):
        enter(template, far)
    found = future_factories()
    assert found.entries == 5
    assert list(found.reached.values()) == [4, 3, 1, 1]


def test_the_sentence_names_the_tiers_in_the_pool(template: ChainTemplate) -> None:
    enter(template, 2, tier="chain_leader")
    enter(template, 2)
    enter(template, 3)
    enter(template, 1, tier="cloud")
    text = text_of(page())
    assert "Future factory: 4 applied , 3 in the pool (1 × chain-leader factory, 2 × smart factory)" in text
    assert "1 cultivated" in text
    assert "0 recognised" not in text


def test_tiers_and_years_of_application_are_counted_apart(template: ChainTemplate) -> None:
    enter(template, 2, year=2021)
    enter(template, 1, tier="cloud")
    enter(template, 1, tier="")
    found = future_factories()
    by_tier = {row.tier and row.tier.code: row.reached[Milestone.APPLIED] for row in found.tiers}
    assert by_tier == {"chain_leader": 0, "smart": 1, "workshop": 0, "cloud": 1, None: 1}
    assert [(row.year, row.reached[Milestone.APPLIED], row.reached[Milestone.POOLED]) for row in found.years] == [
        (2022, 2, 0), (2021, 1, 1),
    ]  # fmt: skip


def test_every_number_opens_as_many_projects(template: ChainTemplate) -> None:
    enter(template, 4, year=2021)
    enter(template, 2)
    enter(template, 2, tier="")
    enter(template, 1, tier="cloud")
    html = page().content.decode()
    links = {
        (url.replace("&amp;", "&"), int(n))
        for url, n in re.findall(r'<a href="([^"]+)">(?:<b>)?(\d+)<', html)
    }
    assert len(links) > 12
    reader = client_of(make_user())
    with time_machine.travel(NOW, tick=False):
        for url, n in links:
            assert re.search(rf"\b{n} projects?\b", text_of(reader.get(url))), url


def test_it_is_narrowed_by_town_and_by_year_of_application(template: ChainTemplate) -> None:
    town = make_unit("义蓬街道")
    enter(template, 2, town=town)
    enter(template, 1, year=2021)
    assert "1 applied , 1 in the pool" in text_of(page(f"?town={town.pk}"))
    assert "1 applied . " in text_of(page("?applied_in=2021"))
    assert page("?applied_in=19").status_code == 400


def test_a_waived_station_is_not_reached(template: ChainTemplate) -> None:
    project = enter(template, 1)
    node = project.nodes.get(template_node__code="b")
    node.status, node.waived_reason = Status.WAIVED, "无需"
    node.save()
    assert future_factories().reached[Milestone.POOLED] == 0


def test_a_town_counts_its_own_entries(template: ChainTemplate) -> None:
    town = make_unit("义蓬街道")
    enter(template, 1, town=town)
    enter(template, 1)
    assert future_factories(make_user(unit=town)).reached[Milestone.APPLIED] == 1


def test_without_entries_it_says_so_and_how_to_begin() -> None:
    text = text_of(page())
    assert "No enterprise is entered in a programme yet." in text
    assert "New project" in text


def test_the_number_of_queries_is_fixed(template: ChainTemplate) -> None:
    reader = client_of(make_user())
    reader.get("/programmes/")  # what is read once
    counts = []
    for many in (1, 8):
        for _ in range(many):
            enter(template, 3)
        with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as seen:
            reader.get("/programmes/")
        counts.append(len(seen))
    assert counts[1] <= counts[0] <= 12


def test_a_research_project_ends_with_being_accepted_and_not_recognised(template: ChainTemplate) -> None:
    project = enter(template, 4, tier="")
    Project.objects.filter(pk=project.pk).update(kind=Kind.RESEARCH)

    response = page()

    assert "Research project: 1 applied , 1 in the pool , 1 cultivated , 1 accepted" in text_of(response)
    assert "Accepted" in text_of(response)
    with translation.override("zh-hans"):
        said = [
            clause.text
            for clause in programme_cards(programmes(make_user(), Project.objects.all()), QueryDict())[
                2
            ].clauses
        ]
    assert said == ["申报1项", "入库1项", "培育1项", "验收1项"]

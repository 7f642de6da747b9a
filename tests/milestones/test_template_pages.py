"""The chains, their published versions and their definitions as files."""

import pytest
from django.core.management import call_command

from accounts.models import User
from domain.chain_edits import drop_node
from domain.chain_files import read_chain, write_chain
from milestones.actions import begin_draft, lay_chain, publish_draft, save_draft
from milestones.models import ChainTemplate, TemplateDraft
from milestones.publishing import built_in_chains, spec_of
from tests.make import MONDAY, make_chain, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


def second_version(template: ChainTemplate) -> ChainTemplate:
    manager = make_user()
    draft = begin_draft(template.code, actor=manager)
    save_draft(draft, drop_node(spec_of(template), "c"), actor=manager)
    return publish_draft(draft, actor=manager)


def test_the_list_shows_every_version_and_how_many_projects_follow_it() -> None:
    first, manager = make_template("a", "b", "c"), make_user()
    second = second_version(first)
    for template in (first, first, second):
        lay_chain(make_project(), template, actor=manager, starts_on=MONDAY)

    page = client_of(manager).get("/templates/")

    text = text_of(page)
    assert f"{first.code}" in text
    assert text.index("Version 2") < text.index("Version 1")
    links = [attrs["href"] for tag, attrs in tags_of(page) if tag == "a" and attrs.get("class") == "name"]
    assert links == ["/", f"/templates/{first.code}/v2/", f"/templates/{first.code}/v1/"]
    rows = page.context["lines"][0].versions
    assert [(row.template.version, row.nodes, row.projects) for row in rows] == [(2, 2, 1), (1, 3, 2)]


def test_only_projects_that_the_reader_may_see_are_counted() -> None:
    template, town = make_template(), make_unit()
    for project in (make_project(town=town), make_project()):
        lay_chain(project, template, actor=make_user(), starts_on=MONDAY)

    page = client_of(make_user(User.Role.LIAISON, unit=town)).get("/templates/")

    assert page.context["lines"][0].versions[0].projects == 1


@pytest.mark.parametrize("chains", [1, 4])
def test_the_list_asks_the_same_however_many_chains(
    chains: int, django_assert_max_num_queries: object
) -> None:
    assert callable(django_assert_max_num_queries)
    client = client_of(make_user())
    for _ in range(chains):
        second_version(make_template("a", "b", "c"))
    with django_assert_max_num_queries(7):
        client.get("/templates/")


def test_a_version_page_says_what_its_chain_is() -> None:
    call_command("publish_templates", verbosity=0)

    page = client_of(make_user(User.Role.LEADER)).get("/templates/new_build/v1/")

    text = text_of(page)
    for words in (
        "New build on standard land Version 1",
        "51 nodes, 10 of them key nodes; planned for",
        "from “Project code and filing” to “Joint acceptance” at most 90 working days to be confirmed S56",
        "Land already held drops Farmland-conversion dossier , Regional assessment",
        "Has a basement brings Expert review of the pit plan",
        "not where: Land already held",
        "only where: Civil defence concerned",
        "Construction permit, phase 1 (pit and piles) or Construction permit",
        "施工许可证扫描件与证号",
    ):
        assert words in text, words
    assert "Draft the next version" not in text


def test_the_picture_of_a_version_leads_to_the_rows_of_its_nodes() -> None:
    template = make_template("a", "b")

    page = client_of(make_user()).get(template.get_absolute_url())

    tags = tags_of(page)
    targets = {attrs["href"] for tag, attrs in tags if tag == "a" and "mark" in (attrs.get("class") or "")}
    assert targets == {"#node-1", "#node-2"}
    assert {"node-1", "node-2"} <= {attrs.get("id") for _tag, attrs in tags}


def test_an_older_version_says_that_there_is_a_newer_one() -> None:
    first = make_template("a", "b", "c")
    second = second_version(first)

    assert "Version 2 is newer." in text_of(client_of(make_user()).get(first.get_absolute_url()))
    assert "is newer" not in text_of(client_of(make_user()).get(second.get_absolute_url()))


def test_a_definition_comes_back_as_the_file_it_could_have_been_published_from() -> None:
    call_command("publish_templates", verbosity=0)
    client = client_of(make_user(User.Role.LIAISON, unit=make_unit()))

    for spec in built_in_chains():
        answer = client.get(f"/templates/{spec.code}/v1/toml/")
        assert answer["Content-Disposition"] == f'attachment; filename="{spec.code}-v1.toml"'
        assert read_chain(answer.content.decode(), where="file") == spec


def test_the_rest_interface_gives_the_definition_with_facts_promise_and_proof() -> None:
    call_command("publish_templates", verbosity=0)
    client = client_of(make_user(User.Role.LIAISON, unit=make_unit()))

    shown = {template["code"]: template for template in client.get("/api/v1/templates/").json()}
    renovation = shown["renovation"]
    assert renovation["facts"] == [
        {"code": "building_work", "name": "有涉建内容", "name_en": "Has building work"}
    ]
    assert renovation["promise"]["days"] == 90
    assert {node["code"]: node["proof"] for node in renovation["nodes"]}["order"] == "设备采购合同"

    answer = client.get(f"/api/v1/templates/{renovation['id']}/toml/")
    spec = next(spec for spec in built_in_chains() if spec.code == "renovation")
    assert read_chain(answer.content.decode(), where="file") == spec
    assert client.get("/api/v1/templates/0/toml/").status_code == 404


def test_a_version_that_there_is_not_is_not_found() -> None:
    template, client = make_template(), client_of(make_user())

    assert client.get(f"/templates/{template.code}/v2/").status_code == 404
    assert client.get("/templates/none/v1/").status_code == 404
    assert client.get(f"/templates/{template.code}/v2/toml/").status_code == 404


def test_a_file_of_a_new_chain_becomes_a_draft() -> None:
    client, chain = client_of(make_user()), make_chain("a", "b", code="fresh")

    answer = client.post("/templates/", {"text": write_chain(chain)})

    assert answer.headers["Location"] == "/templates/fresh/draft/"
    assert read_chain(TemplateDraft.objects.get().text, where="draft") == chain
    assert "fresh" in text_of(client.get("/templates/"))
    assert not ChainTemplate.objects.exists()


@pytest.mark.parametrize(
    ("text", "status", "sentence"),
    [
        ("", 400, "Choose a file or paste its text."),
        ("[chain", 409, "the text is not valid TOML"),
        ("x" * (256 * 1024 + 1), 400, "the text is larger than 256 KB."),
    ],
)
def test_what_is_no_definition_is_refused_with_a_sentence(text: str, status: int, sentence: str) -> None:
    answer = client_of(make_user()).post("/templates/", {"text": text})

    assert answer.status_code == status
    assert sentence in text_of(answer)
    assert not TemplateDraft.objects.exists()


def test_others_may_look_but_not_draft() -> None:
    template = make_template()
    for stranger in (make_user(User.Role.LEADER), make_user(User.Role.MANAGER, unit=make_unit())):
        client = client_of(stranger)
        assert client.get("/templates/").status_code == 200
        assert client.get(template.get_absolute_url()).status_code == 200
        assert "/draft/begin/" not in client.get("/templates/").content.decode()
        assert "/draft/begin/" not in client.get(template.get_absolute_url()).content.decode()
        assert client.post("/templates/", {"text": write_chain(spec_of(template))}).status_code == 403
        assert client.post("/templates/", {"text": "no definition at all"}).status_code == 403
        assert client.post(f"/templates/{template.code}/draft/begin/").status_code == 403
    assert not TemplateDraft.objects.exists()

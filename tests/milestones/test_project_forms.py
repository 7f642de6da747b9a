"""The pages on which a project is added, changed, and given its chain or another."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import Unit, User
from history.models import Change
from milestones.actions import lay_chain, start_node
from milestones.models import Chain, ChainTemplate, Node
from projects.models import Project
from tests.make import MONDAY, make_choosy_template, make_project, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
CODE = "2505-330354-04-01-274607"
DOUBTFUL = "2208-330114-04-01-123456"


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel("2026-03-06T10:00:00+08:00", tick=False):
        yield


def entered(town: Unit, **more: Any) -> dict[str, Any]:
    return {"name": "晶圆材料二期", "kind": "new_build", "town": town.pk, "template": "", **more}


def chosen(template: ChainTemplate, *conditions: str, **more: Any) -> dict[str, Any]:
    """The facts of a template, as the page that showed them sends them."""
    return {"template": template.pk, "shown": template.pk, "conditions": conditions, **more}


def dated(template: ChainTemplate, *conditions: str, **more: Any) -> dict[str, Any]:
    return chosen(template, *conditions, **{"starts_on": "2026-03-02", **more})


def laid(template: ChainTemplate, *conditions: str, **fields: Any) -> Project:
    project = make_project(**fields)
    lay_chain(project, template, actor=make_user(), starts_on=MONDAY, conditions=conditions)
    return project


def codes(project: Project) -> list[str]:
    nodes = Node.objects.filter(project=project).order_by("template_node__position")
    return list(nodes.values_list("template_node__code", flat=True))


def inputs(response: Any, name: str, kind: str = "input") -> list[dict[str, str | None]]:
    return [attrs for tag, attrs in tags_of(response) if tag == kind and attrs.get("name") == name]


def ticked(response: Any) -> list[str | None]:
    return [attrs["value"] for attrs in inputs(response, "conditions") if "checked" in attrs]


def value_of(response: Any, name: str) -> str | None:
    return inputs(response, name)[0]["value"]


# Adding


def test_a_project_is_added_with_its_chain() -> None:
    town, template = make_unit("义蓬街道"), make_choosy_template()
    liaison = make_user(User.Role.LIAISON)

    answer = client_of(make_user()).post(
        "/projects/new/",
        {
            **entered(town, code=f" {CODE.replace('-', '－')}", liaison=liaison.pk, investment="124000.5"),
            **dated(template, "basement", "d"),
        },
        follow=True,
    )

    project = Project.objects.get()
    assert answer.redirect_chain == [(project.get_absolute_url(), 302)]
    assert "“晶圆材料二期” is added." in text_of(answer)
    assert (project.code, project.liaison, str(project.investment)) == (CODE, liaison, "124000.50")
    assert codes(project) == ["a", "b", "d", "e"]
    assert Chain.objects.get().starts_on == MONDAY


def test_a_project_can_be_added_without_a_chain() -> None:
    client_of(make_user()).post("/projects/new/", entered(make_unit()))

    assert Project.objects.count() == 1
    assert not Chain.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field", "why"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"kind": ""}, "kind", "This field is required."),
        ({"town": ""}, "town", "This field is required."),
        ({"land_mu": "much"}, "land_mu", "Enter a number."),
        ({"code": "2513-330354-04-01-274607"}, "code", "would be month 13"),
        ({"code": CODE}, "code", "Another project already has the code"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    wrong: dict[str, str], field: str, why: str
) -> None:
    make_project(code=CODE)
    town, template = make_unit(), make_choosy_template()
    sent = {**entered(town, sector="半导体", note="一期已投产"), **dated(template, "d"), **wrong}

    answer = client_of(make_user()).post("/projects/new/", sent)

    assert answer.status_code == 400
    marked = [attrs["name"] for _tag, attrs in tags_of(answer) if attrs.get("aria-invalid") == "true"]
    assert marked == [field]
    assert why in text_of(answer)
    assert value_of(answer, "sector") == "半导体"
    assert "一期已投产" in answer.content.decode()
    assert ticked(answer) == ["d"]
    assert Project.objects.count() == 1


def test_a_doubtful_code_is_explained_and_saved_all_the_same() -> None:
    client = client_of(make_user())

    said = text_of(client.get(f"/projects/new/?code={DOUBTFUL}"))
    client.post("/projects/new/", entered(make_unit(), code=DOUBTFUL))

    assert "August 2022" in said
    assert "The check digit of the project code does not fit. It can be saved all the same." in said
    assert Project.objects.get().code == DOUBTFUL


def test_the_code_is_checked_before_the_form_is_sent() -> None:
    make_project(code=CODE)
    client = client_of(make_user())

    assert "would be month 13" in text_of(client.get("/projects/new/?code=2513-330354-04-01-274607"))
    assert "Another project already has the code" in text_of(client.get(f"/projects/new/?code={CODE}"))


def test_the_kind_of_the_project_proposes_the_newest_chain_of_that_kind() -> None:
    old, new = make_choosy_template(), make_choosy_template("f")
    ChainTemplate.objects.filter(code="choosy").update(kind="expansion")
    client = client_of(make_user())

    page = client.get("/projects/new/?kind=expansion&template=&shown=")

    assert value_of(page, "shown") == str(new.pk)
    assert str(old.pk) not in [key for key, _label in page.context["chain"].fields["template"].choices]
    assert value_of(page, "starts_on") == "2026-03-06"
    # Whoever has just chosen another chain than the kind's, or none, keeps it.
    other = make_template("x")
    assert value_of(
        client.get(f"/projects/new/?kind=expansion&template={other.pk}&shown={new.pk}"), "shown"
    ) == (str(other.pk))
    assert not inputs(client.get(f"/projects/new/?kind=expansion&template=&shown={new.pk}"), "shown")


def test_facts_say_which_nodes_they_bring_and_spare() -> None:
    template = make_choosy_template()

    page = client_of(make_user()).get(f"/projects/new/?template={template.pk}&conditions=d")

    assert "Basement then with: Node b then without: Node c" in text_of(page)
    assert [attrs["value"] for attrs in inputs(page, "conditions")] == ["basement", "d"]
    assert ticked(page) == ["d"]


def test_no_chain_is_laid_whose_facts_were_not_shown() -> None:
    template, other = make_choosy_template(), make_template("x")
    sent = {**entered(make_unit()), **dated(template), "shown": other.pk}

    answer = client_of(make_user()).post("/projects/new/", sent)

    assert answer.status_code == 400
    assert "These are the facts of this chain" in text_of(answer)
    assert value_of(answer, "shown") == str(template.pk)
    assert not Project.objects.exists()


def test_a_chain_needs_a_day_and_facts_that_it_knows() -> None:
    template, client = make_choosy_template(), client_of(make_user())
    sent = entered(make_unit())

    undated = client.post("/projects/new/", {**sent, **dated(template, starts_on="")})
    unknown = client.post("/projects/new/", {**sent, **dated(template, "moat")})

    assert "Say from when the chain is planned." in text_of(undated)
    assert unknown.status_code == 400
    assert "knows nothing of “moat”" in text_of(unknown)
    assert not Project.objects.exists()


def test_a_form_that_is_sent_twice_adds_one_project() -> None:
    client, sent = client_of(make_user()), {**entered(make_unit()), "once": str(uuid4())}

    first, again = client.post("/projects/new/", sent), client.post("/projects/new/", sent)

    assert first.headers["Location"] == again.headers["Location"]
    assert Project.objects.count() == 1


def test_only_what_is_ones_own_can_be_chosen() -> None:
    town, elsewhere = make_unit("义蓬街道"), make_unit("河庄街道")
    department = make_unit("住建局", kind=Unit.Kind.DEPARTMENT)
    liaison, colleague = make_user(User.Role.LIAISON, unit=town), make_user(User.Role.LIAISON, unit=town)
    page = {
        "town": client_of(make_user(unit=town)).get("/projects/new/"),
        "department": client_of(make_user(unit=department)).get("/projects/new/"),
        "liaison": client_of(liaison).get("/projects/new/"),
        "bureau": client_of(make_user()).get("/projects/new/"),
    }

    def offered(who: str, name: str) -> set[str]:
        return {str(pk) for pk, _label in page[who].context["form"].fields[name].choices if pk}

    assert offered("town", "town") == {str(town.pk)}
    assert offered("town", "liaison") == {str(liaison.pk), str(colleague.pk)}
    assert offered("department", "department") == {str(department.pk)}
    assert offered("department", "town") == {str(town.pk), str(elsewhere.pk)}
    assert offered("liaison", "liaison") == {str(liaison.pk)}
    assert offered("bureau", "town") == {str(town.pk), str(elsewhere.pk)}
    sent = entered(elsewhere)
    assert client_of(make_user(unit=town)).post("/projects/new/", sent).status_code == 400
    assert client_of(liaison).post("/projects/new/", {**sent, "liaison": liaison.pk}).status_code == 302


def test_a_leader_adds_nothing_and_finds_no_button_for_it() -> None:
    leader, manager = client_of(make_user(User.Role.LEADER)), client_of(make_user())

    assert leader.get("/projects/new/").status_code == 403
    assert leader.post("/projects/new/", entered(make_unit())).status_code == 403
    assert not Project.objects.exists()
    assert "New project" in text_of(manager.get("/projects/"))
    assert "New project" not in text_of(leader.get("/projects/"))


# Changing


def test_what_is_entered_is_shown_as_it_stands_and_saved_as_changed() -> None:
    project = make_project(name="甲", sector="半导体", land_mu="86.50")
    client = client_of(make_user())
    page = client.get(f"/projects/{project.pk}/edit/")
    sent = entered(project.town, name="甲", sector="新材料", land_mu="86.5", etag=value_of(page, "etag"))

    answer = client.post(f"/projects/{project.pk}/edit/", sent)

    assert (value_of(page, "name"), value_of(page, "sector"), value_of(page, "land_mu")) == (
        "甲", "半导体", "86.5",
    )  # fmt: skip
    assert answer.headers["Location"] == project.get_absolute_url()
    change = Change.objects.get(project=project)
    assert (change.before, change.after) == ({"sector": "半导体"}, {"sector": "新材料"})


def test_a_change_of_something_newer_is_refused_once_and_says_what_stands_there() -> None:
    project, client = make_project(name="甲", sector="半导体"), client_of(make_user())
    address = f"/projects/{project.pk}/edit/"
    stale = value_of(client.get(address), "etag")
    Project.objects.filter(pk=project.pk).update(sector="新材料")
    sent = entered(project.town, name="甲", sector="生物医药")

    refused = client.post(address, {**sent, "etag": stale})
    again = client.post(address, {**sent, "etag": value_of(refused, "etag")})

    assert refused.status_code == 412
    assert "Now it says “新材料”." in text_of(refused)
    assert value_of(refused, "sector") == "生物医药"
    assert again.status_code == 302
    assert Project.objects.get().sector == "生物医药"


def test_what_a_ledger_brought_stays_though_it_would_not_be_offered() -> None:
    former = make_user(User.Role.MANAGER, unit=make_unit())
    project = make_project(name="甲", liaison=former, town=make_unit(kind=Unit.Kind.DEPARTMENT))
    client = client_of(make_user())
    page = client.get(f"/projects/{project.pk}/edit/")

    client.post(
        f"/projects/{project.pk}/edit/",
        entered(project.town, name="乙", liaison=former.pk, etag=value_of(page, "etag")),
    )

    project.refresh_from_db()
    assert (project.name, project.liaison) == ("乙", former)


@pytest.mark.parametrize("what", ["edit", "chain"])
def test_a_strangers_project_is_not_found_and_a_leader_may_not(what: str) -> None:
    project = laid(make_choosy_template())
    template = Chain.objects.get().template
    sent = {**entered(project.town, name="乙"), **chosen(template, "basement"), "etag": project.etag}
    address = f"/projects/{project.pk}/{what}/"

    for person, status in ((make_user(unit=make_unit()), 404), (make_user(User.Role.LEADER), 403)):
        assert client_of(person).get(address).status_code == status
        assert client_of(person).post(address, sent).status_code == status
    assert Project.objects.get().name == project.name
    assert codes(project) == ["a", "c", "e"]


def test_the_page_of_a_project_offers_its_forms_to_those_who_may() -> None:
    project = make_project()

    assert f"/projects/{project.pk}/edit/" in _addresses(client_of(make_user()), project)
    assert f"/projects/{project.pk}/chain/" in _addresses(client_of(make_user()), project)
    assert f"/projects/{project.pk}/edit/" not in _addresses(client_of(make_user(User.Role.LEADER)), project)


def _addresses(client: Client, project: Project) -> set[str | None]:
    return {attrs.get("href") for _tag, attrs in tags_of(client.get(project.get_absolute_url()))}


# Chains


def test_a_project_without_a_chain_is_given_one() -> None:
    template, client = make_choosy_template(), client_of(make_user())
    ChainTemplate.objects.update(kind="expansion")
    project = make_project(kind="expansion")
    address = f"/projects/{project.pk}/chain/"

    page = client.get(address)
    answer = client.post(address, dated(template, "basement"), follow=True)

    assert value_of(page, "shown") == str(template.pk)
    assert "has its chain." in text_of(answer)
    assert codes(project) == ["a", "b", "e"]


def test_a_chain_sent_twice_is_laid_once() -> None:
    template, client, project = make_choosy_template(), client_of(make_user()), make_project()
    sent = dated(template, once=str(uuid4()))

    client.post(f"/projects/{project.pk}/chain/", sent)
    again = client.post(f"/projects/{project.pk}/chain/", sent)
    another = client.post(f"/projects/{project.pk}/chain/", {**sent, "once": str(uuid4())})

    assert (again.status_code, another.status_code) == (302, 409)
    assert Change.objects.filter(verb=Change.Verb.CHAIN_LAID).count() == 1


def test_other_facts_are_shown_first_and_then_applied() -> None:
    template = make_choosy_template()
    project, client = laid(template), client_of(make_user())
    address = f"/projects/{project.pk}/chain/"
    sent = chosen(template, "basement", "d")

    shown = client.get(address, {**sent, "preview": "1"})
    assert codes(project) == ["a", "c", "e"]
    applied = client.post(
        address, {**sent, "digest": value_of(shown, "digest"), "note": "已核实"}, follow=True
    )

    assert "2 nodes are kept" in text_of(shown)
    assert "2 added Node b due 13 Mar Node d due 13 Mar" in text_of(shown)
    assert "1 dropped Node c" in text_of(shown)
    assert "with the facts as chosen" in text_of(applied)
    assert codes(project) == ["a", "b", "d", "e"]
    change = Change.objects.get(verb=Change.Verb.CHAIN_MOVED)
    assert (change.note, change.after["conditions"]) == ("已核实", ["basement", "d"])


def test_another_version_is_offered_and_named() -> None:
    old = make_choosy_template()
    project = laid(old, "basement")
    new = make_choosy_template("f")
    client = client_of(make_user())

    as_it_is = client.get(f"/projects/{project.pk}/chain/")
    other = client.get(f"/projects/{project.pk}/chain/?template={new.pk}&shown={old.pk}&conditions=d")

    assert "Version 2 is newer." in text_of(as_it_is)
    assert (value_of(as_it_is, "shown"), ticked(as_it_is)) == (str(old.pk), ["basement"])
    assert (value_of(other, "shown"), ticked(other)) == (str(new.pk), ["d"])


def test_a_preview_of_facts_that_were_not_shown_shows_them_instead() -> None:
    old = make_choosy_template()
    project, new = laid(old), make_choosy_template("f")

    page = client_of(make_user()).get(
        f"/projects/{project.pk}/chain/?template={new.pk}&shown={old.pk}&preview=1"
    )

    assert "These are the facts of this chain" in text_of(page)
    assert "What would change" not in text_of(page)
    assert value_of(page, "shown") == str(new.pk)


def test_nothing_is_offered_to_be_changed_where_nothing_changes() -> None:
    template = make_choosy_template()
    project = laid(template, "d")

    page = client_of(make_user()).get(
        f"/projects/{project.pk}/chain/", {**chosen(template, "d"), "preview": "1"}
    )

    assert "the chain is like that already" in text_of(page)
    assert not inputs(page, "digest")


def test_what_is_being_worked_on_is_named_and_forbids_the_change() -> None:
    template = make_choosy_template()
    project, actor = laid(template), make_user()
    running = Node.objects.get(project=project, template_node__code="c")
    start_node(running, actor=actor, on=MONDAY, today=MONDAY)
    client, sent = client_of(actor), chosen(template, "basement")

    shown = client.get(f"/projects/{project.pk}/chain/", {**sent, "preview": "1"})

    assert "1 node would be dropped while it is being worked on" in text_of(shown)
    assert not inputs(shown, "digest")
    assert client.post(f"/projects/{project.pk}/chain/", {**sent, "digest": ""}).status_code == 412
    assert codes(project) == ["a", "c", "e"]


def test_a_preview_that_no_longer_holds_changes_nothing() -> None:
    template = make_choosy_template()
    project, actor = laid(template), make_user()
    address, sent = f"/projects/{project.pk}/chain/", chosen(template, "basement")
    digest = value_of(client_of(actor).get(address, {**sent, "preview": "1"}), "digest")

    with time_machine.travel("2026-03-09T10:00:00+08:00", tick=False):  # what is added would be due later
        answer = client_of(actor).post(address, {**sent, "digest": digest})

    assert answer.status_code == 412
    assert "would no longer change as it was shown" in text_of(answer)
    assert codes(project) == ["a", "c", "e"]


def test_an_address_that_names_no_version_is_no_preview() -> None:
    project = laid(make_choosy_template())

    page = client_of(make_user()).get(f"/projects/{project.pk}/chain/?template=x&shown=x&preview=1")

    assert page.status_code == 200
    assert "What would change" not in text_of(page)


def _at_once(requests: Iterable[Any]) -> list[int]:
    """The statuses of requests that leave at the same moment, each from a connection of its own."""
    many = list(requests)
    barrier = Barrier(len(many))

    def run(request: Any) -> int:
        barrier.wait()
        try:
            status: int = request().status_code
        finally:
            connection.close()
        return status

    with ThreadPoolExecutor(len(many)) as pool:
        return sorted(pool.map(run, many))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_of_two_who_move_a_chain_at_once_one_is_told_to_look_again() -> None:
    template = make_choosy_template()
    project, actor = laid(template), make_user()
    address = f"/projects/{project.pk}/chain/"
    asked = []
    for facts in (("basement",), ("basement", "d"), ("d",), ("basement",)):
        client, sent = client_of(actor), chosen(template, *facts)
        digest = value_of(client.get(address, {**sent, "preview": "1"}), "digest")
        asked.append(lambda client=client, sent={**sent, "digest": digest}: client.post(address, sent))

    statuses = _at_once(asked)

    assert statuses == [302, 412, 412, 412]
    assert Change.objects.filter(verb=Change.Verb.CHAIN_MOVED).count() == 1
    conditions = frozenset(Chain.objects.get().conditions)
    expected = ["a", "b" if "basement" in conditions else "c", *(["d"] if "d" in conditions else []), "e"]
    assert codes(project) == expected


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_of_two_who_change_a_project_at_once_one_is_told_what_stands_there() -> None:
    project, actor = make_project(name="甲"), make_user()
    address = f"/projects/{project.pk}/edit/"
    clients = [client_of(actor) for _ in range(4)]
    etag = value_of(clients[0].get(address), "etag")

    statuses = _at_once(
        lambda client=client, number=number: client.post(
            address, entered(project.town, name=f"第{number}名", etag=etag)
        )
        for number, client in enumerate(clients)
    )

    assert statuses == [302, 412, 412, 412]
    assert Change.objects.filter(verb=Change.Verb.PROJECT_CHANGED).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_a_form_that_arrives_several_times_at_once_adds_one_project() -> None:
    town, actor, key = make_unit(), make_user(), str(uuid4())
    sent = {**entered(town), **dated(make_choosy_template()), "once": key}
    clients = [client_of(actor) for _ in range(4)]

    statuses = _at_once(lambda client=client: client.post("/projects/new/", sent) for client in clients)

    assert statuses == [302] * 4
    assert Project.objects.count() == Chain.objects.count() == 1
    assert Node.objects.count() == 3

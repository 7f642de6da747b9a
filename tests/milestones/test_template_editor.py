"""The editor of templates: what is sent becomes the draft, what cannot be taken comes back as it was typed."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from domain.chain_files import predecessors, read_chain, write_chain
from domain.chains import ChainSpec, FactSpec, NodeSpec, PromiseSpec
from milestones.actions import begin_draft, save_draft
from milestones.editing.forms import NodeForm
from milestones.models import ChainTemplate, TemplateDraft
from milestones.publishing import spec_of
from tests.make import make_chain, make_template, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db


class Desk:
    """A draft of a → b → c, and its editor."""

    def __init__(self) -> None:
        self.template = make_template("a", "b", "c", code="short")
        self.person = make_user()
        begin_draft("short", actor=self.person)
        self.client = client_of(self.person)

    @property
    def draft(self) -> TemplateDraft:
        return TemplateDraft.objects.get()

    @property
    def chain(self) -> ChainSpec:
        return read_chain(self.draft.text, where="draft")

    def node(self, code: str) -> NodeSpec:
        return next(node for node in self.chain.nodes if node.code == code)

    def send(self, path: str, data: dict[str, Any], *, version: int | None = None) -> Any:
        version = self.draft.version if version is None else version
        return self.client.post(f"/templates/short/draft/{path}", {"version": version, **data})

    def form_of(self, path: str) -> dict[str, Any]:
        """What a browser would send of the form in the panel if nothing were typed."""
        return sent_of(self.client, f"/templates/short/draft/{path}")


def sent_of(client: Client, address: str) -> dict[str, Any]:
    page = client.get(address, headers={"HX-Request": "true"})
    assert page.status_code == 200
    data: dict[str, Any] = {}
    sent = page.context.get("sent")
    forms = (
        [sent.node, sent.before.management_form, *sent.before, sent.behind.management_form, *sent.behind]
        if sent
        else []
    )
    rows = page.context.get("rows")
    if rows is not None:
        forms += [rows.management_form, *rows]
    if page.context.get("form"):
        forms.append(page.context["form"])
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                data[bound.html_name] = "on"
            elif value is not None and value is not False:
                data[bound.html_name] = str(value)
    return data


def test_the_editor_shows_picture_nodes_and_what_can_be_changed() -> None:
    desk = Desk()

    page = desk.client.get("/templates/short/draft/")

    assert "It says the same as version 1." in text_of(page)
    marks = [
        attrs["href"] for tag, attrs in tags_of(page) if tag == "a" and "mark" in (attrs.get("class") or "")
    ]
    assert marks == [f"/templates/short/draft/nodes/{code}/#panel" for code in "abc"]
    for words in ("Add a node", "Chain and promise", "Stages", "Lanes", "Facts", "Nothing chosen"):
        assert words in text_of(page)


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing() -> None:
    call_command("publish_templates", verbosity=0)
    client = client_of(make_user())
    for code in ("new_build", "renovation", "expansion", "future_factory"):
        draft = begin_draft(code, actor=make_user())
        chain = spec_of(ChainTemplate.objects.get(code=code))
        paths = ["head/", "parts/stages/", "parts/lanes/", "parts/facts/"]
        for path in [*paths, *(f"nodes/{node.code}/" for node in chain.nodes[::6])]:
            address = f"/templates/{code}/draft/{path}"
            answer = client.post(address, {"version": 1, **sent_of(client, address)})
            assert answer.status_code == 302, (code, path)
        draft.refresh_from_db()
        assert draft.version == 1


def test_a_node_opens_in_the_page_and_as_a_fragment() -> None:
    desk = Desk()

    page = desk.client.get("/templates/short/draft/nodes/b/")
    fragment = desk.client.get("/templates/short/draft/nodes/b/", headers={"HX-Request": "true"})

    assert "Node b b" in text_of(page) or "节点b b" in text_of(page)
    assert "<html" in page.content.decode()
    assert "<html" not in fragment.content.decode()
    assert 'id="id_plan_days" value="5"' in fragment.content.decode()


def test_what_is_typed_becomes_the_node() -> None:
    desk = Desk()
    typed = {
        "name": "施工许可证", "name_en": "Construction permit", "code": "cp", "unit": "住房和城乡建设局",
        "clock": "agency", "limit": "7", "limit_unit": "calendar", "plan_days": "", "is_key": "on",
        "optional": "on", "unconfirmed": "on", "proof": "证号", "source": "S69", "note": "法定7日",
        "milestone": "started",
    }  # fmt: skip

    answer = desk.send("nodes/b/", {**desk.form_of("nodes/b/"), **typed})

    assert answer.headers["Location"] == "/templates/short/draft/nodes/cp/#panel"
    cp = desk.node("cp")
    assert {name: getattr(cp, name) for name in NodeForm.base_fields} == {
        **typed, "limit": 7, "plan_days": 5, "is_key": True, "optional": True, "unconfirmed": True,
        "stage": "all", "lane": "main", "condition": "",
    }  # fmt: skip
    assert predecessors("c", desk.chain.edges)["waits_for"] == ["cp"]
    assert spec_of(desk.template).nodes[1].name == "节点b"


def test_edges_are_taken_from_both_sides_of_a_node_with_their_kind_and_group() -> None:
    desk = Desk()
    form = desk.form_of("add/")
    form |= {
        "name": "分阶段",
        "code": "d",
        "stage": "all",
        "lane": "main",
        "clock": "government",
        "plan_days": "0",
    }
    form |= {"before-0-node": "a", "before-0-how": "soft", "behind-0-node": "c", "behind-0-how": "1"}

    answer = desk.send("add/", form)

    assert answer.status_code == 302
    assert predecessors("d", desk.chain.edges)["prefers"] == ["a"]
    assert predecessors("c", desk.chain.edges) == {"waits_for": ["b"], "any_of": [["d"]], "prefers": []}

    form = desk.form_of("nodes/b/")
    desk.send("nodes/b/", {**form, "behind-0-how": "1"})
    assert predecessors("c", desk.chain.edges)["any_of"] == [["b", "d"]]
    assert "节点d" not in text_of(desk.client.get("/templates/short/draft/nodes/c/"))


def test_an_edge_goes_where_its_row_is_made_blank() -> None:
    desk = Desk()
    form = desk.form_of("nodes/c/") | {"before-0-node": "", "before-1-node": "a", "before-1-how": "hard"}

    desk.send("nodes/c/", form)

    assert predecessors("c", desk.chain.edges)["waits_for"] == ["a"]


def test_a_circle_is_refused_with_the_names_and_what_was_typed_is_kept() -> None:
    desk = Desk()
    form = desk.form_of("nodes/a/") | {"name": "改过的名字", "before-0-node": "c", "before-0-how": "hard"}

    answer = desk.send("nodes/a/", form)

    assert answer.status_code == 409
    assert (
        "链: the chain runs in a circle: 改过的名字 (a) → 节点b (b) → 节点c (c) → 改过的名字 (a)."
        in text_of(answer)
    )
    inputs = {attrs.get("id"): attrs.get("value") for tag, attrs in tags_of(answer) if tag == "input"}
    assert inputs["id_name"] == "改过的名字"
    assert '<option value="c" selected>' in answer.content.decode()
    assert desk.chain == spec_of(desk.template)


def test_a_node_that_nothing_connects_is_refused_with_its_name() -> None:
    desk = Desk()
    form = desk.form_of("add/")
    form |= {
        "name": "孤立",
        "code": "d",
        "stage": "all",
        "lane": "main",
        "clock": "utility",
        "plan_days": "1",
    }

    answer = desk.send("add/", form)

    assert answer.status_code == 409
    assert "链: nothing connects 孤立 (d) to the rest of the chain." in text_of(answer)
    assert desk.draft.version == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"plan_days": ""}, "Give a limit or planned days."),
        ({"plan_days": "-1"}, "greater than or equal to 0"),
        ({"limit": "0"}, "greater than or equal to 1"),
        ({"limit": "x"}, "Enter a whole number."),
        ({"code": "施工"}, "Letters, digits, - and _ only."),
        ({"name": ""}, "This field is required."),
        ({"stage": "none"}, "Select a valid choice."),
        ({"before-0-node": "gone", "before-0-how": "hard"}, "Select a valid choice."),
    ],
)
def test_a_field_that_cannot_be_read_says_so_in_its_place(typed: dict[str, str], sentence: str) -> None:
    desk = Desk()

    answer = desk.send("nodes/b/", {**desk.form_of("nodes/b/"), **typed})

    assert answer.status_code == 400
    assert sentence in text_of(answer)
    assert desk.draft.version == 1


def test_a_node_that_others_wait_for_is_not_deleted_and_they_are_named() -> None:
    desk = Desk()

    answer = desk.send("nodes/b/drop/", {})

    assert answer.status_code == 409
    assert "“节点b” cannot go: 节点c (c) would wait for nothing. Change those first." in text_of(answer)
    assert desk.send("nodes/c/drop/", {}).status_code == 302
    assert [node.code for node in desk.chain.nodes] == ["a", "b"]


def test_nodes_move_up_and_down() -> None:
    desk = Desk()

    desk.send("nodes/b/move/", {"earlier": ""})
    assert [node.code for node in desk.chain.nodes] == ["b", "a", "c"]
    desk.send("nodes/b/move/", {"later": ""})
    assert [node.code for node in desk.chain.nodes] == ["a", "b", "c"]


def test_the_chain_and_its_promise_are_changed() -> None:
    desk = Desk()
    form = desk.form_of("head/") | {
        "name": "改名", "kind": "expansion", "since": "a", "until": "c", "days": "90", "unit": "working",
        "promise_source": "S56", "promise_unconfirmed": "on",
    }  # fmt: skip

    assert desk.send("head/", form).status_code == 302

    assert (desk.chain.name, desk.chain.kind) == ("改名", "expansion")
    assert desk.chain.promise == PromiseSpec(since="a", until="c", days=90, source="S56", unconfirmed=True)
    half = desk.send("head/", {**desk.form_of("head/"), "until": ""})
    assert half.status_code == 400
    assert "Say from where to where and how many days, or nothing of it." in text_of(half)
    desk.send("head/", {**desk.form_of("head/"), "since": "", "until": "", "days": ""})
    assert desk.chain.promise is None


def test_facts_come_go_and_switch_nodes() -> None:
    desk = Desk()
    rows = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "0",
        "form-0-name": "有地下室",
        "form-0-code": "basement",
    }
    assert desk.send("parts/facts/", rows).status_code == 302
    assert desk.chain.facts == (FactSpec("basement", "有地下室"),)

    form = desk.form_of("nodes/c/")
    assert desk.send("nodes/c/", {**form, "condition": "!basement"}).status_code == 302
    assert desk.node("c").condition == "!basement"

    answer = desk.send("parts/facts/", {**desk.form_of("parts/facts/"), "form-0-DELETE": "on"})
    assert answer.status_code == 409
    assert "“有地下室” cannot go: 节点c (c) would be left without it." in text_of(answer)


def test_stages_are_renamed_and_their_nodes_follow() -> None:
    desk = Desk()
    form = desk.form_of("parts/stages/") | {
        "form-1-name": "竣工",
        "form-1-code": "accept",
        "form-1-ORDER": "1",
    }
    form |= {"form-0-code": "whole", "form-0-ORDER": "2"}

    assert desk.send("parts/stages/", form).status_code == 302

    assert [stage.code for stage in desk.chain.stages] == ["accept", "whole"]
    assert {node.stage for node in desk.chain.nodes} == {"whole"}


def test_a_part_of_another_kind_is_not_found() -> None:
    assert Desk().client.get("/templates/short/draft/parts/nodes/").status_code == 404


def test_an_edit_on_top_of_somebody_else_s_is_refused_first_and_taken_when_sent_again() -> None:
    desk = Desk()
    form = desk.form_of("nodes/b/") | {"proof": "照片"}
    save_draft(desk.draft, replace(desk.chain, name="改名"), actor=make_user(display_name="郑工"))

    answer = desk.send("nodes/b/", form, version=1)

    assert answer.status_code == 412
    assert "郑工 has changed the draft since you read it" in text_of(answer)
    assert "What you typed is kept" in text_of(answer)
    inputs = {attrs.get("id"): attrs.get("value") for tag, attrs in tags_of(answer) if tag == "input"}
    assert inputs["id_proof"] == "照片"
    versions = [attrs.get("value") for tag, attrs in tags_of(answer) if attrs.get("name") == "version"]
    assert set(versions) == {"2"}

    assert desk.send("nodes/b/", form, version=2).status_code == 302
    assert (desk.chain.name, desk.node("b").proof) == ("改名", "照片")


def test_a_draft_that_is_gone_says_so() -> None:
    desk = Desk()
    form = desk.form_of("nodes/b/")
    version = desk.draft.version
    desk.send("discard/", {})

    answer = desk.client.post("/templates/short/draft/nodes/b/", {**form, "version": version})

    assert answer.status_code == 404
    assert desk.client.get("/templates/short/draft/").headers["Location"] == "/templates/short/v1/"


def test_a_text_takes_the_place_of_the_draft_and_a_wrong_one_is_kept_in_the_form() -> None:
    desk = Desk()
    chain = replace(desk.chain, note="整段替换")

    assert desk.send("text/", {"text": write_chain(chain)}).status_code == 302
    assert desk.chain == chain

    wrong = write_chain(chain).replace('waits_for = ["a"]', 'waits_for = ["gone"]')
    answer = desk.send("text/", {"text": wrong})
    assert answer.status_code == 409
    assert "the text, [node] b: it waits for “gone”, which does not exist." in text_of(answer)
    assert "waits_for = [&quot;gone&quot;]" in answer.content.decode()
    other = desk.send("text/", {"text": write_chain(make_chain("a", "b", code="other"))})
    assert other.status_code == 409
    assert desk.chain == chain


def test_a_file_takes_the_place_of_the_draft() -> None:
    desk = Desk()
    chain = replace(desk.chain, note="来自文件")

    def sent(content: bytes) -> Any:
        return desk.send("text/", {"file": SimpleUploadedFile("chain.toml", content)})

    assert sent(("\ufeff" + write_chain(chain)).encode()).status_code == 302
    assert desk.chain == chain
    answer = sent(write_chain(chain).encode("gb18030"))
    assert answer.status_code == 400
    assert "chain.toml is not text in UTF-8; save it as UTF-8." in text_of(answer)
    assert sent(b"x" * (256 * 1024 + 1)).status_code == 400


def test_the_draft_can_be_taken_away_as_a_file() -> None:
    desk = Desk()

    answer = desk.client.get("/templates/short/draft/toml/")

    assert answer["Content-Disposition"] == 'attachment; filename="short-draft.toml"'
    assert read_chain(answer.content.decode(), where="file") == desk.chain


def test_before_publishing_the_difference_is_shown_with_the_names_of_nodes_and_fields() -> None:
    desk = Desk()
    assert "there is nothing to publish" in text_of(desk.client.get("/templates/short/draft/publish/"))
    desk.send("nodes/c/drop/", {})
    desk.send("nodes/b/", {**desk.form_of("nodes/b/"), "plan_days": "9", "clock": "utility"})
    new = {"name": "新的", "name_en": "", "code": "d", "stage": "all", "lane": "main", "clock": "agency"}
    desk.send(
        "add/",
        {**desk.form_of("add/"), **new, "plan_days": "1", "before-0-node": "a", "before-0-how": "hard"},
    )

    text = text_of(desk.client.get("/templates/short/draft/publish/"))

    for words in (
        "Against version 1: nodes added 1, dropped 1, changed 1.",
        "Added 新的 (d)",
        "Dropped Node c (c)",
        "Node b b Clock owner government approval utility Planned working days 5 9",
    ):
        assert words in text, words


def test_a_published_draft_is_the_next_version() -> None:
    desk = Desk()
    desk.send("nodes/c/drop/", {})

    answer = desk.send("publish/", {})

    assert answer.headers["Location"] == "/templates/short/v2/"
    assert [node.code for node in spec_of(ChainTemplate.objects.get(version=2)).nodes] == ["a", "b"]
    assert len(spec_of(desk.template).nodes) == 3


def test_what_changed_since_the_difference_was_read_is_not_published() -> None:
    desk = Desk()
    desk.send("nodes/c/drop/", {})

    answer = desk.send("publish/", {}, version=1)

    assert answer.status_code == 412
    assert ChainTemplate.objects.count() == 1


def test_a_discarded_draft_leaves_the_published_version() -> None:
    desk = Desk()

    answer = desk.send("discard/", {})

    assert answer.headers["Location"] == "/templates/short/v1/"
    assert not TemplateDraft.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "", "add/", "nodes/b/", "head/", "parts/stages/", "text/", "toml/", "publish/",
    ],
)  # fmt: skip
def test_drafts_are_the_bureau_s(path: str) -> None:
    Desk()
    for stranger in (
        make_user(User.Role.LIAISON, unit=make_unit()),
        make_user(User.Role.MANAGER, unit=make_unit()),
        make_user(User.Role.LEADER),
    ):
        assert client_of(stranger).get(f"/templates/short/draft/{path}").status_code == 403


def test_strangers_change_no_draft() -> None:
    desk = Desk()
    client = client_of(make_user(User.Role.MANAGER, unit=make_unit()))

    for path in ("nodes/c/drop/", "nodes/b/move/", "publish/", "discard/", "nodes/b/", "head/", "text/"):
        assert client.post(f"/templates/short/draft/{path}", {"version": 1}).status_code == 403
    assert desk.draft.version == 1

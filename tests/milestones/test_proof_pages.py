"""Proofs on pages: bringing, looking at, withdrawing; and what a stranger gets of them."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from domain.lifecycle import Status
from milestones.actions.proofs import withdraw_proof
from milestones.models import Node, Proof
from tests.make import MONDAY, make_node, make_project, make_unit, make_user
from tests.pages import client_of, tags_of, text_of
from tests.projects.file_samples import PDF, make_proof, office, photo, stored_paths

pytestmark = pytest.mark.django_db


def upload(data: bytes = PDF, name: str = "许可证.pdf", type_: str = "text/html") -> SimpleUploadedFile:
    """A file as a browser sends it; what the browser calls it must not matter."""
    return SimpleUploadedFile(name, data, content_type=type_)


def add(client: Client, node: Node, *files: SimpleUploadedFile, **fields: str) -> Any:
    address = reverse("milestones:add_proofs", args=[node.pk])
    return client.post(address, {**fields, "files": list(files)})


def finish(client: Client, node: Node, *files: SimpleUploadedFile, **fields: Any) -> Any:
    address = reverse("milestones:finish", args=[node.pk])
    return client.post(address, {"version": node.version, **fields, "files": list(files)})


def address(proof: Proof, name: str = "proof") -> str:
    return reverse(f"milestones:{name}", args=[proof.pk])


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_several_files_are_brought_at_once_with_their_number() -> None:
    node, actor = make_node(), make_user()
    files = [upload(), upload(photo(), "现场.jpg")]

    response = add(client_of(actor), node, *files, document_no="3301", note="原件在局里", next="/my/")

    assert (response.status_code, response["Location"]) == (302, "/my/")
    rows = node.proofs.values_list("name", "document_no", "note", "content_type", "added_by")
    assert list(rows) == [
        ("许可证.pdf", "3301", "原件在局里", "application/pdf", actor.pk),
        ("现场.jpg", "3301", "原件在局里", "image/jpeg", actor.pk),
    ]


def test_what_cannot_be_taken_is_said_in_a_sentence() -> None:
    node, client = make_node(), client_of(make_user())

    liar = add(client, node, upload(), upload(photo("PNG"), "证.pdf"))
    nothing = add(client, node, note="以后补")
    long = add(client, node, document_no="1" * 121)

    assert liar.status_code == nothing.status_code == long.status_code == 400
    assert "“证.pdf” is not what its name says: it is an image (PNG)." in text_of(liar)
    assert "Give the number of the document or choose a file." in text_of(nothing)
    assert not Proof.objects.exists()
    assert not stored_paths()


def test_a_file_above_the_limit_is_refused(settings: Any) -> None:
    settings.MAX_PROOF_BYTES = 3 * 1024 * 1024
    node, client = make_node(), client_of(make_user())

    response = add(client, node, upload(PDF.ljust(3 * 1024 * 1024 + 1)))

    assert "“许可证.pdf” is larger than 3 MB." in text_of(response)
    assert not stored_paths()


def test_a_stranger_finds_no_proof_and_a_reader_adds_none() -> None:
    node = make_node()
    proof = make_proof(node, actor=make_user(), data=photo(), name="a.jpg")
    stranger = client_of(make_user(unit=make_unit()))
    leader = client_of(make_user(User.Role.LEADER))

    assert stranger.get(address(proof)).status_code == 404
    assert stranger.get(address(proof, "proof_thumbnail")).status_code == 404
    assert stranger.post(address(proof, "withdraw_proof"), {"reason": "x"}).status_code == 404
    assert add(stranger, node, upload()).status_code == 404
    assert finish(stranger, node, upload()).status_code == 404
    assert leader.get(address(proof)).status_code == 200
    assert leader.post(address(proof, "withdraw_proof"), {"reason": "x"}).status_code == 403
    assert add(leader, node, upload()).status_code == 403
    assert Client().get(address(proof)).status_code == 302
    assert Proof.objects.live().count() == 1
    assert stored_paths() == {proof.file.name, proof.thumbnail.name}


@pytest.mark.parametrize(
    ("data", "name"), [(PDF, "施工 许可证.pdf"), (photo(), "现场.jpg"), (photo("WEBP"), "a.webp")]
)
def test_what_a_browser_shows_by_itself_is_shown_in_a_sandbox(data: bytes, name: str) -> None:
    proof = make_proof(make_node(), actor=make_user(), data=data, name=name)

    response = client_of(make_user()).get(address(proof))

    assert body(response) == data
    assert response["Content-Type"] == proof.content_type
    assert response["Content-Disposition"].startswith("inline; filename")
    assert "sandbox" in response["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"


def test_an_office_file_is_to_be_saved_under_its_own_name() -> None:
    proof = make_proof(make_node(), actor=make_user(), data=office(), name="施工合同.docx")
    response = client_of(make_user()).get(address(proof))
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E6%96%BD%E5%B7%A5%E5%90%88%E5%90%8C.docx"
    )
    assert response["Content-Type"].endswith("wordprocessingml.document")


def test_a_thumbnail_may_be_kept_by_the_browser_that_asked() -> None:
    proof = make_proof(make_node(), actor=make_user(), data=photo(size=(900, 900)), name="a.jpg")

    response = client_of(make_user()).get(address(proof, "proof_thumbnail"))

    assert body(response)[8:12] == b"WEBP"
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "private, max-age=604800, immutable"


def test_what_is_not_there_is_not_found() -> None:
    node, actor = make_node(), make_user()
    client = client_of(actor)
    add(client, node, document_no="12")
    number, paper = Proof.objects.get(), make_proof(node, actor=actor)

    assert client.get(address(number)).status_code == 404
    assert client.get(address(paper, "proof_thumbnail")).status_code == 404
    default_storage.delete(str(paper.file.name))
    assert client.get(address(paper)).status_code == 404


def test_a_withdrawn_proof_is_served_no_more() -> None:
    node, actor = make_node(), make_user()
    client = client_of(actor)
    proof = make_proof(node, actor=actor, data=photo(), name="a.jpg")

    refused = client.post(address(proof, "withdraw_proof"), {"reason": " "})
    response = client.post(address(proof, "withdraw_proof"), {"reason": "传错了", "next": "/my/"})

    assert refused.status_code == 400
    assert (response.status_code, response["Location"]) == (302, "/my/")
    assert Proof.objects.get().withdrawn_at is not None
    for name in ("proof", "proof_thumbnail"):
        assert client.get(address(proof, name)).status_code == 404
    assert client.post(address(proof, "withdraw_proof"), {"reason": "x"}).status_code == 404


def test_a_node_is_finished_with_a_photo_and_a_number() -> None:
    node, actor = make_node(status=Status.RUNNING, started_on=MONDAY), make_user()

    response = finish(client_of(actor), node, upload(photo(), "IMG_1.jpg"), document_no="3301", next="/my/")

    assert response.status_code == 302
    node.refresh_from_db()
    assert node.status == Status.DONE
    assert list(node.proofs.values_list("name", "document_no")) == [("IMG_1.jpg", "3301")]


def test_a_finish_whose_file_is_not_taken_does_not_happen() -> None:
    node, client = make_node(status=Status.RUNNING, started_on=MONDAY), client_of(make_user())

    liar = finish(client, node, upload(photo(), "a.pdf"))
    stale = finish(client, node, upload(), version=node.version + 1)
    unread = finish(client, node, upload(), on="gestern")

    assert (liar.status_code, stale.status_code, unread.status_code) == (400, 412, 400)
    node.refresh_from_db()
    assert node.status == Status.RUNNING
    assert not stored_paths()


def test_the_form_that_finishes_a_node_takes_files() -> None:
    node = make_node(status=Status.RUNNING, started_on=MONDAY)
    tags = tags_of(client_of(make_user()).get(f"/nodes/{node.pk}/"))
    forms = [attrs for tag, attrs in tags if tag == "form" and "/finish/" in str(attrs.get("action"))]
    file, _of_a_proof_alone = [attrs for tag, attrs in tags if tag == "input" and attrs.get("type") == "file"]
    assert forms[0]["enctype"] == "multipart/form-data"
    assert "multiple" in file
    assert "image/jpeg" in str(file["accept"])
    assert {attrs.get("for") for tag, attrs in tags if tag == "label"} >= {file["id"]}


class Fragment:
    """``_proofs.html`` as the page of a node includes it."""

    def __init__(self, node: Node, user: User, *, asked: str = "", may_add: bool = True) -> None:
        request = RequestFactory().get(f"/nodes/{node.pk}/")
        request.user = user
        context = {
            "node": node, "proofs": node.proofs.live().select_related("added_by"), "may_add": may_add,
            "asked": asked, "user": user,
        }  # fmt: skip
        self.content = render_to_string("milestones/_proofs.html", context, request).encode()


def test_a_done_node_without_the_proof_that_is_asked_for_is_marked() -> None:
    user, asked = make_user(), "施工许可证编号"
    done, running = make_node(status=Status.DONE), make_node(status=Status.RUNNING)

    assert "proof missing" in text_of(Fragment(done, user, asked=asked))
    assert "asked for: 施工许可证编号" in text_of(Fragment(done, user, asked=asked))
    assert "proof missing" not in text_of(Fragment(running, user, asked=asked))
    assert "proof missing" not in text_of(Fragment(done, user))
    proof = make_proof(done, actor=user)
    assert "proof missing" not in text_of(Fragment(done, user, asked=asked))
    withdraw_proof(proof, actor=user, reason="传错了")
    assert "proof missing" in text_of(Fragment(done, user, asked=asked))


def test_a_proof_is_shown_with_all_that_is_known_of_it() -> None:
    user = make_user(display_name="李联络")
    node = make_node()
    photo_of = make_proof(node, actor=user, data=photo(), name="<b>.jpg", document_no="3301", note="西侧")
    paper = make_proof(node, actor=user)

    shown = Fragment(node, user)

    text, tags = text_of(shown), tags_of(shown)
    for words in ("3301", "&lt;b&gt;.jpg", "许可证.pdf", "PDF", "西侧", "李联络", f"{len(PDF)}\xa0bytes"):
        assert words in text or words in shown.content.decode()
    links = {attrs.get("href") for tag, attrs in tags if tag == "a"}
    assert links == {address(photo_of), address(paper)}
    assert [attrs["src"] for tag, attrs in tags if tag == "img"] == [address(photo_of, "proof_thumbnail")]
    withdrawals = [
        attrs["action"] for tag, attrs in tags if tag == "form" and "withdraw" in str(attrs["action"])
    ]
    assert len(withdrawals) == 2


def test_only_what_a_reader_may_do_is_offered() -> None:
    liaison = make_user(User.Role.LIAISON)
    node = make_node(project=make_project(liaison=liaison))
    own, foreign = make_proof(node, actor=liaison), make_proof(node, actor=make_user())

    def actions(shown: Fragment) -> set[str | None]:
        return {attrs["action"] for tag, attrs in tags_of(shown) if tag == "form"}

    to_add = reverse("milestones:add_proofs", args=[node.pk])
    both = {address(own, "withdraw_proof"), address(foreign, "withdraw_proof")}
    assert actions(Fragment(node, liaison)) == {to_add, address(own, "withdraw_proof")}
    assert actions(Fragment(node, make_user())) == {to_add, *both}
    assert actions(Fragment(node, make_user(User.Role.LEADER), may_add=False)) == set()

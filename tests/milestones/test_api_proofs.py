"""Proofs over REST: brought, listed, fetched, withdrawn."""

from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from domain.lifecycle import Status
from history.models import Change
from milestones.models import Node, Proof
from tests.make import MONDAY, make_node, make_unit, make_user
from tests.projects.file_samples import PDF, make_proof, photo, stored_paths
from tests.rest import api, post, send

pytestmark = pytest.mark.django_db

KEY = UUID("5a6f64b4-11c0-4a19-8ce5-3d7c2d0b0a01")


def bring(
    client: Client, node: Node, *files: tuple[str, bytes], key: UUID | None = None, **fields: str
) -> Any:
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    headers = {"Idempotency-Key": str(key)} if key else {}
    return client.post(f"/api/v1/nodes/{node.pk}/proofs/", {**fields, "files": sent}, headers=headers)


def test_files_are_brought_and_fetched_as_they_came() -> None:
    node, actor = make_node(), make_user(username="zhang")
    client = api(actor)

    response = bring(
        client, node, ("许可证.pdf", PDF), ("现场.jpg", photo()), document_no="3301", note="西侧"
    )

    assert response.status_code == 201
    first, second = response.json()
    assert (first["name"], first["document_no"], first["note"]) == ("许可证.pdf", "3301", "西侧")
    assert (first["size"], first["content_type"], first["node"]) == (len(PDF), "application/pdf", node.pk)
    assert first["added_by"] == str(actor)
    assert client.get(f"/api/v1/nodes/{node.pk}/proofs/").json() == [first, second]
    assert client.get(f"/api/v1/proofs/{first['id']}/").json() == first
    file: Any = client.get(second["file"], headers={"accept": "image/jpeg"})
    assert (file["Content-Type"], b"".join(file.streaming_content)) == ("image/jpeg", photo())
    assert "sandbox" in file["Content-Security-Policy"]


def test_a_number_goes_as_json_or_with_the_finish() -> None:
    node, client = make_node(status=Status.RUNNING, started_on=MONDAY), api(make_user())

    (proof,) = send(client, f"nodes/{node.pk}/proofs/", document_no="12").json()
    finished = post(client, node, "finish", document_no="13")

    assert (proof["document_no"], proof["file"]) == ("12", "")
    assert client.get(f"/api/v1/proofs/{proof['id']}/file/").status_code == 404
    assert (finished.json()["status"], finished.json()["lacks_proof"]) == ("done", False)
    assert list(node.proofs.values_list("document_no", flat=True)) == ["12", "13"]


def test_what_cannot_be_taken_is_refused_with_a_sentence() -> None:
    node, client = make_node(), api(make_user())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    liar = bring(client, node, ("a.pdf", PDF), ("b.pdf", photo()))
    nothing = send(client, f"nodes/{node.pk}/proofs/", note="以后补")
    empty = bring(client, node, ("a.pdf", b""))

    assert (liar.status_code, nothing.status_code, empty.status_code) == (400, 400, 400)
    assert liar.json() == {"detail": "“b.pdf” is not what its name says: it is an image (JPEG)."}
    assert nothing.json() == {"detail": "Give the number of the document or choose a file."}
    assert empty.json() == {"detail": "“a.pdf” is empty."}
    assert send(client, f"nodes/{node.pk}/proofs/", files=["a.pdf"]).status_code == 400
    assert send(client, f"nodes/{node.pk}/proofs/", document_no="1" * 121).status_code == 400
    assert not stored_paths()


def test_what_is_sent_twice_is_kept_once() -> None:
    node, client = make_node(), api(make_user())

    first = bring(client, node, ("a.jpg", photo()), key=KEY)
    again = bring(client, node, ("a.jpg", photo()), key=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    proof = Proof.objects.get()
    assert stored_paths() == {proof.file.name, proof.thumbnail.name}


def test_a_stranger_finds_nothing_and_a_reader_changes_nothing() -> None:
    node = make_node()
    proof = make_proof(node, actor=make_user())
    stranger, leader = api(make_user(unit=make_unit())), api(make_user(User.Role.LEADER))

    for address in (f"nodes/{node.pk}/proofs/", f"proofs/{proof.pk}/", f"proofs/{proof.pk}/file/"):
        assert stranger.get(f"/api/v1/{address}").status_code == 404
        assert leader.get(f"/api/v1/{address}").status_code == 200
        assert Client().get(f"/api/v1/{address}").status_code == 401
    assert bring(stranger, node, ("a.pdf", PDF)).status_code == 404
    assert bring(leader, node, ("a.pdf", PDF)).status_code == 403
    assert send(stranger, f"proofs/{proof.pk}/withdraw/", reason="x").status_code == 404
    assert send(leader, f"proofs/{proof.pk}/withdraw/", reason="x").status_code == 403
    assert stored_paths() == {proof.file.name}


def test_a_withdrawn_proof_is_found_no_more() -> None:
    node, client = make_node(), api(make_user())
    proof = make_proof(node, actor=make_user())
    address = f"proofs/{proof.pk}/withdraw/"

    assert send(client, address).status_code == 400
    assert send(client, address, reason="传错了", key=KEY).status_code == 204
    assert send(client, address, reason="传错了", key=KEY).status_code == 204
    assert send(client, address, reason="又错了").status_code == 409

    assert client.get(f"/api/v1/nodes/{node.pk}/proofs/").json() == []
    assert client.get(f"/api/v1/proofs/{proof.pk}/").status_code == 404
    assert client.get(f"/api/v1/proofs/{proof.pk}/file/").status_code == 404
    assert Change.objects.filter(verb=Change.Verb.PROOF_WITHDRAWN).count() == 1


def test_the_description_of_the_interface_says_how_files_are_sent() -> None:
    schema = api(make_user()).get("/api/v1/schema/?format=json").json()
    body = schema["paths"]["/api/v1/nodes/{node}/proofs/"]["post"]["requestBody"]["content"]
    assert set(body) == {"multipart/form-data", "application/json"}
    assert "/api/v1/proofs/{id}/file/" in schema["paths"]

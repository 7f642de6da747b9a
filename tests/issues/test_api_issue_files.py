"""Files of issues over REST: brought with the issue, a note or the proof, fetched as they came."""

from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from issues.models import Issue, IssueFile
from tests.make import make_category, make_issue, make_node, make_project, make_unit, make_user
from tests.projects.file_samples import PDF, photo, stored_paths
from tests.rest import api, send

pytestmark = pytest.mark.django_db

KEY = UUID("5a6f64b4-11c0-4a19-8ce5-3d7c2d0b0a04")


def bring(
    client: Client, address: str, *files: tuple[str, bytes], key: UUID | None = None, **fields: Any
) -> Any:
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    headers = {"Idempotency-Key": str(key)} if key else {}
    return client.post(f"/api/v1/issues/{address}", {**fields, "files": sent}, headers=headers)


def raising(client: Client, *files: tuple[str, bytes], key: UUID | None = None, **fields: Any) -> Any:
    make_category()
    said = {"title": "开闭所未建", "category": "power", "source": "liaison", **fields}
    return bring(client, "", *files, key=key, **said)


def test_photos_are_brought_with_the_issue_and_fetched_as_they_came() -> None:
    node, client = make_node(), api(make_user(username="zhang"))
    other = make_node(project=node.project)

    answer = raising(
        client, ("现场.jpg", photo()), ("图纸.pdf", PDF), project=node.project_id, nodes=[node.pk, other.pk]
    )

    assert answer.status_code == 201
    first, second = answer.json()["files"]
    assert [block["node"] for block in answer.json()["blocks"]] == [node.pk, other.pk]
    assert (first["name"], first["purpose"], first["note"]) == ("现场.jpg", "found", None)
    assert (second["size"], second["content_type"], second["added_by"]) == (
        len(PDF), "application/pdf", "zhang",
    )  # fmt: skip
    file: Any = client.get(first["file"], headers={"accept": "image/jpeg"})
    assert (file["Content-Type"], b"".join(file.streaming_content)) == ("image/jpeg", photo())
    assert "sandbox" in file["Content-Security-Policy"]
    assert client.get(f"/api/v1/issue-files/{second['id']}/").json() == second


def test_a_note_brings_files_and_each_says_to_which_note_it_belongs() -> None:
    issue, client = make_issue(lead_unit=make_unit()), api(make_user())

    told = bring(client, f"{issue.pk}/note/", ("现场.jpg", photo()), text="已进场").json()

    (note,), (file,) = told["notes"], told["files"]
    assert (file["note"], file["purpose"], file["issue"]) == (note["id"], "note", issue.pk)


def test_a_proof_is_files_or_a_number_alone() -> None:
    issue, other = make_issue(lead_unit=make_unit()), make_issue(lead_unit=make_unit())
    client = api(make_user())

    (file,) = bring(client, f"{issue.pk}/ask-to-close/", ("验收.pdf", PDF), document_no="3").json()["files"]
    (number,) = send(client, f"issues/{other.pk}/ask-to-close/", document_no="4").json()["files"]

    assert (file["purpose"], file["document_no"], file["name"]) == ("proof", "3", "验收.pdf")
    assert (number["document_no"], number["file"], number["name"]) == ("4", "", "")
    assert client.get(f"/api/v1/issue-files/{number['id']}/file/").status_code == 404


def test_what_is_no_file_of_a_kind_that_is_taken_is_refused_and_nothing_is_kept() -> None:
    issue, client = make_issue(lead_unit=make_unit()), api(make_user())

    liar = bring(client, f"{issue.pk}/note/", ("a.pdf", PDF), ("b.pdf", photo()), text="x")
    empty = bring(client, f"{issue.pk}/ask-to-close/", ("a.pdf", b""))
    many = raising(client, *[("a.pdf", PDF)] * 11, project=issue.project_id)

    assert (liar.status_code, empty.status_code, many.status_code) == (400, 400, 400)
    assert liar.json() == {"detail": "“b.pdf” is not what its name says: it is an image (JPEG)."}
    assert empty.json() == {"detail": "“a.pdf” is empty."}
    assert many.json() == {"detail": "At most 10 files at once."}
    assert Issue.objects.get().version == issue.version
    assert not IssueFile.objects.exists()
    assert not stored_paths()


@pytest.mark.parametrize(
    ("role", "step", "said"),
    [
        (User.Role.MANAGER, "note", {"text": " "}),
        (User.Role.MANAGER, "note", {"text": "长" * 5001}),
        (User.Role.MANAGER, "", {"hold": True}),
        (User.Role.MANAGER, "", {"nodes": [999_999]}),
        (User.Role.LEADER, "note", {"text": "进展"}),
        (User.Role.LEADER, "", {}),
    ],
)
def test_of_what_is_refused_no_file_stays(role: str, step: str, said: dict[str, Any]) -> None:
    issue, client = make_issue(lead_unit=make_unit()), api(make_user(role))
    if step:
        answer = bring(client, f"{issue.pk}/{step}/", ("a.pdf", PDF), **said)
    else:
        answer = raising(client, ("a.pdf", PDF), project=issue.project_id, **said)
    assert answer.status_code in {400, 403, 404, 409}
    assert not stored_paths()


def test_what_is_sent_twice_is_kept_once() -> None:
    project, client = make_project(), api(make_user())

    first = raising(client, ("a.jpg", photo()), project=project.pk, key=KEY)
    again = raising(client, ("a.jpg", photo()), project=project.pk, key=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    file = IssueFile.objects.get()
    assert stored_paths() == {file.file.name, file.thumbnail.name}


def test_a_stranger_finds_no_file_and_a_leader_reads_it() -> None:
    client = api(make_user())
    told = raising(client, ("a.pdf", PDF), project=make_project().pk).json()
    stranger, leader = api(make_user(unit=make_unit())), api(make_user(User.Role.LEADER))

    for address in (f"issue-files/{told['files'][0]['id']}/", f"issue-files/{told['files'][0]['id']}/file/"):
        assert stranger.get(f"/api/v1/{address}").status_code == 404
        assert leader.get(f"/api/v1/{address}").status_code == 200
        assert Client().get(f"/api/v1/{address}").status_code == 401
    assert bring(stranger, f"{told['id']}/note/", ("a.pdf", PDF), text="x").status_code == 404
    assert len(stored_paths()) == 1

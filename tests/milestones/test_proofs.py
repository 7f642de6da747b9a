"""Adding and withdrawing proofs: the row, the file, the history; all of it or nothing."""

from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction

from accounts.models import User
from domain.errors import InputError, RuleError
from domain.lifecycle import Status
from history.models import Change
from milestones.actions import finish_node
from milestones.actions.proofs import add_proofs, withdraw_proof
from milestones.models import Node, Proof
from projects.file_actions import MOST_FILES, stored_files
from tests.make import FRIDAY, MONDAY, make_node, make_project, make_unit, make_user
from tests.projects.file_samples import PDF, make_proof, photo, stored_paths

pytestmark = pytest.mark.django_db


@pytest.fixture
def _files_on_disk(settings: Any, tmp_path: Path) -> None:
    """The storage of a real installation; the one in memory loses files that two threads bring at once."""
    on_disk = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = {**settings.STORAGES, "default": on_disk}


def test_a_file_is_kept_under_a_name_of_ours_with_what_it_was_called() -> None:
    node, actor = make_node(), make_user()

    proof = make_proof(
        node, actor=actor, name="施工许可证.pdf", document_no=" 330109202611230101 ", note="原件在局里"
    )

    kept = Proof.objects.get()
    path = str(kept.file.name)
    assert kept == proof
    assert (kept.name, kept.size, kept.content_type) == ("施工许可证.pdf", len(PDF), "application/pdf")
    assert (kept.document_no, kept.note, kept.added_by) == ("330109202611230101", "原件在局里", actor)
    assert kept.file.read() == PDF
    assert path.startswith("proofs/")
    assert path.endswith(".pdf")
    assert "许可证" not in path
    assert not kept.thumbnail
    assert stored_paths() == {path}
    change = Change.objects.get(node=node)
    assert (change.verb, change.actor, change.node, change.note) == (
        Change.Verb.PROOF_ADDED, actor, node, "原件在局里",
    )  # fmt: skip
    assert change.after == {"proof": kept.pk, "document_no": "330109202611230101", "name": "施工许可证.pdf"}


def test_an_image_has_a_thumbnail_beside_it() -> None:
    proof = make_proof(make_node(), actor=make_user(), name="现场.jpg", data=photo(size=(2000, 1000)))

    assert stored_paths() == {proof.file.name, proof.thumbnail.name}
    assert proof.thumbnail.read()[8:12] == b"WEBP"
    assert proof.thumbnail.size < proof.file.size


def test_several_files_are_several_proofs_under_one_number() -> None:
    node, actor = make_node(), make_user()

    with stored_files([ContentFile(PDF, "a.pdf"), ContentFile(photo(), "b.jpg")]) as files:
        add_proofs(node, actor=actor, document_no="12", files=files)

    assert list(node.proofs.values_list("name", "document_no")) == [("a.pdf", "12"), ("b.jpg", "12")]
    assert Change.objects.filter(verb=Change.Verb.PROOF_ADDED).count() == 2


def test_a_number_alone_is_a_proof_and_nothing_is_none() -> None:
    node, actor = make_node(), make_user()

    (proof,) = add_proofs(node, actor=actor, document_no="浙杭建 12 号")
    with pytest.raises(InputError, match=r"Give the number of the document or choose a file\."):
        add_proofs(node, actor=actor, document_no="  ", note="照片以后补")

    assert (str(proof), proof.size, bool(proof.file)) == ("浙杭建 12 号", 0, False)
    assert Proof.objects.count() == 1


def test_adding_a_proof_leaves_the_node_as_it_was() -> None:
    node = make_node()
    make_proof(node, actor=make_user())
    assert Node.objects.get().version == node.version


def test_only_who_may_change_the_node_adds_proofs() -> None:
    node, liaison = make_node(), make_user(User.Role.LIAISON)
    for other in (liaison, make_user(User.Role.LEADER), make_user(unit=make_unit())):
        with pytest.raises(PermissionDenied):
            make_proof(node, actor=other)
    assert not Proof.objects.exists()
    assert not stored_paths()

    node.project.liaison = liaison
    node.project.save()
    make_proof(node, actor=liaison)


def test_one_file_that_is_not_taken_refuses_them_all() -> None:
    node, actor = make_node(), make_user()

    with (
        pytest.raises(InputError, match=r"“b\.pdf” is not what its name says"),
        stored_files([ContentFile(PDF, "a.pdf"), ContentFile(photo(), "b.pdf")]) as files,
    ):
        add_proofs(node, actor=actor, files=files)

    assert not Proof.objects.exists()
    assert not stored_paths()


def test_only_so_many_and_so_large_files_are_taken(settings: Any) -> None:
    settings.MAX_PROOF_BYTES = len(PDF)
    with stored_files([ContentFile(PDF, "a.pdf")] * MOST_FILES) as files:
        assert len(files) == MOST_FILES
    with pytest.raises(InputError, match="At most 10 files at once"), stored_files([ContentFile(PDF)] * 11):
        pass
    with pytest.raises(InputError, match="is larger than"), stored_files([ContentFile(PDF + b" ", "a.pdf")]):
        pass


def test_a_change_that_is_rolled_back_leaves_no_file() -> None:
    node, actor = make_node(), make_user()

    with stored_files([ContentFile(photo(), "a.jpg")]) as files, transaction.atomic():
        add_proofs(node, actor=actor, files=files)
        assert len(stored_paths()) == 2
        transaction.set_rollback(True)

    assert not Proof.objects.exists()
    assert not stored_paths()


def test_a_file_that_no_action_took_is_not_kept() -> None:
    with stored_files([ContentFile(PDF, "a.pdf")]):
        assert len(stored_paths()) == 1
    assert not stored_paths()


def test_an_error_after_the_change_was_made_keeps_its_files() -> None:
    node, actor = make_node(), make_user()

    with pytest.raises(ZeroDivisionError), stored_files([ContentFile(PDF, "a.pdf")]) as files:
        _ = add_proofs(node, actor=actor, files=files)[0].size // 0

    assert stored_paths() == {Proof.objects.get().file.name}


@pytest.mark.usefixtures("_files_on_disk")
def test_a_storage_that_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = FileSystemStorage.save

    def full(self: FileSystemStorage, name: str, content: Any) -> str:
        written = save(self, name, content)
        if name.endswith(".webp"):
            raise OSError("no space left")
        return written

    monkeypatch.setattr(FileSystemStorage, "save", full)

    with pytest.raises(OSError, match="no space"), stored_files([ContentFile(photo(), "a.jpg")]):
        pass

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_node_is_finished_with_its_proofs_in_one() -> None:
    node, actor = make_node(status=Status.RUNNING), make_user()

    with stored_files([ContentFile(photo(), "a.jpg")]) as files:
        finish_node(node, actor=actor, on=FRIDAY, today=FRIDAY, document_no="12", files=files)

    assert Node.objects.get().status == Status.DONE
    assert Proof.objects.get().document_no == "12"
    verbs = list(node.changes.order_by("pk").values_list("verb", flat=True))
    assert verbs == [Change.Verb.NODE_FINISHED, Change.Verb.PROOF_ADDED]


def test_a_finish_that_is_refused_keeps_no_proof() -> None:
    node, actor = make_node(status=Status.RUNNING, started_on=FRIDAY), make_user()

    with (
        pytest.raises(RuleError, match="before its start"),
        stored_files([ContentFile(photo(), "a.jpg")]) as files,
    ):
        finish_node(node, actor=actor, on=MONDAY, today=FRIDAY, files=files)

    assert Node.objects.get().status == Status.RUNNING
    assert not Proof.objects.exists()
    assert not stored_paths()


def test_a_finish_whose_proof_cannot_be_written_is_no_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    node, actor = make_node(status=Status.RUNNING), make_user()

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise ZeroDivisionError

    with stored_files([ContentFile(PDF, "a.pdf")]) as files:
        monkeypatch.setattr(Proof, "save", fail)
        with pytest.raises(ZeroDivisionError):
            finish_node(node, actor=actor, on=FRIDAY, today=FRIDAY, files=files)

    assert Node.objects.get().status == Status.RUNNING
    assert not node.changes.exists()
    assert not stored_paths()


def test_a_withdrawn_proof_counts_no_more_but_stays_on_record() -> None:
    node, actor = make_node(), make_user()
    proof = make_proof(node, actor=actor, document_no="12")

    withdraw_proof(proof, actor=actor, reason="传错了")

    assert list(Proof.objects.live()) == []
    assert Proof.objects.get().withdrawn_at is not None
    assert stored_paths() == {proof.file.name}
    change = Change.objects.get(verb=Change.Verb.PROOF_WITHDRAWN)
    assert (change.actor, change.node, change.note) == (actor, node, "传错了")
    assert change.before == {"proof": proof.pk, "document_no": "12", "name": "许可证.pdf"}
    with pytest.raises(RuleError, match="“12” was withdrawn already"):
        withdraw_proof(proof, actor=actor, reason="再撤一次")


def test_a_proof_is_withdrawn_with_a_reason_by_who_added_it_or_by_a_manager() -> None:
    liaison, other = make_user(User.Role.LIAISON), make_user(User.Role.LIAISON)
    town = make_unit()
    node = make_node(project=make_project(liaison=liaison, town=town))
    own, foreign = make_proof(node, actor=liaison), make_proof(node, actor=make_user())

    for actor, proof in ((liaison, foreign), (other, own), (make_user(User.Role.LEADER), own)):
        with pytest.raises(PermissionDenied):
            withdraw_proof(proof, actor=actor, reason="x")
    with pytest.raises(InputError, match="Say why"):
        withdraw_proof(own, actor=liaison, reason=" ")
    assert Proof.objects.live().count() == 2

    withdraw_proof(own, actor=liaison, reason="传错了")
    withdraw_proof(foreign, actor=make_user(unit=town), reason="不是这个项目的")
    assert not Proof.objects.live().exists()


def test_who_added_a_proof_and_lost_the_project_withdraws_it_no_more() -> None:
    liaison = make_user(User.Role.LIAISON)
    node = make_node(project=make_project(liaison=liaison))
    proof = make_proof(node, actor=liaison)
    node.project.liaison = None
    node.project.save()

    with pytest.raises(PermissionDenied):
        withdraw_proof(proof, actor=liaison, reason="x")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_files_on_disk")
def test_uploads_at_once_are_all_kept() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one after the other anyway")
    node, actor, barrier = make_node(), make_user(), Barrier(4)
    errors: list[BaseException] = []

    def upload(number: int) -> None:
        try:
            with stored_files([ContentFile(photo(), f"{number}.jpg")]) as files:
                barrier.wait(10)
                add_proofs(node, actor=actor, files=files)
        except BaseException as error:  # noqa: BLE001 - told by the test
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=upload, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert sorted(node.proofs.values_list("name", flat=True)) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert node.changes.count() == 4
    assert len(stored_paths()) == 8

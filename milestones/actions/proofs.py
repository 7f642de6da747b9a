"""Adding and withdrawing what shows that a node was done (印证资料)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import InputError, RuleError
from history.models import Change
from milestones.actions.holding import held_node, hold_project, reason_given
from milestones.models import Node, Proof
from milestones.proof_files import ProofFile, read_proof_file

MOST_FILES = 10
"""So many files at once; each is held in memory for a moment."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was looked into and lies in the storage; `path` and `thumbnail` are its names there."""

    name: str
    content_type: str
    size: int
    path: str
    thumbnail: str


@contextmanager
def stored_files(uploads: Sequence["File[Any]"]) -> Iterator[list[StoredFile]]:
    """The uploads, each looked into and stored, for an action that adds them as proofs.

    To be entered before the transaction: neither lock waits for an image to be decoded. What no proof names
    when the block ends is removed again, also where it ends in an error. Of a process that is killed in
    between a file may stay that nothing names; it does no harm but take its place.

    Raises InputError for the first upload that is not taken, and for more than MOST_FILES.
    """
    if len(uploads) > MOST_FILES:
        raise InputError(gettext_noop("At most %(most)d files at once."), most=MOST_FILES)
    paths: list[str] = []
    try:
        yield [_store(read_proof_file(file, most=settings.MAX_PROOF_BYTES), paths) for file in uploads]
    finally:
        _remove_unnamed(paths)


@transaction.atomic
def add_proofs(
    node: Node, *, actor: User, document_no: str = "", files: Sequence[StoredFile] = (), note: str = ""
) -> list[Proof]:
    """Keep a document's number, files, or both: one proof for each file, or one for a number without a file.

    Raises InputError where there is neither.
    """
    node = held_node(node, actor, None)
    if not document_no.strip() and not files:
        raise InputError(gettext_noop("Give the number of the document or choose a file."))
    return record_proofs(node, actor=actor, document_no=document_no, files=files, note=note)


def record_proofs(
    node: Node, *, actor: User, document_no: str, files: Sequence[StoredFile], note: str = ""
) -> list[Proof]:
    """The same for an action that holds the project already; neither number nor file: nothing."""
    if not document_no.strip() and not files:
        return []
    proofs = [_proof(file) for file in files] or [Proof()]
    for proof in proofs:
        proof.node, proof.added_by = node, actor
        proof.document_no, proof.note = document_no.strip(), note.strip()
        proof.save()
        Change.objects.create(
            verb=Change.Verb.PROOF_ADDED, actor=actor, project=node.project, node=node,
            after=_said(proof), note=proof.note,
        )  # fmt: skip
    return proofs


@transaction.atomic
def withdraw_proof(proof: Proof, *, actor: User, reason: str) -> Proof:
    """Let a proof count no more. It stays on record with its file, which is served no more.

    For whoever added it and for managers, as long as they may change the node: PermissionDenied for others.
    Raises InputError without a `reason`, RuleError where it was withdrawn already.
    """
    hold_project(proof.node.project_id)
    mine = Proof.objects.editable_by(actor).select_related("node__project").filter(pk=proof.pk).first()
    if mine is None or not (mine.added_by_id == actor.pk or actor.is_manager):
        raise PermissionDenied(gettext_noop("Only who added a proof, or a manager, may withdraw it."))
    reason = reason_given(reason)
    if mine.withdrawn_at is not None:
        raise RuleError(gettext_noop("“%(proof)s” was withdrawn already."), proof=str(mine))
    mine.withdrawn_at = timezone.now()
    mine.save(update_fields=["withdrawn_at"])
    Change.objects.create(
        verb=Change.Verb.PROOF_WITHDRAWN, actor=actor, project=mine.node.project, node=mine.node,
        before=_said(mine), note=reason,
    )  # fmt: skip
    return mine


def _store(file: ProofFile, paths: list[str]) -> StoredFile:
    """Write the file under a name that nobody can guess; the names are added to `paths` before they exist."""
    key = uuid4().hex
    stem = f"proofs/{key[:2]}/{key}"
    stored = StoredFile(
        name=file.name, content_type=file.kind.content_type, size=len(file.data),
        path=f"{stem}{file.kind.suffixes[0]}", thumbnail=f"{stem}.small.webp" if file.thumbnail else "",
    )  # fmt: skip
    for path, data in ((stored.path, file.data), (stored.thumbnail, file.thumbnail)):
        if path:
            paths.append(path)
            default_storage.save(path, ContentFile(data))
    return stored


def _remove_unnamed(paths: Sequence[str]) -> None:
    named = Proof.objects.filter(file__in=paths).values_list("file", "thumbnail")
    for path in set(paths).difference(*named):
        default_storage.delete(path)


def _proof(file: StoredFile) -> Proof:
    return Proof(
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        file=file.path,
        thumbnail=file.thumbnail,
    )


def _said(proof: Proof) -> dict[str, Any]:
    """What the history keeps of a proof."""
    return {"proof": proof.pk, "document_no": proof.document_no, "name": proof.name}

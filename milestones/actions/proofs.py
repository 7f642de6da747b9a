"""Adding and withdrawing what shows that a node was done (印证资料)."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import InputError, RuleError
from history.models import Change
from milestones.actions.holding import held_node, hold_project, reason_given
from milestones.models import Node, Proof
from projects.file_actions import StoredFile


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
    proofs = [Proof(**file.fields()) for file in files] or [Proof()]
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


def _said(proof: Proof) -> dict[str, Any]:
    """What the history keeps of a proof."""
    return {"proof": proof.pk, "document_no": proof.document_no, "name": proof.name}

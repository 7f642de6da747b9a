"""Bringing proofs, looking at them, withdrawing them."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from milestones.actions import add_proofs, withdraw_proof
from milestones.forms import ProofForm, ReasonForm, read_form
from milestones.models import Node, Proof
from milestones.views.nodes import answered
from projects.file_actions import stored_files
from projects.file_responses import file_response, thumbnail_response


@require_POST
def add(request: UserRequest, pk: int) -> HttpResponse:
    """A document's number, files, or both."""
    node = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    sent = read_form(ProofForm(request.POST))
    with stored_files(request.FILES.getlist("files")) as files:
        added = add_proofs(node, actor=request.user, files=files, **sent)
    said = ngettext("%(n)d proof is added.", "%(n)d proofs are added.", len(added))
    messages.success(request, said % {"n": len(added)})
    return answered(request, node)


@require_safe
def show(request: UserRequest, pk: int) -> FileResponse:
    """The file itself, for whoever may see the project."""
    return file_response(_proof(request, pk))


@require_safe
def thumbnail(request: UserRequest, pk: int) -> FileResponse:
    return thumbnail_response(_proof(request, pk))


@require_POST
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    proof = _proof(request, pk)
    sent = read_form(ReasonForm(request.POST))
    withdraw_proof(proof, actor=request.user, reason=sent["reason"])
    messages.success(request, _("“%(proof)s” is withdrawn.") % {"proof": proof})
    return answered(request, proof.node)


def _proof(request: UserRequest, pk: int) -> Proof:
    """One that still counts; a withdrawn one is on record only."""
    return get_object_or_404(Proof.objects.visible_to(request.user).live(), pk=pk)

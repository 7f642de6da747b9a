"""Changes of one node from a page: read the form, call the action, say what happened, go back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.http import UserRequest
from milestones.actions import Outcome, assign_node, finish_node, reopen_node, start_node, waive_node
from milestones.actions import remind as remind_of
from milestones.forms import AssignForm, DayForm, FinishForm, NoteForm, ReasonForm, read_form
from milestones.models import Node
from milestones.views.sending import sent_once
from projects.file_actions import stored_files


@require_POST
def start(request: UserRequest, pk: int) -> HttpResponse:
    return on_a_day(request, visible_node(request, pk), start_node, _("“%(node)s” is running."))


@require_POST
def finish(request: UserRequest, pk: int) -> HttpResponse:
    """The node and what proves that it is done, in one."""
    node, said = visible_node(request, pk), _("“%(node)s” is done.")
    with stored_files(request.FILES.getlist("files")) as files:
        return on_a_day(request, node, finish_node, said, FinishForm, files=files)


@require_POST
def waive(request: UserRequest, pk: int) -> HttpResponse:
    return changed(
        request,
        visible_node(request, pk),
        waive_node,
        _("“%(node)s” is waived."),
        today=timezone.localdate(),
        **read_form(ReasonForm(request.POST)),
    )


@require_POST
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    said = _("“%(node)s” is open again.")
    return changed(
        request, visible_node(request, pk), reopen_node, said, **read_form(ReasonForm(request.POST))
    )


@require_POST
def assign(request: UserRequest, pk: int) -> HttpResponse:
    node, sent = visible_node(request, pk), read_form(AssignForm(request.POST))
    unit = str(sent["unit"]).replace("%", "%%")
    said = _("“%(node)s” is with %(unit)s now.") % {"node": "%(node)s", "unit": unit}
    return changed(request, node, assign_node, said, **sent)


@require_POST
def remind(request: UserRequest, pk: int) -> HttpResponse:
    node, sent = visible_node(request, pk), read_form(NoteForm(request.POST))
    return changed(request, node, remind_of, _("Those who have “%(node)s” are reminded."), **sent)


def visible_node(request: UserRequest, pk: int) -> Node:
    return get_object_or_404(Node.objects.visible_to(request.user), pk=pk)


def on_a_day(
    request: UserRequest, node: Node, change: Callable[..., Outcome], said: str,
    form: type[DayForm] = DayForm, **more: Any,
) -> HttpResponse:  # fmt: skip
    """Make `change` on the day that the form names, or today."""
    sent = read_form(form(request.POST))
    today = timezone.localdate()
    return changed(request, node, change, said, **{**sent, "on": sent["on"] or today}, today=today, **more)


def changed(
    request: UserRequest, node: Node, change: Callable[..., Outcome], said: str, **sent: Any
) -> HttpResponse:
    """Make `change` once however often the form is sent, and go back to where it came from."""
    outcome = sent_once(request, lambda: change(node, actor=request.user, **sent))
    if outcome is None:
        messages.info(request, _("“%(node)s”: this had arrived already; it was done once.") % {"node": node})
        return answered(request, node)
    messages.success(request, said % {"node": outcome.node})
    if outcome.missing:
        names = pgettext("between quoted names", "”, “").join(outcome.missing)
        messages.warning(
            request, _("Usually “%(before)s” is done first; it is still open.") % {"before": names}
        )
    return answered(request, outcome.node)


def answered(request: UserRequest, node: Node) -> HttpResponse:
    """The page that sent the form, read anew; a script that sent it is told to do so."""
    return HttpResponseClientRefresh() if request.htmx else redirect(back_to(request, node))


def back_to(request: UserRequest, node: Node) -> str:
    """The page that sent the change, else the node on the page of its project."""
    page = request.POST.get("next", "")
    if page and url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return page
    return f"{node.project.get_absolute_url()}#node-{node.pk}"

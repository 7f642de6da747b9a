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

from accounts.http import UserRequest
from milestones.actions import Outcome, finish_node, reopen_node, start_node, waive_node
from milestones.forms import DayForm, ReasonForm, read_form
from milestones.models import Node


@require_POST
def start(request: UserRequest, pk: int) -> HttpResponse:
    return _on_a_day(request, pk, start_node, _("“%(node)s” is running."))


@require_POST
def finish(request: UserRequest, pk: int) -> HttpResponse:
    return _on_a_day(request, pk, finish_node, _("“%(node)s” is done."))


@require_POST
def waive(request: UserRequest, pk: int) -> HttpResponse:
    return _changed(
        request,
        pk,
        waive_node,
        _("“%(node)s” is waived."),
        today=timezone.localdate(),
        **read_form(ReasonForm(request.POST)),
    )


@require_POST
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    return _changed(
        request, pk, reopen_node, _("“%(node)s” is open again."), **read_form(ReasonForm(request.POST))
    )


def _on_a_day(request: UserRequest, pk: int, change: Callable[..., Outcome], said: str) -> HttpResponse:
    sent = read_form(DayForm(request.POST))
    today = timezone.localdate()
    return _changed(request, pk, change, said, **{**sent, "on": sent["on"] or today}, today=today)


def _changed(
    request: UserRequest, pk: int, change: Callable[..., Outcome], said: str, **sent: Any
) -> HttpResponse:
    node = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    outcome = change(node, actor=request.user, **sent)
    messages.success(request, said % {"node": outcome.node})
    if outcome.missing:
        names = pgettext("between quoted names", "”, “").join(outcome.missing)
        messages.warning(
            request, _("Usually “%(before)s” is done first; it is still open.") % {"before": names}
        )
    return redirect(_back_to(request, outcome.node))


def _back_to(request: UserRequest, node: Node) -> str:
    """The page that sent the change, else the node on the page of its project."""
    page = request.POST.get("next", "")
    if page and url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return page
    return f"{node.project.get_absolute_url()}#node-{node.pk}"

"""Letting the clock of a node stand still from a page, and letting it run again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import UserRequest
from milestones.actions import hold_node, resume_node
from milestones.forms import HoldForm, ResumeForm, read_form
from milestones.models import Hold
from milestones.views.nodes import changed, visible_node


@require_POST
def hold(request: UserRequest, pk: int) -> HttpResponse:
    """From a day on, or, with the day on which it ran again, a hold that is over."""
    node, sent = visible_node(request, pk), read_form(HoldForm(request.POST))
    today = timezone.localdate()
    said = (
        _("“%(node)s” was on hold; its dates have moved.") if sent["until"] else _("“%(node)s” is on hold.")
    )
    return changed(request, node, hold_node, said, **{**sent, "on": sent["on"] or today}, today=today)


@require_POST
def resume(request: UserRequest, pk: int) -> HttpResponse:
    """All holds that it is on, or the one that the form names."""
    node, sent = visible_node(request, pk), read_form(ResumeForm(request.POST))
    today = timezone.localdate()
    ended = sent.pop("hold")
    if ended is not None:
        sent["hold"] = get_object_or_404(Hold.objects.visible_to(request.user).filter(node=node), pk=ended)
    said = _("“%(node)s” is running again.")
    return changed(request, node, resume_node, said, **{**sent, "on": sent["on"] or today}, today=today)

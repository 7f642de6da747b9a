"""Giving a project its chain, and moving it to another version or to other facts: shown first, then done."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import UserRequest
from milestones.actions import relay_chain
from milestones.calendar_table import load_calendar
from milestones.chain_choices import newest_templates
from milestones.chain_forms import LayingForm, MovingForm
from milestones.forms import read_form
from milestones.models import Chain, ChainTemplate
from milestones.relaying import Relaying, relaying
from milestones.views.project_forms import (
    editable_project,
    is_form,
    lay_chosen,
    laying_form,
)
from milestones.views.sending import sent_once
from projects.models import Project


@is_form
def chain(request: UserRequest, pk: int) -> HttpResponse:
    project = editable_project(request, pk)
    chains = Chain.objects.visible_to(request.user).select_related("template")
    laid = chains.filter(project=project).first()
    # What lays a chain names the day it begins; sent again, it finds the chain that it has laid.
    if laid is None or "starts_on" in request.POST:
        return _lay(request, project)
    return _move(request, project, laid)


def _lay(request: UserRequest, project: Project) -> HttpResponse:
    status = 200
    if request.method == "POST":
        form = LayingForm(request.POST, offered=newest_templates())
        if form.is_valid():
            sent_once(request, lambda: lay_chosen(request, project, form))
            messages.success(request, _("“%(project)s” has its chain.") % {"project": project})
            return redirect(project)
        status = 400
    else:
        form = laying_form(request.GET, kind=project.kind)
    shown = {"project": project, "chain": form}
    return render(request, "milestones/chain_lay.html", shown, status=status)


def _move(request: UserRequest, project: Project, laid: Chain) -> HttpResponse:
    """What the chosen version and facts would change; a second form, which names that, does it."""
    published = ChainTemplate.objects.published().filter(code=laid.template.code)
    versions = list(published.order_by("-version"))
    if request.method == "POST":
        return _moved(request, project, MovingForm(request.POST, offered=versions))
    form, moved = MovingForm(offered=versions, initial=_as_it_is(request, laid)), None
    if "preview" in request.GET:
        form = MovingForm(request.GET, offered=versions)
        moved = _preview(laid, form) if form.is_valid() else None
    shown = {
        "project": project, "laid": laid, "newest": versions[0], "chain": form, "moved": moved,
        "is_same": moved is not None and _is_as_laid(laid, form),
    }  # fmt: skip
    return render(request, "milestones/chain_move.html", shown)


def _is_as_laid(laid: Chain, form: MovingForm) -> bool:
    sent = form.cleaned_data
    return sent["template"] == laid.template and set(sent["conditions"]) == set(laid.conditions)


def _preview(laid: Chain, form: MovingForm) -> Relaying:
    sent = form.cleaned_data
    day = timezone.localdate()
    return relaying(laid, sent["template"], sent["conditions"], today=day, calendar=load_calendar())


def _moved(request: UserRequest, project: Project, form: MovingForm) -> HttpResponse:
    sent = read_form(form)
    template = sent["template"]
    sent_once(
        request,
        lambda: relay_chain(
            project, template, actor=request.user, conditions=sent["conditions"],
            today=timezone.localdate(), note=sent["note"], digest=sent["digest"],
        ),
    )  # fmt: skip
    said = _("The chain of “%(project)s” follows “%(template)s” now, with the facts as chosen.")
    messages.success(request, said % {"project": project, "template": template})
    return redirect(project)


def _as_it_is(request: UserRequest, laid: Chain) -> dict[str, Any]:
    """The chain as it was laid, or what the address asks for: another version, with the facts as ticked."""
    asked = request.GET.get("template")
    facts = laid.conditions if asked is None else request.GET.getlist("conditions")
    template = asked or laid.template_id
    return {"template": template, "shown": template, "conditions": facts}

"""Adding a project, with or without its chain, and changing what was entered of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from accounts.access import may_add_projects
from accounts.http import UserRequest
from history.models import Change
from milestones.actions import lay_chain
from milestones.chain_choices import newest_templates
from milestones.chain_forms import LayingForm
from milestones.project_page.code_meaning import code_meaning
from milestones.views.sending import sent_once
from projects.actions import add_project, change_project
from projects.forms import CodeForm, ProjectForm
from projects.models import Project

is_form = require_http_methods(["GET", "HEAD", "POST"])


def editable_project(request: UserRequest, pk: int) -> Project:
    """Raises Http404 where the reader does not see the project, PermissionDenied where it is not his or hers."""
    project = get_object_or_404(Project.objects.visible_to(request.user).for_list(), pk=pk)
    if not Project.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return project


@is_form
def new(request: UserRequest) -> HttpResponse:
    """A project and, where one is chosen, its chain; the address may say what stands in the form at first."""
    if not may_add_projects(request.user):
        raise PermissionDenied
    status = 200
    if request.method == "POST":
        form = ProjectForm(request.POST, user=request.user)
        chain = LayingForm(
            request.POST, offered=newest_templates(), empty=pgettext("in a select", "no chain yet")
        )
        if form.is_valid() & chain.is_valid():
            project = _added(request, form, chain)
            messages.success(request, _("“%(project)s” is added.") % {"project": project})
            return redirect(project)
        status = 400
    else:
        form = ProjectForm(user=request.user, initial=request.GET.dict())
        chain = laying_form(
            request.GET, kind=request.GET.get("kind", ""), empty=pgettext("in a select", "no chain yet")
        )
    shown = {"form": form, "chain": chain, "says": code_says(request, form["code"].value())}
    return render(request, "milestones/project_new.html", shown, status=status)


@is_form
def edit(request: UserRequest, pk: int) -> HttpResponse:
    project, status = editable_project(request, pk), 200
    if request.method == "POST":
        form = ProjectForm(request.POST, user=request.user, project=project)
        if form.is_valid():
            sent = {"actor": request.user, "etag": project.etag, **form.cleaned_data}
            sent_once(request, lambda: change_project(project, **sent))
            messages.success(request, _("“%(project)s” is saved.") % {"project": form.cleaned_data["name"]})
            return redirect(project)
        status = 412 if form.is_stale else 400
    else:
        form = ProjectForm(user=request.user, project=project)
    says = code_says(request, form["code"].value(), project)
    shown = {"form": form, "project": project, "says": says}
    return render(request, "milestones/project_edit.html", shown, status=status)


def laying_form(said: QueryDict, *, kind: str, empty: str = "") -> LayingForm:
    """The form of a chain as `said`; where no other chain was chosen, that for the `kind` of project."""
    offered = newest_templates()
    asked = said.get("template", "")
    if asked == said.get("shown", ""):
        asked = next((str(template.pk) for template in offered if kind and template.kind == kind), asked)
    initial = {
        "template": asked, "shown": asked, "conditions": said.getlist("conditions"),
        "starts_on": said.get("starts_on") or timezone.localdate(),
    }  # fmt: skip
    return LayingForm(offered=offered, initial=initial, empty=empty)


def code_says(request: UserRequest, entered: Any, project: Project | None = None) -> dict[str, Any]:
    """What a project's code means, or what is wrong with it; that of the address, or the one `entered`."""
    form = CodeForm({"code": request.GET.get("code", entered)}, project=project)
    form.is_valid()
    return {"meaning": code_meaning(form.cleaned_data.get("code", "")), "problems": form["code"].errors}


def _added(request: UserRequest, form: ProjectForm, chain: LayingForm) -> Project:
    """The new project; where the form was sent before, the one that it added then."""

    @transaction.atomic
    def add() -> Project:
        project = add_project(actor=request.user, **form.cleaned_data)
        if chain.cleaned_data["template"]:
            lay_chosen(request, project, chain)
        return project

    return sent_once(request, add) or _added_before(request, form.cleaned_data["name"])


def lay_chosen(request: UserRequest, project: Project, form: LayingForm) -> None:
    sent = form.cleaned_data
    lay_chain(
        project, sent["template"], actor=request.user, starts_on=sent["starts_on"],
        conditions=sent["conditions"],
    )  # fmt: skip


def _added_before(request: UserRequest, name: str) -> Project:
    mine = Change.objects.visible_to(request.user).filter(
        actor=request.user, verb=Change.Verb.PROJECT_ADDED, project__name=name
    )
    return Project.objects.visible_to(request.user).get(pk=mine.values_list("project", flat=True)[:1])

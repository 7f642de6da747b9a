"""Raising an issue, and changing what was entered of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from accounts.http import UserRequest
from domain.lights import LightRule
from history.models import Change
from issues.actions import change_issue, raise_issue
from issues.forms import EditForm, RaiseForm
from issues.models import Issue
from issues.node_choices import NodeChoices, node_choices
from issues.permitted import refuse_change
from issues.views.issue import visible_issues
from milestones.calendar_table import load_calendar
from milestones.models import Node
from milestones.views.sending import sent_once
from projects.models import Project

is_form = require_http_methods(["GET", "HEAD", "POST"])


@is_form
def raise_(request: UserRequest, pk: int) -> HttpResponse:
    """From an empty form, or with the node that the address names; an error gives it back with what was typed."""
    project = get_object_or_404(Project.objects.visible_to(request.user).for_list(), pk=pk)
    if not Project.objects.visible_to(request.user).raisable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied(gettext_noop("Leaders see everything and change nothing."))
    nodes = Node.objects.visible_to(request.user).filter(project=project)
    rule = LightRule.on(timezone.localdate(), load_calendar())
    ticked = frozenset(request.POST.getlist("nodes") or request.GET.getlist("node"))
    choices = node_choices(nodes, rule, ticked=ticked)
    theirs = Node.objects.editable_by(request.user).filter(pk__in=choices.running)
    can_hold, status = theirs.exists(), 200
    if request.method == "POST":
        form = RaiseForm(request.POST, user=request.user, project=project, can_hold=can_hold)
        with form.stored(request.FILES.getlist("files")) as files:
            if form.is_valid():
                return _raised(request, project, form, files=files, today=rule.today)
        if request.FILES:
            form.ask_for_files_again()
        status = 400
    else:
        form = RaiseForm(
            user=request.user, project=project, can_hold=can_hold, initial={"nodes": sorted(ticked)}
        )
    context = {"form": form, "project": project, "choices": choices, "problems": _problems(form)}
    return render(request, "issues/raise.html", context, status=status)


def _raised(request: UserRequest, project: Project, form: RaiseForm, **sent: Any) -> HttpResponse:
    """To the new issue; where the form was sent before, to the one that was raised then."""
    said = form.said()
    issue = sent_once(request, lambda: raise_issue(project, actor=request.user, **said, **sent))
    if issue is None:
        issue = _raised_before(request, project, said["title"])
        messages.info(
            request, _("%(issue)s: this had arrived already; it was done once.") % {"issue": issue.number}
        )
    else:
        # A phone that sends it later, from another page, shows the sentence alone.
        link = format_html('<a href="{}">{}</a>', issue.get_absolute_url(), issue.number)
        messages.success(request, format_html(_("{} is raised."), link))
    return redirect(issue)


def _raised_before(request: UserRequest, project: Project, title: str) -> Issue:
    mine = Change.objects.visible_to(request.user).filter(
        actor=request.user, verb=Change.Verb.ISSUE_RAISED, project=project, after__title=title.strip()
    )
    return Issue.objects.visible_to(request.user).get(pk__in=mine.values("issue")[:1])


@is_form
def edit(request: UserRequest, pk: int) -> HttpResponse:
    issue, status = get_object_or_404(visible_issues(request), pk=pk), 200
    refuse_change(issue, request.user)
    if request.method == "POST":
        form = EditForm(request.POST, user=request.user, issue=issue)
        if form.is_valid():
            sent_once(request, lambda: change_issue(issue, actor=request.user, **form.said()))
            messages.success(request, _("%(issue)s is saved.") % {"issue": issue.number})
            return redirect(issue)
        status = 412 if form.is_stale else 400
    else:
        form = EditForm(user=request.user, issue=issue)
    context = {
        "form": form, "issue": issue, "choices": _choices_of(request, issue, form),
        "problems": _problems(form),
    }  # fmt: skip
    return render(request, "issues/edit.html", context, status=status)


def _choices_of(request: UserRequest, issue: Issue, form: EditForm) -> NodeChoices:
    nodes = Node.objects.visible_to(request.user).filter(project=issue.project_id)
    rule = LightRule.on(timezone.localdate(), load_calendar())
    return node_choices(nodes, rule, ticked=form.ticked)


def _problems(form: RaiseForm | EditForm) -> list[str]:
    """What is wrong, each with the name of its field: a phone that has sent the form shows the first line."""
    return [
        " ".join(str(error) for error in errors)
        if name == "__all__"
        else _("%(field)s: %(problem)s") % {"field": form.fields[name].label, "problem": errors[0]}
        for name, errors in form.errors.items()
    ]

"""The links of the enterprise of a project, for whoever may change the project: made, copied, revoked."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import refusal
from accounts.http import UserRequest
from issues.actions.links import make_link, revoke_link
from issues.enterprise_forms import LinkForm
from issues.links import address_of, is_spent
from issues.models import EnterpriseLink
from milestones.views.sending import sent_once
from projects.models import Project


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link with its whole `address`, which is the key: blank where it opens nothing any more."""

    link: EnterpriseLink
    address: str


@require_http_methods(["GET", "HEAD", "POST"])
def enterprise_links(request: UserRequest, pk: int) -> HttpResponse:
    """The links of a project. POST makes another."""
    project, form, status = _project(request, pk), LinkForm(), 200
    if request.method == "POST":
        form = LinkForm(request.POST)
        if form.is_valid():
            now = timezone.now()
            sent_once(request, lambda: make_link(project, actor=request.user, now=now, **form.cleaned_data))
            messages.success(request, _("The link is made. Copy it and send it to the enterprise."))
            return redirect("issues:enterprise_links", pk)
        status = 400
    return _page(request, project, form, status=status)


@require_POST
def revoke(request: UserRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(EnterpriseLink.objects.visible_to(request.user), pk=pk)
    revoke_link(link, actor=request.user, now=timezone.now())
    messages.success(request, _("The link is revoked; it opens nothing any more."))
    return redirect("issues:enterprise_links", link.project_id)


def _project(request: UserRequest, pk: int) -> Project:
    """Raises Http404 where the reader does not see it, PermissionDenied where it is not his or hers."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    if not Project.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied(refusal(request.user))
    return project


def _page(request: UserRequest, project: Project, form: LinkForm, *, status: int) -> HttpResponse:
    now = timezone.now()
    links = EnterpriseLink.objects.editable_by(request.user).filter(project=project).select_related("made_by")
    spent = [link for link in links if is_spent(link, now)]
    live = [
        ShownLink(link, request.build_absolute_uri(address_of(link)))
        for link in links
        if not is_spent(link, now)
    ]
    context = {"project": project, "form": form, "live": live, "spent": spent, "now": now}
    answer = render(request, "issues/enterprise_links.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer

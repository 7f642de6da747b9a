"""The chains and their published versions: a list, a page of each version, its definition as a file."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_edit_templates
from accounts.http import UserRequest
from milestones.actions import begin_draft
from milestones.editing.files import toml_file
from milestones.editing.forms import LARGEST_TEXT, TextForm
from milestones.editing.queries import chain_lines, chain_page, projects_on_versions
from milestones.models import ChainTemplate, TemplateDraft
from milestones.publishing import spec_of


@require_http_methods(["GET", "HEAD", "POST"])
def templates(request: UserRequest) -> HttpResponse:
    """All chains; a definition that is sent begins a draft of its chain."""
    if request.method == "POST":
        if not may_edit_templates(request.user):
            raise PermissionDenied  # before anything of a stranger's text is read
        chain = TextForm(request.POST, request.FILES).read()
        draft = begin_draft(chain.code, actor=request.user, chain=chain)
        return redirect("milestones:draft", draft.code)
    context = {
        "lines": chain_lines(request.user),
        "form": TextForm() if may_edit_templates(request.user) else None,
        "kilobytes": LARGEST_TEXT // 1024,
    }
    return render(request, "milestones/chain_templates.html", context)


@require_safe
def template(request: UserRequest, code: str, version: int) -> HttpResponse:
    """One published version, to read."""
    shown = _published(code, version)
    projects = projects_on_versions(request.user)
    context = {
        "template": shown,
        "page": chain_page(spec_of(shown), lambda line: f"#node-{line.pk}"),
        "projects": projects.get(shown.pk, 0),
        "newest": ChainTemplate.objects.newest(code),
        "draft": TemplateDraft.objects.filter(code=code).select_related("changed_by").first(),
        "may_edit": may_edit_templates(request.user),
    }
    return render(request, "milestones/chain_template.html", context)


@require_safe
def toml(_request: UserRequest, code: str, version: int) -> HttpResponse:
    return toml_file(spec_of(_published(code, version)), f"{code}-v{version}.toml")


@require_POST
def begin(request: UserRequest, code: str) -> HttpResponse:
    """Begin a draft of the next version with the newest."""
    draft = begin_draft(code, actor=request.user)
    messages.success(request, _("A draft is begun; the published versions stay as they are."))
    return redirect("milestones:draft", draft.code)


def _published(code: str, version: int) -> ChainTemplate:
    return get_object_or_404(ChainTemplate.objects.published(), code=code, version=version)

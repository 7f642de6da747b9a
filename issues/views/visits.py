"""Visits to enterprises: which there were, which key projects still wait for one, recording them."""

from collections.abc import Sequence
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseFormSet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_raise_issues, may_record_visits
from accounts.http import UserRequest
from domain.lights import LightRule
from issues.actions import raise_from_finding, record_visit_with_issues
from issues.models import Category
from issues.visit_filters import UnvisitedFilter, VisitFilter
from issues.visit_forms import FindingForm, RaisingForm, VisitForm, finding_set, said_findings
from issues.visit_queries import finding_lines, unvisited_rows, visit_rows
from milestones.calendar_table import load_calendar
from milestones.filter_choices import unit_choices
from milestones.filters import refuse_unreadable
from milestones.forms import ReasonForm, read_form
from milestones.page_numbers import page_of
from milestones.views.sending import sent_once
from projects.file_responses import file_response, thumbnail_response
from projects.models import Finding, Project, Visit, VisitPhoto
from projects.querysets import ProjectQuerySet
from projects.visit_actions import change_visit, withdraw_visit_file

LATELY = 30
"""The sentence of the list counts the visits of so many days, today being the last of them."""
OFFERED = 20
"""So many projects to choose from at once when a visit is to be recorded."""

is_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def visits(request: UserRequest) -> HttpResponse:
    """The visits, or with ``list=unvisited`` the key projects that nobody has visited for so many ``days``."""
    today = timezone.localdate()
    visible, projects = Visit.objects.visible_to(request.user), Project.objects.visible_to(request.user)
    narrowed = VisitFilter(request.GET, queryset=visible, request=request)
    unvisited = UnvisitedFilter(request.GET, queryset=projects, request=request, today=today)
    for form in (narrowed.form, unvisited.form):
        refuse_unreadable(form)
    is_unvisited = request.GET.get("list") == "unvisited"
    days: int = unvisited.form.cleaned_data["days"]
    asked = request.GET.copy()
    asked.pop("page", None)
    found = unvisited.qs if is_unvisited else narrowed.qs
    page = page_of(request.GET.get("page", ""), found.order_by().count())
    rule = LightRule.on(today, load_calendar())
    context = {
        "is_unvisited": is_unvisited, "page": page, "days": days, "form": narrowed.form, "query": asked.urlencode(),
        "rows": unvisited_rows(found[page.slice], rule) if is_unvisited else visit_rows(found[page.slice]),
        "lately": visible.visited_between(today - timedelta(days=LATELY - 1), today).count(),
        "lately_days": LATELY,
        "waiting": projects.filter(is_key=True).not_visited_since(today - timedelta(days=days)).count(),
        "is_narrowed": any(value for name, value in asked.items() if name not in {"list", "days"}),
        "towns": unit_choices()["town"], "may_record": may_record_visits(request.user),
    }  # fmt: skip
    return render(request, "issues/visits.html", context)


@is_form
def new(request: UserRequest) -> HttpResponse:
    """The visit to the ``project`` that the address names; without one, first which it is."""
    if not may_record_visits(request.user):
        raise PermissionDenied(gettext_noop("Managers record the visits to the projects that they see."))
    visible = Project.objects.visible_to(request.user)
    asked = request.GET.get("project", "")
    if not asked:
        return _choose(request, visible)
    project = get_object_or_404(visible.select_related("town"), pk=_number(asked))
    return _record(request, project)


def _choose(request: UserRequest, visible: ProjectQuerySet) -> HttpResponse:
    """Projects by what is searched for; without a search the key projects that have waited longest."""
    text = request.GET.get("search", "").strip()[:200]
    found = (visible.matching(text) if text else visible.filter(is_key=True)).longest_unvisited_first()
    context = {"search": text, "projects": found.select_related("town")[:OFFERED], "most": OFFERED}
    return render(request, "issues/visit_choose.html", context)


def _record(request: UserRequest, project: Project) -> HttpResponse:
    """The form; sent off, the visit and what of its findings becomes an issue, all at once."""
    today, categories, status = timezone.localdate(), _categories(), 200
    form = VisitForm(today=today)
    rows = finding_set(None, categories)
    if request.method == "POST":
        form, rows, status = VisitForm(request.POST, today=today), finding_set(request.POST, categories), 400
        uploads = request.FILES.getlist("photos")
        with form.stored(uploads) as files:
            if form.is_valid() & rows.is_valid():
                visit = sent_once(
                    request,
                    lambda: record_visit_with_issues(
                        project, actor=request.user, today=today, findings=said_findings(rows), files=files,
                        **form.said(),
                    ),
                )  # fmt: skip
                return _recorded(request, project, visit)
        if uploads:
            form.ask_for_files_again()
    context = {"form": form, "rows": rows, "project": project, "today": today}
    return render(request, "issues/visit_new.html", context, status=status)


def _recorded(request: UserRequest, project: Project, visit: Visit | None) -> HttpResponse:
    if visit is None:
        messages.info(
            request, _("“%(project)s”: this had arrived already; it was done once.") % {"project": project}
        )
        mine = Visit.objects.visible_to(request.user).filter(project=project, recorded_by=request.user)
        return redirect("issues:visit", mine.order_by("-pk").values_list("pk", flat=True)[0])
    messages.success(request, _("The visit to “%(project)s” is recorded.") % {"project": project})
    return redirect("issues:visit", visit.pk)


@require_safe
def visit(request: UserRequest, pk: int) -> HttpResponse:
    """One visit: who, whom, what was found and which issues came of it, the photos."""
    shown = _visit(request, pk)
    may_raise = may_raise_issues(request.user)
    findings = finding_lines(shown.findings.all())
    context = {
        "visit": shown, "findings": findings, "photos": shown.photos.all(),
        "issues": sum(finding.issue_id is not None for finding in findings),
        "may_change": may_record_visits(request.user), "may_raise": may_raise,
        "categories": _categories() if may_raise else (),
    }  # fmt: skip
    return render(request, "issues/visit.html", context)


@is_form
def edit(request: UserRequest, pk: int) -> HttpResponse:
    shown = _visit(request, pk)
    if not may_record_visits(request.user):
        raise PermissionDenied(gettext_noop("Managers record the visits to the projects that they see."))
    today, status = timezone.localdate(), 200
    form, rows = VisitForm(today=today, visit=shown), finding_set(None, ())
    raised = [line for line in finding_lines(shown.findings.all()) if line.issue_id]
    if request.method == "POST":
        form, rows = VisitForm(request.POST, today=today, visit=shown), finding_set(request.POST, ())
        uploads = request.FILES.getlist("photos")
        with form.stored(uploads) as files:
            if form.is_valid() & rows.is_valid():
                said = form.said_findings({line.pk: line.text for line in raised})
                sent_once(
                    request,
                    lambda: change_visit(
                        shown, actor=request.user, today=today, version=shown.version, findings=said,
                        more_findings=_texts(rows), files=files, **form.said(),
                    ),
                )  # fmt: skip
                messages.success(request, _("The visit is saved."))
                return redirect("issues:visit", pk)
        status = 412 if form.is_stale else 400
        if uploads:
            form.ask_for_files_again()
    context = {"form": form, "rows": rows, "visit": shown, "raised": raised, "today": today}
    return render(request, "issues/visit_edit.html", context, status=status)


@require_POST
def raise_finding(request: UserRequest, pk: int) -> HttpResponse:
    """The one button: what was found becomes an issue."""
    finding = get_object_or_404(Finding.objects.visible_to(request.user), pk=pk)
    sent = read_form(RaisingForm(request.POST))
    issue = sent_once(
        request,
        lambda: raise_from_finding(finding, actor=request.user, today=timezone.localdate(), **sent),
    )
    if issue is not None:
        messages.success(request, _("Issue %(issue)s is raised.") % {"issue": issue.number})
    return redirect("issues:visit", finding.visit_id)


@require_safe
def photo(request: UserRequest, pk: int) -> FileResponse:
    """The file itself, for whoever may see the project."""
    return file_response(_photo(request, pk))


@require_safe
def thumbnail(request: UserRequest, pk: int) -> FileResponse:
    return thumbnail_response(_photo(request, pk))


@require_POST
def withdraw_photo(request: UserRequest, pk: int) -> HttpResponse:
    withdrawn = get_object_or_404(VisitPhoto.objects.visible_to(request.user), pk=pk)
    reason = read_form(ReasonForm(request.POST))["reason"]
    sent_once(request, lambda: withdraw_visit_file(withdrawn, actor=request.user, reason=reason))
    messages.success(request, _("“%(file)s” is withdrawn.") % {"file": withdrawn.name})
    return redirect("issues:visit", withdrawn.visit_id)


def _photo(request: UserRequest, pk: int) -> VisitPhoto:
    """One that is still shown; a withdrawn one is on record only."""
    return get_object_or_404(VisitPhoto.objects.visible_to(request.user).live(), pk=pk)


def _visit(request: UserRequest, pk: int) -> Visit:
    return get_object_or_404(Visit.objects.visible_to(request.user).for_list(), pk=pk)


def _categories() -> QuerySet[Category]:
    return Category.objects.filter(is_active=True)


def _texts(rows: "BaseFormSet[FindingForm]") -> Sequence[str]:
    return [text for text, _category in said_findings(rows)]


def _number(text: str) -> int:
    """A row's number as an address says it; 0, which is none, where it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

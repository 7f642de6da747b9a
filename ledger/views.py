"""The pages of ledgers: bring one, see what it would change, confirm, look up what it did."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_run_the_platform
from accounts.http import UserRequest
from domain.periods import Months
from history.models import Change
from ledger.actions import apply_import, preview_again, upload_investment, upload_ledger
from ledger.forms import UNITS, FormYear, UploadForm
from ledger.investment.form import write_investment_form
from ledger.keeping import too_large
from ledger.mapping_files import built_in_mapping
from ledger.models import Import
from ledger.querysets import may_import
from ledger.report import MOST_SHOWN, changed_cells, read_report
from ledger.sweeping import queue_sweep_and_reckoning
from milestones.page_numbers import page_of
from projects.file_responses import workbook_response
from projects.models import Project
from projects.spreadsheets.limits import LARGEST_FILE, MEGABYTE


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: UserRequest) -> HttpResponse:
    """The imports, newest first, and the form for the next one."""
    if request.method == "POST":
        return _upload(request)
    visible = Import.objects.visible_to(request.user)
    imports, total = visible.for_list(), visible.in_all()
    page = page_of(request.GET.get("page", ""), total["all"])
    context = {
        "page": page,
        "imports": imports[page.slice],
        "form": UploadForm() if may_import(request.user) else None,
        "total": total,
        "may_become_manager": may_run_the_platform(request.user) and not may_import(request.user),
        "form_year": _year_of_form(timezone.localdate()),
        "megabytes": LARGEST_FILE // MEGABYTE,
    }
    return render(request, "ledger/index.html", context)


def _upload(request: UserRequest) -> HttpResponse:
    sent: dict[str, Any] = UploadForm(request.POST, request.FILES).read()
    file = sent["file"]
    if file.size > LARGEST_FILE:
        raise too_large(file.name)
    if sent["what"] == Import.What.INVESTMENT:
        import_ = upload_investment(
            file.chunks(), file_name=file.name, actor=request.user, today=timezone.localdate(),
            year=sent["year"], unit=sent["unit"],
        )  # fmt: skip
    else:
        import_ = upload_ledger(
            file.chunks(), file_name=file.name, actor=request.user, today=timezone.localdate(),
            mapping=built_in_mapping(sent["mapping"]) if sent["mapping"] else None,
        )  # fmt: skip
    return redirect(import_)


@require_safe
def investment_form(request: UserRequest) -> FileResponse:
    """The reader's projects with the months of a year, to be filled in and brought back."""
    if not may_import(request.user):
        raise PermissionDenied
    asked = FormYear(request.GET)
    year = (asked.is_valid() and asked.cleaned_data["year"]) or _year_of_form(timezone.localdate())
    projects = Project.objects.editable_by(request.user)
    return workbook_response(
        _("investment of %(year)s") % {"year": year},
        lambda file: write_investment_form(file, projects, year),
    )


def _year_of_form(today: date) -> int:
    """In January the year before is still being filled in."""
    return Months.year_to_date(today).last.year


@require_safe
def show(request: UserRequest, pk: int) -> HttpResponse:
    """What an import would change or, once it is applied, what it changed."""
    import_ = get_object_or_404(Import.objects.visible_to(request.user).select_related("by"), pk=pk)
    changes = (
        Change.objects.visible_to(request.user)
        .filter(batch=import_.batch)
        .select_related("project", "actor")
        .order_by("pk")
    )
    context = {
        "import": import_,
        "is_investment": import_.what == Import.What.INVESTMENT,
        "report": read_report(import_.report),
        "may_confirm": import_.state == Import.State.PREVIEWED and import_.by_id == request.user.pk,
        "has_rejects": import_.rejects.is_file(),
        "changes": [(change, changed_cells(change)) for change in changes[:MOST_SHOWN]],
        "total_changes": changes.count(),
        "most": MOST_SHOWN,
    }
    return render(request, "ledger/import.html", context)


@require_POST
def confirm(request: UserRequest, pk: int) -> HttpResponse:
    import_ = get_object_or_404(Import.objects.visible_to(request.user), pk=pk)
    apply_import(
        import_, actor=request.user, today=timezone.localdate(), digest=request.POST.get("digest", ""),
        amounts_are_right="amounts_are_right" in request.POST,
    )  # fmt: skip
    if import_.what == Import.What.PROJECTS:
        queue_sweep_and_reckoning()
    messages.success(request, _("“%(file)s” is applied.") % {"file": import_.file_name})
    return redirect(import_)


@require_POST
def again(request: UserRequest, pk: int) -> HttpResponse:
    import_ = get_object_or_404(Import.objects.visible_to(request.user), pk=pk)
    unit = request.POST.get("unit")
    preview_again(
        import_, actor=request.user, today=timezone.localdate(), unit=unit if unit in dict(UNITS) else None
    )
    return redirect(import_)


@require_safe
def rejects(request: UserRequest, pk: int) -> FileResponse:
    import_ = get_object_or_404(Import.objects.visible_to(request.user), pk=pk)
    if not import_.rejects.is_file():
        raise Http404
    return FileResponse(import_.rejects.open("rb"), as_attachment=True, filename=import_.rejects_name)


@require_safe
def original(request: UserRequest, pk: int) -> FileResponse:
    """The file as it came; always as something to save, never to be shown."""
    import_ = get_object_or_404(Import.objects.visible_to(request.user), pk=pk)
    if not import_.file.is_file():
        raise Http404
    return FileResponse(import_.file.open("rb"), as_attachment=True, filename=import_.file_name)

"""The pages of ledgers: bring one, see what it would change, confirm, look up what it did."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from history.models import Change
from ledger.actions import apply_import, preview_again, upload_ledger
from ledger.forms import UploadForm
from ledger.keeping import too_large
from ledger.mapping_files import built_in_mapping
from ledger.models import Import
from ledger.querysets import may_import
from ledger.reading.limits import LARGEST_FILE, MEGABYTE
from ledger.report import MOST_SHOWN, changed_cells, read_report
from ledger.sweeping import queue_sweep

_IMPORTS_ON_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: UserRequest) -> HttpResponse:
    """The imports, newest first, and the form for the next one."""
    if request.method == "POST":
        return _upload(request)
    imports = Import.objects.visible_to(request.user).for_list()
    page = Paginator(imports, _IMPORTS_ON_A_PAGE).get_page(request.GET.get("page"))
    form = UploadForm() if may_import(request.user) else None
    return render(
        request, "ledger/index.html", {"page": page, "form": form, "megabytes": LARGEST_FILE // MEGABYTE}
    )


def _upload(request: UserRequest) -> HttpResponse:
    sent: dict[str, Any] = UploadForm(request.POST, request.FILES).read()
    file = sent["file"]
    if file.size > LARGEST_FILE:
        raise too_large(file.name)
    import_ = upload_ledger(
        file.chunks(), file_name=file.name, actor=request.user, today=timezone.localdate(),
        mapping=built_in_mapping(sent["mapping"]) if sent["mapping"] else None,
    )  # fmt: skip
    return redirect(import_)


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
        import_, actor=request.user, today=timezone.localdate(), digest=request.POST.get("digest", "")
    )
    queue_sweep()
    messages.success(request, _("“%(file)s” is applied.") % {"file": import_.file_name})
    return redirect(import_)


@require_POST
def again(request: UserRequest, pk: int) -> HttpResponse:
    import_ = get_object_or_404(Import.objects.visible_to(request.user), pk=pk)
    preview_again(import_, actor=request.user, today=timezone.localdate())
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

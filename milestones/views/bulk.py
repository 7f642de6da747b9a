"""Work on the rows that were selected in a list: what it will do is looked at first, then confirmed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from accounts.http import UserRequest
from domain.errors import InputError
from milestones.actions import Picked, carry_out, rehearse
from milestones.bulk_forms import BULK_FORMS, BulkForm, picked_rows
from milestones.bulk_words import has_done, would_do
from milestones.forms import read_form
from milestones.models import Node
from milestones.views.sending import sent_once


def preview(request: UserRequest) -> HttpResponse:
    """What the work would do to each selected row, and why it would not do it to some. Nothing is changed."""
    if request.method != "POST":
        return redirect("milestones:overdue")
    form, picked = _form(request), _picked(request)
    context: dict[str, Any] = {"form": form, "picked": picked, "back": _list_of(request), "today": form.today}
    if not form.is_valid():
        return render(request, "milestones/bulk.html", context, status=400)
    work = form.work()
    rehearsal = rehearse(work, picked, actor=request.user, today=form.today)
    context |= {"rehearsal": rehearsal, "sentence": would_do(work, rehearsal, form.today)}
    return render(request, "milestones/bulk.html", context)


@require_POST
def confirm(request: UserRequest) -> HttpResponse:
    form, picked = _form(request), _picked(request)
    read_form(form)
    work = form.work()
    rows = sent_once(
        request,
        lambda: carry_out(
            work, picked, actor=request.user, today=form.today, seen=request.POST.get("seen", "")
        ),
    )
    if rows is None:
        messages.info(request, _("This has been done already."))
    else:
        messages.success(request, _("Done: %(what)s") % {"what": has_done(work, rows)})
    return redirect(_list_of(request))


def _form(request: UserRequest) -> BulkForm:
    kind = BULK_FORMS.get(request.POST.get("do", ""))
    if kind is None:
        raise InputError(gettext_noop("Say what is to be done with the selected rows."))
    return kind(request.POST, today=timezone.localdate())


def _picked(request: UserRequest) -> list[Picked]:
    """The selected rows; 404 where one of them is out of sight."""
    picked = picked_rows(request.POST.getlist("row"))
    wanted = {each.pk for each in picked}
    if Node.objects.visible_to(request.user).filter(pk__in=wanted).count() < len(wanted):
        raise Http404
    return picked


def _list_of(request: UserRequest) -> str:
    """The list in which the rows were selected."""
    page = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return page if page and known else reverse("milestones:overdue")

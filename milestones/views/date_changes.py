"""Asking for another due date with its effect in sight, and the requests that wait for an answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import UserRequest
from domain.date_changes import Decision, RequestStatus, decisions_on
from domain.lights import LightRule
from milestones.actions import (
    approve_date_change,
    refuse_date_change,
    request_date_change,
    return_date_change,
    withdraw_date_change,
)
from milestones.calendar_table import load_calendar
from milestones.date_change_filters import DateChangeFilter
from milestones.filters import refuse_unreadable
from milestones.forms import AnswerForm, DateChangeForm, read_form
from milestones.models import DateChange, Node
from milestones.page_numbers import page_of
from milestones.permitted import Deed, permits
from milestones.project_page.shift_tables import shift_table, table_of
from milestones.queries import node_rows
from milestones.querysets import DateChangeQuerySet
from milestones.views.sending import sent_once

DECIDED_SHOWN = 20


def ask(request: UserRequest, pk: int) -> HttpResponse:
    """The form; with a date its effect on all that follows; sent off, the request."""
    node = get_object_or_404(Node.objects.visible_to(request.user).for_list(), pk=pk)
    if request.method == "POST":
        return _send(request, node)
    rule = LightRule.on(timezone.localdate(), load_calendar())
    (row,) = node_rows([node], rule)
    is_theirs = Node.objects.editable_by(request.user).filter(pk=pk).exists()
    form = DateChangeForm(
        request.GET if request.GET.get("due_on") else None, initial=_returned(request, node)
    )
    table = None
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        table = shift_table(node, asked["due_on"], following=asked["following"], calendar=rule.calendar)
    context = {
        "node": node, "row": row, "form": form, "table": table, "today": rule.today,
        "permit": permits(row, request.user, rule, is_theirs=is_theirs)[Deed.DATE_CHANGE],
    }  # fmt: skip
    return render(request, "milestones/date_change_ask.html", context)


def _send(request: UserRequest, node: Node) -> HttpResponse:
    sent = read_form(DateChangeForm(request.POST))
    change = sent_once(
        request,
        lambda: request_date_change(node, actor=request.user, today=timezone.localdate(), **sent),
    )
    if change is None:
        messages.info(request, _("“%(node)s”: this had arrived already; it was done once.") % {"node": node})
        return redirect("milestones:date_changes")
    messages.success(request, _("Another date of “%(node)s” has been asked for.") % {"node": node})
    return redirect("milestones:date_change", change.pk)


def _returned(request: UserRequest, node: Node) -> dict[str, Any]:
    """What was asked for the last time, where it was sent back to be completed."""
    mine = (
        DateChange.objects.visible_to(request.user).filter(node=node, status=RequestStatus.RETURNED).first()
    )
    if mine is None:
        return {}
    item = mine.items.filter(node=node).first()
    return {
        "due_on": item.due_after if item else None, "reason": mine.reason, "following": mine.following,
        "text": mine.text,
    }  # fmt: skip


def date_changes(request: UserRequest) -> HttpResponse:
    """Those that the reader may decide, the own ones that others decide, and what was decided lately.

    Where the address asks for some, these and no others.
    """
    visible = DateChange.objects.visible_to(request.user)
    if request.GET:
        return _found(request, visible)
    to_decide = visible.to_decide(request.user)
    mine = visible.pending().filter(asked_by=request.user).exclude(pk__in=to_decide.order_by().values("pk"))
    context = {
        "to_decide": to_decide.for_list().order_by("asked_at"),
        "mine": mine.for_list(),
        "decided": visible.exclude(decided_at=None).for_list().order_by("-decided_at")[:DECIDED_SHOWN],
    }
    return render(request, "milestones/date_changes.html", context)


def _found(request: UserRequest, visible: DateChangeQuerySet) -> HttpResponse:
    narrowed = DateChangeFilter(request.GET, queryset=visible, request=request)
    refuse_unreadable(narrowed.form)
    found: DateChangeQuerySet = narrowed.qs
    page = page_of(request.GET.get("page", ""), found.order_by().count())
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {"found": found.for_list()[page.slice], "page": page, "query": asked.urlencode()}
    return render(request, "milestones/date_changes_found.html", context)


def date_change(request: UserRequest, pk: int) -> HttpResponse:
    """One request with the whole shifted schedule, and the answers that the reader may give."""
    change = get_object_or_404(DateChange.objects.visible_to(request.user).for_list(), pk=pk)
    calendar = load_calendar()
    context = {
        "change": change, "table": table_of(change, calendar), "answers": _answers(request, change),
        "is_outdated": any(item.node.due_on != item.due_before for item in change.items.all()),
    }  # fmt: skip
    return render(request, "milestones/date_change.html", context)


def _answers(request: UserRequest, change: DateChange) -> frozenset[Decision]:
    open_to_all = decisions_on(RequestStatus(change.status))
    mine = open_to_all & {Decision.WITHDRAW} if change.asked_by_id == request.user.pk else frozenset()
    decidable = DateChange.objects.visible_to(request.user).decidable_by(request.user)
    return mine | (
        open_to_all - {Decision.WITHDRAW} if decidable.filter(pk=change.pk).exists() else frozenset()
    )


@require_POST
def approve(request: UserRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, approve_date_change, _("The dates have moved as asked."))


@require_POST
def refuse(request: UserRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, refuse_date_change, _("The request is refused; the dates stay."))


@require_POST
def send_back(request: UserRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, return_date_change, _("The request is sent back to be completed."))


@require_POST
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(DateChange.objects.visible_to(request.user), pk=pk)
    sent_once(request, lambda: withdraw_date_change(change, actor=request.user))
    messages.success(request, _("The request is withdrawn."))
    return redirect("milestones:date_change", pk)


def _decided(request: UserRequest, pk: int, decide: Callable[..., DateChange], said: str) -> HttpResponse:
    change = get_object_or_404(DateChange.objects.visible_to(request.user), pk=pk)
    sent = read_form(AnswerForm(request.POST))
    sent_once(request, lambda: decide(change, actor=request.user, **sent))
    messages.success(request, said)
    return redirect("milestones:date_change", pk)

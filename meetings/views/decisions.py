"""Decisions: taken down while people talk, listed, and done, verified, sent back, withdrawn, reopened one by one."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_run_meetings
from accounts.http import UserRequest
from accounts.models import Unit
from domain.meetings import DecisionStep
from meetings.actions import (
    change_decision,
    reopen_decision,
    report_done,
    send_back_decision,
    take_decision,
    verify_decision,
    withdraw_decision,
)
from meetings.actions.holding import NOT_YOURS
from meetings.decision_page import decision_page
from meetings.filters import STATES, DecisionFilter, asked_for
from meetings.forms import STEP_FORMS, ChangeForm, DecisionForm, number_of
from meetings.meeting_page import decisions_of, due_choices
from meetings.models import AgendaItem, Decision, Meeting
from meetings.settled import decision_rows
from meetings.views.meeting import day_rule, meeting_in_sight
from milestones.filter_choices import unit_choices
from milestones.filters import refuse_unreadable
from milestones.forms import read_form
from milestones.page_numbers import page_of
from milestones.views.sending import sent_once


@require_safe
def decisions(request: UserRequest) -> HttpResponse:
    """Those not settled yet, the first due first; the address narrows it."""
    rule, seen = day_rule(), Decision.objects.visible_to(request.user)
    asked = asked_for(request.GET)
    narrowed = DecisionFilter(asked, queryset=seen, request=request, rule=rule)
    refuse_unreadable(narrowed.form)
    found = narrowed.qs.order_by()
    page = page_of(request.GET.get("page", ""), found.count())
    keys = found.pressing_first().values_list("pk", flat=True)[page.slice]
    query = request.GET.copy()
    query.pop("page", None)
    unsettled = seen.unsettled()
    context = {
        "rows": list(decision_rows(seen.filter(pk__in=list(keys)), request.user, rule)),
        "page": page,
        "query": query.urlencode(),
        "form": narrowed.form,
        "state": asked["state"],
        "states": STATES.items(),
        "units": unit_choices()["unit"],
        "meetings": [(str(meeting.pk), str(meeting)) for meeting in Meeting.objects.visible_to(request.user)],
        "open": unsettled.count(),
        "late": seen.late(rule.today).count(),
        "done": unsettled.filter(status="done").count(),
        "is_narrowed": any(
            request.GET.get(name) for name in ("state", "unit", "meeting", "project", "search")
        ),
        "today": rule.today,
    }
    return render(request, "meetings/decisions.html", context)


@require_safe
def decision(request: UserRequest, pk: int) -> HttpResponse:
    shown, rule = _decision(request, pk), day_rule()
    page = decision_page(shown, request.user, rule)
    steps = [
        {"step": step, "template": f"meetings/_step_{step.permit.step.replace('-', '_')}.html"}
        for step in page.steps
    ]
    context = {
        "page": page, "decision": shown, "row": page.row, "steps": steps, "units": Unit.objects.all(),
        "choices": due_choices(shown.meeting, rule), "today": rule.today,
    }  # fmt: skip
    return render(request, "meetings/decision.html", context)


@require_safe
def taken(request: UserRequest, pk: int) -> HttpResponse:
    """What the meeting has decided so far, all of it or about one item, as the page asks for it anew."""
    shown, item = meeting_in_sight(request, pk), request.GET.get("item", "")
    rows = decisions_of(shown, request.user, day_rule(), number_of(item) if item else None)
    context = {
        "rows": rows, "meeting": shown, "may_run": may_run_meetings(request.user), "on_stage": bool(item)
    }  # fmt: skip
    return render(request, "meetings/_taken.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: UserRequest, pk: int) -> HttpResponse:
    """The form as a page of its own: for browsers that run no script, and where what was typed cannot be read."""
    shown = meeting_in_sight(request, pk)
    if not may_run_meetings(request.user):
        raise PermissionDenied(NOT_YOURS)
    form = DecisionForm(request.POST or None, items=_items(request, shown), initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        done = sent_once(request, lambda: _take(request, shown, form.cleaned_data))
        if done is not None:
            messages.success(request, _("%(decision)s is taken down.") % {"decision": done.number})
        return redirect(_back(request, shown))
    context = {
        "form": form, "meeting": shown, "units": Unit.objects.all(),
        "choices": due_choices(shown, day_rule()), "items": _items(request, shown).standing(),
        "back": _back(request, shown),
    }  # fmt: skip
    return render(request, "meetings/take.html", context, status=400 if form.errors else 200)


@require_POST
def save(request: UserRequest, pk: int) -> JsonResponse:
    """Save as it is typed: under its key the same decision each time, however often it arrives."""
    shown = meeting_in_sight(request, pk)
    done = _take(request, shown, read_form(DecisionForm(request.POST, items=_items(request, shown))))
    at = f"{timezone.localtime():%H:%M:%S}"
    said = _("%(number)s saved %(time)s") % {"number": done.number, "time": at}
    url = done.get_absolute_url()
    return JsonResponse(
        {"pk": done.pk, "version": done.version, "number": done.number, "url": url, "said": said}
    )


def _take(request: UserRequest, shown: Meeting, sent: Mapping[str, Any]) -> Decision:
    return take_decision(shown, actor=request.user, today=timezone.localdate(), **sent)


_ACTIONS: Final[Mapping[str, Callable[..., Decision]]] = {
    DecisionStep.CHANGE: change_decision,
    DecisionStep.REPORT_DONE: report_done,
    DecisionStep.VERIFY: verify_decision,
    DecisionStep.SEND_BACK: send_back_decision,
    DecisionStep.WITHDRAW: withdraw_decision,
    DecisionStep.REOPEN: reopen_decision,
}
_WITH_A_DAY: Final = frozenset(
    {DecisionStep.CHANGE, DecisionStep.REPORT_DONE, DecisionStep.VERIFY, DecisionStep.REOPEN}
)
_SAID: Final[Mapping[str, Any]] = {
    DecisionStep.CHANGE: gettext_lazy("%(decision)s is saved."),
    DecisionStep.REPORT_DONE: gettext_lazy("%(decision)s waits for somebody else to verify that it is done."),
    DecisionStep.VERIFY: gettext_lazy("%(decision)s is done; it leaves the agenda."),
    DecisionStep.SEND_BACK: gettext_lazy("%(decision)s is open again."),
    DecisionStep.WITHDRAW: gettext_lazy("%(decision)s is withdrawn."),
    DecisionStep.REOPEN: gettext_lazy("%(decision)s is open again."),
}


@require_POST
def step(request: UserRequest, pk: int, name: str) -> HttpResponse:
    """Report done, verify, send back, withdraw, reopen, or another wording."""
    shown = _decision(request, pk)
    if name not in _ACTIONS:
        raise Http404
    sent = _read(request, name)
    if name in _WITH_A_DAY:
        sent["today"] = timezone.localdate()
    done = sent_once(request, lambda: _ACTIONS[name](shown, actor=request.user, **sent))
    said = _SAID[name] if done else _("%(decision)s: this had arrived already; it was done once.")
    messages.success(request, said % {"decision": shown.number})
    return redirect(_back(request, shown))


def _read(request: UserRequest, name: str) -> dict[str, Any]:
    if name != DecisionStep.CHANGE:
        return read_form(STEP_FORMS[name](request.POST))
    form = ChangeForm(request.POST, reader=request.user)
    read_form(form)
    return form.said()


def _back(request: UserRequest, to: Meeting | Decision) -> str:
    """Meeting mode or the meeting where the form says so, else the page of `to`."""
    asked = str(request.POST.get("next") or request.GET.get("next") or "")
    return asked if asked.startswith("/meetings/") else to.get_absolute_url()


def _decision(request: UserRequest, pk: int) -> Decision:
    related = Decision.objects.visible_to(request.user).select_related(
        "meeting", "lead_unit", "item", "taken_by", "done_by", "verified_by"
    )
    return get_object_or_404(related, pk=pk)


def _items(request: UserRequest, shown: Meeting) -> Any:
    return (
        AgendaItem.objects.visible_to(request.user)
        .filter(meeting=shown)
        .for_list()
        .order_by("position", "pk")
    )

"""Supervision: what is proposed, issued and answered; each slip, and the page of paper that it is."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from accounts.refusals import sentence
from domain.lights import LightRule
from issues.actions import answer_slip, dismiss_slip, issue_slip, issue_slips
from issues.models import SLIP_LABELS, Supervision
from issues.slip_filters import SlipFilter
from issues.slip_forms import AnswerSlipForm, DismissSlipForm, IssueSlipForm
from issues.slip_paper import paper_of
from issues.slip_queries import ORDERINGS, SlipCounts, count_slips, sheet_of, slip_rows
from issues.slip_words import subject_of
from milestones.bulk_forms import picked_rows
from milestones.calendar_table import load_calendar
from milestones.filter_choices import unit_choices
from milestones.filters import refuse_unreadable
from milestones.forms import read_form
from milestones.page_numbers import page_of
from milestones.views.sending import sent_once

State = Supervision.State

REFUSALS_SHOWN = 5
"""So many of the slips that did not go out with others are named, the rest counted."""


@require_safe
def slips(request: UserRequest) -> HttpResponse:
    """The slips of one state: without one asked for, what waits for the reader's decision, else for an answer."""
    rule = _rule()
    seen = Supervision.objects.seen_by(request.user)
    counts = count_slips(seen, request.user, rule.today)
    asked = _asked(request.GET, counts)
    narrowed = SlipFilter(asked, queryset=seen, request=request, rule=rule)
    form = narrowed.form
    refuse_unreadable(form)
    states = form.cleaned_data["state"]
    state = states[0] if len(states) == 1 else ""
    page = page_of(request.GET.get("page", ""), narrowed.qs.order_by().count())
    found = narrowed.qs.for_list().order_by(*ORDERINGS.get(state, ("-pk",)))
    asked.pop("page", None)
    asked.pop("picked", None)
    context = {
        "counts": counts, "state": state, "form": form, "page": page, "rows": slip_rows(found[page.slice], rule),
        "units": unit_choices()["unit"], "levels": list(SLIP_LABELS.items()), "query": asked.urlencode(),
        "here": f"{request.path}?{asked.urlencode()}", "may_pick": state == State.PROPOSED,
        "are_picked": bool(request.GET.get("picked")), "today": rule.today,
        "is_late": bool(form.cleaned_data["late"]), "kept": _kept(asked),
        "is_narrowed": any(asked.get(name) for name in ("level", "unit", *_KEPT)),
    }  # fmt: skip
    return render(request, "issues/slips.html", context)


_KEPT = ("late", "project", "node", "issue")
"""What an address may ask for that the form has no field for."""


def _asked(params: QueryDict, counts: SlipCounts) -> QueryDict:
    """What an address asks for, silence filled in."""
    asked = params.copy()
    is_silent = not any(asked.get(name) for name in ("state", *_KEPT))
    if is_silent:
        asked["state"] = State.PROPOSED if counts.proposed and not counts.mine else State.ISSUED
    return asked


def _kept(asked: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name in ("state", *_KEPT) for value in asked.getlist(name) if value]


@require_POST
def issue_many(request: UserRequest) -> HttpResponse:
    """The selected proposals go out as proposed; 404 where one of them is out of sight."""
    versions = {each.pk: each.version for each in picked_rows(request.POST.getlist("row"))}
    found = list(Supervision.objects.seen_by(request.user).for_list().filter(pk__in=versions).order_by("pk"))
    if len(found) < len(versions):
        raise Http404
    outcome = sent_once(
        request,
        lambda: issue_slips(
            [(slip, versions[slip.pk]) for slip in found], actor=request.user, today=timezone.localdate()
        ),
    )
    if outcome is None:
        messages.info(request, _("This has been done already."))
        return redirect(_list_of(request))
    issued, refused = outcome
    if issued:
        said = ngettext("%(n)s slip is issued.", "%(n)s slips are issued.", len(issued))
        messages.success(request, said % {"n": len(issued)})
    for one in refused[:REFUSALS_SHOWN]:
        what = f"{one.slip.project} · {subject_of(one.slip)}"
        messages.warning(request, f"{what}: {sentence(one.refusal)}")
    if len(refused) > REFUSALS_SHOWN:
        more = len(refused) - REFUSALS_SHOWN
        said = ngettext("%(n)s more was not issued.", "%(n)s more were not issued.", more)
        messages.warning(request, said % {"n": more})
    return redirect(_list_of(request))


@require_safe
def slip(request: UserRequest, pk: int) -> HttpResponse:
    return _shown(request, _slip(request, pk))


@require_safe
def print_slip(request: UserRequest, pk: int) -> HttpResponse:
    """One page of paper; there is none of what has not gone out."""
    issued = Supervision.objects.seen_by(request.user).issued()
    slip = get_object_or_404(issued.for_list().select_related("issued_by", "answered_by"), pk=pk)
    sheet = sheet_of(slip, _rule())
    context = {"slip": slip, "sheet": sheet, "paper": paper_of(slip, sheet)}
    return render(request, "issues/slip_print.html", context)


@require_POST
def issue(request: UserRequest, pk: int) -> HttpResponse:
    slip, today = _slip(request, pk), timezone.localdate()
    form = IssueSlipForm(request.POST, slip=slip, today=today)
    return _changed(request, slip, form, "issue_form", issue_slip, _("The slip is issued."), today=today)


@require_POST
def dismiss(request: UserRequest, pk: int) -> HttpResponse:
    form = DismissSlipForm(request.POST)
    said = _("Dismissed: this step is not proposed again.")
    return _changed(request, _slip(request, pk), form, "dismiss_form", dismiss_slip, said)


@require_POST
def answer(request: UserRequest, pk: int) -> HttpResponse:
    form = AnswerSlipForm(request.POST)
    return _changed(
        request, _slip(request, pk), form, "answer_form", answer_slip, _("The slip is answered."),
        today=timezone.localdate(),
    )  # fmt: skip


def _changed(
    request: UserRequest, slip: Supervision, form: forms.Form, name: str, change: Callable[..., Any], said: str,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """What `change` does with what the form sent; where it cannot be read, the page with the form as it was sent."""
    if not form.is_valid():
        return _shown(request, slip, status=400, **{name: form})
    sent = {**form.cleaned_data, **more}
    if sent_once(request, lambda: change(slip, actor=request.user, **sent)) is None:
        said = _("This has been done already.")
    messages.success(request, said)
    return redirect("issues:slip", slip.pk)


def _shown(request: UserRequest, slip: Supervision, *, status: int = 200, **bound: Any) -> HttpResponse:
    """The page of a slip, with the forms of what the reader can do with it now."""
    rule = _rule()
    seen = Supervision.objects.seen_by(request.user).filter(pk=slip.pk)
    context: dict[str, Any] = {"slip": slip, "sheet": sheet_of(slip, rule), "today": rule.today}
    if seen.to_issue(request.user).exists():
        context |= {
            "issue_form": IssueSlipForm(slip=slip, today=rule.today),
            "dismiss_form": DismissSlipForm(initial={"version": slip.version}),
        }
    if slip.state == State.ISSUED and seen.answerable_by(request.user).exists():
        context["answer_form"] = AnswerSlipForm(initial={"version": slip.version})
    for name, form in bound.items():
        if name not in context:
            read_form(form)  # not to be done now, or not by the reader: there is no page to show the form on
    context |= bound
    return render(request, "issues/slip.html", context, status=status)


def _slip(request: UserRequest, pk: int) -> Supervision:
    seen = Supervision.objects.seen_by(request.user).for_list()
    return get_object_or_404(seen.select_related("issued_by", "answered_by"), pk=pk)


def _list_of(request: UserRequest) -> str:
    """The list in which the rows were selected."""
    page = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return page if page and known else reverse("issues:slips")


def _rule() -> LightRule:
    return LightRule.on(timezone.localdate(), load_calendar())

"""`/race/`: the boards, what each number is made of, the weights, and what is added or deducted by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import may_edit_race
from accounts.http import UserRequest
from accounts.models import Unit
from accounts.refusals import sentence, status_of
from domain.errors import DomainError
from domain.lights import LightRule
from domain.race import Board, Line, Mark, Rules
from milestones.calendar_table import load_calendar
from milestones.forms import read_form
from milestones.page_numbers import page_of
from milestones.views.sending import sent_once
from projects.file_responses import workbook_response
from screen.models import RaceAdjustment, RaceBoard, RaceRules
from screen.race.actions import adjust, weigh_anew, withdraw_adjustment
from screen.race.evidence import Asked, Evidence, evidence, marked
from screen.race.forms import AdjustmentForm, WeightsForm, WithdrawForm
from screen.race.periods import PRESETS, PeriodForm
from screen.race.queries import KIND_OF, Race, frozen_race, race_now, rescored, rules_in_force
from screen.race.words import (
    ABOVE,
    BELOW,
    BOARD_LABELS,
    DAYS,
    FORMULAS,
    MARK_LABELS,
    MARK_MEANINGS,
    MEASURE_LABELS,
    board_sentence,
    formula_text,
)
from screen.race.workbook import write_race

Name = TypeVar("Name", bound=StrEnum)

_BOARDS_LISTED = 12


@dataclass(frozen=True, slots=True)
class ShownBoard:
    """One board with its words."""

    board: Board
    label: str
    sentence: str
    ranked: tuple[Line, ...]
    few: tuple[Line, ...]
    improved: tuple[Line, ...]
    formula: list[str]


def race(request: UserRequest) -> HttpResponse:
    """Both boards, of a period or, with ``?meeting=2026-48``, as that meeting froze them."""
    shown = _race(request)
    context = {
        "race": shown,
        "boards": [_shown(shown, board) for board in Board],
        "presets": list(PRESETS.items()),
        "frozen": RaceBoard.objects.defer("boards")[:_BOARDS_LISTED],
        "may_edit": may_edit_race(request.user),
        "query": _query(shown),
    }
    return render(request, "screen/race/race.html", context)


def export(request: UserRequest) -> FileResponse:
    """The sheet of what the page with the same address shows."""
    shown = _race(request)
    name = f"race-{shown.meeting or timezone.localtime().strftime('%Y%m%d-%H%M')}"
    return workbook_response(name, lambda file: write_race(file, shown))


def unit(request: UserRequest, board: str, pk: int) -> HttpResponse:
    """How the score of one unit is made, to be added up by hand."""
    one = _one_of(Board, board)
    shown, of_unit = _race(request), _unit(one, pk)
    period = shown.period
    context = {
        **_place(shown, one, of_unit),
        "adjustments": RaceAdjustment.objects.counting(period.first, period.last).filter(unit=of_unit),
        "most": shown.rules.most_adjusted[one],
        "formula": formula_text(one, shown.rules),
    }
    return render(request, "screen/race/unit.html", context)


def rows(request: UserRequest, board: str, pk: int, measure: str) -> HttpResponse:
    """The rows of one number, as far as the reader may see them."""
    one = _one_of(Board, board)
    shown, of_unit = _race(request), _unit(one, pk)
    context = _place(shown, one, of_unit)
    part = next((part for part in context["line"].parts if part.measure == measure), None)
    if part is None:
        raise Http404
    what = part.measure
    found = evidence(what, _asked(request, shown, one, of_unit))
    context |= _listed(request, found)
    context |= {
        "part": part, "label": MEASURE_LABELS[what], "formula": FORMULAS[what], "days": DAYS[what],
        "above": ABOVE[what], "below": BELOW.get(what, _("counted")), "unseen": part.counted.rows - len(found.rows),
        "apart": found.apart,
    }  # fmt: skip
    return render(request, "screen/race/rows.html", context)


def mark(request: UserRequest, board: str, pk: int, mark: str) -> HttpResponse:
    """The rows of one mark: what may make a score look better than the work."""
    one, what = _one_of(Board, board), _one_of(Mark, mark)
    shown, of_unit = _race(request), _unit(one, pk)
    context = _place(shown, one, of_unit)
    found = marked(what, _asked(request, shown, one, of_unit))
    counted = context["line"].found.marks.get(what, 0)
    context |= _listed(request, found)
    context |= {
        "label": MARK_LABELS[what], "meaning": MARK_MEANINGS[what], "days": DAYS[what], "counted": counted,
        "unseen": counted - len(found.rows), "is_mark": True,
    }  # fmt: skip
    return render(request, "screen/race/rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def weights(request: UserRequest) -> HttpResponse:
    """The weights. What others would have done to the last boards is shown first; then they can be saved."""
    rules = rules_in_force()
    may_edit = may_edit_race(request.user)
    form, tried, status = WeightsForm(None, rules), None, 200
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        form = WeightsForm(request.POST, rules)
        if not form.is_valid():
            status = 400
        elif "save" in request.POST and request.POST.get("seen") == _seen(form.rules):
            wanted, note = form.rules, form.cleaned_data["note"]
            try:
                sent_once(request, lambda: weigh_anew(wanted, actor=request.user, note=note))
            except DomainError as error:
                form.add_error(None, sentence(error))
                tried, status = wanted, status_of(error)
            else:
                messages.success(
                    request, _("The race is weighed anew from now on; frozen boards stay as they are.")
                )
                return redirect("screen:race_weights")
        else:
            tried = form.rules
    context = {
        "form": form, "rules": rules, "may_edit": may_edit, "tried": tried,
        "seen": _seen(tried) if tried else "",
        "effects": [
            (board, [(BOARD_LABELS[one], board.lines[one]) for one in Board]) for board in rescored(tried)
        ]
        if tried
        else [],
        "versions": RaceRules.objects.select_related("made_by"),
        "current": [(BOARD_LABELS[one], formula_text(one, rules)) for one in Board],
    }  # fmt: skip
    return render(request, "screen/race/weights.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def adjustments(request: UserRequest) -> HttpResponse:
    """What was added and deducted by hand, what was withdrawn among it; POST adds to it."""
    may_edit = may_edit_race(request.user)
    today, form, status = timezone.localdate(), AdjustmentForm(initial={"on": timezone.localdate()}), 200
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        form = AdjustmentForm(request.POST)
        status = 400
        if form.is_valid():
            said = form.cleaned_data
            try:
                sent_once(request, lambda: adjust(**said, actor=request.user, today=today))
            except DomainError as error:
                form.add_error(None, sentence(error))
                status = status_of(error)
            else:
                messages.success(request, _("The points are entered."))
                return redirect("screen:race_adjustments")
    context = {
        "form": form,
        "rows": RaceAdjustment.objects.select_related("unit", "made_by", "withdrawn_by"),
        "may_edit": may_edit,
        "withdraw": WithdrawForm(),
    }
    return render(request, "screen/race/adjustments.html", context, status=status)


@require_POST
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(RaceAdjustment, pk=pk)
    said = read_form(WithdrawForm(request.POST))
    sent_once(
        request,
        lambda: withdraw_adjustment(row.pk, reason=said["reason"], actor=request.user, now=timezone.now()),
    )
    messages.success(request, _("The points are withdrawn; they stay on record and count no more."))
    return redirect("screen:race_adjustments")


def _race(request: UserRequest) -> Race:
    """What the address asks for: a frozen board, or the boards of a period as they stand."""
    meeting = request.GET.get("meeting", "")
    if meeting:
        return frozen_race(get_object_or_404(RaceBoard.objects.select_related("rules"), meeting=meeting[:20]))
    period = PeriodForm(request.GET).asked(timezone.localdate())
    return race_now(period, _rule(), timezone.now())


def _rule() -> LightRule:
    return LightRule.on(timezone.localdate(), load_calendar())


def _query(shown: Race) -> str:
    """How an address asks for the same boards."""
    return f"meeting={shown.meeting}" if shown.meeting else shown.period.query


def _unit(board: Board, pk: int) -> Unit:
    return get_object_or_404(Unit, pk=pk, kind=KIND_OF[board])


def _one_of(names: type[Name], name: str) -> Name:
    """What an address names. Raises Http404 for anything else."""
    try:
        return names(name)
    except ValueError as error:
        raise Http404 from error


def _place(shown: Race, board: Board, of_unit: Unit) -> dict[str, Any]:
    """Raises Http404 where the unit is not on the board."""
    line = shown.line(board, of_unit.pk)
    if line is None:
        raise Http404
    return {
        "race": shown, "board": board, "board_label": BOARD_LABELS[board], "unit": of_unit, "line": line,
        "query": _query(shown),
    }  # fmt: skip


def _asked(request: UserRequest, shown: Race, board: Board, of_unit: Unit) -> Asked:
    return Asked(board, of_unit, shown.period, _rule(), request.user)


def _listed(request: UserRequest, found: Evidence) -> Mapping[str, Any]:
    page = page_of(request.GET.get("page", ""), len(found.rows))
    return {"page": page, "rows": found.rows[page.slice], "found": found}


def _shown(shown: Race, board: Board) -> ShownBoard:
    lines = shown.boards[board]
    return ShownBoard(
        board=board, label=str(BOARD_LABELS[board]), sentence=board_sentence(shown, board),
        ranked=tuple(line for line in lines if line.rank is not None),
        few=tuple(line for line in lines if line.rank is None), improved=shown.improved(board),
        formula=formula_text(board, shown.rules),
    )  # fmt: skip


def _seen(rules: Rules) -> str:
    """Names the weights whose effects were shown."""
    data = rules.as_data()
    return "-".join(
        str(number)
        for part in (*data["weights"].values(), data["most_adjusted"], {"minimum": data["minimum"]})
        for number in part.values()
    )

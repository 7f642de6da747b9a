"""What whoever runs the meeting does with the agenda of a draft, and who speaks about what."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may_run_meetings
from accounts.http import UserRequest
from accounts.models import Unit
from domain.errors import InputError
from domain.meetings import in_order
from issues.filters import IssueFilter
from issues.models import Issue
from issues.queries import rows_of_page
from meetings.actions import add_item, assign_speaker, drop_item, order_items, refresh_agenda, restore_item
from meetings.actions.holding import NOT_YOURS
from meetings.forms import DropForm, ItemsForm, SpeakerForm, WordsForm, number_of
from meetings.models import AgendaItem, Meeting
from meetings.querysets import AgendaItemQuerySet
from meetings.views.meeting import day_rule, meeting_in_sight, meeting_response
from milestones.filters import NodeFilter, refuse_unreadable
from milestones.forms import VersionForm, read_form
from milestones.models import Node
from milestones.queries import node_rows
from milestones.views.sending import sent_once

MOST_FOUND = 20
"""So many nodes and issues a search shows; another word finds the others."""


@require_POST
def move(request: UserRequest, pk: int) -> HttpResponse:
    """Up or down by one place, to the top, or into the whole `order` that was dragged together."""
    shown, version = meeting_in_sight(request, pk), read_form(VersionForm(request.POST))["version"]
    standing = list(_items(request, shown).standing().order_by("position", "pk").values_list("pk", flat=True))
    order, item = _asked_order(request, standing)
    order_items(shown, order, actor=request.user, version=version)
    return _agenda(request, shown, item)


def _asked_order(request: UserRequest, standing: Sequence[int]) -> tuple[list[int], int | None]:
    """The standing items as they are to follow each other, and the one that was moved."""
    for name, placed in _MOVES.items():
        if request.POST.get(name):
            item = number_of(request.POST[name])
            if item not in standing:
                raise Http404
            return placed(list(standing), item), item
    named = [number_of(text) for text in request.POST.get("order", "").split(",") if text]
    if not named:
        raise InputError(gettext_noop("Say which item is to be moved."))
    return in_order(named, standing), None


def _shifted(order: list[int], item: int, place: int) -> list[int]:
    order.remove(item)
    order.insert(max(0, place), item)
    return order


_MOVES: dict[str, Callable[[list[int], int], list[int]]] = {
    "up": lambda order, item: _shifted(order, item, order.index(item) - 1),
    "down": lambda order, item: _shifted(order, item, order.index(item) + 1),
    "top": lambda order, item: _shifted(order, item, 0),
}


@require_POST
def assign(request: UserRequest, pk: int) -> HttpResponse:
    shown = meeting_in_sight(request, pk)
    sent = read_form(SpeakerForm(request.POST, items=_items(request, shown)))
    items, speaker = list(sent["item"]), sent["speaker"]
    sent_once(
        request, lambda: assign_speaker(items, actor=request.user, speaker=speaker, version=sent["version"])
    )
    said = (
        ngettext("%(who)s speaks about %(n)s item.", "%(who)s speaks about %(n)s items.", len(items))
        if speaker
        else ngettext("Nobody is named for %(n)s item.", "Nobody is named for %(n)s items.", len(items))
    )
    messages.success(request, said % {"who": speaker, "n": len(items)})
    return redirect(shown)


@require_POST
def drop(request: UserRequest, pk: int) -> HttpResponse:
    """Take the ticked items off, all of them for the same reason or none."""
    shown = meeting_in_sight(request, pk)
    sent = read_form(DropForm(request.POST, items=_items(request, shown)))
    items = list(sent["item"])
    if not items:
        raise InputError(gettext_noop("Choose at least one item."))

    @transaction.atomic
    def dropped() -> int:
        version = sent["version"]
        for item in items:
            drop_item(item, actor=request.user, reason=sent["reason"], version=version)
            version = None  # the meeting is held from the first on
        return len(items)

    sent_once(request, dropped)
    said = ngettext("%(n)s item is off the agenda.", "%(n)s items are off the agenda.", len(items))
    messages.success(request, said % {"n": len(items)})
    return redirect(shown)


@require_POST
def restore(request: UserRequest, pk: int) -> HttpResponse:
    shown = meeting_in_sight(request, pk)
    sent = read_form(ItemsForm(request.POST, items=_items(request, shown)))
    item = sent["item"].first()
    if item is None:
        raise InputError(gettext_noop("Choose at least one item."))
    sent_once(request, lambda: restore_item(item, actor=request.user, version=sent["version"]))
    messages.success(request, _("“%(item)s” is back on the agenda.") % {"item": item})
    return redirect(shown)


@require_POST
def refresh(request: UserRequest, pk: int) -> HttpResponse:
    """What has been settled goes, what has come up is added; what people did with it stays."""
    shown, version = meeting_in_sight(request, pk), read_form(VersionForm(request.POST))["version"]
    refresh_agenda(shown, actor=request.user, rule=day_rule(), version=version)
    messages.success(request, _("The agenda is up to date."))
    return redirect(shown)


@require_safe
def find(request: UserRequest, pk: int) -> HttpResponse:
    """Nodes and issues that can be put on the agenda, by a search, and a form for anything else."""
    shown = meeting_in_sight(request, pk)
    if not may_run_meetings(request.user):
        raise PermissionDenied(NOT_YOURS)
    search, rule = request.GET.get("search", "").strip(), day_rule()
    context: dict[str, object] = {
        "meeting": shown,
        "search": search,
        "form": WordsForm(),
        "units": Unit.objects.all(),
    }
    if search:
        asked = {"search": search}
        nodes = NodeFilter(
            asked, queryset=Node.objects.visible_to(request.user).open(), request=request, rule=rule
        )
        issues = IssueFilter(
            asked, queryset=Issue.objects.visible_to(request.user).open(), request=request, rule=rule
        )
        refuse_unreadable(nodes.form)
        refuse_unreadable(issues.form)
        context |= {
            "nodes": node_rows(
                nodes.qs.order_by(F("deadline_on").asc(nulls_last=True), "pk")[:MOST_FOUND], rule
            ),
            "issues": rows_of_page(issues.qs, slice(MOST_FOUND), rule),
            "most": MOST_FOUND,
        }
    name = "_found.html" if request.htmx else "add.html"
    return render(request, f"meetings/{name}", context)


@require_POST
def add(request: UserRequest, pk: int) -> HttpResponse:
    """A node or an issue by its number, or words."""
    shown = meeting_in_sight(request, pk)
    fields: dict[str, Any]
    if request.POST.get("node"):
        nodes = Node.objects.visible_to(request.user).select_related("project__town", "unit", "template_node")
        fields = {"node": get_object_or_404(nodes, pk=number_of(request.POST["node"]))}
    elif request.POST.get("issue"):
        issues = Issue.objects.visible_to(request.user).select_related("project", "lead_unit")
        fields = {"issue": get_object_or_404(issues, pk=number_of(request.POST["issue"]))}
    else:
        fields = read_form(WordsForm(request.POST))
        fields.pop("version")
    item = sent_once(request, lambda: add_item(shown, actor=request.user, **fields))
    if item is not None:
        messages.success(request, _("“%(item)s” stands on the agenda.") % {"item": item})
    return redirect(f"{shown.get_absolute_url()}#item-{item.pk}" if item else shown.get_absolute_url())


def _items(request: UserRequest, shown: Meeting) -> AgendaItemQuerySet:
    return AgendaItem.objects.visible_to(request.user).filter(meeting=shown).for_list()


def _agenda(request: UserRequest, shown: Meeting, item: int | None) -> HttpResponse:
    """The agenda anew where htmx asked, else the way back to the item."""
    if request.htmx:
        return meeting_response(request, meeting_in_sight(request, shown.pk))
    return redirect(f"{shown.get_absolute_url()}#item-{item}" if item else shown.get_absolute_url())

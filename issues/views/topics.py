"""Topics: the list, the page that says where each of their projects stands, and what is done with all at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import EVERYTHING, may_lead_topics, visible
from accounts.http import UserRequest
from domain.lights import LightRule
from issues.actions import (
    TopicAssigned,
    add_to_topic,
    assign_topic,
    change_topic,
    close_topic,
    note_topic,
    open_topic,
    reopen_topic,
    take_out_of_topic,
)
from issues.actions.topics import NOT_YOURS
from issues.filters import IssueFilter
from issues.models import ISSUE_LABELS, Issue, Topic, TopicNote
from issues.queries import rows_of_page
from issues.topic_forms import TopicAssignForm, TopicForm, TopicNoteForm
from issues.topic_queries import topic_page, topic_rows
from issues.topic_record import topic_entries
from milestones.calendar_table import load_calendar
from milestones.filters import refuse_unreadable
from milestones.forms import ReasonForm, VersionForm, read_form
from milestones.page_numbers import page_of
from milestones.views.sending import sent_once
from projects.models import Project

MOST_OFFERED = 100
"""Issues that can be ticked at once; a search finds the others."""

is_form = require_http_methods(["GET", "HEAD", "POST"])


def topics(request: UserRequest) -> HttpResponse:
    """Those that are open; with ``closed=true`` the others."""
    rule = _rule()
    seen = Topic.objects.visible_to(request.user)
    closed = request.GET.get("closed") == "true"
    shown = seen.filter(closed_on__isnull=not closed)
    counted = shown.count()
    page = page_of(request.GET.get("page", ""), counted)
    rows = topic_rows(
        shown.pressing_first()[page.slice],
        Issue.objects.visible_to(request.user), Project.objects.visible_to(request.user), rule,
    )  # fmt: skip
    context = {
        "rows": rows,
        "page": page,
        "query": "closed=true" if closed else "",
        "closed": closed,
        "others": seen.count() - counted,
        "late": sum(row.is_late for row in rows),
        "waiting": sum(row.counts.waiting for row in rows),
        "most": max(rows, key=lambda row: row.counts.waiting, default=None),
        "may_lead": may_lead_topics(request.user),
    }
    return render(request, "issues/topics.html", context)


@is_form
def new(request: UserRequest) -> HttpResponse:
    _refuse_others(request)
    form = TopicForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        sent = {"actor": request.user, "today": timezone.localdate(), **form.said()}
        topic = sent_once(request, lambda: open_topic(**sent))
        if topic is None:
            return redirect("issues:topics")
        messages.success(
            request, _("“%(topic)s” is open. Choose the issues that belong to it.") % {"topic": topic}
        )
        return redirect("issues:topic_add", topic.pk)
    return render(request, "issues/topic_new.html", {"form": form}, status=400 if form.errors else 200)


@is_form
def edit(request: UserRequest, pk: int) -> HttpResponse:
    topic = _topic(request, pk)
    _refuse_others(request)
    form = TopicForm(request.POST or None, topic=topic)
    if request.method == "POST" and form.is_valid():
        sent = {"version": form.cleaned_data["version"], "today": timezone.localdate(), **form.said()}
        sent_once(request, lambda: change_topic(topic, actor=request.user, **sent))
        messages.success(request, _("“%(topic)s” is saved.") % {"topic": form.cleaned_data["name"]})
        return redirect(topic)
    context = {"form": form, "topic": topic}
    return render(request, "issues/topic_edit.html", context, status=400 if form.errors else 200)


def topic(request: UserRequest, pk: int) -> HttpResponse:
    """Where each of its projects stands, and what the reader can do with all of them at once."""
    topic, rule = _topic(request, pk), _rule()
    page = topic_page(
        topic, Issue.objects.visible_to(request.user), Project.objects.visible_to(request.user), rule,
        number=request.GET.get("page", ""),
    )  # fmt: skip
    may_lead = may_lead_topics(request.user)
    is_open = topic.closed_on is None
    usual = topic.lead_unit_id or (topic.category and topic.category.lead_unit_id)
    context = {
        "topic": topic,
        "shown": page,
        "counts": page.row.counts,
        "page": page.page,
        "query": "",
        "entries": topic_entries(page.record, rule.today),
        "may_lead": may_lead,
        "may_note": is_open
        and Topic.objects.visible_to(request.user).notable_by(request.user).filter(pk=pk).exists(),
        "assigning": TopicAssignForm(initial={"lead_unit": usual, "due_on": topic.due_on})
        if may_lead
        else None,
        "noting": TopicNoteForm(),
        "reopening": ReasonForm(),
        "is_partial": visible(request.user) != EVERYTHING,
    }
    return render(request, "issues/topic.html", context)


@is_form
def add(request: UserRequest, pk: int) -> HttpResponse:
    """Ticks at the open issues without a topic, of its category where it has one, the oldest first."""
    topic = _topic(request, pk)
    if request.method == "POST":
        issues, sent = _picked(request), read_form(VersionForm(request.POST))
        sent_once(request, lambda: add_to_topic(topic, issues, actor=request.user, **sent))
        said = ngettext(
            "%(n)s issue belongs to “%(topic)s” now.", "%(n)s issues belong to “%(topic)s” now.", len(issues)
        )
        messages.success(request, said % {"n": len(issues), "topic": topic})
        return redirect(topic)
    _refuse_others(request)
    rule = _rule()
    offered = Issue.objects.visible_to(request.user).filter(topic__isnull=True)
    if topic.category_id:
        offered = offered.filter(category=topic.category_id)
    asked = {"search": request.GET.get("search", ""), "open": "true", "ordering": "raised"}
    narrowed = IssueFilter(asked, queryset=offered, request=request, rule=rule)
    refuse_unreadable(narrowed.form)
    offered = narrowed.qs
    found = offered.order_by().count()
    context = {
        "topic": topic, "rows": rows_of_page(offered, slice(MOST_OFFERED), rule), "found": found,
        "more": max(0, found - MOST_OFFERED), "search": asked["search"],
    }  # fmt: skip
    return render(request, "issues/topic_add.html", context)


@require_POST
def take_out(request: UserRequest, pk: int) -> HttpResponse:
    topic, issues = _topic(request, pk), _picked(request)
    sent = read_form(VersionForm(request.POST))
    sent_once(request, lambda: take_out_of_topic(topic, issues, actor=request.user, **sent))
    said = ngettext(
        "%(n)s issue no longer belongs to “%(topic)s”.", "%(n)s issues no longer belong to “%(topic)s”.",
        len(issues),
    )  # fmt: skip
    messages.success(request, said % {"n": len(issues), "topic": topic})
    return redirect(topic)


@require_POST
def assign(request: UserRequest, pk: int) -> HttpResponse:
    topic, sent = _topic(request, pk), read_form(TopicAssignForm(request.POST))
    done = sent_once(
        request, lambda: assign_topic(topic, actor=request.user, today=timezone.localdate(), **sent)
    )
    messages.success(request, _assigned(done) if done else _once(topic))
    return redirect(topic)


@require_POST
def note(request: UserRequest, pk: int) -> HttpResponse:
    topic, sent = _topic(request, pk), read_form(TopicNoteForm(request.POST))
    noted: TopicNote | None = sent_once(request, lambda: note_topic(topic, actor=request.user, **sent))
    if noted is None:
        messages.success(request, _once(topic))
        return redirect(topic)
    copies = noted.copies.count()
    said = ngettext(
        "What was noted stands at the topic and at %(n)s issue.",
        "What was noted stands at the topic and at %(n)s issues.",
        copies,
    )
    messages.success(request, said % {"n": copies})
    return redirect(topic)


@require_POST
def close(request: UserRequest, pk: int) -> HttpResponse:
    sent = {"today": timezone.localdate(), **read_form(VersionForm(request.POST))}
    return _changed(request, pk, close_topic, _("“%(topic)s” is closed."), **sent)


@require_POST
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    return _changed(
        request, pk, reopen_topic, _("“%(topic)s” is open again."), **read_form(ReasonForm(request.POST))
    )


def _changed(
    request: UserRequest, pk: int, change: Callable[..., Topic], said: str, **sent: Any
) -> HttpResponse:
    topic = _topic(request, pk)
    sent_once(request, lambda: change(topic, actor=request.user, **sent))
    messages.success(request, said % {"topic": topic})
    return redirect(topic)


def _topic(request: UserRequest, pk: int) -> Topic:
    return get_object_or_404(
        Topic.objects.visible_to(request.user).select_related("category", "lead_unit"), pk=pk
    )


def _rule() -> LightRule:
    return LightRule.on(timezone.localdate(), load_calendar())


def _refuse_others(request: UserRequest) -> None:
    if not may_lead_topics(request.user):
        raise PermissionDenied(NOT_YOURS)


def _picked(request: UserRequest) -> list[Issue]:
    """The ticked issues. Raises Http404 where one of them is out of sight."""
    asked = set(request.POST.getlist("issue"))
    keys = {key for key in asked if key.isascii() and key.isdigit() and len(key) < 19}
    issues = list(Issue.objects.visible_to(request.user).filter(pk__in=keys))
    if len(issues) != len(asked):
        raise Http404
    return issues


def _assigned(done: TopicAssigned) -> str:
    """How many were given to the unit, and why the others were not."""
    said = ngettext(
        "%(n)s issue is with %(unit)s now.", "%(n)s issues are with %(unit)s now.", done.assigned
    ) % {"n": done.assigned, "unit": done.topic.lead_unit}
    if not done.left:
        return said
    why = pgettext("between names", ", ").join(
        f"{ISSUE_LABELS[status]} {count}" for status, count in sorted(done.left.items())
    )
    return _("%(said)s The others stay as they are: %(why)s.") % {"said": said, "why": why}


def _once(topic: Topic) -> str:
    return _("“%(topic)s”: this had arrived already; it was done once.") % {"topic": topic}

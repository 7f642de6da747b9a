"""Keeping a list of issues under a name, and forgetting it."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import UserRequest
from issues.actions.saved_filters import remove_filter, save_filter
from issues.issue_list import address_of
from issues.models import SavedFilter
from milestones.views.sending import sent_once


@require_POST
def save(request: UserRequest) -> HttpResponse:
    """Of the address that was sent only what is a filter of the list."""
    query = address_of(QueryDict(request.POST.get("query", "")))
    name = request.POST.get("name", "")
    saved = sent_once(request, lambda: save_filter(actor=request.user, name=name, query=query))
    if saved is not None:
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
    return redirect(f"{reverse('issues:index')}{'?' if query else ''}{query}")


@require_POST
def remove(request: UserRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, user=request.user, pk=pk)
    remove_filter(saved, actor=request.user)
    messages.success(request, _("“%(name)s” is removed from your lists.") % {"name": saved.name})
    query = address_of(QueryDict(request.POST.get("query", "")))
    return redirect(f"{reverse('issues:index')}{'?' if query else ''}{query}")

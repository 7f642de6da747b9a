"""Meeting mode: the agenda for the projector, one item at a time."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import may_run_meetings
from accounts.http import UserRequest
from accounts.models import Unit
from meetings.meeting_page import due_choices
from meetings.mode_page import mode_page
from meetings.models import AgendaItem
from meetings.views.meeting import day_rule, meeting_in_sight


@require_safe
def mode(request: UserRequest, pk: int) -> HttpResponse:
    """The item that the address names, the first one where it names none; the meeting's page where there is none in
    sight."""
    shown, rule = meeting_in_sight(request, pk), day_rule()
    asked = request.GET.get("item", "")
    try:
        page = mode_page(shown, request.user, rule, _number(asked) if asked else None)
    except AgendaItem.DoesNotExist:
        raise Http404 from None
    if page is None:
        return redirect(shown)
    may_run = may_run_meetings(request.user)
    context = {
        "page": page,
        "meeting": shown,
        "row": page.row,
        "may_run": may_run,
        "rows": page.taken,
        "units": Unit.objects.all() if may_run else (),
        "choices": due_choices(shown, rule),
        "today": rule.today,
    }
    return render(request, "meetings/mode.html", context)


def _number(asked: str) -> int:
    """Raises Http404 where it is none."""
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return int(asked)
    raise Http404

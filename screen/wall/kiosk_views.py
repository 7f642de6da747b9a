"""`/wall/screens/`: the wall screens, for who may make them: made, given another end, revoked."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import may_make_kiosks
from accounts.http import UserRequest
from accounts.refusals import sentence, status_of
from domain.errors import RuleError
from milestones.forms import read_form
from milestones.views.sending import sent_once
from screen.models import Kiosk
from screen.wall.kiosk_actions import make_kiosk, revoke_kiosk, set_end_of_kiosk
from screen.wall.kiosk_forms import EndForm, KioskForm


@require_http_methods(["GET", "HEAD", "POST"])
def kiosks(request: UserRequest) -> HttpResponse:
    """All wall screens. POST makes another, whose address is on the page that answers and nowhere after it."""
    if not may_make_kiosks(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, KioskForm())
    form = KioskForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    now = timezone.now()
    try:
        made = sent_once(request, lambda: make_kiosk(actor=request.user, now=now, **form.said()))
    except RuleError as error:
        form.add_error(None, sentence(error))
        return _page(request, form, status=status_of(error))
    if made is None:
        messages.info(request, _("This had arrived already; it was done once."))
        return redirect("screen:kiosks")
    kiosk, token = made
    address = request.build_absolute_uri(reverse("screen:wall_enter", args=[token]))
    return _page(request, KioskForm(), made=kiosk, address=address)


@require_POST
def set_end(request: UserRequest, pk: int) -> HttpResponse:
    kiosk, form = _kiosk(request, pk), EndForm(request.POST)
    read_form(form)
    set_end_of_kiosk(kiosk, actor=request.user, now=timezone.now(), expires_at=form.expires_at)
    messages.success(request, _("The day is changed; the screen needs no visit."))
    return redirect("screen:kiosks")


@require_POST
def revoke(request: UserRequest, pk: int) -> HttpResponse:
    revoke_kiosk(_kiosk(request, pk), actor=request.user, now=timezone.now())
    messages.success(request, _("The wall screen is revoked; it shows nothing any more."))
    return redirect("screen:kiosks")


def _kiosk(request: UserRequest, pk: int) -> Kiosk:
    """Raises Http404 for who knows of no wall screens."""
    return get_object_or_404(Kiosk.objects.visible_to(request.user), pk=pk)


def _page(
    request: UserRequest, form: KioskForm, *, made: Kiosk | None = None, address: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    found = list(Kiosk.objects.visible_to(request.user).select_related("made_by"))
    ended = [kiosk for kiosk in found if not kiosk.holds(now) or not kiosk.made_by.is_active]
    context = {
        "form": form, "made": made, "address": address, "now": now,
        "live": [kiosk for kiosk in found if kiosk not in ended], "ended": ended,
    }  # fmt: skip
    answer = render(request, "screen/kiosks.html", context, status=status)
    add_never_cache_headers(answer)
    answer["Referrer-Policy"] = "same-origin"
    return answer

"""Units and people, for who runs the platform; and the page behind an invitation, for who holds one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_run_the_platform
from accounts.actions import (
    Invited,
    add_unit,
    change_person,
    invite,
    let_in,
    move_unit,
    new_link,
    rename_unit,
    run_the_platform,
)
from accounts.forms import ChangedPersonForm, InviteForm, JoinForm, NewUnitForm, UnitForm
from accounts.http import UserRequest
from accounts.invitations import State, invitation_of, state_of
from accounts.models import Invitation, Unit, User
from accounts.people_page import person_rows, unit_groups
from accounts.refusals import sentence, status_of
from accounts.throttles import InvitationThrottle
from domain.errors import DomainError, InputError

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def for_who_runs_it(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answered(request: UserRequest, *args: Any, **more: Any) -> HttpResponse:
        if not may_run_the_platform(request.user):
            raise PermissionDenied
        return view(request, *args, **more)

    return answered


@require_http_methods(["GET", "HEAD", "POST"])
@for_who_runs_it
def units(request: UserRequest) -> HttpResponse:
    """The list of units, and the form for another."""
    form, status = NewUnitForm(request.POST or None), 200
    if request.method == "POST":
        status = _done(form, lambda: add_unit(actor=request.user, **form.cleaned_data))
        if status == 200:
            messages.success(request, _("%(unit)s is on the list.") % {"unit": form.cleaned_data["name"]})
            return redirect("people:units")
    groups = unit_groups()
    # The bureau comes first; once there is one, towns are what a district has most of.
    has_bureau = any(group.units for group in groups if group.kind == Unit.Kind.BUREAU)
    form.initial["kind"] = Unit.Kind.TOWN if has_bureau else Unit.Kind.BUREAU
    context = {"groups": groups, "form": form, "bureaus": _to_join(request.user)}
    return render(request, "accounts/units.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_who_runs_it
def unit(request: UserRequest, pk: int) -> HttpResponse:
    """Another name for a unit."""
    found = get_object_or_404(Unit, pk=pk)
    names = {"name": found.name, "name_en": found.name_en}
    form, status = UnitForm(request.POST or None, initial=names), 200
    if request.method == "POST":
        status = _done(form, lambda: rename_unit(found, actor=request.user, **form.cleaned_data))
        if status == 200:
            return redirect("people:units")
    return render(request, "accounts/unit.html", {"unit": found, "form": form}, status=status)


@require_POST
@for_who_runs_it
def unit_move(request: UserRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Unit, pk=pk)
    to = request.POST.get("to", "")
    if to not in {"up", "down"}:
        raise InputError(gettext_noop("“%(to)s” is neither up nor down."), to=to[:20])
    move_unit(found, actor=request.user, up=to == "up")
    return redirect(reverse("people:units") + f"#unit-{pk}")


@require_POST
@for_who_runs_it
def unit_join(request: UserRequest, pk: int) -> HttpResponse:
    """An administrator makes himself a manager of the bureau."""
    found = get_object_or_404(Unit, pk=pk)
    run_the_platform(found, actor=request.user)
    messages.success(request, _("You are a manager of %(unit)s now.") % {"unit": found})
    return redirect("start")


@require_safe
@for_who_runs_it
def people(request: UserRequest) -> HttpResponse:
    text = " ".join(request.GET.get("search", "").replace("\x00", "").split())[:100]
    rows = person_rows(text, timezone.now())
    context = {"rows": rows, "search": text, "here": sum(row.is_here for row in rows)}
    return render(request, "accounts/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_who_runs_it
def person_invite(request: UserRequest) -> HttpResponse:
    form, status = InviteForm(request.POST or None), 200
    if request.method == "POST":
        made: list[Invited] = []
        now = timezone.now()
        status = _done(form, lambda: made.append(invite(actor=request.user, now=now, **form.cleaned_data)))
        if made:
            return _shown_once(request, made[0])
    return render(request, "accounts/invite.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_who_runs_it
def person(request: UserRequest, pk: int) -> HttpResponse:
    """What somebody does and where."""
    found = get_object_or_404(User.objects.people().select_related("unit"), pk=pk)
    said = {
        "display_name": found.display_name, "role": found.role, "unit": found.unit_id, "is_active": found.is_active,
    }  # fmt: skip
    form, status = ChangedPersonForm(request.POST or None, initial=said), 200
    if request.method == "POST":
        status = _done(form, lambda: change_person(found, actor=request.user, **form.cleaned_data))
        if status == 200:
            messages.success(
                request, _("Kept: %(name)s.") % {"name": form.cleaned_data["display_name"] or found}
            )
            return redirect("people:people")
    context = {"person": found, "form": form, "links": found.invitations.select_related("made_by")[:5]}
    context["now"] = timezone.now()
    return render(request, "accounts/person.html", context, status=status)


@require_POST
@for_who_runs_it
def person_link(request: UserRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User.objects.people(), pk=pk)
    return _shown_once(request, new_link(found, actor=request.user, now=timezone.now()))


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Behind an invitation: name and password, and in."""
    now = timezone.now()
    invitation = invitation_of(token)
    state = state_of(invitation, now)
    if invitation is None or state != State.OPEN:
        answer = _led_nowhere(request, state)
    else:
        answer = _joined(request, token, invitation)
    add_never_cache_headers(answer)
    answer["Referrer-Policy"] = "same-origin"  # with none at all the CSRF check refuses our own form
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _joined(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    who = invitation.user
    form, status = JoinForm(request.POST or None, person=who, initial={"display_name": who.display_name}), 200
    if request.method == "POST":
        said, now = form, timezone.now()
        status = _done(
            form,
            lambda: let_in(
                token,
                display_name=said.cleaned_data["display_name"],
                password=said.cleaned_data["password"],
                now=now,
            ),
        )
        if status == 200:
            who.refresh_from_db()
            login(request, who, backend=BACKEND)
            messages.success(request, _("Welcome, %(name)s.") % {"name": who})
            return redirect("screen:home")
    return render(request, "accounts/join.html", {"form": form, "person": who}, status=status)


def _led_nowhere(request: HttpRequest, state: State) -> HttpResponse:
    match state:
        case State.USED:
            why, status = (
                _("This link has been used already. Log in; if the password is lost, ask the bureau."),
                410,
            )
        case State.EXPIRED:
            why, status = (
                _("This link has expired, or a newer one has taken its place. Ask the bureau for it."),
                410,
            )
        case _:
            throttle = InvitationThrottle(request)
            if not throttle.takes(request):
                why = _("That was too often within an hour. Wait a while, then try again.")
                answer = render(request, "accounts/join_refused.html", {"why": why}, status=429)
                answer["Retry-After"] = str(throttle.seconds_to_wait)
                return answer
            why = _("This address leads nowhere; perhaps a part of it was lost. Copy it once more.")
            status = 404
    return render(request, "accounts/join_refused.html", {"why": why}, status=status)


def _shown_once(request: UserRequest, invited: Invited) -> HttpResponse:
    """The answer to the form itself: the token is kept nowhere, so there is no page that could show it again."""
    address = request.build_absolute_uri(reverse("people:join", args=[invited.token]))
    answer = render(request, "accounts/invited.html", {"person": invited.person, "address": address})
    add_never_cache_headers(answer)
    return answer


def _done(form: Any, change: Callable[[], object]) -> int:
    """Make the change if the form is right; 200, or the status of the refusal that the form then says."""
    if not form.is_valid():
        return 400
    try:
        change()
    except DomainError as error:
        form.add_error(None, sentence(error))
        return status_of(error)
    return 200


def _to_join(user: User) -> list[Unit]:
    """The bureaus of which an administrator could become a manager; nothing for who is one."""
    if user.unit is not None and user.unit.kind == Unit.Kind.BUREAU and user.is_manager:
        return []
    return list(Unit.objects.filter(kind=Unit.Kind.BUREAU))

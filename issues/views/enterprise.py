"""The page of an enterprise: behind a signed link that expires, without an account.

It shows what the enterprise raised itself and takes its word; of anything else it knows nothing. Whoever has the
address may do so: no browser keeps the page, no search engine lists it, no other site is told where it is.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.refusals import sentence, status_of
from domain.errors import DomainError
from issues.actions.links import note_use, raise_by_enterprise, rate_by_enterprise
from issues.enterprise_forms import EnterpriseIssueForm, RatingForm
from issues.enterprise_page import MOST_SHOWN, own_issues, own_issues_page
from issues.links import address_of, is_spent, link_behind, token_of
from issues.models import EnterpriseLink
from issues.step_forms import RATING_LABELS
from issues.throttles import EnterpriseGuessThrottle, SendingThrottle
from milestones.forms import read_form
from milestones.views.sending import sent_once_by


def behind_a_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open to whoever holds a link that is live; `view` gets the link in place of the token."""

    @login_not_required
    @wraps(view)
    def answered(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        answer = _answer(request, token, lambda link: view(request, link, **more))
        add_never_cache_headers(answer)
        # Not "no-referrer": with that, browsers keep the origin from our own forms, and the CSRF check refuses them.
        answer["Referrer-Policy"] = "same-origin"
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    return answered


def _answer(request: HttpRequest, token: str, page: Callable[[EnterpriseLink], HttpResponse]) -> HttpResponse:
    """The page, or the one sentence that says why there is none: not on a page of the house, which leads on into it."""
    link, now = link_behind(token), timezone.now()
    if link is None:
        return _led_nowhere(request)
    if is_spent(link, now):
        return _refused(
            request, 410,
            _("This link has expired or was withdrawn. Ask the liaison of your project, or the bureau, for a new one."),
        )  # fmt: skip
    sending = SendingThrottle(link)
    if request.method == "POST" and not sending.takes(request):
        return _wait(request, sending.seconds_to_wait, back=address_of(link))
    note_use(link, at=now)
    try:
        return page(link)
    except DomainError as error:
        return _refused(request, status_of(error), sentence(error), back=address_of(link))
    except Http404:
        return _refused(request, 404, _("There is no such issue here."), back=address_of(link))


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_link
def enterprise(request: HttpRequest, link: EnterpriseLink) -> HttpResponse:
    """The enterprise's issues and the form for another; the form comes back where it is not taken."""
    if request.method != "POST":
        return _page(request, link, EnterpriseIssueForm(initial={"contact": link.contact}))
    form, uploads = EnterpriseIssueForm(request.POST), request.FILES.getlist("photos")
    with form.stored(uploads) as files:
        status = _raised(request, link, form, files=files) if form.is_valid() else 400
    if status == 200:
        return redirect(address_of(link))
    if uploads:
        form.ask_for_files_again()
    return _page(request, link, form, status=status)


@require_POST
@behind_a_link
def rate(request: HttpRequest, link: EnterpriseLink, pk: int) -> HttpResponse:
    issue, today = get_object_or_404(own_issues(link), pk=pk), timezone.localdate()
    sent = read_form(RatingForm(request.POST))
    sent_once_by(User.objects.system(), request, lambda: rate_by_enterprise(link, issue, today=today, **sent))
    messages.success(request, _("Thank you. Your rating of %(issue)s is noted.") % {"issue": issue.number})
    return redirect(address_of(link))


def _raised(request: HttpRequest, link: EnterpriseLink, form: EnterpriseIssueForm, **more: Any) -> int:
    """Raise the issue, once however often the form is sent; 200, or the status of the refusal that the form says."""
    sent, today = {**form.said(), **more}, timezone.localdate()
    try:
        issue = sent_once_by(
            User.objects.system(), request, lambda: raise_by_enterprise(link, today=today, **sent)
        )
    except DomainError as error:
        form.add_error(None, sentence(error))
        return status_of(error)
    if issue is None:
        messages.info(request, _("This had arrived already; it was done once."))
    else:
        messages.success(
            request,
            _("We have received it as %(issue)s. Here you see how it goes on.") % {"issue": issue.number},
        )
    return 200


def _page(
    request: HttpRequest, link: EnterpriseLink, form: EnterpriseIssueForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "link": link, "project": link.project.name, "issues": own_issues_page(link), "form": form,
        "ratings": list(RATING_LABELS.items()), "token": token_of(link), "most": MOST_SHOWN,
    }  # fmt: skip
    return render(request, "issues/enterprise.html", context, status=status)


def _led_nowhere(request: HttpRequest) -> HttpResponse:
    """Altered, cut off, made up, or of a project that is gone: one answer."""
    guesses = EnterpriseGuessThrottle(request)
    if not guesses.takes(request):
        return _wait(request, guesses.seconds_to_wait)
    return _refused(
        request, 404,
        _("This address leads nowhere; perhaps a part of it was lost. Open it once more from the message it came in."),
    )  # fmt: skip


def _wait(request: HttpRequest, seconds: int, *, back: str = "") -> HttpResponse:
    answer = _refused(
        request, 429, _("That was too often within an hour. Wait a while, then try again."), back=back
    )
    answer["Retry-After"] = str(seconds)
    return answer


def _refused(request: HttpRequest, status: int, why: str, *, back: str = "") -> HttpResponse:
    return render(request, "issues/enterprise_refused.html", {"why": why, "back": back}, status=status)

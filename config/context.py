"""What every page needs beside its own content."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import may_make_kiosks, may_run_the_platform
from config.getting_started import getting_started
from config.help import help_of
from milestones.models import DateChange

_OF_ISSUES = ("/topics/", "/supervision/", "/visits/")
"""Pages that are reached from the issues; the navigation has no places of their own for them."""

_OF_FIGURES = ("/investment/", "/indicators/", "/programmes/", "/map/")
"""The pages of figures, which share one place; each links to the others."""

_OF_JUDGEMENTS = ("/forecast/",)
"""Pages of judgements, which are reached from the one screen."""


def page(request: HttpRequest) -> dict[str, Any]:
    """The navigation, with the present place marked, and what waits for the reader's answer."""
    places = [
        (reverse("screen:home"), _("One screen")),
        (reverse("milestones:my"), _("My work")),
        (reverse("milestones:overdue"), _("Overdue")),
        (reverse("issues:index"), _("Issues")),
        (reverse("milestones:projects"), _("Projects")),
        (reverse("screen:investment"), pgettext("place of the navigation", "Figures")),
        (reverse("screen:weak_link"), pgettext("place of the navigation", "Weak link")),
        (reverse("screen:race"), pgettext("place of the navigation", "Race")),
        (reverse("meetings:index"), _("Weekly meeting")),
        (reverse("ledger:index"), _("Ledger")),
    ]
    home, *others = [url for url, _label in places]
    homes = {name: reverse("issues:index") for name in _OF_ISSUES}
    homes |= {name: reverse("screen:investment") for name in _OF_FIGURES}
    homes |= {name: reverse("screen:home") for name in _OF_JUDGEMENTS}
    path = next((home for name, home in homes.items() if request.path.startswith(name)), request.path)
    here = next(filter(path.startswith, others), home if path == home else None)
    return {
        "navigation": [{"url": url, "label": label, "here": url == here} for url, label in places],
        "runs_the_platform": may_run_the_platform(request.user),
        "help_text": help_of(request.resolver_match.view_name if request.resolver_match else ""),
        "getting_started": SimpleLazyObject(lambda: getting_started(request.user)),
        "date_changes_to_decide": SimpleLazyObject(lambda: _to_decide(request)),
        "may_make_kiosks": SimpleLazyObject(lambda: may_make_kiosks(request.user)),
    }


def _to_decide(request: HttpRequest) -> int:
    """How many date changes wait for the reader's answer; asked only by pages that show it."""
    return DateChange.objects.visible_to(request.user).to_decide(request.user).count()

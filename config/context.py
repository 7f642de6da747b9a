"""What every page needs beside its own content."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from milestones.models import DateChange


def page(request: HttpRequest) -> dict[str, Any]:
    """The navigation, with the present place marked, and what waits for the reader's answer."""
    places = [
        (reverse("screen:home"), _("One screen")),
        (reverse("milestones:my"), _("My work")),
        (reverse("milestones:overdue"), _("Overdue")),
        (reverse("milestones:projects"), _("Projects")),
        (reverse("meetings:index"), _("Weekly meeting")),
        (reverse("ledger:index"), _("Ledger")),
    ]
    home, *others = [url for url, _label in places]
    here = next(filter(request.path.startswith, others), home if request.path == home else None)
    return {
        "navigation": [{"url": url, "label": label, "here": url == here} for url, label in places],
        "date_changes_to_decide": SimpleLazyObject(lambda: _to_decide(request)),
    }


def _to_decide(request: HttpRequest) -> int:
    """How many date changes wait for the reader's answer; asked only by pages that show it."""
    return DateChange.objects.visible_to(request.user).to_decide(request.user).count()

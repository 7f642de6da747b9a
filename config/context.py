"""What every page needs beside its own content."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def page(request: HttpRequest) -> dict[str, Any]:
    """The navigation, with the present place marked."""
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
    return {"navigation": [{"url": url, "label": label, "here": url == here} for url, label in places]}

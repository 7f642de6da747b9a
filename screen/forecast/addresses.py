"""Where forecasts are shown."""

from urllib.parse import urlencode

from django.urls import reverse

from screen.narrowing import Narrowing


def page_url(narrowing: Narrowing, **asked: str) -> str:
    """The page of forecasts, narrowed as here; `asked` are its own fields."""
    query = urlencode([*narrowing.places, *((name, str(value)) for name, value in asked.items())])
    return reverse("screen:forecast") + (f"?{query}" if query else "")


def project_url(pk: int) -> str:
    """The forecast of one project, on its page."""
    return f"{reverse('milestones:project', args=[pk])}#forecast"

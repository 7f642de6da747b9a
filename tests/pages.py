"""What tests of pages share: a logged-in browser without a browser, and the text of a page."""

import re
from html.parser import HTMLParser
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from accounts.models import User


def client_of(user: User, *, language: str = "en") -> Client:
    """A client that has been logged in as `user` before and reads `language`.

    The session is what a log-in leaves behind; the log-in itself would take five times as long.
    """
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    client = Client(headers={"accept-language": language})
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client


def text_of(response: Any) -> str:
    """The words of a page, its tags left out, every gap one space."""
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", words.replace("&nbsp;", " "))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags_of(response: Any) -> list[tuple[str, dict[str, str | None]]]:
    """Every tag of a page with its attributes."""
    reader = _Tags()
    reader.feed(response.content.decode())
    return reader.found

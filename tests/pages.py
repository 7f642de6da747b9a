"""What tests of pages share: a logged-in browser without a browser, and the text of a page."""

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from accounts.models import User


def client_of(user: User, *, language: str = "en") -> Client:
    """A client that is logged in as `user` and reads `language`."""
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
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

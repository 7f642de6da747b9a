"""Every address is private by default, and the few that are not are named here."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db

OPEN = {
    "account_confirm_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "admin:login",
    "admin:jsi18n",
    "favicon",
    "set_language",
}
"""Where somebody who has not logged in may come: to log in, and to read that in his or her language."""


def _addresses() -> Iterator[tuple[str, str]]:
    """Name and an address of every view, with 1 for each parameter."""

    def walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[tuple[str, str]]:
        for entry in resolver.url_patterns:
            path = prefix + _filled(entry)
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from walk(entry, path, inner)
            elif isinstance(entry, URLPattern):
                yield f"{namespace}{entry.name}", path

    yield from walk(get_resolver(), "/", "")


def _filled(entry: URLPattern | URLResolver) -> str:
    import re

    text = str(entry.pattern)
    if hasattr(entry.pattern, "converters") and not text.startswith("^"):
        return re.sub(r"<[^>]+>", "1", text)
    text = re.sub(r"\(\?P<\w+>(?:\[[^\]]*\]|[^()])*\)", "1", text)
    return text.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\.", ".").replace("/?", "/")


def test_a_stranger_is_sent_to_the_login_everywhere_but_where_one_logs_in(client: Client) -> None:
    asked, leaks = set(), []
    for name, path in _addresses():
        if name in OPEN:
            continue
        answer = client.get(path)
        asked.add(name)
        refused = answer.status_code in {401, 403, 404, 405}
        sent_to_login = answer.status_code == 302 and "login" in answer["Location"]
        if not (refused or sent_to_login):
            leaks.append(f"{name} {path}: {answer.status_code}")
    assert leaks == []
    assert {"screen:home", "milestones:overdue", "milestones:my", "node-list", "schema"} <= asked


@pytest.mark.parametrize(
    "path", ["/", "/overdue/", "/my/", "/projects/", "/projects/1/", "/meetings/", "/ledger/", "/calendar/"]
)
def test_a_page_asks_a_stranger_to_log_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("resource", ["projects", "nodes", "units", "templates", "schema"])
def test_the_interface_asks_a_stranger_for_a_token(client: Client, resource: str) -> None:
    assert client.get(f"/api/v1/{resource}/").status_code == 401


def test_a_change_without_login_changes_nothing(client: Client) -> None:
    assert client.post("/api/v1/nodes/1/finish/").status_code == 401


def test_pages_say_what_browsers_may_load(client: Client) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy

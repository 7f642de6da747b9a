"""Is the process alive, is it ready: asked by machines, before hosts, sessions and users matter."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from redis import Redis, RedisError


class HealthMiddleware:
    """``/healthz``: the process answers. ``/readyz``: the database and, where configured, Redis answer too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match request.path:
            case "/healthz":
                return _plain("ok")
            case "/readyz":
                missing = _missing()
                return _plain(f"no answer from: {', '.join(missing)}", 503) if missing else _plain("ok")
            case _:
                return self.get_response(request)


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain", status=status)


def _missing() -> list[str]:
    """The services that do not answer."""
    checks = {"database": _database_answers}
    if settings.REDIS_URL:
        checks["redis"] = _redis_answers
    return [name for name, answers in checks.items() if not answers()]


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False

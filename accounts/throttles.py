"""How often an address without a login may be tried: DRF's counting, which needs no more of a request than its headers.

What keeps a link from being guessed is its length or its signature. Counting keeps whoever tries all the same from
going on for nothing. It is done in the cache: with REDIS_URL for all processes together, else for each on its own.
"""

from math import ceil
from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle


class Throttle(SimpleRateThrottle):
    """`ident`: whose requests are counted. It is kept as DRF keeps it: the moments of the last `rate`."""

    def __init__(self, ident: object) -> None:
        super().__init__()
        self.ident = ident

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.ident}

    def takes(self, request: HttpRequest) -> bool:
        """Count `request`; whether it is not one too many."""
        return bool(self.allow_request(request, None))  # type: ignore[arg-type]  # Django's will do

    @property
    def seconds_to_wait(self) -> int:
        return max(1, ceil(self.wait() or 1))


class GuessThrottle(Throttle):
    """Addresses that lead nowhere, for each client: beyond 20 in an hour it is told to wait.

    Which client that is says the connection, behind proxies the header that the outermost of NUM_PROXIES has written;
    what stands before that in the header the client may have made up. An address that has guessed too often still opens
    a link that is right: a whole office may come from one address.
    """

    rate = "20/h"

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(self.get_ident(request))  # type: ignore[arg-type]  # Django's will do


class InvitationThrottle(GuessThrottle):
    scope = "invitation-guess"

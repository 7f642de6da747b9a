"""How often tokens of wall screens may be tried, as ``accounts.throttles`` counts.

A token is right or it is not, and 256 bits are not guessed; counting keeps whoever tries all the same from going on for
nothing. A right token is taken however often others from the same address have guessed.
"""

from accounts.throttles import GuessThrottle


class KioskGuessThrottle(GuessThrottle):
    """Tokens that open nothing, for each client: beyond 20 in an hour it is told to wait."""

    scope = "kiosk-guess"

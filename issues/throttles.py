"""How often the enterprise's page answers: who guesses is told to wait, and who holds a link cannot fill the list."""

from accounts.throttles import GuessThrottle, Throttle
from issues.models import EnterpriseLink


class EnterpriseGuessThrottle(GuessThrottle):
    scope = "enterprise-guess"


class SendingThrottle(Throttle):
    """What is sent through one link, taken or not: 20 forms in an hour."""

    scope = "enterprise-send"
    rate = "20/h"

    def __init__(self, link: EnterpriseLink) -> None:
        super().__init__(link.pk)

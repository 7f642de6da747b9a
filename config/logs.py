"""What a log must not hold."""

import logging
import re

_SECRET = re.compile(r"(/calendar/)[^/\s]+(\.ics)|(/e/|/wall/k/|/join/)[^/\s\"'?]+")


class HideSecrets(logging.Filter):
    """Takes the secret out of the addresses of calendar feeds, enterprises' pages, wall screens and invitations.

    They need no login.

    Django writes the path of every request that is refused or fails.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _SECRET.sub(r"\1\3…\2", message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True

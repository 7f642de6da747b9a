"""What a log must not hold."""

import logging
import re

_SECRET = re.compile(r"(/calendar/)[^/\s]+(\.ics)")


class HideSecrets(logging.Filter):
    """Takes the secret out of the address of a calendar feed: who has it reads the feed without logging in.

    Django writes the path of every request that is refused or fails.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _SECRET.sub(r"\1…\2", message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True

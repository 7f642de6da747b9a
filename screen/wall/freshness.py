"""Names the state that the wall shows, so that an unchanged one costs no more than asking for the name."""

from datetime import datetime
from hashlib import sha256

from django.templatetags.static import static
from django.utils.translation import get_language

from accounts.models import User
from screen.keeping import Keeper
from screen.release import release

AT_MOST = 10
"""Minutes. What is changed without a record, such as by a command, is on the wall after so long at most."""


def etag(reader: User, now: datetime) -> str:
    """Of what `reader` sees at `now`, local time. Five short queries, none of which counts.

    The same for all whose scope and unit are the same: the wall names no reader.
    Taken before the figures are counted: what is changed in between is newer than its name, and found with the next.
    """
    keeper = Keeper.of(reader, "wall")
    parts = (
        keeper.record, keeper.scope, reader.unit_id,
        get_language(), now.date(), now.hour, now.minute // AT_MOST, wall_release(),
    )  # fmt: skip
    return f'"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


def wall_release() -> str:
    """Names the code, words and script that make the wall; another one after an upgrade, which a wall then loads."""
    return sha256(f"{release()}{static('wall.js')}".encode()).hexdigest()[:12]

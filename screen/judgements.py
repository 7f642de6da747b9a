"""The judgements on the one screen, each with a page of its own: weak link, forecast, race."""

from typing import Protocol

from accounts.models import User
from screen.forecast.block import block as forecast_block
from screen.narrowing import Narrowing
from screen.race.block import block as race_block
from screen.weak_link.block import block as weak_link_block


class Judgement(Protocol):
    """What a block shows is in it; `template` shows it, as ``judgement``."""

    @property
    def template(self) -> str: ...


def judgements(reader: User, narrowing: Narrowing) -> list[Judgement]:
    """Those that there are: weak link and forecast only once the worker has reckoned."""
    found = weak_link_block(reader, narrowing), forecast_block(reader, narrowing), race_block()
    return [one for one in found if one is not None]

"""The judgements on the one screen, each with a page of its own: weak link, forecast, race."""

from datetime import date
from typing import Protocol

from accounts.models import User
from screen.forecast.block import block as forecast_block
from screen.keeping import SECONDS, Keeper
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


def kept_judgements(
    reader: User, today: date, narrowing: Narrowing, keeper: Keeper, *, seconds: int = SECONDS
) -> list[Judgement]:  # fmt: skip
    """The same as of `today` in the language of now, kept so long where nothing at all changes."""
    return keeper.unchanged(
        "judgements", key=narrowing.as_read(today), seconds=seconds,
        make=lambda: judgements(reader, narrowing),
    )  # fmt: skip

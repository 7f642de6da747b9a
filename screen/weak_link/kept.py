"""What was counted of one reckoning, kept in the process: the next reader with the same sight gets it at once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

MOST: Final = 60
"""So many are kept, the ones used last; the largest is some megabytes."""

Counted = TypeVar("Counted")

_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


def kept(key: Hashable, count: Callable[[], Counted]) -> Counted:
    """What `count` gave for this key, or gives now. It must depend on nothing but `key`."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: Counted = _kept[key]
            return found
    made = count()
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made


def forget() -> None:
    """Nothing is kept any more."""
    with _lock:
        _kept.clear()

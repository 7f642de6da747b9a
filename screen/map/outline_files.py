"""The outline that the map draws: the newest that the bureau has brought in, else the one that comes with the software.

Each is a file of its own in the storage, under a name that begins with its moment: none is ever written over, so what
has been read once may be remembered by its name. An empty one says that the built-in one is in use again.
"""

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.core.files.storage import default_storage

from domain.errors import DomainError
from domain.geojson import Outline, read_outline

log = logging.getLogger(__name__)

FOLDER = "outline"
BUILT_IN = Path(__file__).with_name("outlines") / "district.geojson"


@dataclass(frozen=True, slots=True)
class OutlineInUse:
    """`name` of the file, blank of the built-in one; `outline` is None where the file cannot be read any more."""

    name: str
    outline: Outline | None


def outline_in_use() -> OutlineInUse:
    name = _newest()
    try:
        return OutlineInUse(name, _read(name))
    except (OSError, DomainError) as error:
        log.warning("the outline %s cannot be read: %s", name, error)
        return OutlineInUse(name, None)


def outline_file() -> bytes:
    """The file in use as it was brought in. Raises OSError where it is gone."""
    return _bytes(_newest())


def _newest() -> str:
    try:
        _folders, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return ""
    newest = max((name for name in files if name.endswith(".geojson")), default="")
    return "" if "-built-in" in newest else newest


@lru_cache(maxsize=4)
def _read(name: str) -> Outline:
    return read_outline(_bytes(name))


def _bytes(name: str) -> bytes:
    if not name:
        return BUILT_IN.read_bytes()
    with default_storage.open(f"{FOLDER}/{name}", "rb") as file:
        return bytes(file.read())

"""Columns of numbers and words in one value of the database, and back."""

from collections.abc import Mapping
from dataclasses import fields
from io import BytesIO
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np

Columns = TypeVar("Columns")


def pack(columns: Any) -> bytes:
    """A dataclass whose fields are arrays or sequences of words, in the format of ``numpy.savez_compressed``."""
    arrays: Mapping[str, Any] = {
        field.name: np.asarray(getattr(columns, field.name)) for field in fields(columns)
    }
    file = BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def unpack(kind: type[Columns], packed: bytes | memoryview | None) -> Columns:
    """The same dataclass again; every field is an array, that of words too.

    Raises ValueError where `packed` is not what ``pack`` made of such a dataclass.
    """
    try:
        with np.load(BytesIO(bytes(packed or b"")), allow_pickle=False) as file:
            return kind(**{name: file[name] for name in file.files})
    except (BadZipFile, EOFError, KeyError, OSError, TypeError) as error:
        raise ValueError(f"not the columns of {kind.__name__}: {error}") from error

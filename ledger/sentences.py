"""What an import has to say: sentences that are kept, and shown in the language of whoever reads them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from domain.errors import DomainError

_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what no database keeps: control characters, halves of characters."""
    return _UNSTORABLE.sub("", text) if _UNSTORABLE.search(text) else text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message id of the catalogue and what fills it."""

    template: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        text = gettext(self.template)
        return text % {name: _shown(value) for name, value in self.params.items()} if self.params else text

    @classmethod
    def of(cls, error: DomainError) -> "Sentence":
        return cls(error.template, error.params)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Sentence":
        return cls(kept["template"], kept["params"])

    def as_json(self) -> dict[str, Any]:
        return {
            "template": self.template,
            "params": {
                name: value if isinstance(value, int) else storable(str(value))
                for name, value in self.params.items()
            },
        }


def _shown(value: Any) -> Any:
    """Lists of names are joined here and not earlier, so that a sentence can be kept as JSON."""
    return value if isinstance(value, int | float) else str(value)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, or doubtful, with one cell of one row; a blank column means the row as a whole."""

    row: int
    column: str
    value: str
    reason: Sentence

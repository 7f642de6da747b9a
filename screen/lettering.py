"""How much room words take in a picture, and how they are broken or cut to fit; lengths in pixels."""

from collections.abc import Iterator
from unicodedata import east_asian_width

LETTER = 12.0
"""The size of the letters; a Chinese sign is as wide as it is high, a Latin letter about half."""


def length(text: str) -> float:
    return sum(LETTER if east_asian_width(letter) in "WF" else LETTER * 0.55 for letter in text)


def cut(text: str, room: float) -> str:
    """`text`, shortened with an ellipsis where it is longer than `room`."""
    if length(text) <= room:
        return text
    while text and length(text) > room - LETTER:
        text = text[:-1]
    return f"{text.rstrip()}…" if text else ""


def lines(text: str, room: float, most: int) -> list[str] | None:
    """`text` broken into lines of at most `room`; None where `most` lines do not suffice."""
    broken = [""]
    for piece in _pieces(text):
        if length((broken[-1] + piece).rstrip()) <= room:
            broken[-1] += piece
        elif length(piece.rstrip()) <= room:
            broken.append(piece)
        else:
            return None
    found = [line.strip() for line in broken if line.strip()]
    return found if len(found) <= most else None


def _pieces(text: str) -> Iterator[str]:
    """What a line may not break: a Chinese sign with the punctuation after it, a Latin word and its space."""
    piece = ""
    for letter in text:
        if (
            piece
            and (_is_sign(letter) or piece[-1] == " " or _is_sign(piece[-1]))
            and letter not in "）、，/"
        ):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def _is_sign(letter: str) -> bool:
    return east_asian_width(letter) in "WF" and letter != "（"

"""How much room words take in a picture, and how they are broken or cut to fit; lengths in pixels."""

from collections.abc import Iterator
from unicodedata import east_asian_width

LETTER = 12.0
"""The size of the letters; a Chinese sign is as wide as it is high, a Latin letter about half."""


def length(text: str) -> float:
    return sum(LETTER if east_asian_width(letter) in "WF" else LETTER * 0.55 for letter in text)


def cut(text: str, room: float) -> str:
    """`text`, shortened with an ellipsis where it is longer than `room`."""
    return text if length(text) <= room else _with_ellipsis(text, room)


def lines(text: str, room: float, most: int) -> list[str] | None:
    """`text` broken into lines of at most `room`; None where `most` lines do not suffice."""
    found = _broken(text, room)
    return found if len(found) <= most and all(length(line) <= room for line in found) else None


def fitted(text: str, room: float, most: int) -> list[str]:
    """`text` in at most `most` lines of about `room`: what is too long ends with an ellipsis.

    What stands in brackets begins a line where there are enough. A Latin word that is a little longer than a
    line stays whole.
    """
    found = _broken(text, room)
    head, bracket, rest = text.partition("（")
    apart = [*_broken(head, room), *_broken(bracket + rest, room)]
    if len(found) > 1 and len(apart) <= most:
        found = apart
    shown = [cut(line, room * 1.25) for line in found[:most]]
    if len(found) > most:
        shown[-1] = _with_ellipsis(shown[-1], room)
    return shown


def _with_ellipsis(text: str, room: float) -> str:
    while text and length(text) > room - LETTER:
        text = text[:-1]
    return f"{text.rstrip()}…" if text else ""


def _broken(text: str, room: float) -> list[str]:
    """`text` in lines of at most `room`, longer only where a piece that cannot be broken is."""
    broken = [""]
    for piece in _pieces(text):
        if length((broken[-1] + piece).rstrip()) <= room:
            broken[-1] += piece
        else:
            broken.append(piece)
    return [line.strip() for line in broken if line.strip()]


def _pieces(text: str) -> Iterator[str]:
    """What a line may not break: a Chinese sign with the punctuation after it, a Latin word and what ends it."""
    piece = ""
    for letter in text:
        if (
            piece
            and (_is_sign(letter) or piece[-1] in " -" or _is_sign(piece[-1]))
            and letter not in "）、，/"
        ):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def _is_sign(letter: str) -> bool:
    return east_asian_width(letter) in "WF" and letter != "（"

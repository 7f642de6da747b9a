"""A supervision slip as one page of A4: what stands on it, and whether it must be packed to fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.text import Truncator
from django.utils.translation import ngettext, pgettext

from issues.models import Supervision
from issues.slip_queries import Sheet

OBSTACLES_SHOWN = 3
TITLE_SHOWN = 60
"""Characters of the title of an issue; its number says which it is."""

ROOMY_LINE = 36
"""Chinese characters that a line of the page holds in its usual size."""
ROOMY_LINES = 24
"""Lines that the usual size has room for, beside the fixed words and the space to answer by hand."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Texts as lines. `is_packed`: small letters, and what was written in many lines runs on in one.

    Packed, three texts of 500 characters fit beside the longest names (``tests/browser/test_slip_paper.py``).
    """

    is_packed: bool
    in_the_way: tuple[str, ...]
    text: tuple[str, ...]
    answer: tuple[str, ...]
    plan: tuple[str, ...]


def paper_of(slip: Supervision, sheet: Sheet) -> Paper:
    in_the_way = _in_the_way(sheet)
    texts = [tuple(text.splitlines()) for text in (slip.text, slip.answer, slip.plan)]
    lines = [slip.project.name, sheet.row.subject, *in_the_way, *(line for text in texts for line in text)]
    is_packed = sum(max(1, ceil(len(line) / ROOMY_LINE)) for line in lines) > ROOMY_LINES
    text, answer, plan = (_run_on(text) if is_packed else text for text in texts)
    return Paper(is_packed, in_the_way, text, answer, plan)


def _in_the_way(sheet: Sheet) -> tuple[str, ...]:
    """The open issues that block the node, the first few in words."""
    lines = []
    for one in sheet.obstacles[:OBSTACLES_SHOWN]:
        what = f"{one.number} {Truncator(one.title).chars(TITLE_SHOWN)}"
        unit = pgettext("unit behind its node", " (%(unit)s)") % {"unit": one.unit} if one.unit else ""
        lines.append(f"{what}{unit}")
    more = len(sheet.obstacles) - OBSTACLES_SHOWN
    if more > 0:
        lines.append(ngettext("and %(n)s more issue", "and %(n)s more issues", more) % {"n": more})
    return tuple(lines)


def _run_on(lines: Sequence[str]) -> tuple[str, ...]:
    said = " ".join(line.strip() for line in lines if line.strip())
    return (said,) if said else ()

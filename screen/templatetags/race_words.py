"""Numbers and words of the race as its pages write them."""

from decimal import Decimal

from django.template import Library

from domain.race import Board, Line, Mark, Part
from screen.race import words
from screen.race.queries import Race

register = Library()

register.filter("hundredths", words.hundredths)
register.filter("plain_number", words.plain_number)
register.filter("signed_points_of_race", words.signed)
register.filter("rise_words", words.rise_words)
register.filter("rise_sign", words.rise_sign)
register.filter("fraction", words.fraction)


@register.filter
def measure_label(part: Part) -> str:
    return str(words.MEASURE_LABELS[part.measure])


@register.filter
def measure_formula(part: Part) -> str:
    return str(words.FORMULAS[part.measure])


@register.filter
def above_label(part: Part) -> str:
    return str(words.ABOVE[part.measure])


@register.simple_tag
def race_boards(race: Race) -> list[tuple[Board, str, tuple[Line, ...]]]:
    """Each board with its name and its lines."""
    return [(board, str(words.BOARD_LABELS[board]), race.boards[board]) for board in Board]


@register.filter
def marks(line: Line) -> list[tuple[Mark, str]]:
    """Those that a unit has, in words."""
    return [(mark, words.mark_words(mark, count)) for mark, count in line.found.marks.items() if count]


@register.filter
def value_words(value: Decimal | None) -> str:
    """A value from 0 to 1 with four decimals."""
    return "–" if value is None else f"{value:.4f}"

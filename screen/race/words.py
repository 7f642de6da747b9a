"""What the race is called and how its numbers are written, on pages, in sheets and for who adds them up by hand."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from domain.race import Board, Line, Mark, Measure, Part, Rules
from screen.race.queries import Race

BOARD_LABELS: Final[Mapping[Board, Promise]] = {
    Board.TOWNS: gettext_lazy("Towns and platforms"),
    Board.DEPARTMENTS: pgettext_lazy("board of the race", "Departments"),
}

MEASURE_LABELS: Final[Mapping[Measure, Promise]] = {
    Measure.NODES: gettext_lazy("Nodes on time"),
    Measure.INVESTMENT: gettext_lazy("Investment to plan"),
    Measure.MILESTONES: gettext_lazy("Starts, completions, productions kept"),
    Measure.ISSUES: gettext_lazy("Issues closed on time"),
    Measure.ISSUE_AGE: gettext_lazy("Age of open issues"),
    Measure.ENTRIES: gettext_lazy("Quality of entries"),
    Measure.UPDATES: gettext_lazy("Updated this week"),
    Measure.PACE: gettext_lazy("Time taken of the limit"),
    Measure.RETURNS: gettext_lazy("Issues that stayed closed"),
    Measure.RATING: gettext_lazy("Ratings by enterprises"),
}
FORMULAS: Final[Mapping[Measure, Promise]] = {
    Measure.NODES: gettext_lazy("nodes done by their deadline ÷ nodes that were due"),
    Measure.INVESTMENT: gettext_lazy("investment made ÷ planned to date, at most 1.2, divided by 1.2"),
    Measure.MILESTONES: gettext_lazy("milestones reached ÷ milestones that were due"),
    Measure.ISSUES: gettext_lazy("issues closed by their due date ÷ issues that were due"),
    Measure.ISSUE_AGE: gettext_lazy("1 − median age of the open issues ÷ 30 working days, at least 0"),
    Measure.ENTRIES: gettext_lazy(
        "finishes entered within 5 working days and with their proof ÷ finishes entered"
    ),
    Measure.UPDATES: gettext_lazy(
        "projects of which something was reported in the last 7 days of the period ÷ projects under way"
    ),
    Measure.PACE: gettext_lazy("1.5 − days taken ÷ days of the limits, between 0 and 1"),
    Measure.RETURNS: gettext_lazy("issues closed that did not come back ÷ issues closed or come back"),
    Measure.RATING: gettext_lazy("stars given ÷ stars there could have been, 5 an issue"),
}
ABOVE: Final[Mapping[Measure, Promise]] = {
    Measure.NODES: gettext_lazy("on time"),
    Measure.INVESTMENT: gettext_lazy("made (10,000 yuan)"),
    Measure.MILESTONES: gettext_lazy("reached"),
    Measure.ISSUES: gettext_lazy("closed on time"),
    Measure.ISSUE_AGE: gettext_lazy("age, working days"),
    Measure.ENTRIES: gettext_lazy("in order"),
    Measure.UPDATES: gettext_lazy("up to date"),
    Measure.PACE: gettext_lazy("days taken"),
    Measure.RETURNS: gettext_lazy("stayed closed"),
    Measure.RATING: gettext_lazy("stars"),
}
BELOW: Final[Mapping[Measure, Promise]] = {
    Measure.INVESTMENT: gettext_lazy("planned to date (10,000 yuan)"),
    Measure.ISSUE_AGE: gettext_lazy("earns nothing from"),
    Measure.PACE: gettext_lazy("days of the limit"),
    Measure.RATING: gettext_lazy("of stars"),
}
"""What else stands below the line is the row itself, counted as 1."""

_DUE, _FINISHED, _CLOSED = (
    gettext_lazy("Due"),
    gettext_lazy("Finished"),
    pgettext_lazy("day of an issue", "Closed"),
)
_RAISED, _ENTERED = pgettext_lazy("day of an issue", "Raised"), gettext_lazy("Entered")
DAYS: Final[Mapping[Measure | Mark, tuple[Promise, ...]]] = {
    Measure.NODES: (_DUE, _FINISHED),
    Measure.MILESTONES: (_DUE, _FINISHED),
    Measure.ENTRIES: (_FINISHED, _ENTERED),
    Measure.UPDATES: (gettext_lazy("Last reported"),),
    Measure.PACE: (gettext_lazy("Started"), _FINISHED),
    Measure.INVESTMENT: (),
    Measure.ISSUES: (_DUE, _CLOSED),
    Measure.ISSUE_AGE: (_RAISED, _DUE),
    Measure.RETURNS: (_RAISED, _CLOSED),
    Measure.RATING: (_CLOSED, gettext_lazy("Rated")),
    Mark.BACK_FILLED: (_FINISHED, _ENTERED),
    Mark.MOVED: (gettext_lazy("Asked for"), gettext_lazy("Moved from"), gettext_lazy("Moved to")),
    Mark.REOPENED: (_RAISED, _CLOSED),
    Mark.HELD: (gettext_lazy("On hold from"), gettext_lazy("Due then"), gettext_lazy("Runs again from")),
}
"""The titles of the columns of days, in the order of ``EvidenceRow.days``."""

MARK_LABELS: Final[Mapping[Mark, Promise]] = {
    Mark.BACK_FILLED: gettext_lazy("back-filled late"),
    Mark.MOVED: gettext_lazy("dates moved just before they were due"),
    Mark.REOPENED: gettext_lazy("issues closed and reopened"),
    Mark.HELD: gettext_lazy("holds just before the deadline"),
}
MARK_MEANINGS: Final[Mapping[Mark, Promise]] = {
    Mark.BACK_FILLED: gettext_lazy(
        "Finishes that were entered more than 5 working days after the day they name."
    ),
    Mark.MOVED: gettext_lazy(
        "Approved moves of a date that were asked for in its last 5 working days, or when it had passed."
    ),
    Mark.REOPENED: gettext_lazy("Issues that were verified as closed and had to be reopened."),
    Mark.HELD: gettext_lazy("Holds that begin on the working day before the deadline, or later."),
}


def mark_words(mark: Mark, count: int) -> str:
    """How often: “3 back-filled late”."""
    match mark:
        case Mark.BACK_FILLED:
            return ngettext("%(n)s back-filled late", "%(n)s back-filled late", count) % {"n": count}
        case Mark.MOVED:
            return ngettext("%(n)s date moved late", "%(n)s dates moved late", count) % {"n": count}
        case Mark.REOPENED:
            return ngettext("%(n)s issue reopened", "%(n)s issues reopened", count) % {"n": count}
        case Mark.HELD:
            return ngettext("%(n)s late hold", "%(n)s late holds", count) % {"n": count}


def hundredths(value: Decimal | None) -> str:
    """Points as they are added up: always two decimals."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def signed(value: Decimal) -> str:
    return f"{value:+.2f}".replace("-", "−") if value else "0.00"


def plain_number(value: Decimal) -> str:
    """A numerator or denominator: whole where it is whole."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


def rise_words(rise: int | None) -> str:
    if rise is None:
        return pgettext("rank in the race", "new")
    if rise > 0:
        return ngettext("up %(n)s place", "up %(n)s places", rise) % {"n": rise}
    if rise < 0:
        return ngettext("down %(n)s place", "down %(n)s places", -rise) % {"n": -rise}
    return _("same place")


def rise_sign(rise: int | None) -> str:
    """↑2, ↓1, – where it stands where it stood; nothing where there was no place."""
    if rise is None:
        return ""
    return f"↑{rise}" if rise > 0 else f"↓{-rise}" if rise < 0 else "–"


def fraction(part: Part) -> str:
    """“11 / 12”, and the rows where the denominator does not count them."""
    if part.points is None:
        return "–"
    return f"{plain_number(part.counted.numerator)} / {plain_number(part.counted.denominator)}"


def names(lines: tuple[Line, ...]) -> str:
    return pgettext("between names", ", ").join(line.found.name for line in lines)


def formula_text(board: Board, rules: Rules) -> list[str]:
    """The paragraph that explains the score, with the weights in force: its sentences."""
    weights = pgettext("between two statements", "; ").join(
        _("%(measure)s %(weight)s (%(formula)s)")
        % {"measure": MEASURE_LABELS[one], "weight": weight, "formula": FORMULAS[one]}
        for one, weight in rules.weights[board].items()
        if weight
    )
    said = [
        _("A score is the sum of points out of 100: %(weights)s.") % {"weights": weights},
        _(
            "Points = weight × value, rounded to two decimals, halves up, together at most 100; what a unit has "
            "nothing of is left out, and the weights of the rest are raised in proportion to 100."
        ),
        _(
            "What is due is counted up to yesterday; waived nodes and nodes on hold are not due, a hold has moved the "
            "deadline by its working days, and a node that had not begun on its deadline because one before it was "
            "still open is not counted: the unit of that one answers."
        ),
    ]
    if board == Board.TOWNS:
        said.append(
            _("Milestones, investment, issues and what is up to date are those of all projects of the town.")
        )
        said.append(
            _(
                "Reporting is judged twice: by the finishes that were entered in time and with their proof, and by the "
                "projects of which a node, a proof, an issue, a visit or investment was reported lately."
            )
        )
    else:
        said.append(
            _(
                "Nodes are approvals, not what enterprises do themselves; issues are those that the department leads."
            )
        )
    most = rules.most_adjusted[board]
    if most:
        said.append(
            _(
                "Notices of praise and criticism and faked entries add or deduct their points, each red slip deducts "
                "2, together at most ±%(most)s."
            )
            % {"most": most}
        )
    said.append(
        _("Units with fewer than %(n)s scored nodes are listed and not ranked; equal scores share a rank.")
        % {"n": rules.minimum}
    )
    return said


def board_sentence(race: Race, board: Board) -> str:
    """Who leads, who rose most: what the page opens with."""
    lines = [line for line in race.boards[board] if line.rank is not None]
    if not lines:
        return _("No unit has enough scored nodes to be ranked in this period.")
    first = tuple(line for line in lines if line.rank == 1)
    said = _("%(names)s in front with %(score)s points") % {
        "names": names(first), "score": hundredths(first[0].score),
    }  # fmt: skip
    if len(lines) > len(first):
        last = lines[-1]
        said += pgettext("between two clauses", ", ") + _("%(name)s last with %(score)s") % {
            "name": last.found.name, "score": hundredths(last.score),
        }  # fmt: skip
    return said

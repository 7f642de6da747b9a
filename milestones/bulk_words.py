"""What work on many nodes would do, or has done, in one sentence."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from milestones.actions import BulkRow, BulkWork, HandOver, PutOnHold, Rehearsal, Remind, Resume, ShiftDates
from milestones.templatetags.lights import day_text, reading


def would_do(work: BulkWork, rehearsal: Rehearsal, today: date) -> str:
    """The whole sentence of what is to be confirmed, what is left out included."""
    if not rehearsal.done:
        text = ngettext(
            "Nothing would be done: the selected row cannot be changed this way.",
            "Nothing would be done: none of the %(count)s selected rows can be changed this way.",
            len(rehearsal.refused),
        )
        return text % {"count": len(rehearsal.refused)}
    done = rehearsal.done
    parts = (_clauses(work, done), _still_late(done, today), _along(done), _left_out(rehearsal.refused))
    return _sentence([clause for part in parts for clause in part])


def has_done(work: BulkWork, rows: Sequence[BulkRow]) -> str:
    return _sentence([*_clauses(work, rows), *_along(rows)])


def _sentence(clauses: Sequence[str]) -> str:
    return pgettext("between two clauses", ", ").join(clauses) + pgettext("ends a sentence", ".")


def _clauses(work: BulkWork, rows: Sequence[BulkRow]) -> Iterator[str]:
    count = len(rows)
    match work:
        case ShiftDates():
            yield from _shifted(_how_far(work), rows)
        case PutOnHold(on):
            text = ngettext(
                "%(count)s node is on hold from %(on)s on",
                "%(count)s nodes are on hold from %(on)s on",
                count,
            )
            yield text % {"count": count, "on": _day(on)}
        case Resume(on):
            text = ngettext(
                "the clock of %(count)s node runs again from %(on)s on",
                "the clocks of %(count)s nodes run again from %(on)s on",
                count,
            )
            yield text % {"count": count, "on": _day(on)}
        case HandOver(unit):
            text = ngettext("%(count)s node goes to %(unit)s", "%(count)s nodes go to %(unit)s", count)
            yield text % {"count": count, "unit": unit.name}
        case Remind():
            text = ngettext(
                "those who have %(count)s node are reminded of it",
                "those who have %(count)s nodes are reminded of them",
                count,
            )
            yield text % {"count": count}


def _how_far(work: ShiftDates) -> str:
    if work.to:
        return _("to %(day)s") % {"day": _day(work.to)}
    days = work.days or 0
    return ngettext("by %(days)d working day", "by %(days)d working days", days) % {"days": days}


def _shifted(how_far: str, rows: Sequence[BulkRow]) -> Iterator[str]:
    if decided := sum(row.is_decided for row in rows):
        text = ngettext(
            "%(count)s due date moves %(how_far)s at once",
            "%(count)s due dates move %(how_far)s at once",
            decided,
        )
        yield text % {"count": decided, "how_far": how_far}
    if asked := len(rows) - decided:
        text = ngettext(
            "a move of %(count)s due date %(how_far)s is asked for and waits for an answer",
            "a move of %(count)s due dates %(how_far)s is asked for and waits for an answer",
            asked,
        )
        yield text % {"count": asked, "how_far": how_far}


def _still_late(rows: Sequence[BulkRow], today: date) -> Iterator[str]:
    if late := sum(row.due_after is not None and row.due_after < today for row in rows):
        text = ngettext("%(count)s of them stays overdue", "%(count)s of them stay overdue", late)
        yield text % {"count": late}


def _along(rows: Sequence[BulkRow]) -> Iterator[str]:
    picked = {row.node.pk for row in rows}
    if along := len({each.node_id for row in rows for each in row.along} - picked):
        text = ngettext("%(count)s node behind moves along", "%(count)s nodes behind move along", along)
        yield text % {"count": along}


def _left_out(refused: Sequence[BulkRow]) -> Iterator[str]:
    if refused:
        text = ngettext(
            "%(count)s selected row is left out", "%(count)s selected rows are left out", len(refused)
        )
        yield text % {"count": len(refused)}


def _day(on: date) -> str:
    return day_text(on, *reading())

"""Supervision slips as pages show them: a level always by colour and word together, and the rows of a long list.

The rows are written in Python, as those of nodes are (``milestones.templatetags.node_table``), and for the same reason.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from html import escape

from django.template import Library
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext as _

from domain.supervision import SlipLevel
from issues.models import SLIP_LABELS, Supervision
from issues.slip_queries import SlipCounts, SlipRow
from milestones.templatetags.lights import day, day_text, days_late, reading
from projects.templatetags.parts import figure

register = Library()

State = Supervision.State


@register.simple_tag
def slip_figures(counts: SlipCounts, state: str, is_late: bool) -> SafeString:  # noqa: FBT001
    """How many slips stand where, each opening its list; the one that is shown is marked."""
    said = [
        (State.PROPOSED, counts.proposed, pgettext("slips", "proposed")),
        (State.ISSUED, counts.waiting, pgettext("slips", "wait for an answer")),
        ("late", counts.late, pgettext("slips", "of these late")),
        (State.ANSWERED, counts.answered, pgettext("slips", "answered")),
        (State.DISMISSED, counts.dismissed, pgettext("slips", "dismissed")),
    ]
    here = "late" if state == State.ISSUED and is_late else state
    may_be_empty = {State.ISSUED, "late", State.ANSWERED, here if here == State.PROPOSED else ""}
    parts = [
        figure(
            label, count,
            url="?state=issued&late=true" if one == "late" else f"?state={one}",
            tone="red" if one == "late" and count else "",
            is_here=one == here,
        )
        for one, count, label in said
        if count or one in may_be_empty
    ]  # fmt: skip
    return format_html_join("", "{}", ((part,) for part in parts))


@register.simple_tag
def slip_level(level: int) -> SafeString:
    """The mark of a level: blue, yellow or red, and the word."""
    return _level(level, get_language())


@lru_cache(maxsize=16)
def _level(level: int, _language: str | None) -> SafeString:
    one = SlipLevel(level)
    return format_html('<span class="chip slip {}">{}</span>', one.name.lower(), SLIP_LABELS[one])


@register.filter
def whole_day(value: date) -> str:
    """A date with its year, as paper is kept for years."""
    return day_text(value, get_language() or "en", _NO_YEAR)


_NO_YEAR = 0


@register.simple_tag
def answer_mark(row: SlipRow) -> SafeString:
    """Whether the answer came in time, or how late it came or is so far; nothing while there is time."""
    return _answer_mark(row.is_answer_late, row.answer_days_late, row.answered_on is not None, get_language())


@lru_cache(maxsize=512)
def _answer_mark(is_late: bool, days: int, is_answered: bool, _language: str | None) -> SafeString:  # noqa: FBT001
    if not is_late:
        return format_html("{}", gettext("in time")) if is_answered else mark_safe("")
    if not days:
        said = gettext("late")
    elif is_answered:
        said = ngettext("%(days)d working day too late", "%(days)d working days too late", days) % {
            "days": days
        }
    else:
        said = ngettext(
            "answer %(days)d working day late", "answer %(days)d working days late", days
        ) % {"days": days}  # fmt: skip
    return format_html('<b class="red">{}</b>', said)


@register.simple_tag
def slip_table_rows(
    rows: Iterable[SlipRow],
    may_pick: bool = False,  # noqa: FBT001, FBT002
    are_picked: bool = False,  # noqa: FBT001, FBT002
) -> SafeString:
    """A ``<tr>`` for each row: project and subject, level, how late, who has to answer, how it stands.

    With `may_pick`, each has a tick of the form ``bulk``, and is ticked already where they `are_picked`.
    """
    writer = _RowWriter(may_pick=may_pick, are_picked=are_picked)
    return mark_safe("\n".join([writer.row(row) for row in rows]))  # noqa: S308 - every part is escaped


class _RowWriter:
    """Looks up words and addresses once for all rows."""

    def __init__(self, *, may_pick: bool, are_picked: bool) -> None:
        self.here = reading()
        self.may_pick, self.checked = may_pick, " checked" if are_picked else ""
        self.pick = escape(_("Select %(node)s, %(project)s"))
        self.slips = reverse("issues:slips")
        self.late, self.to, self.stands = (
            escape(_("Late")),
            escape(_("Addressee")),
            escape(_("How it stands")),
        )
        self.deadline, self.proposed = escape(_("due %(day)s")), escape(_("proposed %(day)s"))
        self.wanted, self.answered = escape(_("answer by %(day)s")), escape(_("answered %(day)s"))
        self.issued, self.decide = escape(_("issued %(day)s")), escape(_("Issue or dismiss"))
        self.states = {state.value: escape(str(state.label)) for state in State}

    def row(self, row: SlipRow) -> str:
        return (
            f'<tr id="slip-{row.pk}"><td>{self._tick(row)}{self._what(row)}</td>'
            f"<td>{_level(row.level, self.here[0])}</td>"
            f'<td data-label="{self.late}">{days_late(row.days_late, self.here)}'
            f"<small>{self._say(self.deadline, row.deadline_on)}</small></td>"
            f'<td data-label="{self.to}">{escape(row.unit)}<small>{escape(row.attention)}</small></td>'
            f'<td data-label="{self.stands}">{self._stands(row)}</td></tr>'
        )

    def _tick(self, row: SlipRow) -> str:
        if not self.may_pick:
            return ""
        name = self.pick % {"node": escape(row.subject), "project": escape(row.project)}
        return (
            f'<label class="pick"><input type="checkbox" name="row" form="bulk" value="{row.pk}-{row.version}"'
            f' aria-label="{name}"{self.checked}></label>'
        )

    def _what(self, row: SlipRow) -> str:
        number = f"{escape(row.number)} " if row.number else ""
        return (
            f'<a class="name" href="{self.slips}{row.pk}/">{number}{escape(row.project)}</a>'
            f'<small><a href="{escape(row.subject_url)}">{escape(row.subject)}</a></small>'
        )

    def _stands(self, row: SlipRow) -> str:
        match row.state:
            case State.PROPOSED:
                since = self._say(self.proposed, row.proposed_on)
                return (
                    f'<a class="button" href="{self.slips}{row.pk}/">{self.decide}</a><small>{since}</small>'
                )
            case State.ISSUED:
                wanted, mark = self._say(self.wanted, row.reply_by), answer_mark(row)
                return f"{wanted} {mark}<small>{self._say(self.issued, row.issued_on)}</small>"
            case State.ANSWERED:
                came, wanted = self._say(self.answered, row.answered_on), self._say(self.wanted, row.reply_by)
                return f"{came} {answer_mark(row)}<small>{wanted}</small>"
            case _:
                return f"{self.states[row.state]}<small>{escape(row.dismissed_reason)}</small>"

    def _say(self, words: str, value: object) -> str:
        return words % {"day": day(value, self.here)}  # type: ignore[arg-type]

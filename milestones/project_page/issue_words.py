"""The sentences of the history that are about issues, supervision, visits and the enterprise's link.

They are told from what the history keeps alone: what an issue is, the chain does not know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from history.models import Change

Verb = Change.Verb

LONGEST_VALUE = 160
"""Characters of a value; a decision may be a page long, and the page of it says all of it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` with ``%(name)s`` for values that ``after`` keeps under `names`; `days` among them are dates.

    `more` are clauses that follow where the value they are about is there.
    """

    text: object
    names: tuple[str, ...] = ()
    days: frozenset[str] = frozenset()
    more: tuple[tuple[str, object], ...] = ()


_DUE = frozenset({"due"})

SENTENCES: Mapping[str, Sentence] = {
    Verb.ISSUE_RAISED: Sentence(
        gettext_lazy("raised issue %(issue)s"),
        more=(
            ("raised_for", gettext_lazy("told by %(raised_for)s")),
            ("nodes", gettext_lazy("it blocks %(nodes)s")),
        ),
    ),
    Verb.ISSUE_CHANGED: Sentence(
        gettext_lazy("changed issue %(issue)s"), more=(("nodes", gettext_lazy("it blocks %(nodes)s")),)
    ),
    Verb.ISSUE_ASSIGNED: Sentence(
        gettext_lazy("assigned issue %(issue)s to %(lead)s, due %(due)s"),
        ("lead", "due"),
        _DUE,
        more=(("supporting", gettext_lazy("with %(supporting)s supporting")),),
    ),
    Verb.ISSUE_NOTED: Sentence(gettext_lazy("noted progress of issue %(issue)s")),
    Verb.ISSUE_CLOSE_ASKED: Sentence(
        gettext_lazy("asked to close issue %(issue)s"),
        more=(("document_no", gettext_lazy("proof %(document_no)s")),),
    ),
    Verb.ISSUE_CLOSED: Sentence(
        gettext_lazy("verified that issue %(issue)s is gone and closed it"),
        more=(("resumed", gettext_lazy("%(resumed)s runs again")),),
    ),
    Verb.ISSUE_RETURNED: Sentence(gettext_lazy("sent issue %(issue)s back")),
    Verb.ISSUE_SUSPENDED: Sentence(
        gettext_lazy("suspended issue %(issue)s with the word of %(word)s"), ("word",)
    ),
    Verb.ISSUE_TAKEN_UP: Sentence(gettext_lazy("took issue %(issue)s up again, due %(due)s"), ("due",), _DUE),
    Verb.ISSUE_REOPENED: Sentence(gettext_lazy("reopened issue %(issue)s, due %(due)s"), ("due",), _DUE),
    Verb.ISSUE_RATED: Sentence(
        gettext_lazy("rated the answer to issue %(issue)s with %(rating)s of 5"), ("rating",)
    ),
    Verb.SLIP_ISSUED: Sentence(
        gettext_lazy("issued supervision slip %(slip)s to %(addressee)s, answer by %(reply_by)s"),
        ("slip", "addressee", "reply_by"),
        frozenset({"reply_by"}),
    ),
    Verb.SLIP_ANSWERED: Sentence(gettext_lazy("answered supervision slip %(slip)s"), ("slip",)),
    Verb.SLIP_DISMISSED: Sentence(gettext_lazy("dismissed a proposed supervision slip")),
    Verb.VISIT_RECORDED: Sentence(
        gettext_lazy("recorded a visit on %(visited_on)s: %(visitors)s"),
        ("visited_on", "visitors"),
        frozenset({"visited_on"}),
    ),
    Verb.VISIT_CHANGED: Sentence(
        gettext_lazy("changed the record of the visit on %(visited_on)s"),
        ("visited_on",),
        frozenset({"visited_on"}),
    ),
    Verb.VISIT_FILE_WITHDRAWN: Sentence(
        gettext_lazy("withdrew “%(name)s” from the visit on %(visited_on)s"),
        ("name", "visited_on"),
        frozenset({"visited_on"}),
    ),
    Verb.LINK_MADE: Sentence(gettext_lazy("made a link for the enterprise")),
    Verb.LINK_REVOKED: Sentence(gettext_lazy("revoked the link of the enterprise")),
}


def values_of(
    change: Change, sentence: Sentence, day: Callable[[object], str], names: Callable[[list[Any]], str]
) -> dict[str, str]:
    """What fills the sentence; a value that an older change does not keep is blank."""
    found = {}
    for name in (*sentence.names, *(name for name, _clause in sentence.more)):
        value = change.after.get(name)
        if name in sentence.days:
            found[name] = day(value)
        elif isinstance(value, list):
            found[name] = names(value)
        else:
            found[name] = Truncator(value or "").chars(LONGEST_VALUE)
    return found

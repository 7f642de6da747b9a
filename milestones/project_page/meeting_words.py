"""The sentences of the history that are about the weekly meeting: what was decided about a project, and its agenda.

They are told from what the history keeps alone: what a meeting is, the chain does not know.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from history.models import Change
from milestones.project_page.issue_words import Sentence

Verb = Change.Verb

_DUE = frozenset({"due_on"})
_WHO_AND_WHEN = (
    ("lead_unit", gettext_lazy("lead unit %(lead_unit)s")),
    ("due_on", gettext_lazy("due %(due_on)s")),
)

SENTENCES: Mapping[str, Sentence] = {
    Verb.AGENDA_ADDED: Sentence(
        gettext_lazy("put %(item)s on the agenda of the weekly meeting %(meeting)s"), ("item", "meeting")
    ),
    Verb.AGENDA_DROPPED: Sentence(
        gettext_lazy("dropped %(item)s from the agenda of the weekly meeting %(meeting)s"),
        ("item", "meeting"),
    ),
    Verb.AGENDA_RESTORED: Sentence(
        gettext_lazy("put %(item)s back on the agenda of the weekly meeting %(meeting)s"), ("item", "meeting")
    ),
    Verb.AGENDA_ORDERED: Sentence(
        gettext_lazy("put the agenda of the weekly meeting %(meeting)s in another order"), ("meeting",)
    ),
    Verb.AGENDA_ASSIGNED: Sentence(
        gettext_lazy("said who speaks at the weekly meeting %(meeting)s"),
        ("meeting",),
        more=(("speaker", gettext_lazy("%(speaker)s speaks")),),
    ),
    Verb.DECISION_TAKEN: Sentence(
        gettext_lazy("took down decision %(decision)s: “%(text)s”"), ("decision", "text"), _DUE, _WHO_AND_WHEN
    ),
    Verb.DECISION_CHANGED: Sentence(
        gettext_lazy("changed decision %(decision)s: “%(text)s”"), ("decision", "text"), _DUE, _WHO_AND_WHEN
    ),
    Verb.DECISION_DONE: Sentence(
        gettext_lazy("reported decision %(decision)s done: “%(text)s”"), ("decision", "text")
    ),
    Verb.DECISION_VERIFIED: Sentence(
        gettext_lazy("verified that decision %(decision)s is done: “%(text)s”"), ("decision", "text")
    ),
    Verb.DECISION_RETURNED: Sentence(
        gettext_lazy("sent decision %(decision)s back: “%(text)s”"), ("decision", "text")
    ),
    Verb.DECISION_WITHDRAWN: Sentence(
        gettext_lazy("withdrew decision %(decision)s: “%(text)s”"), ("decision", "text")
    ),
    Verb.DECISION_REOPENED: Sentence(
        gettext_lazy("reopened decision %(decision)s: “%(text)s”"),
        ("decision", "text"),
        _DUE,
        (("due_on", gettext_lazy("due %(due_on)s")),),
    ),
}

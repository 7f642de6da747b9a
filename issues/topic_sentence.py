"""What is the matter with a topic, in one sentence, from the same figures that stand below it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from domain.issues import IssueStatus
from issues.topic_queries import STAGES, TopicCounts

_HOW_FAR: Final[Mapping[IssueStatus, Promise]] = {
    IssueStatus.RAISED: gettext_lazy("%(n)s not assigned"),
    IssueStatus.WORKING: gettext_lazy("%(n)s being worked on"),
    IssueStatus.CLOSE_REQUESTED: gettext_lazy("%(n)s waiting for verification"),
    IssueStatus.SUSPENDED: gettext_lazy("%(n)s suspended"),
    IssueStatus.CLOSED: gettext_lazy("%(n)s closed"),
}


def topic_sentence(name: str, counts: TopicCounts) -> str:
    """“16 projects wait for …: 11 being worked on, 3 not assigned, 2 closed; the oldest for 43 days”."""
    if not counts.projects:
        return _("No project waits for “%(topic)s” yet") % {"topic": name}
    if not counts.waiting:
        said = ngettext(
            "The one project that waited for “%(topic)s” waits no longer",
            "None of the %(n)s projects that waited for “%(topic)s” waits any longer",
            counts.projects,
        )
        return said % {"topic": name, "n": counts.projects}
    said = (
        ngettext(
            "%(n)s project waits for “%(topic)s”", "%(n)s projects wait for “%(topic)s”", counts.projects
        )
        if counts.waiting == counts.projects
        else _("%(waiting)s of %(n)s projects still wait for “%(topic)s”")
    )
    return pgettext("between two statements", "; ").join(
        [
            said % {"topic": name, "n": counts.projects, "waiting": counts.waiting}
            + pgettext("before a list", ": ")
            + how_far(counts),
            ngettext("the oldest for %(n)s day", "the oldest for %(n)s days", counts.oldest)
            % {"n": counts.oldest},
        ]
    )


def how_far(counts: TopicCounts) -> str:
    """The projects by how far they are."""
    parts = [
        str(_HOW_FAR[stage]) % {"n": counts.stages[stage]} for stage in STAGES if counts.stages.get(stage)
    ]
    return pgettext("between names", ", ").join(parts)

"""What a supervision slip says where nobody has written it: whom it is for, what it is about, what it asks for."""

from django.utils.translation import gettext_lazy as _

from domain.supervision import SlipLevel
from issues.models import Supervision

ATTENTION = {
    SlipLevel.BLUE: _("deputy head of the responsible unit"),
    SlipLevel.YELLOW: _("head of the responsible unit"),
    SlipLevel.RED: _("leader of the district in charge"),
}
"""For whose attention a slip is where nobody is named (domain.md 5.3)."""


def subject_of(slip: Supervision) -> str:
    """The node or the issue, in words."""
    if slip.issue is not None:
        return str(slip.issue)
    return slip.node.template_node.label if slip.node else ""


def attention_of(slip: Supervision) -> str:
    return slip.attention or str(ATTENTION[SlipLevel(slip.level)])

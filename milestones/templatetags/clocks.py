"""The bars of the panel that says whose clock ran; the numbers stand beside them as a table."""

from django.template import Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from milestones.project_page.clocks import Clocks, Share

register = Library()

_WIDTH, _HEIGHT, _GAP = 1000, 18, 1.5


@register.simple_tag
def share_bar(clocks: Clocks) -> SafeString:
    """All working days in one bar, a piece for each owner."""
    pieces = format_html_join(
        "",
        '<rect class="{}" x="{}" width="{}" height="{}"><title>{} {}</title></rect>',
        (_piece(share) for share in clocks.shares if share.days),
    )
    return _bar(pieces, _("Whose clock ran"))


def _piece(share: Share) -> tuple[str, str, str, int, str, int]:
    scale = _WIDTH / 100
    width = max(1, share.width * scale - _GAP)
    return share.key, f"{share.start * scale:.1f}", f"{width:.1f}", _HEIGHT, share.label, share.days


@register.simple_tag
def promise_bar(clocks: Clocks) -> SafeString:
    """How much of what is promised is used up."""
    look = "over" if clocks.over else "used"
    pieces = format_html(
        '<rect class="whole" width="{}" height="{}"/><rect class="{}" width="{}" height="{}"/>',
        _WIDTH, _HEIGHT, look, f"{clocks.used * _WIDTH / 100:.1f}", _HEIGHT,
    )  # fmt: skip
    return _bar(pieces, _("Used up of the promise"))


def _bar(pieces: SafeString, label: str) -> SafeString:
    return format_html(
        '<svg class="bar" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        _WIDTH, _HEIGHT, label, pieces,
    )  # fmt: skip

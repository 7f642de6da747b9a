"""Why a wall shows nothing, in every language at once: whoever passes by may read another than its browser."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from milestones.templatetags.lights import moment
from screen.models import Kiosk
from screen.wall.kiosks import Refusal


@dataclass(frozen=True, slots=True)
class Said:
    """In one language: what has happened, and what to do."""

    language: str
    what: str
    ask: str


def said_in_all_languages(refusal: Refusal, kiosk: Kiosk | None) -> list[Said]:
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append(Said(language, _what(refusal, kiosk), _ask(refusal, kiosk)))
    return found


def _what(refusal: Refusal, kiosk: Kiosk | None) -> str:
    if kiosk is None:
        return _("This screen has no right to show anything")
    named = {"screen": kiosk.name}
    if refusal is Refusal.EXPIRED and kiosk.expires_at:
        return _("The right of the screen “%(screen)s” ended on %(moment)s") % {
            **named, "moment": moment(timezone.localtime(kiosk.expires_at)),
        }  # fmt: skip
    if refusal is Refusal.REVOKED and kiosk.revoked_at:
        return _("The right of the screen “%(screen)s” was withdrawn on %(moment)s") % {
            **named, "moment": moment(timezone.localtime(kiosk.revoked_at)),
        }  # fmt: skip
    return _("The right of the screen “%(screen)s” came from somebody who no longer works here") % named


def _ask(refusal: Refusal, kiosk: Kiosk | None) -> str:
    if kiosk is None:
        return _("Ask the coordinating bureau for the address of a wall screen, and open it here once.")
    if refusal is Refusal.EXPIRED:
        who = {"who": kiosk.made_by, "unit": kiosk.made_by.unit or ""}
        return _("Ask %(who)s (%(unit)s) to give it another day; then it comes back by itself.") % who
    return _("Ask the coordinating bureau for a new address, and open it here once.")

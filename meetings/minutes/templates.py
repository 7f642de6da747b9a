"""The template of the minutes that is in use, and whether another can be used in its place."""

import logging
import zipfile
from datetime import date, datetime
from io import BytesIO

from django.core.files.storage import default_storage
from django.utils.timezone import get_default_timezone
from docx.opc.exceptions import OpcError

from domain.errors import InputError, gettext_noop
from meetings.minutes.builtin import builtin_template
from meetings.minutes.content import DecisionLine, Minutes
from meetings.minutes.filling import Asked, asked_for, fill
from meetings.minutes.placeholders import MEANINGS, written
from meetings.models import MinutesTemplate
from meetings.week import AgendaRow, Figure

log = logging.getLogger(__name__)

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 1000
"""What a template with letterhead and seal needs is far less; unpacked it is held in memory."""

_DAMAGE = (
    OpcError,
    SyntaxError,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    AttributeError,
    TypeError,
    OSError,
)
"""What python-docx raises where a document is not what it should be; XML that cannot be read is a SyntaxError."""


def template_in_use() -> bytes:
    """The newest that the bureau brought in; without one, or where its file is lost, the one that comes with the
    software."""
    newest = MinutesTemplate.objects.order_by("-pk").first()
    if newest is None:
        return builtin_template()
    try:
        with default_storage.open(str(newest.file), "rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        log.warning("the file of the template of the minutes %s is lost", newest.pk)
        return builtin_template()


def check_template(data: bytes, name: str) -> None:
    """Raises InputError with one sentence where `data` cannot be a template of the minutes.

    It must be a document that unpacks to a bearable size, ask for nothing that there is not, have a place for the
    decisions, and be filled in once for a trial.
    """
    _check_size(data, name)
    try:
        asked = asked_for(data)
    except _DAMAGE as error:
        raise _damaged(name) from error
    _check_names(asked)
    try:
        fill(data, _TRIAL)
    except _DAMAGE as error:
        raise _damaged(name) from error


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise InputError(gettext_noop("“%(file)s” is no Word document (.docx)."), file=name) from error
    # Nothing is unpacked beyond the size that is declared: a part that is larger fails its checksum.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise InputError(
            gettext_noop("“%(file)s” unpacks to more than %(megabytes)s MB; it is not taken as a template."),
            file=name, megabytes=MOST_UNPACKED // 1024 // 1024,
        )  # fmt: skip


def _check_names(asked: Asked) -> None:
    unknown = sorted(asked.names - set(MEANINGS))
    if unknown:
        raise InputError(
            gettext_noop("The template asks for {{%(name)s}}, which there is not."), name=unknown[0][:60]
        )
    if asked.is_mixed:
        raise InputError(
            gettext_noop("A row of the template asks for two kinds of rows; it can be repeated for one only.")
        )
    if not any(name.startswith("decision.") for name in asked.names):
        raise InputError(
            gettext_noop("The template has no row for the decisions: none of its rows holds {{%(name)s}}."),
            name=written("decision.text"),
        )


def _damaged(name: str) -> InputError:
    return InputError(gettext_noop("“%(file)s” is damaged: it cannot be read to its end."), file=name)


_MOMENT = datetime(2026, 11, 27, 12, tzinfo=get_default_timezone())
_LINE = DecisionLine(1, "2026-48-01", "…", "…", date(2026, 12, 4), "…", "…", 1, ("…",), "")
_TRIAL = Minutes(
    name="…", number="2026-48", year=2026, week=48, held_at=_MOMENT, cut_off_at=_MOMENT, is_draft=True, place="…",
    chair="…", recorder="…", attendees="…\n…", sentence="…",
    figures=(Figure("causes", "…", "…", 1, 2),),
    items=(
        AgendaRow(
            1, "overdue", "…", 1, "…", "…", "…", (("…", "…"),), date(2026, 11, 20), 5, "…", "", "", 1, None, None
        ),
    ),
    decisions=(_LINE,), earlier=(_LINE,),
)  # fmt: skip
"""Minutes that nobody took, for the trial."""

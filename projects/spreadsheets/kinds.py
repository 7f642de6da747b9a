"""What a file is, by its first bytes and never by its name."""

import enum
import re
from pathlib import Path

from domain.errors import gettext_noop
from projects.spreadsheets.errors import UnreadableFile

_ENOUGH = 4096


class Kind(enum.Enum):
    """The containers that are looked into further."""

    ARCHIVE = "zip"
    COMPOUND = "ole"
    TEXT = "text"


_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")

# Formats that people take for spreadsheets, or send by mistake; each with its own sentence.
_REFUSED_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (rb"%PDF", gettext_noop("“%(file)s” is a PDF document; the spreadsheet it was made from is needed.")),
    (rb"ID;P", gettext_noop("“%(file)s” is in the SYLK format (.slk); save it as .xlsx and send that.")),
    (rb"\{\\rtf", gettext_noop("“%(file)s” is a text document (RTF), not a spreadsheet.")),
    (
        rb"\x09[\x00\x02\x04]\x04\x00|\x09[\x00\x02\x04]\x06\x00",
        gettext_noop("“%(file)s” is in a format older than Excel 5; save it as .xlsx and send that."),
    ),
    (
        rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ",
        gettext_noop("“%(file)s” is a packed archive; unpack it and send the spreadsheet."),
    ),
    (
        rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\x00{4}|RIFF",
        gettext_noop("“%(file)s” is a picture; the spreadsheet itself is needed."),
    ),
    (
        rb"(?i:mime-version:)",
        gettext_noop("“%(file)s” is a saved web page (.mht); open it and save it as .xlsx."),
    ),
)
_REFUSED_MARKUP: tuple[tuple[bytes, str], ...] = (
    (
        rb"<office:document\b",
        gettext_noop("“%(file)s” is in the flat OpenDocument format (.fods); save it as .ods or .xlsx."),
    ),
    (
        rb"urn:schemas-microsoft-com:office:spreadsheet",
        gettext_noop("“%(file)s” is in the XML format of Excel 2003; save it as .xlsx and send that."),
    ),
    (
        rb"(?i)<(?:html|table|head|body|meta)\b|<!doctype html",
        gettext_noop("“%(file)s” is a web page (HTML); open it and save it as .xlsx."),
    ),
    (rb"^<\?xml", gettext_noop("“%(file)s” is an XML document, not a spreadsheet.")),
)


def kind_of(path: Path, name: str) -> Kind:
    """The container of the file. Raises UnreadableFile for a format that is known and not read."""
    with path.open("rb") as file:
        beginning = file.read(_ENOUGH)
    if beginning.startswith(_COMPOUND):
        return Kind.COMPOUND
    if beginning.startswith(_ARCHIVE):
        return Kind.ARCHIVE
    for pattern, sentence in _REFUSED_BEGINNINGS:
        if re.match(pattern, beginning, re.DOTALL):
            raise UnreadableFile(sentence, file=name)
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        for pattern, sentence in _REFUSED_MARKUP:
            if re.search(pattern, text):
                raise UnreadableFile(sentence, file=name)
    return Kind.TEXT

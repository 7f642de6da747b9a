"""PDF and Office files: are they whole, what are they exactly, do they carry macros?

Nothing is unpacked but the list of content types of a newer Office file, and of that only so much.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from domain.compound_file import CompoundFile
from projects.files import refusals
from projects.files.kinds import DOC, DOCX, PDF, PPT, PPTX, XLS, XLSX, Kind

_PDF_TAIL = 4096
"""Where readers look for the mark of the end; some writers put a few lines behind it."""

_DIRECTORY_ENTRY = b"PK\x01\x02"
_MOST_PARTS = 10_000
_CONTENT_TYPES = "[Content_Types].xml"
_LARGEST_CONTENT_TYPES = 1024 * 1024

_STREAMS = {"worddocument": DOC, "workbook": XLS, "book": XLS, "powerpoint document": PPT}
"""What an older Office file holds, by the name of the stream; "book" is that of Excel 5."""

_MACRO_FOLDERS = {"macros", "_vba_project_cur", "vba"}
_MACRO_PARTS = re.compile("macroenabled|vbaproject", re.IGNORECASE)


def pdf(data: bytes, name: str) -> Kind:
    if b"%%EOF" not in data[-_PDF_TAIL:]:
        raise refusals.damaged(name)
    return PDF


def open_xml(data: bytes, name: str) -> Kind:
    """The kind of a newer Office file, by the content type of its main part, which must be there."""
    if data.count(_DIRECTORY_ENTRY) > _MOST_PARTS:
        raise refusals.too_many_parts(name, _MOST_PARTS)
    with _damage_as_sentence(name), zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {info.filename for info in archive.infolist()}
        if _CONTENT_TYPES not in parts:
            raise refusals.not_taken(name, _("a packed archive"))
        declared = _declared(archive, name)
    if any(_MACRO_PARTS.search(text) for text in (*parts, *declared.values())):
        raise refusals.with_macros(name)
    for kind in (DOCX, XLSX, PPTX):
        main = f"{kind.content_type}.main+xml"
        if any(part in parts and type_ == main for part, type_ in declared.items()):
            return kind
    raise refusals.not_taken(name)


def compound(data: bytes, name: str) -> Kind:
    """The kind of an older Office file, by the stream it must hold to its end."""
    with _damage_as_sentence(name):
        file = CompoundFile(data)
        top = {entry.casefold() for entry in file.at_the_top()}
        if "encryptedpackage" in top:
            raise refusals.locked(name)
        if _MACRO_FOLDERS & {folder.casefold() for folder in file.folders}:
            raise refusals.with_macros(name)
        here = top & {stream.casefold() for stream in file.streams}
        found = next((stream for stream in _STREAMS if stream in here), None)
        if found is None:
            raise refusals.not_taken(name)
        if not file.is_whole(found):
            raise refusals.damaged(name)
    return _STREAMS[found]


def _declared(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """The content types by part."""
    info = archive.getinfo(_CONTENT_TYPES)
    if info.flag_bits & 1:
        raise refusals.locked(name)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise refusals.damaged(name)
    with archive.open(info) as part:
        markup = part.read(_LARGEST_CONTENT_TYPES)
    found: dict[str, str] = {}

    def start(_tag: str, attributes: dict[str, str]) -> None:
        part = attributes.get("PartName") or f"*.{attributes.get('Extension')}"
        found[part.lstrip("/")] = attributes.get("ContentType", "")

    def refuse(*_args: object) -> None:
        raise ValueError("a list of content types declares nothing of its own")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(markup, True)  # noqa: FBT003 (expat takes it by position only)
    return found


@contextmanager
def _damage_as_sentence(name: str) -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, expat.ExpatError,
        struct.error, LookupError, ValueError, OSError,
    ) as error:  # fmt: skip
        raise refusals.damaged(name) from error

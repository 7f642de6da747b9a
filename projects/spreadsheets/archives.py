"""Spreadsheets that are zip archives (.xlsx, .xlsm, .xlsb, .ods): may they be opened, what do they hold?"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.parsers import expat

from domain.errors import gettext_noop
from projects.spreadsheets import limits
from projects.spreadsheets.errors import DamagedFileError, UnreadableFile
from projects.spreadsheets.extras import Extras
from projects.spreadsheets.opendocument import sheets_of
from projects.spreadsheets.worksheets import error_cells

_OPENDOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"
_PIECE = 1024 * 1024


def extras(path: Path, name: str) -> dict[str, Extras]:
    """By sheet name, what the library does not tell.

    Every part is unpacked once, so that damage and wrong sizes come out here. Raises UnreadableFile for
    archives that are no spreadsheet, protected or too large, DamagedFileError.
    """
    with _damage_as_sentence(), zipfile.ZipFile(path) as archive:
        _check_size(archive, name)
        members = {info.filename.lstrip("/"): info for info in archive.infolist() if not info.is_dir()}
        _check_password(archive, members, name)
        kind = _kind(archive, members, name)
        if kind == "ods":
            _read_through(archive, members, skip={"content.xml"})
            return sheets_of(lambda: _pieces(archive, members["content.xml"]))
        parts = _worksheet_parts(archive, members) if kind == "xlsx" else {}
        _read_through(archive, members, skip=set(parts.values()))
        return {
            sheet: Extras(errors=error_cells(_pieces(archive, members[part])))
            for sheet, part in parts.items()
        }


@contextmanager
def _damage_as_sentence() -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        expat.ExpatError,
        KeyError,
        ValueError,
        OSError,
    ) as error:
        raise DamagedFileError from error


def _check_size(archive: zipfile.ZipFile, name: str) -> None:
    infos = archive.infolist()
    if len(infos) > limits.MOST_ARCHIVE_ENTRIES:
        raise UnreadableFile(
            gettext_noop("“%(file)s” holds more than %(entries)d parts."),
            file=name,
            entries=limits.MOST_ARCHIVE_ENTRIES,
        )
    if sum(info.file_size for info in infos) > limits.LARGEST_UNPACKED:
        megabytes = limits.LARGEST_UNPACKED // limits.MEGABYTE
        raise UnreadableFile(
            gettext_noop("“%(file)s” unpacks to more than %(megabytes)d MB."), file=name, megabytes=megabytes
        )


def _check_password(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str) -> None:
    """Zip's own encryption, and OpenDocument's, which the manifest declares."""
    manifest = members.get("META-INF/manifest.xml")
    locked = any(info.flag_bits & 1 for info in members.values())
    if locked or (manifest is not None and b"encryption-data" in archive.read(manifest)):
        raise protected(name)


def protected(name: str) -> UnreadableFile:
    """The sentence for a file that opens only with a password."""
    return UnreadableFile(
        gettext_noop("“%(file)s” is protected by a password; save it without one and send that."), file=name
    )


def _kind(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str) -> str:
    folded = {member.casefold() for member in members}
    if "xl/workbook.bin" in folded:
        return "xlsb"
    if any(member.startswith("xl/") and member.endswith(".xml") for member in folded):
        return "xlsx"
    if "mimetype" in members and archive.read(members["mimetype"]).strip().decode(
        "ascii", "replace"
    ).startswith(_OPENDOCUMENT):
        return "ods"
    if any(member.endswith(".iwa") or member == "index.zip" for member in folded):
        raise UnreadableFile(
            gettext_noop("“%(file)s” is a document of Apple's iWork (Numbers); export it as .xlsx."),
            file=name,
        )
    if any(member.startswith(("word/", "ppt/")) for member in folded):
        raise UnreadableFile(
            gettext_noop("“%(file)s” is a text document or slides, not a spreadsheet."), file=name
        )
    raise UnreadableFile(
        gettext_noop("“%(file)s” is a packed archive; unpack it and send the spreadsheet."), file=name
    )


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces; zipfile stops at the declared size and raises where the check sum is wrong then."""
    with archive.open(info) as part:
        while piece := part.read(_PIECE):
            yield piece


def _read_through(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], skip: set[str]) -> None:
    for member, info in members.items():
        if member not in skip and member.casefold().endswith((".xml", ".rels", ".bin")):
            for _ in _pieces(archive, info):
                pass


def _worksheet_parts(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Sheet name to the archive's member, as far as the workbook's parts say so in the usual way."""
    book = next((member for member in members if member.casefold() == "xl/workbook.xml"), None)
    if book is None:
        return {}
    folder, file = posixpath.split(book)
    rels = members.get(f"{folder}/_rels/{file}.rels")
    if rels is None:
        return {}
    targets = {
        item.get("Id"): posixpath.normpath(posixpath.join("/", folder, item.get("Target", ""))).lstrip("/")
        for item in _elements(archive.read(rels), "Relationship")
    }
    parts: dict[str, str] = {}
    for sheet in _elements(archive.read(members[book]), "sheet"):
        target = targets.get(next((text for key, text in sheet.items() if key.endswith(":id")), None))
        if target in members:
            parts[sheet.get("name", "")] = target
    return parts


def _elements(markup: bytes, local_name: str) -> list[dict[str, str]]:
    """The attributes of every element of this name, whatever its namespace's prefix."""
    found: list[dict[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == local_name:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(markup, True)  # noqa: FBT003 (expat takes it by position only)
    return found

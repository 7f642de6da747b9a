"""What a file is, by its content. Its name must agree; what a browser says of it counts for nothing."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import puremagic
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from projects.files import documents, refusals
from projects.files.kinds import JPEG, PNG, WEBP, Kind
from projects.files.pictures import thumbnail_of

_LONGEST_NAME = 180

_SUFFIX = re.compile(r"\.[a-z][a-z0-9]{1,5}", re.IGNORECASE)
"""What the end of a name looks like where it says what the file is: “.pdf” does, “.2版” and “.2026” do not."""

_IMAGES: tuple[tuple[bytes, Kind], ...] = (
    (rb"\xff\xd8\xff", JPEG),
    (rb"\x89PNG\r\n\x1a\n", PNG),
    (rb"RIFF[\x00-\xff]{4}WEBP", WEBP),
)
_DOCUMENTS: tuple[tuple[bytes, Callable[[bytes, str], Kind]], ...] = (
    (b"%PDF-", documents.pdf),
    (b"PK\x03\x04", documents.open_xml),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", documents.compound),
)

_SURE = 0.4  # puremagic's word for four bytes that fit; fewer fit by chance
_OTHERS = {
    "image": _("an image (%(suffix)s)"),
    "video": _("a video (%(suffix)s)"),
    "audio": _("a sound recording (%(suffix)s)"),
}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept.

    `name` is clean and ends as its kind does; `thumbnail` is an image in WebP, of a document empty.
    """

    name: str
    kind: Kind
    data: bytes
    thumbnail: bytes


def read_file_brought(file: "File[Any]", *, most: int) -> CheckedFile:
    """The file that somebody sent, if it has at most `most` bytes.

    Raises InputError where it is empty, too large, of a kind that is not taken, damaged, locked by a password,
    able to carry macros, or not what its name says.
    """
    name = clean_name(file.name or "")
    if not file.size:
        raise refusals.empty(name)
    if file.size > most:
        raise refusals.too_large(name, most)
    file.seek(0)
    data = file.read()
    kind = _kind(data, name)
    suffix = PurePath(name).suffix
    if suffix.lower() not in kind.suffixes:
        if _SUFFIX.fullmatch(suffix):
            raise refusals.named_wrongly(name, kind.label)
        name += kind.suffixes[0]
    return CheckedFile(name, kind, data, thumbnail_of(data, kind, name) if kind.is_image else b"")


def clean_name(name: str) -> str:
    """The name without folders, control characters and marks that turn the direction of writing.

    The last would show “gpj.exe” as “exe.jpg”.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in name)
    name = " ".join(name.split()).strip(". ") or "file"
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 10]}…{name[-9:]}"


def _kind(data: bytes, name: str) -> Kind:
    for beginning, kind in _IMAGES:
        if re.match(beginning, data):
            return kind
    for beginning, look_into in _DOCUMENTS:
        if data.startswith(beginning):
            return look_into(data, name)
    raise refusals.not_taken(name, _other(data))


def _other(data: bytes) -> str:
    """What a file that is not taken is, as far as that is sure; else nothing."""
    try:
        best = puremagic.magic_string(data)[0]
    except puremagic.PureError:
        return ""
    label = _OTHERS.get(best.mime_type.partition("/")[0])
    if label is None or best.confidence < _SURE:
        return ""
    return str(label) % {"suffix": best.extension.lstrip(".").upper()}

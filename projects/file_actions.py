"""Storing the files that people bring, for an action that keeps them; what none keeps is removed again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from domain.errors import InputError
from projects.files import CheckedFile, read_file_brought
from projects.kept_files import KeptFile

MOST_FILES = 10
"""So many files at once; each is held in memory for a moment."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was looked into and lies in the storage; `path` and `thumbnail` are its names there."""

    name: str
    content_type: str
    size: int
    path: str
    thumbnail: str

    def fields(self) -> dict[str, Any]:
        """What a KeptFile says of it; who added it and to what, the action knows."""
        return {
            "name": self.name,
            "content_type": self.content_type,
            "size": self.size,
            "file": self.path,
            "thumbnail": self.thumbnail,
        }


@contextmanager
def stored_files(uploads: Sequence["File[Any]"]) -> Iterator[list[StoredFile]]:
    """The uploads, each looked into and stored, for an action that keeps them.

    To be entered before the transaction: neither lock waits for an image to be decoded. What no KeptFile names
    when the block ends is removed again, also where it ends in an error. Of a process that is killed in
    between a file may stay that nothing names; it does no harm but take its place.

    Raises InputError for the first upload that is not taken, and for more than MOST_FILES.
    """
    if len(uploads) > MOST_FILES:
        raise InputError(gettext_noop("At most %(most)d files at once."), most=MOST_FILES)
    paths: list[str] = []
    try:
        yield [_store(read_file_brought(file, most=settings.MAX_PROOF_BYTES), paths) for file in uploads]
    finally:
        _remove_unnamed(paths)


def _store(file: CheckedFile, paths: list[str]) -> StoredFile:
    """Write the file under a name that nobody can guess; the names are added to `paths` before they exist."""
    key = uuid4().hex
    stem = f"proofs/{key[:2]}/{key}"
    stored = StoredFile(
        name=file.name, content_type=file.kind.content_type, size=len(file.data),
        path=f"{stem}{file.kind.suffixes[0]}", thumbnail=f"{stem}.small.webp" if file.thumbnail else "",
    )  # fmt: skip
    for path, data in ((stored.path, file.data), (stored.thumbnail, file.thumbnail)):
        if path:
            paths.append(path)
            default_storage.save(path, ContentFile(data))
    return stored


def _remove_unnamed(paths: Sequence[str]) -> None:
    for path in set(paths).difference(*_named(paths)):
        default_storage.delete(path)


def _named(paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The file and the thumbnail of each row, of whatever model, that keeps one of the files."""
    for model in apps.get_models():
        if issubclass(model, KeptFile):
            # Not through a manager: rows that one leaves out keep their files too.
            yield from QuerySet(model).filter(file__in=paths).values_list("file", "thumbnail")

"""Keeping the files that people bring."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext_noop

from ledger.models import Import
from projects.spreadsheets import UnreadableFile
from projects.spreadsheets.limits import LARGEST_FILE, MEGABYTE

_CHUNK = MEGABYTE


def keep_file(import_: Import, chunks: Iterable[bytes]) -> None:
    """Write the file into the import's folder, and note its size and hash.

    Raises UnreadableFile as soon as it turns out larger than a ledger may be.
    """
    digest, size = hashlib.sha256(), 0
    import_.folder.mkdir(parents=True, exist_ok=True)
    with import_.file.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_FILE:
                raise too_large(import_.file_name)
            digest.update(chunk)
            file.write(chunk)
    import_.sha256, import_.size = digest.hexdigest(), size


def forget_file(import_: Import) -> None:
    """Remove what was kept of a file that is no ledger."""
    import_.file.unlink(missing_ok=True)
    import_.rejects.unlink(missing_ok=True)
    if import_.folder.is_dir():
        import_.folder.rmdir()


def chunks_of(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def too_large(name: str) -> UnreadableFile:
    return UnreadableFile(
        gettext_noop("“%(file)s” is larger than %(megabytes)d MB."),
        file=name, megabytes=LARGEST_FILE // MEGABYTE,
    )  # fmt: skip

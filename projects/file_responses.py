"""Files as they leave the house: those kept, of which nothing runs anywhere, and workbooks made when asked for."""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from projects.files.kinds import WEBP, XLSX, opens_in_a_browser
from projects.kept_files import KeptFile

_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_A_WEEK = 7 * 24 * 60 * 60
_IN_MEMORY: Final = 2 * 1024 * 1024
"""Bytes of a workbook that are kept in memory; a larger one waits in a file that nobody else can open."""


def file_response(kept: KeptFile) -> FileResponse:
    """The file under the name that it came with: images and PDF to be looked at, Office files to be saved.

    Raises Http404 where the row has no file, or the storage has lost it.
    """
    response = _response(kept.file.name, kept.content_type, name=kept.name)
    response["Cache-Control"] = "private, no-cache"  # it may be withdrawn
    return response


def thumbnail_response(kept: KeptFile) -> FileResponse:
    """The small picture, which a browser may keep. Raises Http404 where there is none."""
    response = _response(kept.thumbnail.name, WEBP.content_type, name="")
    response["Cache-Control"] = f"private, max-age={_A_WEEK}, immutable"
    return response


def workbook_response(name: str, write: Callable[[IO[bytes]], object]) -> FileResponse:
    """The workbook that `write` writes, to be saved under `name`, which goes without its ending."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX.content_type)


def _response(path: str | None, content_type: str, *, name: str) -> FileResponse:
    if not path:
        raise Http404
    try:
        file = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        file, content_type=content_type, filename=name, as_attachment=not opens_in_a_browser(content_type)
    )
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response

"""Kept files as they leave the house: whatever is in them, it runs nowhere."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from projects.files.kinds import WEBP, opens_in_a_browser
from projects.kept_files import KeptFile

_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_A_WEEK = 7 * 24 * 60 * 60


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

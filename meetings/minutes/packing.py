"""A document as the bytes of its file."""

from io import BytesIO
from typing import Any


def packed(document: Any) -> bytes:
    """`document` as a .docx."""
    file = BytesIO()
    document.save(file)
    return file.getvalue()

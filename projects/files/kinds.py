"""The kinds of files that are taken."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is taken. The first of `suffixes` is given to a file without one."""

    label: Promise
    content_type: str
    suffixes: tuple[str, ...]

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")


_OPEN_XML = "application/vnd.openxmlformats-officedocument"

PDF = Kind(_("a PDF document"), "application/pdf", (".pdf",))
JPEG = Kind(_("an image (JPEG)"), "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
PNG = Kind(_("an image (PNG)"), "image/png", (".png",))
WEBP = Kind(_("an image (WebP)"), "image/webp", (".webp",))
DOCX = Kind(_("a text document (.docx)"), f"{_OPEN_XML}.wordprocessingml.document", (".docx",))
XLSX = Kind(_("a spreadsheet (.xlsx)"), f"{_OPEN_XML}.spreadsheetml.sheet", (".xlsx",))
PPTX = Kind(_("slides (.pptx)"), f"{_OPEN_XML}.presentationml.presentation", (".pptx",))
# WPS Office writes the older formats under suffixes of its own.
DOC = Kind(_("a text document (.doc)"), "application/msword", (".doc", ".wps"))
XLS = Kind(_("a spreadsheet (.xls)"), "application/vnd.ms-excel", (".xls", ".et"))
PPT = Kind(_("slides (.ppt)"), "application/vnd.ms-powerpoint", (".ppt", ".dps"))

KINDS = (PDF, JPEG, PNG, WEBP, DOCX, XLSX, PPTX, DOC, XLS, PPT)

ACCEPT = ",".join(dict.fromkeys(text for kind in KINDS for text in (kind.content_type, *kind.suffixes)))
"""For the ``accept`` of a file input. With images named one by one a phone sends its photos as JPEG."""


def opens_in_a_browser(content_type: str) -> bool:
    """Whether browsers show files of this kind by themselves; the others are to be saved."""
    return any(kind.content_type == content_type for kind in (PDF, JPEG, PNG, WEBP))

"""Files to bring, made of nothing."""

import io
import zipfile
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from accounts.models import User
from milestones.actions.proofs import add_proofs
from milestones.models import Node, Proof
from projects.file_actions import stored_files

OPEN_XML = "application/vnd.openxmlformats-officedocument"
WORD = "wordprocessingml.document"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


def photo(form: str = "JPEG", size: tuple[int, int] = (40, 30), *, mode: str = "RGB", **more: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, form, **more)
    return file.getvalue()


def archive(parts: dict[str, str | bytes], *, form: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", form) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def content_types(part: str, kind: str, more: str = "") -> str:
    """The list of content types of a newer Office file whose main part this is."""
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{part}" ContentType="{OPEN_XML}.{kind}.main+xml"/>{more}</Types>'
    )


def office(
    kind: str = WORD, part: str = "word/document.xml", *, also: dict[str, str] | None = None, types: str = ""
) -> bytes:
    """A newer Office file, as small as it may be; `types` are further lines of its list of content types."""
    listed = content_types(part, kind, types)
    return archive({"[Content_Types].xml": listed, part: "<document/>", **(also or {})})


def make_proof(node: Node, *, actor: User, name: str = "许可证.pdf", data: bytes = PDF, **more: Any) -> Proof:
    with stored_files([ContentFile(data, name)]) as files:
        (proof,) = add_proofs(node, actor=actor, files=files, **more)
    return proof


def stored_paths() -> set[str]:
    """The names of everything that lies in the storage."""

    def below(folder: str) -> set[str]:
        folders, files = default_storage.listdir(folder)
        here = {f"{folder}/{name}" for name in files}
        return here.union(*(below(f"{folder}/{name}") for name in folders))

    return below("proofs") if default_storage.exists("proofs") else set()

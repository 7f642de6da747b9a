"""Files to prove something with, made of nothing."""

import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from accounts.models import User
from milestones.actions.proofs import add_proofs, stored_files
from milestones.models import Node, Proof

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


def photo(form: str = "JPEG", size: tuple[int, int] = (40, 30), *, mode: str = "RGB", **more: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, form, **more)
    return file.getvalue()


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

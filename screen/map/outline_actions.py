"""Another outline for the map."""

from datetime import datetime
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.access import may_run_the_platform
from accounts.models import User
from domain.geojson import Outline, read_outline
from history.models import Change
from screen.map.outline_files import FOLDER


@transaction.atomic
def replace_outline(data: bytes, name: str, *, actor: User, now: datetime) -> Outline:
    """The map draws this GeoJSON from now on; `name` is what the file was called.

    Raises PermissionDenied for who does not run the platform, InputError where the file is no outline.
    """
    _refuse_others(actor)
    outline = read_outline(data)
    kept = _keep(data, at=now)
    after = {"name": name[:200], "file": kept, "areas": len(outline.shapes), "points": outline.points}
    Change.objects.create(actor=actor, verb=Change.Verb.OUTLINE_REPLACED, after=after)
    return outline


@transaction.atomic
def use_built_in_outline(*, actor: User, now: datetime) -> None:
    """Back to the outline that comes with the software. Raises PermissionDenied for who does not run the platform."""
    _refuse_others(actor)
    kept = _keep(b"", at=now)
    Change.objects.create(actor=actor, verb=Change.Verb.OUTLINE_REPLACED, after={"name": "", "file": kept})


def _keep(data: bytes, *, at: datetime) -> str:
    """Store what is the newest from now on; empty for the built-in one. Gives the name it lies under."""
    digest = sha256(data).hexdigest()[:12] if data else "built-in"
    return default_storage.save(f"{FOLDER}/{at:%Y%m%dT%H%M%S%f}-{digest}.geojson", ContentFile(data))


def _refuse_others(actor: User) -> None:
    if not may_run_the_platform(actor):
        raise PermissionDenied

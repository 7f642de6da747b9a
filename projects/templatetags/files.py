"""What the pages say of files, those to be chosen and those kept."""

from pathlib import PurePath

from django.conf import settings
from django.template import Library

from projects.files.kinds import ACCEPT
from projects.kept_files import KeptFile

register = Library()


@register.simple_tag
def file_accept() -> str:
    """What a file input offers to choose; what a file really is, its content says."""
    return ACCEPT


@register.simple_tag
def file_megabytes() -> int:
    """The largest file that is taken, in MB."""
    return settings.MAX_PROOF_BYTES // (1024 * 1024)


@register.filter
def suffix(kept: KeptFile) -> str:
    """“PDF”, “XLSX”: what stands where an image has its small picture; of a row without a file nothing."""
    return PurePath(kept.name).suffix.lstrip(".").upper()

"""What the pages say of proofs."""

from pathlib import PurePath

from django.conf import settings
from django.template import Library

from milestones.models import Proof
from milestones.proof_files.kinds import ACCEPT

register = Library()


@register.simple_tag
def proof_accept() -> str:
    """What a file input offers to choose; what a file really is, its content says."""
    return ACCEPT


@register.simple_tag
def proof_megabytes() -> int:
    """The largest file that is taken, in MB."""
    return settings.MAX_PROOF_BYTES // (1024 * 1024)


@register.filter
def suffix(proof: Proof) -> str:
    """“PDF”, “XLSX”: what stands where an image has its small picture; of a mere number nothing."""
    return PurePath(proof.name).suffix.lstrip(".").upper()

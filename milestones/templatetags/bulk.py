"""What the page of work on many nodes shows: refusals as sentences, and the rows that it sends on."""

from collections.abc import Iterable

from django.template import Library
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.refusals import sentence as sentence_of
from domain.errors import DomainError
from milestones.actions import BulkRow

register = Library()


@register.filter
def sentence(refusal: DomainError) -> str:
    return sentence_of(refusal)


@register.simple_tag
def picked_fields(rows: Iterable[BulkRow]) -> SafeString:
    """The rows, each with the version that was looked at."""
    return format_html_join(
        "",
        '<input type="hidden" name="row" value="{}-{}">',
        ((row.node.pk, row.node.version) for row in rows),
    )

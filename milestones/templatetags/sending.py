"""What a form carries so that it is carried out once (``milestones.views.sending``)."""

from uuid import uuid4

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = Library()


@register.simple_tag
def once() -> SafeString:
    """A key for one sending of a form. Browsers that remember fields over a reload are asked not to."""
    return format_html('<input type="hidden" name="once" value="{}" autocomplete="off">', uuid4())

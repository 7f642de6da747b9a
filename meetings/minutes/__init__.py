"""The minutes of a weekly meeting: what they say, and the template that they are filled into."""

from meetings.minutes.builtin import builtin_template
from meetings.minutes.content import Minutes, minutes_of
from meetings.minutes.filling import fill
from meetings.minutes.templates import check_template, template_in_use

__all__ = ["Minutes", "builtin_template", "check_template", "fill", "minutes_of", "template_in_use"]

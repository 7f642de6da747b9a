"""What a refusal says to its reader, and with which status it goes out.

=================  ======  ===================================================
PermissionDenied     403   in sight, but not yours
Http404              404   out of sight
RuleError            409   against a rule of the work
StaleError           412   changed since it was read
other DomainError    400   what was sent cannot be understood
=================  ======  ===================================================
"""

from django.utils.translation import gettext

from domain.errors import DomainError, RuleError, StaleError


def status_of(error: DomainError) -> int:
    match error:
        case RuleError():
            return 409
        case StaleError():
            return 412
        case _:
            return 400


def sentence(error: DomainError) -> str:
    """What is the matter, in the reader's language."""
    return gettext(error.template) % error.params if error.params else gettext(error.template)

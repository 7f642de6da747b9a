"""What a broken rule is called before anybody has decided how to show it."""

from collections.abc import Mapping


class DomainError(Exception):
    """A rule is broken; the sentence says what and where.

    The English sentence and its parameters travel apart, so that a page can show the sentence in the
    reader's language: ``template`` is the message id of the catalogue, ``params`` fill its ``%(name)s``.
    """

    def __init__(self, template: str, /, **params: object) -> None:
        super().__init__(template % params if params else template)
        self.template = template
        self.params: Mapping[str, object] = params


class RuleError(DomainError):
    """The thing asked for is against a rule of the work; nothing was changed (HTTP 409)."""


class StaleError(DomainError):
    """The row has changed since it was read; nothing was changed (HTTP 412)."""


class InputError(DomainError):
    """What was typed cannot be understood or is missing (HTTP 400)."""


def gettext_noop(text: str) -> str:
    """Mark a sentence for the message catalogue; the text itself is returned unchanged.

    The domain knows no translation machinery, but the catalogue is collected by function name.
    """
    return text

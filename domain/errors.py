"""What a broken rule is called before anybody has decided how to show it."""

from collections.abc import Mapping


class DomainError(Exception):
    """A rule is broken; the sentence says what and where.

    The English sentence and its parameters travel apart, so that a page can show the sentence in the
    reader's language: ``template`` is the message id of the catalogue, ``params`` fill its ``%(name)s``.
    """

    def __init__(self, template: str, **params: object) -> None:
        super().__init__(template % params if params else template)
        self.template = template
        self.params: Mapping[str, object] = params

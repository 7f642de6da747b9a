"""How the API reads what is sent."""

import re
from collections.abc import Mapping
from math import isfinite
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

_UNKEPT = re.compile("[\x00\ud800-\udfff]")


class JsonParser(JSONParser):
    """JSON that is nested deeper than Python reads is as wrong as JSON that is broken.

    So is text that no database keeps and no answer can quote: with the character nought, or with half of a pair
    (JSON can write both, UTF-8 cannot write the second).
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            sent: dict[str, Any] = super().parse(stream, media_type, parser_context)
            if _is_unkept(sent):
                raise ParseError(_("The JSON holds characters that cannot be kept."))
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        return sent


def _is_unkept(value: Any) -> bool:
    match value:
        case str():
            return _UNKEPT.search(value) is not None
        case float():
            return not isfinite(value)
        case list():
            return any(map(_is_unkept, value))
        case dict():
            return any(map(_is_unkept, (*value, *value.values())))
        case _:
            return False

"""What a reader may do now with something in sight, and why not the rest.

A page offers what is open and says of the rest why it is not, from the same rules that the actions ask: an app says
which steps there are, what each asks for and which rule would refuse it (``<app>/permitted.py``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from accounts.refusals import sentence
from domain.errors import RuleError


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether a step is open to the reader; `refusal` says why not, in the reader's language."""

    step: str
    label: str
    refusal: str = ""

    @property
    def is_open(self) -> bool:
        return not self.refusal


def refusal_of(check: Callable[[], None]) -> str:
    """What the rule that `check` asks says against a step, in the reader's language; blank where it says nothing."""
    try:
        check()
    except RuleError as error:
        return sentence(error)
    except PermissionDenied as error:
        return gettext(str(error))
    return ""


def common_refusal(permits: Iterable[Permit]) -> str:
    """Why nothing at all is open, where that has one reason; blank where something is, or the reasons differ."""
    refusals = {permit.refusal for permit in permits}
    return refusals.pop() if len(refusals) == 1 else ""


def rights_over(pk: int, rows: "QuerySet[Any]", theirs: Mapping[str, "QuerySet[Any]"]) -> Mapping[str, bool]:
    """Among which of the reader's rows the one with this number is, by the names of these sets. One query."""
    this = {"pk": OuterRef("pk")}
    asked = rows.filter(pk=pk).annotate(
        **{right: Exists(those.filter(**this)) for right, those in theirs.items()}
    )
    rights: Mapping[str, bool] = asked.values(*theirs).get()
    return rights

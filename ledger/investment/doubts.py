"""Amounts that look as if their unit had been mistaken: they are asked about, neither swallowed nor thrown away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from domain.investment import was_meant_in_yuan

MOST_IN_TOTAL: Final = Decimal(100_000_000)
"""1 trillion yuan in 万元: more than a district invests."""

TIMES_THE_PROJECTS: Final = 10
"""A sheet with so many times the total investment of its projects has another unit than theirs."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why somebody must say that the amounts are right as they stand; all in 万元."""

    total: Decimal
    """Of all months of the sheet."""
    projects_total: Decimal | None
    """The total investment of the projects, where the sheet has too many times that of it."""
    too_large: int
    """How many amounts are more than any project spends in a month."""
    largest: Decimal
    is_in_yuan: bool = False
    """Whether the sheet was read in yuan already."""

    @property
    def sentences(self) -> list[str]:
        """The question in the reader's language."""
        said = [_("The amounts add up to %(total)s.") % {"total": money_in_words(self.total)}]
        if self.projects_total is not None:
            said.append(
                _("These projects are to cost %(total)s in all.")
                % {"total": money_in_words(self.projects_total)}
            )
        if self.too_large:
            said.append(
                ngettext(
                    "%(count)d amount is more than any project spends in a month, the largest %(largest)s.",
                    "%(count)d amounts are more than any project spends in a month, the largest %(largest)s.",
                    self.too_large,
                )
                % {"count": self.too_large, "largest": money_in_words(self.largest)}
            )
        return [*said, _("Is there a mistake in them?") if self.is_in_yuan else _("Were they meant in yuan?")]

    @property
    def question(self) -> str:
        """All of it; Chinese sentences stand without a gap."""
        return ("" if _in_chinese() else " ").join(self.sentences)

    def as_json(self) -> dict[str, Any]:
        return {
            "total": str(self.total), "too_large": self.too_large, "largest": str(self.largest),
            "projects_total": None if self.projects_total is None else str(self.projects_total),
            "is_in_yuan": self.is_in_yuan,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        projects = kept["projects_total"]
        return cls(
            Decimal(kept["total"]), None if projects is None else Decimal(projects), kept["too_large"],
            Decimal(kept["largest"]), kept.get("is_in_yuan", False),
        )  # fmt: skip


def doubt_about(
    months: Iterable[tuple[int, Decimal]],
    plans: Iterable[tuple[int, Decimal]],
    costs: Mapping[int, Decimal | None],
    *,
    is_in_yuan: bool = False,
) -> Doubt | None:
    """What is to be asked about amounts, given as pairs of a project's number and 万元; None where nothing is.

    `costs` are the total investments of the projects; one that has none is not compared.
    """
    total = compared = largest = Decimal(0)
    too_large = 0
    seen: set[int] = set()
    for project, amount in months:
        total += amount
        if costs.get(project):
            compared += amount
            seen.add(project)
        if was_meant_in_yuan(amount):
            too_large, largest = too_large + 1, max(largest, amount)
    for _project, amount in plans:
        if was_meant_in_yuan(amount / 12):
            too_large, largest = too_large + 1, max(largest, amount)
    known = sum((costs[project] or Decimal(0) for project in seen), Decimal(0))
    out_of_proportion = bool(known) and compared > TIMES_THE_PROJECTS * known
    if not (too_large or out_of_proportion or total > MOST_IN_TOTAL):
        return None
    return Doubt(total, known if out_of_proportion else None, too_large, largest, is_in_yuan)


def money_in_words(amount: Decimal) -> str:
    """`amount`, in 万元, as people say large sums: 56万亿元, 56 trillion yuan."""
    words = _CHINESE if _in_chinese() else _ENGLISH
    for least, divisor, word in words:
        if amount >= least:
            return f"{_digits(amount / divisor)}{word}"
    return f"{_digits(amount)}{words[-1][2]}"


def _in_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _digits(amount: Decimal) -> str:
    text = f"{amount:,.2f}"
    return text.rstrip("0").rstrip(".")


_CHINESE: Final = (
    (Decimal(10) ** 8, Decimal(10) ** 8, "万亿元"), (Decimal(10) ** 4, Decimal(10) ** 4, "亿元"),
    (Decimal(0), Decimal(1), "万元"),
)  # fmt: skip
_ENGLISH: Final = (
    (Decimal(10) ** 8, Decimal(10) ** 8, " trillion yuan"), (Decimal(10) ** 5, Decimal(10) ** 5, " billion yuan"),
    (Decimal(100), Decimal(100), " million yuan"), (Decimal(0), Decimal("0.0001"), " yuan"),
)  # fmt: skip

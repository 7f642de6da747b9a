"""What the sheets are called: on their tabs, and where a page speaks of them."""

from dataclasses import dataclass

from django.utils.translation import pgettext


@dataclass(frozen=True, slots=True)
class Titles:
    overview: str
    overdue: str
    due: str
    projects: str
    definitions: str


def titles() -> Titles:
    """In the reader's language; in Chinese 总览, 超期节点, 临期节点, 项目台账, 口径说明."""
    return Titles(
        overview=pgettext("sheet", "Overview"),
        overdue=pgettext("sheet", "Overdue nodes"),
        due=pgettext("sheet", "Due soon"),
        projects=pgettext("sheet", "Projects"),
        definitions=pgettext("sheet", "Definitions"),
    )

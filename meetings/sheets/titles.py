"""What the sheets are called: on their tabs, and where a page speaks of them."""

from dataclasses import dataclass

from django.utils.translation import pgettext


@dataclass(frozen=True, slots=True)
class Titles:
    overview: str
    overdue: str
    idle: str
    due: str
    standing: str
    projects: str
    changes: str
    definitions: str


def titles() -> Titles:
    """In the reader's language.

    In Chinese 总览, 超期节点, 待启动超期, 临期节点, 停表免办, 项目台账, 延期申请, 口径说明.
    """
    return Titles(
        overview=pgettext("sheet", "Overview"),
        overdue=pgettext("sheet", "Overdue nodes"),
        idle=pgettext("sheet", "Idle nodes"),
        due=pgettext("sheet", "Due soon"),
        standing=pgettext("sheet", "Holds and waivers"),
        projects=pgettext("sheet", "Projects"),
        changes=pgettext("sheet", "Date changes"),
        definitions=pgettext("sheet", "Definitions"),
    )

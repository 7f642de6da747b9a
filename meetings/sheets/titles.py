"""What the sheets are called: on their tabs, and where a page speaks of them."""

from dataclasses import dataclass

from django.utils.translation import pgettext


@dataclass(frozen=True, slots=True)
class Titles:
    """In the order of the sheets."""

    overview: str
    overdue: str
    due: str
    issues: str
    closed: str
    decisions: str
    suggestions: str
    standing: str
    projects: str
    race: str
    changes: str
    definitions: str


def titles() -> Titles:
    """In the reader's language.

    In Chinese 总览, 超期节点, 临期节点, 问题清单, 本周销号, 议定事项,
    问题交办建议, 停表免办, 项目台账, 赛马榜, 延期申请, 口径说明.
    """
    return Titles(
        overview=pgettext("sheet", "Overview"),
        overdue=pgettext("sheet", "Overdue nodes"),
        due=pgettext("sheet", "Due soon"),
        issues=pgettext("sheet", "Issues"),
        closed=pgettext("sheet", "Closed this week"),
        decisions=pgettext("sheet", "Decisions"),
        suggestions=pgettext("sheet", "Suggested assignments"),
        standing=pgettext("sheet", "Holds and waivers"),
        projects=pgettext("sheet", "Projects"),
        race=pgettext("sheet", "Race"),
        changes=pgettext("sheet", "Date changes"),
        definitions=pgettext("sheet", "Definitions"),
    )

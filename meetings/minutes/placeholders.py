"""What a template of the minutes may ask for by name, and what is put in its place.

A name with a dot is one of many: ``{{decision.text}}``. The row of a table that holds one, or the paragraph where there
is no table, is repeated for each.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext

from meetings.meeting_page import GROUP_LABELS
from meetings.minutes.content import DecisionLine, Minutes
from meetings.models import AgendaItem
from meetings.week import AgendaRow, Figure

Values = Mapping[str, str]

_OF_A_DECISION = {
    "no": gettext_lazy("running number"),
    "number": gettext_lazy("number of the decision"),
    "text": gettext_lazy("what was decided"),
    "unit": gettext_lazy("lead unit"),
    "due": gettext_lazy("due date"),
    "state": gettext_lazy("how far it is"),
    "outcome": gettext_lazy("what came of it"),
    "projects": gettext_lazy("projects that it is about"),
}

MEANINGS: Mapping[str, object] = {
    "meeting": gettext_lazy("year and week of the meeting"),
    "number": gettext_lazy("number of the meeting, such as 2026-48"),
    "year": gettext_lazy("year of the meeting"),
    "week": gettext_lazy("week of the meeting"),
    "draft": gettext_lazy("“(draft)” as long as the meeting is not frozen, else nothing"),
    "held": gettext_lazy("day and hour of the meeting"),
    "place": gettext_lazy("place of the meeting"),
    "chair": gettext_lazy("who chairs"),
    "recorder": gettext_lazy("who takes the minutes"),
    "attendees": gettext_lazy("who attends"),
    "cut_off": gettext_lazy("when the figures were cut off"),
    "sentence": gettext_lazy("the week in one sentence"),
    "items": gettext_lazy("how many items stand on the agenda"),
    "decisions": gettext_lazy("how many decisions were taken"),
    "figure.label": gettext_lazy("name of a figure of the week"),
    "figure.value": gettext_lazy("the figure"),
    "figure.before": gettext_lazy("the figure of last week"),
    "figure.change": gettext_lazy("how much it has changed"),
    "figure.remark": gettext_lazy("remark on the figure"),
    "item.no": gettext_lazy("running number"),
    "item.kind": gettext_lazy("what an agenda item is"),
    "item.unit": gettext_lazy("unit under which it stands"),
    "item.project": gettext_lazy("project"),
    "item.town": gettext_lazy("town of the project"),
    "item.title": gettext_lazy("node, issue or text"),
    "item.facts": gettext_lazy("its facts in words"),
    "item.due": gettext_lazy("due date"),
    "item.days_late": gettext_lazy("working days late"),
    "item.late": gettext_lazy("how late in words, blank where it is not late"),
    "item.speaker": gettext_lazy("who speaks"),
    **{f"decision.{name}": meaning for name, meaning in _OF_A_DECISION.items()},
    **{f"earlier.{name}": meaning for name, meaning in _OF_A_DECISION.items()},
    "earlier.days_late": gettext_lazy("working days late"),
    "earlier.late": gettext_lazy("how late in words, blank where it is not late"),
}
"""Every name that there is, with what it stands for."""

CHINESE: Mapping[str, str] = {
    "meeting": "会议", "number": "会议编号", "year": "年", "week": "周", "draft": "草稿",
    "held": "会议时间", "place": "会议地点", "chair": "主持人", "recorder": "记录人", "attendees": "参会人员",
    "cut_off": "数据截止", "sentence": "本周概况", "items": "议题数", "decisions": "议定事项数",
    "figure.label": "指标.名称", "figure.value": "指标.本周", "figure.before": "指标.上周",
    "figure.change": "指标.增减", "figure.remark": "指标.备注", "item.no": "议题.序号",
    "item.kind": "议题.类别", "item.unit": "议题.责任单位", "item.project": "议题.项目",
    "item.town": "议题.属地", "item.title": "议题.名称", "item.facts": "议题.情况", "item.due": "议题.计划完成",
    "item.days_late": "议题.超期工作日", "item.late": "议题.超期", "item.speaker": "议题.汇报人",
    "decision.no": "议定事项.序号",
    "decision.number": "议定事项.编号", "decision.text": "议定事项.内容", "decision.unit": "议定事项.牵头单位",
    "decision.due": "议定事项.办结时限", "decision.state": "议定事项.办理情况",
    "decision.outcome": "议定事项.办理结果", "decision.projects": "议定事项.项目",
    "earlier.no": "此前议定事项.序号", "earlier.number": "此前议定事项.编号", "earlier.text": "此前议定事项.内容",
    "earlier.unit": "此前议定事项.牵头单位", "earlier.due": "此前议定事项.办结时限",
    "earlier.state": "此前议定事项.办理情况", "earlier.outcome": "此前议定事项.办理结果",
    "earlier.projects": "此前议定事项.项目", "earlier.days_late": "此前议定事项.超期工作日",
    "earlier.late": "此前议定事项.超期",
}  # fmt: skip
"""Each name as a Chinese template writes it; a template may write either, or both."""

_NAMES = {chinese: name for name, chinese in CHINESE.items()} | {
    chinese.replace("此前", "上次"): name for name, chinese in CHINESE.items() if name.startswith("earlier.")
}
"""With the names that earlier decisions had in templates before."""


def named(written: str) -> str:
    """The name that is meant by what stands between the braces; what is no Chinese name stays as it is."""
    return _NAMES.get(written.replace("．", "."), written)


def written(name: str) -> str:
    """The name as a template in the reader's language writes it."""
    return CHINESE[name] if (get_language() or "").startswith("zh") else name


GROUPS = {
    "figure": gettext_lazy("Figures of the week"),
    "item": gettext_lazy("Agenda items"),
    "decision": gettext_lazy("Decisions of this meeting"),
    "earlier": gettext_lazy("Earlier decisions and what came of them"),
}
"""Of these there are many."""


def singles(minutes: Minutes) -> Values:
    """What stands for the names without a dot."""
    return {
        "meeting": minutes.name,
        "number": minutes.number,
        "year": str(minutes.year),
        "week": str(minutes.week),
        "draft": pgettext("on the minutes", "(draft)") if minutes.is_draft else "",
        "held": moment(minutes.held_at),
        "place": minutes.place,
        "chair": minutes.chair,
        "recorder": minutes.recorder,
        "attendees": minutes.attendees,
        "cut_off": moment(minutes.cut_off_at),
        "sentence": minutes.sentence,
        "items": str(len(minutes.items)),
        "decisions": str(len(minutes.decisions)),
    }


def records(minutes: Minutes) -> Mapping[str, Sequence[Values]]:
    """What stands for the names with a dot: of each group its rows, by whole name."""
    return {
        "figure": [_figure(each) for each in minutes.figures],
        "item": [_item(each, number) for number, each in enumerate(minutes.items, start=1)],
        "decision": [
            _decision("decision", each, number) for number, each in enumerate(minutes.decisions, start=1)
        ],
        "earlier": [
            {
                **_decision("earlier", each, number),
                "earlier.days_late": str(each.days_late or ""),
                "earlier.late": late(each.days_late),
            }
            for number, each in enumerate(minutes.earlier, start=1)
        ],
    }


def _figure(figure: Figure) -> Values:
    return {
        "figure.label": figure.label,
        "figure.value": amount(figure.value),
        "figure.before": "—" if figure.before is None else amount(figure.before),
        "figure.change": change(figure),
        "figure.remark": figure.remark,
    }


def _item(row: AgendaRow, number: int) -> Values:
    return {
        "item.no": str(number),
        "item.kind": kind_label(row.kind),
        "item.unit": row.unit,
        "item.project": row.project,
        "item.town": row.town,
        "item.title": row.title,
        "item.facts": facts(row),
        "item.due": day(row.due_on),
        "item.days_late": str(row.days_late or ""),
        "item.late": late(row.days_late),
        "item.speaker": row.speaker,
    }


def _decision(group: str, line: DecisionLine, number: int) -> dict[str, str]:
    said = {
        "no": str(number), "number": line.number, "text": line.text, "unit": line.unit, "due": day(line.due_on),
        "state": line.state, "outcome": line.outcome,
        "projects": pgettext("between names", ", ").join(line.projects),
    }  # fmt: skip
    return {f"{group}.{name}": value for name, value in said.items()}


def kind_label(kind: str) -> str:
    """As the agenda on the page of the meeting names it."""
    return str(GROUP_LABELS[AgendaItem.Kind(kind)]) if kind in AgendaItem.Kind.values else kind


def late(days: int) -> str:
    """How many working days late in words; nothing where it is not late."""
    if not days:
        return ""
    return ngettext("%(days)d working day late", "%(days)d working days late", days) % {"days": days}


def facts(row: AgendaRow) -> str:
    """The facts of an item in one line."""
    colon, semicolon = pgettext("before a list", ": "), pgettext("between facts", "; ")
    return semicolon.join(f"{label}{colon}{value}" for label, value in row.facts if value)


def amount(value: float) -> str:
    """A figure with its thousands; decimals only where there are any."""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def change(figure: Figure) -> str:
    """Against last week, with its sign; a dash where there is no last week."""
    if figure.change is None:
        return "—"
    if not figure.change:
        return "0"
    sign = "+" if figure.change > 0 else "−"
    return f"{sign}{amount(abs(figure.change))}"


def day(on: date | None) -> str:
    return date_format(on, "DATE_FORMAT") if on else ""


def moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")

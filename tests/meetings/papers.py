"""Templates of minutes as somebody would make them in Word, and what stands in a document."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from docx import Document

from meetings.minutes.content import DecisionLine, Minutes
from meetings.week import AgendaRow, Figure

AT = datetime(2026, 3, 9, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
ITEM = AgendaRow(
    pk=1, kind="overdue", unit="供电公司", project_id=1, project="晶圆材料二期", town="义蓬街道", title="桩基施工",
    facts=(("联络员", "王五"),), due_on=date(2026, 2, 2), days_late=23, speaker="张镇长", dropped_reason="", url="",
    node_id=1, issue_id=None, decision_id=None,
)  # fmt: skip
MINUTES = Minutes(
    name="2026年第10周", number="2026-10", year=2026, week=10, held_at=AT, cut_off_at=AT, is_draft=False,
    place="三号会议室", chair="陈副区长", recorder="李科长", attendees="经信局\n供电公司", sentence="两个超期。",
    figures=(Figure("causes", "超期节点", "", 2, 5), Figure("issues", "问题", "", 1234)), items=(ITEM,),
    decisions=(), earlier=(),
)  # fmt: skip


def decided(number: int, text: str = "送电", **more: Any) -> DecisionLine:
    line = DecisionLine(
        pk=number, number=f"2026-10-{number:02d}", text=text, unit="供电公司", due_on=date(2026, 3, 20),
        state="open", outcome="", days_late=0, projects=(), url="",
    )  # fmt: skip
    return replace(line, **more)


def template(draw: Callable[[Any], object]) -> bytes:
    """A document with what `draw` puts into it."""
    document = Document()
    draw(document)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def with_decisions(document: Any) -> Any:
    """A table of decisions, which every template needs."""
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "编号", "内容"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{decision.number}}", "{{decision.text}}"
    return table


def lines_of(data: bytes) -> list[str]:
    """The paragraphs outside of tables."""
    return [paragraph.text for paragraph in Document(BytesIO(data)).paragraphs]


def rows_of(data: bytes, table: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in Document(BytesIO(data)).tables[table].rows]

"""Whatever Word makes of a template: names give way to what they stand for, rows are repeated, the look stays."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.parser import OxmlElement, parse_xml
from docx.shared import Pt

from meetings.minutes import builtin, builtin_template, fill
from meetings.minutes.filling import asked_for
from meetings.minutes.placeholders import CHINESE, MEANINGS, records, singles
from tests.meetings.papers import ITEM, MINUTES, decided, lines_of, rows_of, template, with_decisions

ATTACHED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_names_give_way_to_what_they_stand_for() -> None:
    filled = fill(
        template(lambda document: document.add_paragraph("{{meeting}}，{{ place }}，{{held}}")), MINUTES
    )
    assert lines_of(filled) == ["2026年第10周，三号会议室，March 9, 2026, 9 a.m."]


def test_a_name_that_word_has_split_is_found_and_takes_the_look_of_its_first_letter() -> None:
    def draw(document: Any) -> None:
        paragraph = document.add_paragraph("主持：")
        paragraph.add_run("{").bold = True
        paragraph.add_run("{ch")
        paragraph._element.append(OxmlElement("w:proofErr"))
        paragraph.add_run("air}")
        paragraph.add_run("}，记录：{{recorder}}。").font.size = Pt(9)

    (paragraph,) = Document(BytesIO(fill(template(draw), MINUTES))).paragraphs
    assert paragraph.text == "主持：陈副区长，记录：李科长。"
    assert [run.text for run in paragraph.runs if run.bold] == ["陈副区长"]


def test_full_width_braces_are_braces_too() -> None:
    assert lines_of(fill(template(lambda document: document.add_paragraph("｛｛chair｝｝")), MINUTES)) == [
        "陈副区长"
    ]


def test_every_name_can_be_written_in_chinese_and_means_the_same() -> None:
    assert set(CHINESE) == set(MEANINGS)
    assert len(set(CHINESE.values())) == len(CHINESE)

    def draw(write: Callable[[str], str]) -> Callable[[Any], None]:
        def drawn(document: Any) -> None:
            document.add_paragraph(write("chair"))
            for number, name in enumerate(["item.title", "decision.text", "earlier.outcome"]):
                document.add_table(rows=1, cols=1).cell(0, 0).text = f"{number} {write(name)}"

        return drawn

    english = fill(template(draw(lambda name: f"{{{{{name}}}}}")), MINUTES)
    chinese = fill(template(draw(lambda name: f"｛｛{CHINESE[name].replace('.', '．')}｝｝")), MINUTES)
    assert lines_of(chinese) == lines_of(english)
    assert rows_of(chinese) == rows_of(english)
    assert asked_for(template(draw(lambda name: f"{{{{{CHINESE[name]}}}}}"))).names == {
        "chair", "item.title", "decision.text", "earlier.outcome",
    }  # fmt: skip


def test_names_stand_in_tables_headers_and_footers_as_well() -> None:
    def draw(document: Any) -> None:
        document.add_table(rows=1, cols=1).cell(0, 0).text = "{{chair}}"
        document.sections[0].header.paragraphs[0].text = "{{number}}"
        document.sections[0].footer.paragraphs[0].text = "{{week}}"

    filled = fill(template(draw), MINUTES)
    section = Document(BytesIO(filled)).sections[0]
    assert rows_of(filled) == [["陈副区长"]]
    assert (section.header.paragraphs[0].text, section.footer.paragraphs[0].text) == ("2026-10", "10")


def test_names_stand_in_text_boxes_and_content_controls_as_well() -> None:
    def draw(document: Any) -> None:
        box = f'<w:r xmlns:w="{W}"><w:pict><w:txbxContent><w:p><w:r><w:t>{{{{chair}}}}</w:t></w:r></w:p>'
        paragraph = document.add_paragraph("{{place}}")
        paragraph._element.append(parse_xml(f"{box}</w:txbxContent></w:pict></w:r>"))
        document.element.body.append(
            parse_xml(
                f'<w:sdt xmlns:w="{W}"><w:sdtContent><w:p><w:r><w:t>{{{{week}}}}</w:t></w:r></w:p>'
                "</w:sdtContent></w:sdt>"
            )
        )

    body = Document(BytesIO(fill(template(draw), MINUTES))).element.body
    assert [node.text for node in body.iter(f"{{{W}}}t")] == ["三号会议室", "陈副区长", "10"]


@pytest.mark.parametrize("count", [1, 5, 40])
def test_a_row_is_repeated_for_each_decision_in_their_order(count: int) -> None:
    minutes = replace(MINUTES, decisions=tuple(decided(n + 1, f"第{n}件") for n in range(count)))
    _head, *rows = rows_of(fill(template(with_decisions), minutes))
    assert rows == [[f"2026-10-{n + 1:02d}", f"第{n}件"] for n in range(count)]


def test_where_there_is_no_row_the_table_says_so_once() -> None:
    assert rows_of(fill(template(with_decisions), MINUTES)) == [["编号", "内容"], ["none", ""]]


def test_a_repeated_row_keeps_its_look_and_may_name_the_meeting() -> None:
    def draw(document: Any) -> None:
        table = with_decisions(document)
        table.cell(1, 0).paragraphs[0].runs[0].italic = True
        table.cell(1, 1).text = "{{number}}：{{decision.text}}"

    minutes = replace(MINUTES, decisions=(decided(1), decided(2, "通水")))
    table = Document(BytesIO(fill(template(draw), minutes))).tables[0]
    assert [row.cells[1].text for row in table.rows[1:]] == ["2026-10：送电", "2026-10：通水"]
    assert all(row.cells[0].paragraphs[0].runs[0].italic for row in table.rows[1:])


def test_outside_of_a_table_the_paragraph_is_repeated() -> None:
    asked = template(lambda document: document.add_paragraph("{{decision.no}}. {{decision.text}}"))
    minutes = replace(MINUTES, decisions=(decided(1), decided(2, "通水")))
    assert lines_of(fill(asked, minutes)) == ["1. 送电", "2. 通水"]


def test_a_table_in_a_row_is_repeated_by_itself() -> None:
    def draw(document: Any) -> None:
        outer = document.add_table(rows=1, cols=1)
        outer.cell(0, 0).text = "{{chair}}"
        outer.cell(0, 0).add_table(rows=1, cols=1).cell(0, 0).text = "{{decision.text}}"

    minutes = replace(MINUTES, decisions=(decided(1), decided(2, "通水")))
    outer = Document(BytesIO(fill(template(draw), minutes))).tables[0]
    assert len(outer.rows) == 1
    assert [row.cells[0].text for row in outer.cell(0, 0).tables[0].rows] == ["送电", "通水"]


def test_what_is_filled_in_is_not_read_as_a_name_again() -> None:
    minutes = replace(MINUTES, chair="{{place}}", decisions=(decided(1, "改为{{chair}}"),))
    filled = fill(
        template(lambda document: (document.add_paragraph("{{chair}}"), with_decisions(document))), minutes
    )
    assert lines_of(filled) == ["{{place}}"]
    assert rows_of(filled)[1][1] == "改为{{chair}}"


def test_lines_stay_lines_and_what_xml_cannot_hold_goes() -> None:
    minutes = replace(
        MINUTES, decisions=(decided(1, "一\r\n二\x0b三\x00\ud800<b>&amp;\ufffe" + "长" * 40_000),)
    )
    (_head, row) = rows_of(fill(template(with_decisions), minutes))
    assert row[1].startswith("一\n二\n三<b>&amp;长")
    assert len(row[1]) > 40_000


def test_lines_of_a_cell_that_hold_nothing_go() -> None:
    def draw(document: Any) -> None:
        cell = document.add_table(rows=1, cols=1).cell(0, 0)
        cell.text = "{{item.project}}"
        cell.add_paragraph("{{item.title}}")

    minutes = replace(MINUTES, items=(ITEM, replace(ITEM, project="")))
    assert rows_of(fill(template(draw), minutes)) == [["晶圆材料二期\n桩基施工"], ["桩基施工"]]


def test_every_name_that_is_explained_is_known_and_every_known_one_explained() -> None:
    minutes = replace(MINUTES, decisions=(decided(1),), earlier=(decided(2),))
    known = {*singles(minutes), *(name for rows in records(minutes).values() for row in rows for name in row)}
    assert known == set(MEANINGS)


def test_figures_stand_beside_those_of_last_week() -> None:
    first, second = records(MINUTES)["figure"]
    assert [first[f"figure.{name}"] for name in ("value", "before", "change")] == ["2", "5", "−3"]
    assert [second[f"figure.{name}"] for name in ("value", "before", "change")] == ["1,234", "—", "—"]


def test_a_template_on_somebodys_disk_is_forgotten() -> None:
    def draw(document: Any) -> None:
        parts = document.part.package.iter_parts()
        part = next(part for part in parts if part.partname == "/word/settings.xml")
        key = part.relate_to("file:///C:/x/Normal.dotm", ATTACHED, is_external=True)
        attached = OxmlElement("w:attachedTemplate")
        attached.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", key)
        document.settings.element.append(attached)

    asked = template(draw)
    assert "C:/x" in str(_parts(asked))
    assert "C:/x" not in str(_parts(fill(asked, MINUTES)))
    assert b"attachedTemplate" not in _parts(fill(asked, MINUTES))["word/settings.xml"]


def test_the_delivered_template_is_a4_upright_with_the_margins_of_an_authority() -> None:
    section = Document(BytesIO(builtin_template())).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)  # type: ignore[union-attr]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins if margin] == [37, 35, 28, 26]


@pytest.mark.parametrize("columns", [builtin.FIGURES, builtin.EARLIER, builtin.ITEMS, builtin.DECISIONS])
def test_its_tables_are_as_wide_as_the_text(columns: builtin.Columns) -> None:
    assert sum(width for _title, _below, width in columns) == builtin.WIDTH == 210 - 28 - 26


def test_the_delivered_template_names_its_fonts_and_what_stands_in_for_them() -> None:
    parts = _parts(builtin_template())
    document, fonts = parts["word/document.xml"].decode(), parts["word/fontTable.xml"].decode()
    assert 'w:eastAsia="方正小标宋简体"' in document
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="方正小标宋_GBK;宋体' in fonts
    assert b"PAGE" in parts["word/footer1.xml"]


def test_the_delivered_template_says_all_of_it() -> None:
    minutes = replace(
        MINUTES,
        is_draft=True,
        decisions=(decided(1),),
        earlier=(decided(9, outcome="已通电", state="verified"), decided(8, days_late=3)),
    )
    filled = fill(builtin_template(), minutes)
    said = "\n".join(lines_of(filled))
    assert "{{" not in said
    assert "2026年第10周(draft)" in said
    assert "主持人：陈副区长" in said
    assert rows_of(filled, 0)[1][:4] == ["超期节点", "2", "5", "−3"]
    assert rows_of(filled, 1)[1] == ["2026-10-01", "送电", "供电公司", "March 20, 2026", "open"]
    assert rows_of(filled, 2)[1][4] == "verified\n已通电"
    assert rows_of(filled, 2)[2][4] == "open\n3 working days late"
    assert rows_of(filled, 3)[1] == [
        "1",
        "Overdue nodes\n23 working days late",
        "供电公司",
        "晶圆材料二期\n桩基施工",
        "张镇长",
    ]


def test_in_the_delivered_template_what_is_read_begins_at_the_left() -> None:
    table = Document(BytesIO(builtin_template())).tables[1]
    number, text, _unit, due, _state = table.rows[1].cells
    sides = [cell.paragraphs[0].alignment for cell in (number, text, due)]
    assert sides == [WD_ALIGN_PARAGRAPH.CENTER, None, WD_ALIGN_PARAGRAPH.CENTER]


@pytest.mark.parametrize(
    "name", ["编号", "内容", "牵头单位", "办结时限", "办理情况", "办理结果", "项目", "超期"]
)
def test_earlier_decisions_have_the_name_that_older_templates_give_them_as_well(name: str) -> None:
    minutes = replace(MINUTES, earlier=(decided(1, outcome="已通电", projects=("轮胎技改",), days_late=3),))

    def said(group: str) -> list[list[str]]:
        asked = template(lambda document: document.add_paragraph(f"{{{{{group}.{name}}}}}"))
        return [lines_of(fill(asked, minutes))]

    assert said("上次议定事项") == said("此前议定事项")
    assert "{{" not in str(said("上次议定事项"))


def test_late_is_said_in_words_and_as_a_number_and_not_at_all_where_nothing_is_late() -> None:
    minutes = replace(MINUTES, items=(ITEM, replace(ITEM, days_late=0)), earlier=(decided(1, days_late=1),))
    late, in_time = records(minutes)["item"]
    (earlier,) = records(minutes)["earlier"]
    assert (late["item.late"], late["item.days_late"]) == ("23 working days late", "23")
    assert (in_time["item.late"], in_time["item.days_late"]) == ("", "")
    assert (earlier["earlier.late"], earlier["earlier.days_late"]) == ("1 working day late", "1")


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

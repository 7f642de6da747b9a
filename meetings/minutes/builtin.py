"""The template that comes with the software, drawn here: it can be downloaded, changed in Word and brought back.

Laid out as GB/T 9704 lays out a document of an authority: A4, margins of 37, 35, 28 and 26 mm, 22 lines a page;
the title in 小标宋 of size 二号 (22 pt), the text in 仿宋 of size 三号 (16 pt), page numbers between dashes outside.
"""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt

from meetings.minutes.packing import packed

TITLE, TEXT, HEAD, SUB = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"
OTHERWISE: Final = {
    TITLE: "方正小标宋_GBK;宋体;SimSun;Noto Serif CJK SC",
    TEXT: "仿宋;FangSong;STFangsong;Noto Serif CJK SC",
    HEAD: "SimHei;Noto Sans CJK SC",
    SUB: "楷体;KaiTi;STKaiti;Noto Serif CJK SC",
}
"""What stands in for a font that a computer does not have, by the font table of the document."""

SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)
LINE = Pt(28.9)
"""22 lines in the 225 mm between the margins."""

WIDTH = 156
"""Millimetres between the margins."""

Columns = Sequence[tuple[str, str, int]]
"""Title, what stands below it, width in mm."""

FIGURES: Columns = (
    ("指标", "{{指标.名称}}", 36), ("本周", "{{指标.本周}}", 22), ("上周", "{{指标.上周}}", 22),
    ("增减", "{{指标.增减}}", 18), ("备注", "{{指标.备注}}", 58),
)  # fmt: skip
EARLIER: Columns = (
    ("编号", "{{此前议定事项.编号}}", 23), ("议定内容", "{{此前议定事项.内容}}", 47),
    ("牵头单位", "{{此前议定事项.牵头单位}}", 23), ("办结时限", "{{此前议定事项.办结时限}}", 35),
    ("办理情况", "{{此前议定事项.办理情况}}\n{{此前议定事项.超期}}\n{{此前议定事项.办理结果}}", 28),
)  # fmt: skip
ITEMS: Columns = (
    ("序号", "{{议题.序号}}", 12), ("类别", "{{议题.类别}}\n{{议题.超期}}", 34), ("责任单位", "{{议题.责任单位}}", 26),
    ("议题", "{{议题.项目}}\n{{议题.名称}}", 66), ("汇报人", "{{议题.汇报人}}", 18),
)  # fmt: skip
DECISIONS: Columns = (
    ("编号", "{{议定事项.编号}}", 24), ("议定内容", "{{议定事项.内容}}", 55), ("牵头单位", "{{议定事项.牵头单位}}", 24),
    ("办结时限", "{{议定事项.办结时限}}", 35), ("状态", "{{议定事项.办理情况}}", 18),
)  # fmt: skip


def builtin_template() -> bytes:
    """The template as a .docx, with the names that ``placeholders.MEANINGS`` explains. Its words are Chinese."""
    document = Document()
    _page(document)
    _letters(document)
    _paragraph(document, "产业项目协调推进周例会纪要", TITLE, SIZE_2, centred=True)
    _paragraph(document, "{{会议}}{{草稿}}", SUB, SIZE_3, centred=True)
    _paragraph(document, "", TEXT, SIZE_3)
    for name, value in (
        ("会议时间", "{{会议时间}}"), ("会议地点", "{{会议地点}}"), ("主持人", "{{主持人}}"), ("记录人", "{{记录人}}"),
        ("参会人员", "{{参会人员}}"), ("数据截止", "{{数据截止}}"),
    ):  # fmt: skip
        _fact(document, name, value)
    _heading(document, "一、本周项目推进情况")
    _text(document, "{{本周概况}}")
    _table(document, FIGURES)
    _heading(document, "二、本次会议议定事项")
    _text(document, "会议议定事项共{{议定事项数}}项，由牵头单位按期办理，办理情况在下次例会上通报。")
    _table(document, DECISIONS)
    _heading(document, "三、此前议定事项办理情况")
    _table(document, EARLIER)
    _heading(document, "四、会议议题")
    _text(document, "本次会议共安排议题{{议题数}}项。")
    _table(document, ITEMS)
    return _with_fonts(document)


def _page(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _page_number(paragraph: Any, side: Any) -> None:
    paragraph.alignment = side
    paragraph.paragraph_format.right_indent = paragraph.paragraph_format.left_indent = SIZE_4
    for kind, text in (("", "— "), ("begin", ""), ("", "PAGE"), ("end", ""), ("", " —")):
        run = paragraph.add_run()
        _font(run, "宋体", SIZE_4)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._element.append(mark)  # noqa: SLF001 - python-docx has no field of its own
        elif text == "PAGE":
            field = OxmlElement("w:instrText")
            field.text = text
            run._element.append(field)  # noqa: SLF001
        else:
            run.text = text


def _letters(document: Any) -> None:
    """仿宋 of size 三号 unless it is said otherwise, and the language by which lines are broken."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, SIZE_3
    marks = style.element.get_or_add_rPr()
    fonts = marks.get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), TEXT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    marks.append(language)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "周例会纪要模板", "", ""
    properties.language = "zh-CN"


def _font(run: Any, font: str, size: Any) -> None:
    run.font.name, run.font.size = LATIN, size
    run.font.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _paragraph(document: Any, text: str, font: str, size: Any, *, centred: bool = False) -> Any:
    paragraph = document.add_paragraph()
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = (
        WD_LINE_SPACING.EXACTLY,
        LINE if size == SIZE_3 else Pt(36),
    )
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(paragraph.add_run(text), font, size)
    return paragraph


def _text(document: Any, text: str) -> None:
    paragraph = _paragraph(document, text, TEXT, SIZE_3)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = SIZE_3 * 2
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.paragraph_format.keep_with_next = True


def _fact(document: Any, name: str, value: str) -> None:
    """A name and, hung behind it, what it is."""
    paragraph = _paragraph(document, f"{name}：", HEAD, SIZE_3)
    _font(paragraph.add_run(value), TEXT, SIZE_3)
    indent = SIZE_3 * (len(name) + 1)
    paragraph.paragraph_format.left_indent = indent
    paragraph.paragraph_format.first_line_indent = -indent


def _heading(document: Any, text: str) -> None:
    paragraph = _paragraph(document, text, HEAD, SIZE_3)
    paragraph.paragraph_format.first_line_indent = SIZE_3 * 2
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(8)


def _table(document: Any, columns: Columns) -> None:
    """Two rows: the titles, repeated on each page, and what is repeated for each row."""
    table = document.add_table(rows=2, cols=len(columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for place, (title, below, width) in enumerate(columns):
        table.columns[place].width = Mm(width)
        _cell(table.cell(0, place), title, HEAD, width, centred=True)
        # A header alone at the foot of a page makes LibreOffice lose the rows below it.
        table.cell(0, place).paragraphs[0].paragraph_format.keep_with_next = True
        _cell(table.cell(1, place), below, TEXT, width, centred=not _is_long(below))
    header, row = table.rows
    for each, marks in ((header, ("w:cantSplit", "w:tblHeader")), (row, ("w:cantSplit",))):
        properties = each._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no name for it
        for mark in marks:
            properties.append(OxmlElement(mark))


def _is_long(below: str) -> bool:
    """Whether what stands there is read rather than looked at, and so begins at the left."""
    return any(name in below for name in ("内容", "名称", "备注", "\n"))


def _cell(cell: Any, text: str, font: str, width: int, *, centred: bool) -> None:
    cell.width, cell.vertical_alignment = Mm(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    for number, line in enumerate(text.split("\n")):
        paragraph = cell.add_paragraph() if number else paragraph
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        _font(paragraph.add_run(line), font, SIZE_5)


def _with_fonts(document: Any) -> bytes:
    """The document as a file, its font table naming what stands in for the fonts that not every computer has."""
    named = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(packed(document))) as source,
        zipfile.ZipFile(named, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            data = source.read(part)
            target.writestr(part.filename, _font_table() if part.filename == "word/fontTable.xml" else data)
    return named.getvalue()


def _font_table() -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in OTHERWISE.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<w:fonts xmlns:w="{space}">{fonts}</w:fonts>'.encode()

"""Filling a template: names in double braces give way to what they stand for, rows are repeated.

Word splits a text over several runs as it likes (spelling, a change of the language), so a name is looked for in the
whole of a paragraph. What is filled in takes the look of the letter that its name began with.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.translation import pgettext
from docx import Document
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from meetings.minutes.content import Minutes
from meetings.minutes.packing import packed
from meetings.minutes.placeholders import Values, named, records, singles

NAME = re.compile(r"(?:\{\{|｛｛)\s*([^{}｛｝]*?)\s*(?:\}\}|｝｝)")
"""A name in double braces, also in the full-width ones that a Chinese keyboard writes."""

_NOT_IN_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_P, _T, _TC, _TR, _TEXT_BOX = (qn(f"w:{tag}") for tag in ("p", "t", "tc", "tr", "txbxContent"))
_ATTACHED = "attachedTemplate"

_FILLED = "filled"
"""Marks a paragraph that has been filled; gone before the document is written."""

Said = Callable[[str], str | None]
"""What stands for a name; None leaves the name where it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a template asks for: all names, and whether a row or paragraph would have to be repeated for two groups."""

    names: frozenset[str]
    is_mixed: bool


def fill(template: bytes, minutes: Minutes) -> bytes:
    """The document that `template` becomes with what `minutes` say, in the language in use."""
    document = Document(BytesIO(template))
    plain, many = singles(minutes), records(minutes)
    for root in _roots(document):
        _fill_all(root, plain, many)
    _forget_the_attached(document)
    properties = document.core_properties
    properties.title, properties.comments = minutes.name, ""
    return packed(document)


def asked_for(template: bytes) -> Asked:
    """What `template` asks for. Raises what python-docx and zipfile raise where it is no document, ValueError where a
    part of it declares what no word processor declares."""
    names: set[str] = set()
    is_mixed = False
    document = Document(BytesIO(template))
    for part in document.part.package.iter_parts():
        if isinstance(part, XmlPart) and part.element.getroottree().docinfo.doctype:
            raise ValueError(f"{part.partname} has a document type of its own")
    for root in _roots(document):
        repeated = dict(_repeated(root))
        for block, groups in repeated.items():
            is_nested = any(above in repeated for above in block.iterancestors(_TR))
            is_mixed = is_mixed or len(groups) > 1 or is_nested
        names.update(name for paragraph in root.iter(_P) for name in _names(paragraph))
    return Asked(frozenset(names), is_mixed)


def _roots(document: Any) -> Iterator[Any]:
    """The text itself, headers and footers."""
    for part in document.part.package.iter_parts():
        if isinstance(part, XmlPart) and part.content_type.endswith(("main+xml", "header+xml", "footer+xml")):
            yield part.element


def _fill_all(root: Any, plain: Values, many: Mapping[str, Sequence[Values]]) -> None:
    for block, groups in list(_repeated(root)):
        _repeat(block, many.get(groups[0], ()), plain)
    # What has just been filled in is not looked at again: a decision may hold braces of its own.
    for paragraph in root.iter(_P):
        if _FILLED not in paragraph.attrib:
            _fill(paragraph, plain.get)
    for paragraph in root.iter(_P):
        paragraph.attrib.pop(_FILLED, None)


def _repeated(root: Any) -> Iterator[tuple[Any, list[str]]]:
    """Rows and paragraphs that name one of many, with the groups."""
    found: dict[Any, list[str]] = {}
    for paragraph in root.iter(_P):
        groups = [name.partition(".")[0] for name in _names(paragraph) if "." in name]
        if groups:
            found.setdefault(_block(paragraph), []).extend(groups)
    for block, groups in found.items():
        yield block, list(dict.fromkeys(groups))


def _block(paragraph: Any) -> Any:
    """What is repeated with a paragraph: the row of the table that it stands in, else the paragraph alone."""
    for above in paragraph.iterancestors(_TR, _TEXT_BOX):
        return above if above.tag == _TR else paragraph
    return paragraph


def _names(paragraph: Any) -> list[str]:
    text = "".join(node.text or "" for node in _texts(paragraph))
    return [named(match[1]) for match in NAME.finditer(text)]


def _texts(paragraph: Any) -> list[Any]:
    """The pieces of text of a paragraph, without those of text boxes that hang on it."""
    return [node for node in paragraph.iter(_T) if next(node.iterancestors(_P)) is paragraph]


def _repeat(block: Any, rows: Sequence[Values], plain: Values) -> None:
    """`block` once for each of `rows`; where there is none it stands once and says so."""
    for row in rows:
        copy = deepcopy(block)
        block.addprevious(copy)
        _fill_block(copy, {**plain, **row}.get)
    if rows:
        block.getparent().remove(block)
    else:
        _fill_block(block, _no_rows(plain))


def _no_rows(plain: Values) -> Said:
    """What is said where there is no row: that there is none, once, in place of the first name of a row."""
    none = [pgettext("in place of the rows of a table", "none")]

    def said(name: str) -> str | None:
        if "." not in name:
            return plain.get(name)
        return none.pop() if none else ""

    return said


def _fill_block(block: Any, said: Said) -> None:
    """Fill a row or paragraph; of a cell with several lines those go that only held names of what is blank."""
    for paragraph in [each for each in block.iter(_P) if _block(each) is block]:
        was_asked = bool(_names(paragraph))
        _fill(paragraph, said)
        cell = paragraph.getparent()
        is_blank = was_asked and not "".join(node.text or "" for node in _texts(paragraph)).strip()
        if is_blank and cell.tag == _TC and len(cell.findall(_P)) > 1:
            cell.remove(paragraph)


def _fill(paragraph: Any, said: Said) -> None:
    nodes = _texts(paragraph)
    matches = list(NAME.finditer("".join(node.text or "" for node in nodes)))
    values = [said(named(match[1])) for match in matches]
    # From behind, so that the places of those before stay what they are.
    for match, value in reversed(list(zip(matches, values, strict=True))):
        if value is not None:
            _replace(nodes, match.start(), match.end(), _clean(value))
    for node in nodes:
        _break_lines(node)
    paragraph.set(_FILLED, "")


def _replace(nodes: Sequence[Any], start: int, end: int, value: str) -> None:
    """Put `value` where the letters from `start` to `end` stand, into the piece of text that has the first of them."""
    at = 0
    for node in nodes:
        text = node.text or ""
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            node.text = f"{text[:first]}{value}{text[last:]}"
            node.set(qn("xml:space"), "preserve")
            value = ""
        at += len(text)


def _clean(value: str) -> str:
    """`value` without what XML cannot hold."""
    lines = "\n".join(value.replace("\t", " ").splitlines())
    return _NOT_IN_XML.sub("", lines)


def _break_lines(node: Any) -> None:
    """Each line of a piece of text in a piece of its own, with a break between."""
    first, *others = (node.text or "").split("\n")
    if not others:
        return
    node.text = first
    last = node
    for line in others:
        text = OxmlElement("w:t")
        text.set(qn("xml:space"), "preserve")
        text.text = line
        for each in (OxmlElement("w:br"), text):
            last.addnext(each)
            last = each


def _forget_the_attached(document: Any) -> None:
    """The template on somebody's disk that Word would look for each time the document is opened."""
    for part in document.part.package.iter_parts():
        for key in [key for key, rel in part.rels.items() if rel.reltype.endswith(f"/{_ATTACHED}")]:
            del part.rels[key]
        if isinstance(part, XmlPart):
            for element in list(part.element.iter(qn(f"w:{_ATTACHED}"))):
                element.getparent().remove(element)

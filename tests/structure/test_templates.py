"""Pages obey a strict content policy: nothing inline that runs or paints, nothing from elsewhere."""

import re
from collections.abc import Iterator

from tests.structure.sources import ROOT

INLINE = re.compile(
    r"<style\b|\sstyle\s*=|<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on\b", re.IGNORECASE
)
ELSEWHERE = re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE)


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.glob("*/templates/**/*.html")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_templates_hold_no_script_and_no_style() -> None:
    read = dict(templates())
    assert {"config/templates/base.html", "milestones/templates/milestones/overdue.html"} <= read.keys()
    assert {path: INLINE.findall(text) for path, text in read.items() if INLINE.search(text)} == {}


def test_templates_ask_nobody_else_for_anything() -> None:
    assert [path for path, text in templates() if ELSEWHERE.search(text)] == []


def test_the_keyboard_goes_through_a_page_in_its_order() -> None:
    assert [path for path, text in templates() if re.search(r"tabindex=[\"'][1-9]", text)] == []


def test_every_page_looks_for_its_parts_where_they_are() -> None:
    """What a part looks like is written once: pages include it or ask a tag for it."""
    own = {
        r'class="filters card"': {
            "issues/templates/issues/topic_add.html",
            "issues/templates/issues/visit_choose.html",
        },
        r'class="fig[ "]': set(),
        r'class="pages" aria-label': {"config/templates/parts/pages.html"},
        r"<progress\b": {"meetings/templates/meetings/mode.html"},
        r'id="more"': set(),
    }
    read = dict(templates())
    for part, allowed in own.items():
        found = {path for path, text in read.items() if re.search(part, text)}
        assert found <= allowed, part


def test_the_rules_about_templates_are_not_blind() -> None:
    for bad in (
        '<p style="a">',
        "<style>",
        "<script>1</script>",
        '<a onclick="x">',
        '<a href="javascript:x">',
    ):
        assert INLINE.search(bad), bad
    assert not INLINE.search('<script src="{% static "x.js" %}" defer></script>')
    assert ELSEWHERE.search('<script src="//cdn.example/x.js">')
    assert not ELSEWHERE.search('<a href="/overdue/">')

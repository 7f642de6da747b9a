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

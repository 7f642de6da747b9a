"""One stylesheet: colours, sizes of type and space are named in its tokens and taken from there."""

import re
from collections.abc import Iterator

from tests.structure.sources import ROOT

SHEET = ROOT / "config/static/onescreen.css"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
TYPE = re.compile(r"(?:font-size:|font:)\s*(?:\d+\s+)?[\d.]+(?:px|pt|rem)")
SPACE = re.compile(r"(?<![\w-])(?:margin|padding|gap|row-gap|column-gap)(?:-[a-z]+)*:[^;]*?\b(?!1px)\d+px")


def without_comments() -> str:
    text = SHEET.read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.DOTALL)


def declarations(text: str) -> Iterator[tuple[int, str]]:
    """Each declaration that gives no token its value, with its line; the boxes of paper (``@page``) know no tokens."""
    paper = re.sub(r"@page[^{]*\{(?:[^{}]|\{[^{}]*\})*\}", lambda match: "\n" * match[0].count("\n"), text)
    for match in re.finditer(r"(?<=[{;])\s*([\w-]+)\s*:\s*([^;{}]*)(?=[;}])", paper):
        if not match[1].startswith("--"):
            yield paper.count("\n", 0, match.start(1)) + 1, f"{match[1]}: {match[2]}"


def broken(text: str) -> list[str]:
    rules = (COLOUR, TYPE, SPACE)
    return [
        f"{line}: {said}" for line, said in declarations(text) if any(rule.search(said) for rule in rules)
    ]


def test_colours_type_and_space_come_from_the_tokens() -> None:
    assert broken(without_comments()) == []


def test_there_is_one_stylesheet() -> None:
    assert [path.name for path in ROOT.glob("*/static/**/*.css")] == [SHEET.name]


def test_every_token_that_is_used_is_given_a_value() -> None:
    text = without_comments()
    given = set(re.findall(r"(?<![\w-])(--[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) - given == set()


def test_every_colour_of_the_light_page_has_its_other_in_the_dark() -> None:
    blocks = re.findall(r":root \{(.*?)\}", without_comments(), flags=re.DOTALL)
    light, dark = (set(re.findall(r"(--[\w-]+): (?:#|rgb)", block)) for block in blocks[:2])
    assert light
    assert light == dark


def test_the_rules_about_the_stylesheet_are_not_blind() -> None:
    for bad in (
        "a { color: #fff; }",
        "a { border: 1px solid rgb(0 0 0); }",
        "a { font-size: 13px }",
        "a { font: 600 12px/18px serif; }",
        "a { margin: 0 auto 13px; }",
        "@media print { a { padding-top: 3px; } }",
    ):
        assert broken(bad), bad
    for good in (
        ":root { --ink: #111; }",
        "a { font-size: 1.2em; padding: 1px var(--s2); }",
        "a { font: var(--t2)/18px var(--sans); width: 12px; }",
        "@page minutes { margin: 22mm; @bottom-center { font: 10.5pt serif; } }",
    ):
        assert not broken(good), good

"""Both languages are complete: every sentence of the sources is in the catalogue, translated, compiled."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "config/locale/zh_Hans/LC_MESSAGES/django.po"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", "tests", "bench"
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
"""Not ``%%``: a language may say per cent in words (八成)."""


def entries() -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]


def test_every_sentence_is_translated_and_none_is_doubtful() -> None:
    assert entries()
    assert [entry.msgid for entry in entries() if not entry.translated() or entry.fuzzy] == []


def test_translations_keep_the_placeholders() -> None:
    wrong = []
    for entry in entries():
        for text in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
            wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
            found = set(PLACEHOLDER.findall(text))
            # A plural form may leave the number out of the singular, never bring a placeholder of its own.
            if found - wanted or (not entry.msgid_plural and wanted - found):
                wrong.append(entry.msgid)
    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    in_source = {
        (entry.msgctxt, entry.msgid, entry.msgstr, tuple(entry.msgstr_plural.values())) for entry in entries()
    }
    in_compiled = {
        (entry.msgctxt, entry.msgid, entry.msgstr, tuple(entry.msgstr_plural.values())) for entry in compiled
    }
    assert in_compiled == in_source


def test_the_catalogue_holds_exactly_the_sentences_of_the_sources(tmp_path: Path) -> None:
    if shutil.which("xgettext") is None:
        if os.environ.get("REQUIRE_GETTEXT"):
            pytest.fail("REQUIRE_GETTEXT is set, but xgettext (Debian: gettext) is not installed")
        pytest.skip("xgettext (Debian: gettext) is not installed")
    copy = tmp_path / "sources"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    collect = [
        sys.executable,
        "manage.py",
        "makemessages",
        "--locale",
        "zh_Hans",
        "--no-location",
        "--no-obsolete",
    ]

    subprocess.run(
        collect, cwd=copy, check=True, capture_output=True, env={**os.environ, "DATA_DIR": str(tmp_path)}
    )

    collected = polib.pofile(str(copy / CATALOGUE.relative_to(ROOT)))
    assert {(entry.msgctxt, entry.msgid) for entry in collected} == {
        (entry.msgctxt, entry.msgid) for entry in entries()
    }

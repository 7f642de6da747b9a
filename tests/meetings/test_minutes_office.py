"""The minutes as LibreOffice opens and prints them."""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from meetings.minutes import Minutes, builtin_template, fill
from tests.meetings.papers import ITEM, MINUTES, decided

pytestmark = pytest.mark.office

OFFICE = shutil.which("soffice")
A4 = (595, 842)


def pages_of(minutes: Minutes, folder: Path) -> list[tuple[int, int]]:
    """Width and height of each printed page in points; skipped where there is no LibreOffice and none is required."""
    if OFFICE is None:
        assert os.environ.get("REQUIRE_OFFICE") != "1", "REQUIRE_OFFICE=1, but there is no soffice"
        pytest.skip("LibreOffice is not installed")
    (folder / "minutes.docx").write_bytes(fill(builtin_template(), minutes))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [OFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*convert, str(folder / "minutes.docx")], check=True, capture_output=True, timeout=180)
    boxes = re.findall(
        rb"/Type\s*/Page\b.*?/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]",
        (folder / "minutes.pdf").read_bytes(), re.DOTALL,
    )  # fmt: skip
    return [(round(float(width)), round(float(height))) for width, height in boxes]


@pytest.mark.parametrize(("count", "least", "most"), [(0, 2, 2), (5, 2, 4), (40, 7, 14)])
def test_it_is_printed_on_a4_upright_and_no_row_is_lost_between_two_pages(
    tmp_path: Path, count: int, least: int, most: int
) -> None:
    """Rows that LibreOffice cannot place it leaves out, so that there are far fewer pages."""
    minutes = replace(
        MINUTES, items=tuple(replace(ITEM, pk=n) for n in range(count)),
        decisions=tuple(decided(n, "月底前完成开闭所设备安装并送电。" * (n % 4 + 1)) for n in range(1, count + 1)),
        earlier=tuple(decided(n) for n in range(1, count // 4 + 1)),
    )  # fmt: skip
    pages = pages_of(minutes, tmp_path)
    assert least <= len(pages) <= most
    assert set(pages) == {A4}


def test_a_decision_longer_than_a_page_is_printed_on_several(tmp_path: Path) -> None:
    short = len(pages_of(replace(MINUTES, decisions=(decided(1),)), tmp_path))
    assert (
        len(pages_of(replace(MINUTES, decisions=(decided(1, "由供电公司办理。" * 250),)), tmp_path))
        >= short + 2
    )

"""A Chinese reader reads Chinese: every page, refusal and sheet, on the demonstration district."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

import ledger
from accounts.models import User
from config.demo.sowing import sow
from domain.lifecycle import Status
from domain.lights import LightRule
from ledger.mapping_files import built_in_mapping
from meetings.gathering import gather_week, one_moment
from meetings.models import Meeting, MeetingFile
from meetings.workbook import write_workbook
from milestones.calendar_table import load_calendar
from milestones.models import Node
from projects.models import Project
from tests.pages import client_of, text_of

pytestmark = pytest.mark.django_db

FOREIGN = {
    "English", "SMT", "GB", "KB", "MB", "xlsx", "xls", "ods", "csv", "PDF", "JPEG", "PNG", "WebP", "Office", "TOML",
    "Outlook", "WPS", "iCalendar", "webcal",
    "ICS", "ICSx", "Internet", "Mac", "URL", "Web", "Android", "Google", "iPhone", "iPad", "iOS",
    "Ctrl", "Enter", "Shift", "Esc", "Home", "End", "PgUp", "PgDn", "Alt", "Word", "docx",
}  # fmt: skip
"""What is said in Latin letters in Chinese too, and the other language's own name."""

SAMPLES = Path(ledger.__file__).parent / "samples"
AMERICAN_LEDGER = built_in_mapping("nyc").title

PAGES = [
    "/", "/my/", "/overdue/", "/overdue/?knocked_on=all", "/overdue/?light=green&light=blue&search=x",
    "/projects/", "/projects/?light=violet", "/meetings/", "/ledger/", "/nowhere/",
    "/accounts/password/change/", "/accounts/logout/", "/overdue/?idle=true", "/overdue/?held_over=30",
    "/projects/new/", "/date-changes/", "/date-changes/1/",
    "/calendar/", "/nodes/1/", "/projects/1/?zoom=week", "/projects/1/history/",
    "/issues/", "/issues/?status=closed", "/issues/inbox/", "/issues/figures/", "/issues/60/", "/issues/60/edit/",
    "/projects/1/issues/new/", "/projects/1/enterprise/", "/topics/", "/topics/1/", "/topics/new/", "/supervision/",
    "/supervision/?state=issued", "/supervision/1/", "/visits/", "/visits/?list=unvisited", "/visits/1/",
    "/visits/new/?project=1",
    "/meetings/1/", "/meetings/12/", "/meetings/12/mode/", "/meetings/12/minutes/",
    "/search/?q=项目", "/search/?q=没有的",
    "/weak-link/", "/weak-link/new_build/pwplan/", "/weak-link/nodes/", "/forecast/", "/forecast/past/",
    "/race/", "/race/?period=year", "/race/weights/", "/race/adjustments/",
    "/meetings/decisions/", "/meetings/decisions/1/", "/meetings/uploads/", "/meetings/minutes-template/",
]  # fmt: skip


def strangers(text: str) -> set[str]:
    """Words in Latin letters that are no names of things."""
    return set(re.findall(r"[A-Za-z]{2,}", unescape(text).replace(AMERICAN_LEDGER, ""))) - FOREIGN


def test_a_chinese_reader_finds_no_english_word_on_any_page_or_sheet() -> None:
    with override("zh-hans"):
        sow(timezone.localdate())
        _pages()
        _opening_sentence()
        _preview()
        _workbook()


def _pages() -> None:
    projects = [f"/projects/{pk}/" for pk in Project.objects.values_list("pk", flat=True)[:8]]
    running = Node.objects.filter(status=Status.RUNNING).values_list("pk", flat=True)[:3]
    projects += [f"/nodes/{pk}/{page}" for pk in running for page in ("", "date-change/")]
    projects += [f"{projects[0]}{page}/" for page in ("edit", "chain")]
    last = Meeting.objects.latest("year", "week")
    projects += [
        f"/meetings/{last.pk}/mode/?item={item.pk}" for item in last.items.order_by("position")[5:40:9]
    ]
    for name in ("manager", "liaison", "leader"):
        client = client_of(User.objects.get(username=name), language="zh-CN")
        found = {path: strangers(text_of(client.get(path))) for path in (*PAGES, *projects)}
        told = {path: words for path, words in found.items() if words}
        assert told == {}, told


def _opening_sentence() -> None:
    words = text_of(client_of(User.objects.get(username="manager"), language="zh-CN").get("/"))

    told = re.sub(r"\s", "", words)
    assert re.search(
        r"\d+个项目在推进，\d+个超期成因节点，其中\d+个卡在开闭所、外线工程建设，责任单位是供电公司。", told
    )


def _preview() -> None:
    """The sample ledger, with rows that cannot be taken and rows in doubt."""
    client = client_of(User.objects.get(username="manager"), language="zh-CN")
    (sample,) = SAMPLES.glob("*.xlsx")
    with sample.open("rb") as file:
        answer = client.post("/ledger/", {"file": file, "mapping": ""}, follow=True)
    words = re.sub(r"[0-9a-f]{12}…", "", text_of(answer))  # the digest of the file

    assert "行无法导入" in words
    assert "处存疑" in words
    assert strangers(words) == set()


def _workbook() -> None:
    """The live one, and the one that is kept with the last meeting."""
    live, now = BytesIO(), timezone.now()
    rule = LightRule.on(timezone.localdate(now), load_calendar())
    with one_moment():
        write_workbook(live, gather_week(User.objects.system(), rule, now))
    last = MeetingFile.objects.latest("pk")
    with last.file.open() as kept:
        for file in (live, BytesIO(kept.read())):
            _reads_chinese(file)


def _reads_chinese(file: BytesIO) -> None:
    book: Any = load_workbook(file)
    sheets = "总览 超期节点 临期节点 问题清单 本周销号 议定事项 问题交办建议 停表免办 项目台账 赛马榜 延期申请 口径说明"
    shown = [sheet for sheet in book if sheet.sheet_state == "visible"]
    assert [sheet.title for sheet in shown] == sheets.split()
    assert book["总览"]["A2"].value.endswith(" · 全部项目")
    texts: list[str] = []
    for sheet in shown:
        widths = [width for width in sheet.column_dimensions.values() if width.hidden]
        hidden = {column for width in widths for column in range(width.min, width.max + 1)}
        cells = (cell for row in sheet.iter_rows() for cell in row if cell.column not in hidden)
        texts += [str(cell.value) for cell in cells if cell.value]
    assert strangers(" ".join(texts)) == set()


def test_who_is_not_logged_in_reads_chinese_too() -> None:
    answer = Client(headers={"accept-language": "zh-CN"}).get("/accounts/login/")

    assert strangers(text_of(answer)) == set()
    assert "项目到哪一步、堵在哪一环，一屏看清。" in text_of(answer)

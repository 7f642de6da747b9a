"""One number, one source: what the one screen says, lists, API, workbook, weak link, forecast and race say too."""

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook

from accounts.models import User
from tests.pages import client_of, tags_of

_APIS = {"/overdue/": "/api/v1/nodes/", "/projects/": "/api/v1/projects/", "/issues/": "/api/v1/issues/"}
"""The API that takes the same questions as a list."""


def figures_agree(today: date, folder: Path) -> None:
    """Walks all of them as the leader, who sees everything."""
    client = client_of(User.objects.get(username="leader"), language="zh-CN")
    figures = counted(client.get("/"))
    assert len(figures) > 100
    told = _lists_and_api(client, figures)
    assert told > 100
    _workbook(client, today, folder / "workbook.xlsx")
    _weak_links(client)
    _forecasts(client)
    _race(client)


def counted(page: Any) -> dict[str, int]:
    """The addresses that say how many rows they open."""
    links = [attributes for name, attributes in tags_of(page) if name == "a" and attributes.get("data-count")]
    return {str(one["href"]): int(one["data-count"] or 0) for one in links}


def _lists_and_api(client: Client, figures: dict[str, int]) -> int:
    """Every figure against the API; of those that ask a list in the same way, the first against the list too."""
    shapes, told = set[tuple[str, ...]](), 0
    for url, count in figures.items():
        path, _, query = url.partition("?")
        shape = (path, *sorted(part.partition("=")[0] for part in query.split("&")))
        if path in _APIS:
            answer = client.get(f"{_APIS[path]}?{query}&page_size=1").json()
            assert answer["count"] == count, url
            told += 1
        if shape not in shapes and count:
            assert client.get(url).context["page"].rows == count, url
            shapes.add(shape)
    return told


def _workbook(client: Client, today: date, file: Path) -> None:
    """Its first sheet and its rows against the figures of the one screen."""
    with override("zh-hans"):
        call_command("export_meeting", on=today, output=file, stdout=StringIO())
        home = client.get("/").context
    sheets = load_workbook(file, read_only=True)
    said = {row[0]: row[2] for row in sheets["总览"].iter_rows(values_only=True, max_col=3) if row[0]}
    screen, issues = home["screen"], home["board"].issues

    assert said["超期成因"] == screen.causes == _rows_of(sheets["超期节点"], 1, "成因")
    assert said["受累"] == screen.knocked_on == _rows_of(sheets["超期节点"], 1, "受累")
    assert said["在推进项目"] == screen.projects.under_way
    assert said["未销号问题"] == issues.count == sum(1 for _ in sheets["问题清单"].iter_rows(min_row=4))
    race = client.get("/api/v1/race/").json()
    of_units = {
        line["name"]: float(line["score"]) for board in ("towns", "departments") for line in race[board]
    }
    rows = sheets["赛马榜"].iter_rows(min_row=4, max_col=5, values_only=True)
    assert {row[3]: row[4] for row in rows if row[3] in of_units} == of_units


def _rows_of(sheet: Any, column: int, word: str) -> int:
    return sum(row[column] == word for row in sheet.iter_rows(values_only=True, min_row=4))


def _weak_links(client: Client) -> None:
    """The three worst: page, API and one screen; each of their numbers is that of the rows it opens."""
    page, answer = client.get("/weak-link/"), client.get("/api/v1/weak-link/").json()
    worst = [link["name"] for link in answer["links"][:3]]
    block = next(one for one in client.get("/").context["judgements"] if hasattr(one, "worst"))
    assert [link.name.name for link in block.worst] == worst
    first = answer["links"][0]
    opened = {
        url: count
        for url, count in counted(page).items()
        if f"node_kind={first['link'].replace('/', '%2F')}" in url
    }
    assert len(opened) > 4
    for url, count in opened.items():
        assert client.get(url).context["page"].rows == count, url
        assert count == first["counts"][url.partition("cell=")[2].partition("&")[0]], url


def _forecasts(client: Client) -> None:
    opened = counted(client.get("/forecast/"))
    assert len(opened) > 4
    this_year = {one["key"]: one for one in client.get("/api/v1/forecasts/").json()["this_year"]}
    for url, count in opened.items():
        assert client.get(url).context["page"].rows == count, url
    assert opened["/forecast/?key=producing&due=year&state=keep"] == this_year["producing"]["keep"]
    block = next(one for one in client.get("/").context["judgements"] if hasattr(one, "likely"))
    assert (block.due, block.likely) == (this_year["producing"]["due"], this_year["producing"]["keep"])


def _race(client: Client) -> None:
    """Page and API; a denominator is the rows that it opens."""
    shown, answer = client.get("/race/").context["race"], client.get("/api/v1/race/").json()
    for board, lines in shown.boards.items():
        told = {line["unit"]: line for line in answer[str(board)]}
        assert [(line.found.unit, line.rank, str(line.score)) for line in lines] == [
            (one["unit"], one["rank"], one["score"]) for one in told.values()
        ]
        for part in told[lines[0].found.unit]["parts"]:
            rows = client.get(f"/race/{board}/{lines[0].found.unit}/{part['measure']}/")
            assert rows.context["page"].rows == part["rows"], part

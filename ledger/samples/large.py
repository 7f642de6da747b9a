"""Ledgers of any length for measuring: one row a project, ten nodes with their dates in columns, or twelve months."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from domain.project_code import check_digit
from milestones.sheet import Book, Cell, Column, Kind

TOWN = "义蓬街道"
DEPARTMENT = "投资促进局"
NODES = tuple(f"节点{place}" for place in range(1, 11))

MAPPING = f"""
title = "a ledger with a chain of ten nodes"

[project]
name = "项目名称"
code = "项目代码"
enterprise = "建设单位"
town = "属地"
department = "牵头部门"
investment = "总投资"

[defaults]
kind = "new_build"

[says]
due = ["计划"]
finished = ["完成"]

[chain]
code = "measured"
name = "十个节点"
nodes = [{", ".join(f'"{name}"' for name in NODES)}]
"""

_FIRST = date(2024, 1, 8)


def write_large_ledger(path: Path, rows: int, *, first: int = 1, bad_every: int = 0, today: date) -> int:
    """Write a ledger of `rows` projects, numbered from `first`, to `path`; of every `bad_every` rows one is bad.

    Returns how many rows are bad. Each project has ten plan dates, and dates of the nodes that are done.
    """
    columns = [
        Column("项目代码", 26), Column("项目名称", 30), Column("建设单位", 30), Column("属地", 12),
        Column("牵头部门", 16), Column("总投资（万元）", 14, Kind.AMOUNT),
        *(Column(f"{name}{says}", 12, Kind.DAY) for name in NODES for says in ("计划", "完成")),
    ]  # fmt: skip
    with Book(str(path)) as book:
        book.table("台账", columns, _rows(range(first, first + rows), bad_every, today), title="产业项目台账")
    return rows // bad_every if bad_every else 0


def write_months(path: Path, projects: Sequence[tuple[str, str, str]], year: int, *, offset: int = 0) -> None:
    """What `projects` (code, name, enterprise) invested in each month of `year`, to `path`; `offset` changes all."""
    columns = [
        Column("项目代码", 26), Column("项目名称", 30), Column("建设单位", 30),
        *(Column(f"{month}月", 10, Kind.AMOUNT) for month in range(1, 13)),
    ]  # fmt: skip
    rows: Iterator[Sequence[Cell]] = (
        [*project, *(number % 97 + month + offset for month in range(12))]
        for number, project in enumerate(projects)
    )
    with Book(str(path)) as book:
        book.table("投资", columns, rows, title=f"{year}年项目投资情况", under="单位：万元")


def _rows(numbers: range, bad_every: int, today: date) -> Iterator[Sequence[Cell]]:
    for number in numbers:
        bad = bad_every and number % bad_every == 0
        town = "不存在的街道" if bad and number % 2 else TOWN
        start = _FIRST + timedelta(days=number % 300)
        done = number % (len(NODES) + 1)
        row: list[Cell] = [_code(number), f"项目{number}", f"企业{number}", town, DEPARTMENT, 1_000 + number]
        for place in range(len(NODES)):
            due = start + timedelta(days=30 * (place + 1))
            row.append(due)
            row.append(min(due + timedelta(days=number % 7), today) if place < done else None)
        if bad and not number % 2:
            row[6] = "某日"
        yield row


def _code(number: int) -> str:
    digits = f"2401330114{4:02}01{number % 100_000:05}"
    return f"2401-330114-04-01-{number % 100_000:05}{check_digit(digits)}"

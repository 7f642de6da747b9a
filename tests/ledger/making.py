"""Ledgers for tests, as small as the test allows."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from accounts.models import Unit, User
from ledger.actions import import_ledger
from ledger.keeping import chunks_of
from ledger.mapping import LedgerMapping
from ledger.mapping_files import parse_mapping
from ledger.opening import open_ledger
from ledger.plan import Plan, make_plan
from tests.make import make_unit

TODAY = date(2026, 11, 20)
TOWN = "义蓬街道"

WIDE = """
[project]
name = "name"
code = "code"
enterprise = "enterprise"
town = "town"
department = "department"
liaison = "liaison"
investment = "investment"
note = "note"
starts_on = "start"
[defaults]
kind = "new_build"
[says]
due = ["plan"]
started = ["begun"]
finished = ["done"]
[chain]
code = "short"
name = "short chain"
nodes = ["dig", "build"]
"""

LONG = """
layout = "long"
no_date = ["PNS"]
[project]
name = "name"
town = "town"
sector = "sector"
[defaults]
kind = "renovation"
[node]
name = "node"
due = "due"
started = "started"
finished = "finished"
status = "status"
[values.status]
open = "waiting"
busy = "running"
ready = "done"
[chain]
code = "short"
name = "short chain"
nodes = ["dig", "build"]
"""


def mapping(text: str = WIDE) -> LedgerMapping:
    return parse_mapping(text, where="test.toml")


def write_csv(
    folder: Path, header: str, *rows: str, name: str = "ledger.csv", encoding: str = "utf-8"
) -> Path:
    """A ledger whose columns are parted by ``|`` here and by commas in the file."""
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(line.split("|") for line in (header, *rows))
    return path


def make_towns(*names: str) -> None:
    for name in names or (TOWN,):
        make_unit(name, kind=Unit.Kind.TOWN)


def plan_of(path: Path, *, text: str = WIDE, actor: User | None = None) -> Plan:
    opened = open_ledger(path, mapping=mapping(text))
    return make_plan(opened, actor=actor or User.objects.system(), today=TODAY)


def bring(path: Path, *, text: str = WIDE, actor: User | None = None, today: date = TODAY) -> Plan:
    """Import a file as the command does."""
    _, plan = import_ledger(
        chunks_of(path), file_name=path.name, actor=actor or User.objects.system(), today=today,
        mapping=mapping(text), mapping_source=text,
    )  # fmt: skip
    return plan


def counts(plan: Plan) -> tuple[int, ...]:
    """Created, updated, unchanged, rejected."""
    return tuple(plan.counts.values())


def reasons(plan: Plan) -> list[tuple[int, str, str, str]]:
    """Row, column, value and sentence of everything that is wrong."""
    return [(one.row, one.column, one.value, str(one.reason)) for one in plan.problems]


def doubts(plan: Plan) -> Sequence[Any]:
    return [(one.row, one.column, str(one.reason)) for one in plan.warnings]

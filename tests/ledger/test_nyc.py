"""A ledger of somebody else, held against the file as the csv module reads it."""

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from accounts.models import Unit, User
from history.models import Change
from ledger.actions import import_ledger
from ledger.keeping import chunks_of
from ledger.plan import Plan
from milestones.models import Chain, ChainTemplate, Node
from projects.models import Project
from tests.ledger.making import TODAY, counts, reasons

pytestmark = pytest.mark.django_db

ROWS = 2_460
STATUSES = {"PNS": "waiting", "In-Progress": "running", "Complete": "done"}


class Phase(NamedTuple):
    status: str
    started_on: date | None
    due_on: date | None
    finished_on: date | None


def _date(text: str) -> date | None:
    """A date of the file; its codes (PNS, IEH …) are none."""
    try:
        return datetime.strptime(text.strip(), "%m/%d/%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _file(shared_data: Path) -> Path:
    return shared_data / "nyc_school_phases.csv"


def _phases(shared_data: Path) -> list[tuple[int, tuple[str, str], Phase]]:
    """Row, (project, phase) and what is said of it, of every row."""
    with _file(shared_data).open(encoding="utf-8-sig", newline="") as file:
        rows = [{key.strip(): value for key, value in row.items()} for row in csv.DictReader(file)]
    return [
        (
            number,
            (f"{row['Project Building Identifier']} {row['Project Description']}", row["Project Phase Name"]),
            Phase(
                STATUSES[row["Project Status Name"]],
                _date(row["Project Phase Actual Start Date"]),
                _date(row["Project Phase Planned End Date"]),
                _date(row["Project Phase Actual End Date"]),
            ),
        )
        for number, row in enumerate(rows, start=2)
    ]


def _first_words(shared_data: Path) -> dict[tuple[str, str], Phase]:
    first: dict[tuple[str, str], Phase] = {}
    for _, key, phase in _phases(shared_data):
        first.setdefault(key, phase)
    return first


def _bring(shared_data: Path) -> Plan:
    path = _file(shared_data)
    return import_ledger(chunks_of(path), file_name=path.name, actor=User.objects.system(), today=TODAY)[1]


def test_all_rows_are_accounted_for_and_all_dates_are_those_of_the_file(shared_data: Path) -> None:
    first = _first_words(shared_data)
    rows = _phases(shared_data)
    others = [(number, key) for number, key, phase in rows if phase != first[key]]
    assert len(rows) == ROWS

    plan = _bring(shared_data)

    assert plan.opened.mapping.name == "nyc", "the mapping is recognised"
    assert sum(counts(plan)) == ROWS
    assert counts(plan) == (len(first), 0, ROWS - len(first) - len(others), len(others))
    assert [row for row, *_ in reasons(plan)] == [number for number, _ in others]
    assert len({key for _, key in others}) == 16, "sixteen phases are told in two ways"
    # The words of the file are compared without runs of white space, as people do.
    names = {" ".join(name.split()) for name, _ in first}
    assert set(Project.objects.values_list("name", flat=True)) == names
    assert Chain.objects.count() == Project.objects.count() == len(names)
    stored = {
        (name, step): Phase(status, started_on, due_on, finished_on)
        for name, step, status, started_on, due_on, finished_on in Node.objects.values_list(
            "project__name", "template_node__name", "status", "started_on", "due_on", "finished_on"
        )
    }
    assert stored == {(" ".join(name.split()), step): phase for (name, step), phase in first.items()}


def test_rejected_rows_name_the_row_that_says_otherwise(shared_data: Path) -> None:
    problems = {row: reason for row, _, _, reason in reasons(_bring(shared_data))}

    assert problems[321] == "Row 320 says something else of “Construction”."
    assert problems[836] == "Row 831 says something else of “Purch & Install”."


def test_its_phases_become_a_chain_and_its_districts_towns(shared_data: Path) -> None:
    _bring(shared_data)

    template = ChainTemplate.objects.get()
    assert (template.code, template.kind, template.version) == ("nyc_school_phases", "", 1)
    phases = {key[1] for _, key, _ in _phases(shared_data)}
    assert set(template.nodes.values_list("name", flat=True)) == phases
    towns = Unit.objects.filter(kind=Unit.Kind.TOWN)
    assert [town.name for town in towns.order_by("name")] == [
        f"Manhattan, district {number}" for number in range(1, 7)
    ]
    with _file(shared_data).open(encoding="utf-8-sig", newline="") as file:
        found = {
            (row["Project Building Identifier"], row["Project Description"]): row[
                "Project Geographic District "
            ]
            for row in csv.DictReader(file)
        }
    by_town = Counter(name[-1] for name in Project.objects.values_list("town__name", flat=True))
    assert by_town == Counter(found.values())


def test_bringing_it_twice_changes_nothing(shared_data: Path) -> None:
    created, _, unchanged, rejected = counts(_bring(shared_data))
    before = Change.objects.count(), list(Node.objects.order_by("pk").values())

    assert counts(_bring(shared_data)) == (0, 0, created + unchanged, rejected)
    assert (Change.objects.count(), list(Node.objects.order_by("pk").values())) == before

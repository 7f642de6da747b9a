"""Each built-in chain runs from its first node to its last through the REST interface alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Unit, User
from domain.lifecycle import Status
from history.models import Change
from milestones.publishing import publish_built_in_chains
from tests.make import make_unit, make_user
from tests.rest import api, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_filled_calendar")]

BEGIN = date(2026, 3, 2)
LEFT_OUT = {"land_held"}
"""True of a project that has its land already, which then has no land lane."""


class Run:
    """A project on its way; every step is a request, each round is the next working day."""

    def __init__(self, client: Client, clock: time_machine.Traveller, project: int) -> None:
        self.client, self.clock, self.project = client, clock, project
        self.today = BEGIN
        self.changes = 0

    def read(self, address: str) -> Any:
        answer = self.client.get(f"/api/v1/{address}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def do(self, address: str, status: int = 200, **sent: Any) -> Any:
        answer = send(self.client, address, **sent)
        assert answer.status_code == status, (address, answer.json())
        self.changes += 1
        return answer.json()

    def nodes(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.read(f"nodes/?project={self.project}&ordering=node&page_size=500")[
            "results"
        ]
        return rows

    def node(self, code: str) -> dict[str, Any]:
        return next(row for row in self.nodes() if row["code"] == code)

    def sleep(self) -> None:
        self.today += timedelta(days=3 if self.today.weekday() == 4 else 1)
        self.clock.move_to(f"{self.today}T09:00:00+08:00")

    def work(self) -> bool:
        """Start what can be started, finish what was started before; whether there was anything to do."""
        rows = self.nodes()
        ready = [row for row in rows if row["status"] == Status.WAITING and not row["blocked_by"]]
        running = [row for row in rows if row["status"] == Status.RUNNING]
        for row in running:
            self.do(f"nodes/{row['id']}/finish/", if_match=row["etag"])
        for row in ready:
            self.do(f"nodes/{row['id']}/start/", if_match=row["etag"])
        return bool(running or ready)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(f"{BEGIN}T09:00:00+08:00", tick=False) as traveller:
        yield traveller


def begin(clock: time_machine.Traveller, kind: str) -> Run:
    """A project of this kind with every fact true of it but LEFT_OUT, and every optional node."""
    assert all(template.published_at for template, _ in publish_built_in_chains(actor=User.objects.system()))
    client = api(make_user())
    town = make_unit("义蓬街道", kind=Unit.Kind.TOWN)
    project = send(client, "projects/", name="晶圆材料二期", kind=kind, town=town.pk).json()["id"]
    run = Run(client, clock, project)
    template = next(one for one in run.read("templates/") if one["code"] == kind)
    chosen = {fact["code"] for fact in template["facts"]} - LEFT_OUT
    chosen |= {node["code"] for node in template["nodes"] if node["is_optional"] and not node["condition"]}
    run.do(
        f"projects/{project}/lay-chain/", 201, template=kind, starts_on=BEGIN.isoformat(),
        conditions=sorted(chosen),
    )  # fmt: skip
    return run


@pytest.mark.parametrize(
    ("kind", "waived", "last", "ahead"),
    [
        ("new_build", "energy", "review", {"pile", "accept", "prod"}),
        ("renovation", "energy", "full", {"accept", "prod"}),
        ("expansion", "energy", "full", {"pile", "accept", "prod"}),
        ("future_factory", "diag", "recheck", {"listed", "recog"}),
    ],
)
def test_a_chain_runs_to_its_end_with_a_hold_a_date_change_and_a_waiver(
    clock: time_machine.Traveller, kind: str, waived: str, last: str, ahead: set[str]
) -> None:
    run = begin(clock, kind)
    asked = _ask_for_a_later_end(run, last)
    run.do(f"nodes/{run.node(waived)['id']}/waive/", reason="企业无需求")
    held = _hold_the_first(run)
    assert run.read(f"projects/{run.project}/outlook/")["milestones"].keys() == ahead

    rounds = 0
    while run.work():
        rounds += 1
        run.sleep()
        if rounds == 3:
            run.do(f"nodes/{held['id']}/resume/")

    rows = {row["code"]: row for row in run.nodes()}
    assert {row["status"] for code, row in rows.items() if code != waived} == {Status.DONE}
    assert rows[waived]["status"] == Status.WAIVED
    assert rows[last]["due_on"] == asked["due_after"] != asked["due_before"] == rows[last]["baseline_on"]
    (hold,) = run.read(f"nodes/{held['id']}/")["holds"]
    assert (hold["held_on"], hold["moved_days"]) == (BEGIN.isoformat(), 3)
    assert rows[held["code"]]["due_on"] > rows[held["code"]]["baseline_on"]
    _check_what_remains(run)


def _ask_for_a_later_end(run: Run, code: str) -> Any:
    node = run.node(code)
    later = date.fromisoformat(node["due_on"]) + timedelta(days=28)
    change = run.do(
        f"nodes/{node['id']}/request-date-change/", 201, due_on=later.isoformat(), reason="enterprise",
        text="设备延期到货",
    )  # fmt: skip
    (item,) = run.do(f"date-changes/{change['id']}/approve/", answer="同意")["items"]
    return item


def _hold_the_first(run: Run) -> Any:
    first = run.nodes()[0]
    run.do(f"nodes/{first['id']}/start/")
    return run.do(f"nodes/{first['id']}/hold/", reason="补正材料", notice_no="补正〔2026〕1号")


def _check_what_remains(run: Run) -> None:
    """Nothing is ahead, the days add up, and every change that was accepted is in the history."""
    outlook = run.read(f"projects/{run.project}/outlook/")
    assert (outlook["finishes_on"], outlook["critical_path"]) == (None, [])
    assert all(one["is_done"] for one in outlook["milestones"].values())
    clocks = run.read(f"projects/{run.project}/clocks/")
    split = clocks["split"]
    assert split["total"] == sum(days for name, days in split.items() if name not in {"total", "promised"})
    assert clocks["promise"] is None or (clocks["promise"]["is_over"] and clocks["promise"]["counted"] > 0)
    assert run.read(f"projects/{run.project}/history/")["count"] == run.changes + 1  # the project itself
    assert Change.objects.filter(project=run.project).count() == run.changes + 1

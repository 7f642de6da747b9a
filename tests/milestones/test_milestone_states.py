"""Which projects have reached a milestone, and which have not yet."""

from datetime import date, timedelta

import pytest
from django.test import Client

from domain.chains import NOT_YET, Milestone
from domain.lifecycle import Status
from milestones.milestone_states import has_reached, is_not_yet
from milestones.models import Node, TemplateNode
from milestones.publishing import built_in_chains, publish_template
from projects.models import Project
from tests.make import MONDAY, make_project, make_user

pytestmark = pytest.mark.django_db


def project_at(**statuses: Status) -> Project:
    """A new build whose nodes with these codes stand so; what is done was done on MONDAY."""
    spec = next(spec for spec in built_in_chains() if spec.code == "new_build")
    template, _new = publish_template(spec, actor=make_user())
    project = make_project()
    for step in template.nodes.filter(code__in=statuses):
        status = statuses[step.code]
        Node.objects.create(
            project=project, template_node=step, status=status, due_on=MONDAY, baseline_on=MONDAY,
            started_on=MONDAY if status != Status.WAITING else None,
            finished_on=MONDAY if status == Status.DONE else None,
            waived_on=MONDAY if status == Status.WAIVED else None,
            waived_reason="企业无需求" if status == Status.WAIVED else "",
        )  # fmt: skip
    return project


def not_yet() -> dict[Milestone, list[int]]:
    found = {
        after: list(Project.objects.filter(is_not_yet(after)).values_list("pk", flat=True))
        for _, after in NOT_YET
    }
    return {milestone: pks for milestone, pks in found.items() if pks}


def test_a_project_is_not_yet_there_where_the_one_is_done_and_the_next_is_open() -> None:
    signed = project_at(
        agree=Status.DONE, contract=Status.WAITING, pile=Status.WAITING, accept=Status.WAITING
    )
    started = project_at(
        agree=Status.DONE, contract=Status.DONE, pile=Status.DONE, stat=Status.RUNNING, accept=Status.WAITING
    )
    project_at(agree=Status.WAITING, contract=Status.WAITING)
    assert not_yet() == {
        Milestone.SUPPLIED: [signed.pk], Milestone.REGISTERED: [started.pk], Milestone.COMPLETED: [started.pk],
    }  # fmt: skip


def test_what_is_waived_or_missing_is_counted_on_neither_side() -> None:
    project_at(agree=Status.DONE, contract=Status.WAIVED, pile=Status.WAITING)
    project_at(agree=Status.DONE)
    project_at(pile=Status.DONE, stat=Status.WAIVED)
    assert not_yet() == {}


def test_a_milestone_is_reached_on_the_day_its_node_was_done() -> None:
    project_at(code=Status.DONE)
    project_at(code=Status.RUNNING)

    def reached(first: date | None, last: date | None) -> int:
        return Project.objects.filter(has_reached(Milestone.FILED, first, last)).count()

    day = timedelta(days=1)
    assert reached(None, None) == reached(MONDAY, MONDAY) == 1
    assert reached(MONDAY + day, None) == reached(None, MONDAY - day) == 0
    assert not Project.objects.filter(has_reached(Milestone.STARTED)).exists()


def test_the_list_of_projects_is_narrowed_by_milestone_in_its_address(client: Client) -> None:
    client.force_login(make_user())
    signed = project_at(agree=Status.DONE, contract=Status.WAITING, code=Status.DONE)
    other = project_at(code=Status.WAITING)

    def listed(asked: str) -> set[str]:
        answer = client.get(f"/api/v1/projects/?{asked}")
        assert answer.status_code == 200, answer.content
        return {row["name"] for row in answer.json()["results"]}

    assert listed("") == {signed.name, other.name}
    assert listed("not_yet=supplied") == {signed.name}
    assert listed("not_yet=full") == set()
    assert listed("reached=filed") == {signed.name}
    assert listed(f"reached=filed&reached_after={MONDAY}&reached_before={MONDAY}") == {signed.name}
    assert listed(f"reached=filed&reached_after={MONDAY + timedelta(days=1)}") == set()
    assert client.get("/api/v1/projects/?not_yet=nonsense").status_code == 400


def test_versions_from_before_milestones_were_named_learn_them() -> None:
    from importlib import import_module

    from django.apps import apps
    from django.db import connection

    project_at(code=Status.DONE)
    TemplateNode.objects.update(milestone="")
    import_module("milestones.migrations.0005_milestones_of_built_in_chains").fill(
        apps, connection.schema_editor()
    )
    kept = dict(TemplateNode.objects.exclude(milestone="").values_list("code", "milestone"))
    said = next(spec for spec in built_in_chains() if spec.code == "new_build")
    assert kept == {node.code: node.milestone.value for node in said.nodes if node.milestone}

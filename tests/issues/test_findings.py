"""What a visit found becomes an issue, once."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from domain.errors import RuleError
from domain.issues import Level
from history.models import Change
from issues.actions import raise_from_finding, record_visit_with_issues
from issues.models import Issue
from projects.models import Finding, Visit
from tests.make import MONDAY, make_category, make_node, make_project, make_unit, make_user, make_visit

pytestmark = pytest.mark.django_db


def finding(text: str = "电不够", **fields: Any) -> Finding:
    (found,) = make_visit(findings=[text], **fields).findings.all()
    return found


def test_an_issue_says_which_visit_it_came_from_and_who_told_it() -> None:
    node = make_node()
    found, actor = finding(project=node.project, met="王总"), make_user()

    issue = raise_from_finding(
        found, actor=actor, category=make_category(), today=MONDAY, nodes=[node], level=Level.KEY
    )

    issue.refresh_from_db()
    assert (issue.source, issue.finding, issue.project) == (Issue.Source.VISIT, found, node.project)
    assert (issue.title, issue.description, issue.raised_for) == ("电不够", "", "王总")
    assert (issue.level, issue.raised_on, list(issue.nodes.all())) == (Level.KEY, MONDAY, [node])
    assert Change.objects.get(verb=Change.Verb.ISSUE_RAISED).after["source"] == "visit"


def test_a_long_finding_is_cut_for_the_title_and_whole_in_the_description() -> None:
    text = "电" * 121
    issue = raise_from_finding(
        finding(text, met="人" * 200), actor=make_user(), category=make_category(), today=MONDAY
    )
    assert (issue.title, issue.description, issue.raised_for) == ("电" * 120, text, "人" * 120)


def test_with_a_title_of_its_own_the_finding_is_the_description() -> None:
    issue = raise_from_finding(
        finding(), actor=make_user(), category=make_category(), today=MONDAY, title="开闭所未建"
    )
    assert (issue.title, issue.description) == ("开闭所未建", "电不够")


def test_a_finding_becomes_an_issue_once() -> None:
    found, actor = finding(), make_user()
    issue = raise_from_finding(found, actor=actor, category=make_category(), today=MONDAY)
    with pytest.raises(RuleError, match=f"This finding is issue {issue.number} already"):
        raise_from_finding(found, actor=actor, category=make_category(), today=MONDAY)
    assert Issue.objects.count() == 1


def test_a_finding_that_has_been_removed_becomes_none() -> None:
    found = finding()
    gone = Finding.objects.get(pk=found.pk)
    found.delete()
    with pytest.raises(RuleError, match="has been removed"):
        raise_from_finding(gone, actor=make_user(), category=make_category(), today=MONDAY)


def test_leaders_and_strangers_raise_nothing() -> None:
    found = finding()
    for other in (make_user(User.Role.LEADER), make_user(unit=make_unit())):
        with pytest.raises(PermissionDenied):
            raise_from_finding(found, actor=other, category=make_category(), today=MONDAY)
    assert not Issue.objects.exists()


def test_a_liaison_may_raise_what_was_found_at_his_project() -> None:
    found = finding()
    liaison = make_user(User.Role.LIAISON, unit=found.visit.project.town)
    assert (
        raise_from_finding(found, actor=liaison, category=make_category(), today=MONDAY).raised_by == liaison
    )


def test_a_visit_and_its_issues_are_recorded_at_once() -> None:
    power, roads = make_category("power"), make_category("roads")
    visit = record_visit_with_issues(
        make_project(), actor=make_user(), visited_on=MONDAY, visitors="李", today=MONDAY, met="王总",
        findings=[("电不够", power), (" ", roads), ("厂房已封顶", None), ("路没修", roads)],
    )  # fmt: skip
    found = visit.findings.values_list("text", "issue__category__code", "issue__number")
    assert list(found) == [
        ("电不够", "power", "2026-0001"), ("厂房已封顶", None, None), ("路没修", "roads", "2026-0002"),
    ]  # fmt: skip


def test_a_visit_whose_issue_is_refused_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **kwargs: object) -> None:
        raise RuleError("no")

    monkeypatch.setattr("issues.actions.findings.raise_issue", refused)
    with pytest.raises(RuleError):
        record_visit_with_issues(
            make_project(), actor=make_user(), visited_on=MONDAY, visitors="李", today=MONDAY,
            findings=[("电不够", make_category())],
        )  # fmt: skip
    assert not Visit.objects.exists()
    assert not Change.objects.exists()

"""Who sees, changes and rates what, where a rule is easily got wrong."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Unit, User
from domain.issues import OPEN_ISSUES, IssueStatus, Level
from issues.actions import change_issue, open_topic, raise_issue
from issues.models import Block, Issue, Supervision
from tests.make import (
    FRIDAY,
    MONDAY,
    make_category,
    make_issue,
    make_node,
    make_project,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_open_is_whatever_the_rules_call_open() -> None:
    issues = [make_issue()]
    issues += [make_issue(status=status) for status in IssueStatus if status != IssueStatus.RAISED]
    expected = {issue.pk for issue in issues if IssueStatus(issue.status) in OPEN_ISSUES}
    assert set(Issue.objects.open().values_list("pk", flat=True)) == expected
    assert len(expected) == len(OPEN_ISSUES)


def test_the_bureau_changes_what_others_raised_once_each() -> None:
    project = make_project()
    project.units.add(make_unit(), make_unit())
    issue = make_issue(project)
    for user in (make_user(), make_user(unit=project.town), User.objects.system()):
        assert list(Issue.objects.changeable_by(user)) == [issue]
        assert list(Issue.objects.ratable_by(user)) == [issue]
    for user in (make_user(User.Role.LEADER), make_user(unit=make_unit()), make_user(User.Role.LIAISON)):
        assert not Issue.objects.changeable_by(user)
        assert not Issue.objects.ratable_by(user)


def test_proposed_slips_are_seen_by_who_decides_about_them_and_issued_ones_by_all_in_sight() -> None:
    power = make_unit(kind=Unit.Kind.DEPARTMENT)
    issue = make_issue(lead_unit=power, due_on=MONDAY)
    proposed = Supervision.objects.create(
        project=issue.project, issue=issue, level=1, deadline_on=MONDAY, days_late=4, proposed_on=FRIDAY
    )
    issued = Supervision.objects.create(
        project=issue.project, issue=issue, level=2, deadline_on=MONDAY, days_late=4, proposed_on=FRIDAY,
        state="issued", number="2026-0001", addressee=power, issued_on=FRIDAY, reply_by=FRIDAY + timedelta(days=3),
    )  # fmt: skip
    for user in (make_user(), make_user(unit=issue.project.town), User.objects.system()):
        assert set(Supervision.objects.seen_by(user)) == {proposed, issued}
    for user in (make_user(unit=power), make_user(User.Role.LEADER)):
        assert set(Supervision.objects.seen_by(user)) == {issued}
    assert not Supervision.objects.seen_by(make_user(unit=make_unit())).exists()


def test_a_node_that_is_named_twice_is_blocked_once() -> None:
    node = make_node()
    issue = make_issue(node.project, nodes=[node, node])
    assert Block.objects.get(issue=issue).node == node


def test_only_the_bureau_says_to_which_topic_an_issue_belongs() -> None:
    town = make_unit()
    project, manager = make_project(town=town), make_user(unit=town)
    topic = open_topic(actor=make_user(), name="电力接入", today=MONDAY, lead_unit=town)
    issue = make_issue(project)
    with pytest.raises(PermissionDenied, match="led by the bureau"):
        raise_issue(
            project, actor=manager, title="开闭所未建", category=make_category(), source=Issue.Source.TOWN,
            today=MONDAY, topic=topic,
        )  # fmt: skip
    with pytest.raises(PermissionDenied, match="led by the bureau"):
        change_issue(issue, actor=manager, topic=topic)
    change_issue(issue, actor=make_user(), topic=topic)
    with pytest.raises(PermissionDenied, match="led by the bureau"):
        change_issue(issue, actor=manager, topic=None)
    change_issue(issue, actor=manager, topic=topic, title="外线未架设")
    issue.refresh_from_db()
    assert (issue.topic, issue.title) == (topic, "外线未架设")


def test_only_a_manager_says_at_which_level_an_issue_is_coordinated() -> None:
    town = make_unit()
    project, liaison = make_project(town=town), make_user(User.Role.LIAISON, unit=town)
    issue = make_issue(project, raised_by=liaison)
    with pytest.raises(PermissionDenied, match="a manager decides"):
        change_issue(issue, actor=liaison, level=Level.HEAD)
    with pytest.raises(PermissionDenied, match="a manager decides"):
        make_issue(project, raised_by=liaison, level=Level.KEY)
    change_issue(issue, actor=make_user(unit=town), level=Level.HEAD)
    change_issue(issue, actor=liaison, level=Level.HEAD, title="外线未架设")
    assert Issue.objects.get().title == "外线未架设"

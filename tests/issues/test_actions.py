"""The whole way of an issue, and why a step is refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError
from domain.issues import IssueStatus, Level
from domain.lifecycle import Status
from history.models import Change
from issues.actions import (
    ask_to_close,
    assign_issue,
    change_issue,
    close_topic,
    note_issue,
    open_topic,
    raise_issue,
    rate_issue,
    reopen_issue,
    send_back_issue,
    suspend_issue,
    take_up_issue,
    verify_issue,
)
from issues.models import Block, Issue
from milestones.models import Node
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

TUESDAY, NEXT_FRIDAY = date(2026, 3, 3), date(2026, 3, 13)


def noticed(**fields: object) -> Issue:
    fields.setdefault("actor", make_user())
    return raise_issue(
        fields.pop("project", None) or make_project(),  # type: ignore[arg-type]
        today=MONDAY, title="开闭所未建", category=make_category(), source=Issue.Source.LIAISON,
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def test_an_issue_goes_the_whole_way_and_every_step_is_on_record() -> None:
    node = make_node(status=Status.RUNNING, due_on=NEXT_FRIDAY)
    liaison = make_user(User.Role.LIAISON)
    node.project.liaison = liaison
    node.project.save()
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    clerk, manager = make_user(unit=power), make_user()

    issue = noticed(project=node.project, actor=liaison, nodes=[node])
    assign_issue(
        issue, actor=manager, lead_unit=power, due_on=FRIDAY, level=Level.KEY, today=MONDAY, hold=True
    )
    note_issue(issue, actor=clerk, text="已进场勘察")
    ask_to_close(issue, actor=clerk, today=FRIDAY, document_no="钱电〔2026〕3号")
    verify_issue(issue, actor=manager, today=FRIDAY, resume_on=FRIDAY)
    rate_issue(issue, actor=liaison, rating=5, today=FRIDAY)

    issue.refresh_from_db()
    node.refresh_from_db()
    assert (issue.number, issue.status, issue.rating) == ("2026-0001", IssueStatus.CLOSED, 5)
    assert issue.closed_on == FRIDAY
    assert (node.status, node.due_on) == (Status.RUNNING, date(2026, 3, 19))  # four working days on hold
    verbs = Change.objects.filter(project=node.project).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [
        "issue_raised", "issue_assigned", "node_held", "issue_noted", "issue_close_asked", "node_resumed",
        "issue_closed", "issue_rated",
    ]  # fmt: skip
    assert clerk.unit in node.project.units.all()


def test_numbers_are_gapless_per_year_and_a_refused_issue_takes_none() -> None:
    foreign = make_node()
    assert noticed().number == "2026-0001"
    with pytest.raises(RuleError, match="is no node of"):
        noticed(nodes=[foreign])
    assert noticed().number == "2026-0002"
    later = raise_issue(
        make_project(), actor=make_user(), today=date(2027, 1, 4), title="x", category=make_category(),
        source=Issue.Source.TOWN,
    )  # fmt: skip
    assert later.number == "2027-0001"


def test_a_title_is_needed() -> None:
    with pytest.raises(InputError, match="Say what stands in the way"):
        raise_issue(
            make_project(), actor=make_user(), today=MONDAY, title=" ", category=make_category(),
            source=Issue.Source.TOWN,
        )  # fmt: skip
    assert not Issue.objects.exists()


def test_leaders_and_strangers_raise_nothing() -> None:
    for stranger in (make_user(User.Role.LEADER), make_user(unit=make_unit())):
        with pytest.raises(PermissionDenied):
            noticed(actor=stranger)


def test_a_closed_node_cannot_be_blocked() -> None:
    node = make_node(status=Status.DONE)
    with pytest.raises(RuleError, match="closed already"):
        noticed(project=node.project, nodes=[node])


def test_raising_can_put_a_running_node_on_hold() -> None:
    node = make_node(status=Status.RUNNING)
    issue = noticed(project=node.project, nodes=[node], hold=True)
    held = Node.objects.get(pk=node.pk)
    assert held.status == Status.HELD
    assert Block.objects.get(issue=issue).hold is not None


def test_nothing_is_raised_where_no_node_runs_that_could_be_held() -> None:
    node = make_node()
    with pytest.raises(RuleError, match="only running nodes"):
        noticed(project=node.project, nodes=[node], hold=True)
    assert not Issue.objects.exists()


def test_a_unit_cannot_lead_and_support() -> None:
    issue, unit = make_issue(), make_unit()
    with pytest.raises(RuleError, match="cannot lead and support"):
        assign_issue(issue, actor=make_user(), lead_unit=unit, supporting=[unit], due_on=FRIDAY, today=MONDAY)
    issue.refresh_from_db()
    assert issue.status == IssueStatus.RAISED


def test_a_due_date_that_has_passed_is_refused() -> None:
    with pytest.raises(RuleError, match="has passed"):
        assign_issue(make_issue(), actor=make_user(), lead_unit=make_unit(), due_on=MONDAY, today=TUESDAY)


def test_only_who_coordinates_the_project_assigns() -> None:
    power = make_unit(kind=Unit.Kind.DEPARTMENT)
    issue = make_issue(lead_unit=power)
    for other in (make_user(unit=power), make_user(User.Role.LEADER), make_user(User.Role.LIAISON)):
        with pytest.raises(PermissionDenied):
            assign_issue(issue, actor=other, lead_unit=power, due_on=FRIDAY, today=MONDAY)


def test_assigned_again_to_the_same_unit_its_state_stays_to_another_it_begins_anew() -> None:
    manager, power = make_user(), make_unit(kind=Unit.Kind.DEPARTMENT)
    issue = make_issue(lead_unit=power)
    note_issue(issue, actor=manager, text="进展")
    assign_issue(issue, actor=manager, lead_unit=power, due_on=NEXT_FRIDAY, today=MONDAY)
    issue.refresh_from_db()
    assert (issue.status, issue.due_on) == (IssueStatus.WORKING, NEXT_FRIDAY)
    assign_issue(issue, actor=manager, lead_unit=make_unit(), due_on=FRIDAY, today=MONDAY)
    issue.refresh_from_db()
    assert issue.status == IssueStatus.ASSIGNED


def test_supporting_units_note_but_do_not_ask_to_close() -> None:
    helper = make_unit(kind=Unit.Kind.DEPARTMENT)
    issue = make_issue(lead_unit=make_unit(), supporting=[helper])
    note_issue(issue, actor=make_user(unit=helper), text="管线已交底")
    with pytest.raises(PermissionDenied):
        ask_to_close(issue, actor=make_user(unit=helper), today=FRIDAY, document_no="1")


def test_closing_needs_a_proof() -> None:
    issue = make_issue(lead_unit=make_unit())
    with pytest.raises(InputError, match="needs a proof"):
        ask_to_close(issue, actor=make_user(), today=FRIDAY, text="好了")


def test_nobody_verifies_what_he_asked_for() -> None:
    manager = make_user()
    issue = make_issue(lead_unit=make_unit())
    ask_to_close(issue, actor=manager, today=FRIDAY, document_no="1")
    with pytest.raises(RuleError, match="somebody else has to verify"):
        verify_issue(issue, actor=manager, today=FRIDAY)
    verify_issue(issue, actor=make_user(), today=FRIDAY)


def test_the_unit_that_led_does_not_verify_its_own_work() -> None:
    project = make_project()
    issue = make_issue(project, lead_unit=project.town)
    ask_to_close(issue, actor=make_user(unit=project.town), today=FRIDAY, document_no="1")
    with pytest.raises(RuleError, match="Your unit leads"):
        verify_issue(issue, actor=make_user(unit=project.town), today=FRIDAY)


def test_what_nobody_asked_to_close_is_not_closed() -> None:
    with pytest.raises(RuleError, match="nobody has asked"):
        verify_issue(make_issue(lead_unit=make_unit()), actor=make_user(), today=FRIDAY)


def test_sent_back_it_goes_on_and_the_times_are_counted() -> None:
    issue = make_issue(status="close_requested")
    with pytest.raises(InputError, match="Say why"):
        send_back_issue(issue, actor=make_user(), reason=" ")
    send_back_issue(issue, actor=make_user(), reason="现场仍未通电")
    issue.refresh_from_db()
    assert (issue.status, issue.returned, issue.close_asked_by) == (IssueStatus.RETURNED, 1, None)


def test_suspending_needs_a_leaders_word_and_taking_up_a_date() -> None:
    issue = make_issue(lead_unit=make_unit())
    with pytest.raises(InputError, match="Name the leader"):
        suspend_issue(issue, actor=make_user(), word_of="", reason="规划调整", today=MONDAY)
    suspend_issue(issue, actor=make_user(), word_of="陈副区长", reason="规划调整", today=MONDAY)
    assert not Issue.objects.late(date(2027, 1, 1)).exists()
    take_up_issue(issue, actor=make_user(), due_on=NEXT_FRIDAY, today=MONDAY)
    issue.refresh_from_db()
    assert (issue.status, issue.due_on, issue.suspended_word) == (IssueStatus.WORKING, NEXT_FRIDAY, "")


def test_reopened_it_keeps_its_number_and_loses_its_rating() -> None:
    issue = make_issue(status="closed")
    rate_issue(issue, actor=make_user(), rating=4, today=FRIDAY)
    reopen_issue(issue, actor=make_user(), reason="又停电", due_on=NEXT_FRIDAY, today=FRIDAY)
    stored = Issue.objects.get(pk=issue.pk)
    assert (stored.number, stored.status, stored.reopened) == (issue.number, IssueStatus.ASSIGNED, 1)
    assert (stored.rating, stored.closed_on, stored.verified_by) == (None, None, None)


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_is_one_to_five(rating: int) -> None:
    with pytest.raises(RuleError, match="from 1 to 5"):
        rate_issue(make_issue(status="closed"), actor=make_user(), rating=rating, today=FRIDAY)


def test_what_the_enterprise_said_itself_stands() -> None:
    issue = make_issue(status="closed")
    rate_issue(issue, actor=User.objects.system(), rating=2, today=FRIDAY, by_enterprise=True)
    with pytest.raises(RuleError, match="its word stands"):
        rate_issue(issue, actor=make_user(), rating=5, today=FRIDAY)


def test_the_unit_that_led_does_not_rate_its_own_answer() -> None:
    project = make_project()
    issue = make_issue(project, lead_unit=project.town, status="closed")
    with pytest.raises(PermissionDenied):
        rate_issue(issue, actor=make_user(unit=project.town), rating=5, today=FRIDAY)


def test_an_edit_of_what_has_changed_since_is_refused() -> None:
    issue = make_issue(lead_unit=make_unit())
    read = issue.version
    note_issue(issue, actor=make_user(), text="进展")
    with pytest.raises(StaleError, match="has changed since"):
        ask_to_close(issue, actor=make_user(), today=FRIDAY, document_no="1", version=read)


def test_who_raised_it_may_reword_it_until_somebody_has_it() -> None:
    liaison = make_user(User.Role.LIAISON)
    project = make_project(liaison=liaison)
    issue = make_issue(project, raised_by=liaison)
    change_issue(issue, actor=liaison, title="外线未架设")
    assign_issue(issue, actor=make_user(), lead_unit=make_unit(), due_on=FRIDAY, today=MONDAY)
    with pytest.raises(PermissionDenied):
        change_issue(issue, actor=liaison, title="又改")
    assert Issue.objects.get(pk=issue.pk).title == "外线未架设"


def test_a_change_that_changes_nothing_is_not_recorded() -> None:
    issue = make_issue()
    change_issue(issue, actor=make_user(), title=issue.title, nodes=[])
    assert not Change.objects.filter(verb=Change.Verb.ISSUE_CHANGED).exists()


def test_a_node_that_two_issues_hold_runs_again_when_both_are_gone() -> None:
    node = make_node(status=Status.RUNNING)
    first = noticed(project=node.project, nodes=[node], hold=True)
    second = noticed(project=node.project, nodes=[node], hold=True)
    for issue, expected in ((first, Status.HELD), (second, Status.RUNNING)):
        assign_issue(issue, actor=make_user(), lead_unit=make_unit(), due_on=FRIDAY, today=MONDAY)
        ask_to_close(issue, actor=make_user(), today=FRIDAY, document_no="1")
        verify_issue(issue, actor=make_user(), today=FRIDAY, resume_on=FRIDAY)
        node.refresh_from_db()
        assert node.status == expected


def test_assigned_again_the_leader_stays_unless_another_is_named_or_none() -> None:
    issue, unit = make_issue(), make_unit()
    for said, stored in (("陈副区长", "陈副区长"), (None, "陈副区长"), ("", "")):
        assign_issue(issue, actor=make_user(), lead_unit=unit, due_on=FRIDAY, today=MONDAY, leader=said)
        assert Issue.objects.get(pk=issue.pk).leader == stored


def test_a_reopened_issue_opens_its_closed_topic_again() -> None:
    bureau = make_user()
    issue = make_issue(status="closed")
    topic = open_topic(actor=bureau, name="电力接口", today=MONDAY)
    Issue.objects.filter(pk=issue.pk).update(topic=topic)
    close_topic(topic, actor=bureau, today=FRIDAY)

    reopen_issue(issue, actor=bureau, reason="又停电", due_on=NEXT_FRIDAY, today=FRIDAY)

    topic.refresh_from_db()
    assert topic.closed_on is None
    opened = Change.objects.filter(verb=Change.Verb.TOPIC_OPENED).latest("pk")
    assert opened.after["issue"] == issue.number

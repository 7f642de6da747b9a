"""Topics: one cause, many projects, acted on at once."""

from datetime import date
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import Unit, User
from domain.errors import InputError, RuleError, StaleError
from domain.issues import IssueStatus, Level
from domain.lifecycle import Status
from history.models import Change
from issues.actions import (
    add_to_topic,
    assign_topic,
    change_topic,
    close_topic,
    note_topic,
    open_topic,
    raise_issue,
    reopen_topic,
    take_out_of_topic,
)
from issues.models import Issue, IssueNote, Topic, TopicNote
from milestones.models import Hold, Node
from tests.make import (
    FRIDAY,
    MONDAY,
    make_category,
    make_issue,
    make_node,
    make_project,
    make_topic,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 3, 3)


def department(name: str = "") -> Unit:
    return make_unit(name, kind=Unit.Kind.DEPARTMENT)


def assigned(topic: Topic, **fields: Any) -> Any:
    fields = {"actor": make_user(), "lead_unit": department(), "due_on": FRIDAY, "today": MONDAY, **fields}
    return assign_topic(topic, **fields)


def test_a_topic_is_opened_with_its_issues_and_all_of_it_is_on_record() -> None:
    bureau, power = make_user(), department("供电公司")
    issues = [make_issue(), make_issue()]
    topic = open_topic(
        actor=bureau, name=" 电力接口 ", today=MONDAY, category=make_category(), lead_unit=power,
        due_on=FRIDAY, issues=issues,
    )  # fmt: skip
    assert (topic.name, topic.opened_on, topic.opened_by) == ("电力接口", MONDAY, bureau)
    assert set(Issue.objects.filter(topic=topic)) == set(issues)
    opened = Change.objects.get(verb=Change.Verb.TOPIC_OPENED)
    assert opened.project is None
    assert opened.after["topic"] == topic.pk
    assert opened.after["name"] == "电力接口"
    assert opened.after["added"] == [issue.number for issue in issues]
    joined = Change.objects.filter(verb=Change.Verb.ISSUE_CHANGED)
    assert {change.issue for change in joined} == set(issues)
    assert {change.batch for change in joined} == {opened.batch}
    assert all(change.after["topic"] == "电力接口" for change in joined)


def test_only_the_bureau_leads_topics() -> None:
    power = department()
    topic = make_topic(make_issue(lead_unit=power), lead_unit=power)
    (issue,) = Issue.objects.filter(topic=topic)
    for other in (
        make_user(unit=power),
        make_user(unit=issue.project.town),
        make_user(User.Role.LEADER),
        make_user(User.Role.LIAISON),
        make_user(is_active=False),
    ):
        for attempt in (
            lambda who: open_topic(actor=who, name="x", today=MONDAY),
            lambda who: change_topic(topic, actor=who, today=MONDAY, name="x"),
            lambda who: add_to_topic(topic, [issue], actor=who),
            lambda who: take_out_of_topic(topic, [issue], actor=who),
            lambda who: assigned(topic, actor=who),
            lambda who: close_topic(topic, actor=who, today=MONDAY),
            lambda who: reopen_topic(topic, actor=who, reason="x"),
        ):
            with pytest.raises(PermissionDenied):
                attempt(other)
    assert Topic.objects.get() == topic
    assert Topic.objects.get().version == topic.version


def test_a_topic_needs_a_name_and_no_past_due_date() -> None:
    with pytest.raises(InputError, match="what all these projects wait for"):
        open_topic(actor=make_user(), name=" ", today=MONDAY)
    with pytest.raises(RuleError, match="has passed"):
        open_topic(actor=make_user(), name="x", today=TUESDAY, due_on=MONDAY)
    topic = make_topic(due_on=MONDAY)
    with pytest.raises(InputError, match="what all these projects wait for"):
        change_topic(topic, actor=make_user(), today=TUESDAY, name="")
    with pytest.raises(RuleError, match="has passed"):
        change_topic(topic, actor=make_user(), today=FRIDAY, due_on=TUESDAY)


def test_a_due_date_that_has_passed_may_stay_while_the_rest_changes() -> None:
    topic = make_topic(due_on=MONDAY)
    change_topic(topic, actor=make_user(), today=FRIDAY, due_on=MONDAY, name="用电接口")
    topic.refresh_from_db()
    assert (topic.name, topic.due_on, topic.version) == ("用电接口", MONDAY, 2)
    change = Change.objects.get(verb=Change.Verb.TOPIC_CHANGED)
    assert change.before == {"name": "电力接口"}
    assert change.after["name"] == "用电接口"


def test_what_stays_the_same_is_not_recorded() -> None:
    topic = make_topic()
    change_topic(topic, actor=make_user(), today=MONDAY, name="电力接口", description="", category=None)
    topic.refresh_from_db()
    assert topic.version == 1
    assert not Change.objects.filter(verb=Change.Verb.TOPIC_CHANGED).exists()


def test_what_changed_since_it_was_read_is_refused() -> None:
    topic, bureau = make_topic(make_issue()), make_user()
    stale = topic.version
    change_topic(topic, actor=bureau, today=MONDAY, name="用电接口")
    for attempt in (
        lambda: change_topic(topic, actor=bureau, today=MONDAY, version=stale, name="x"),
        lambda: add_to_topic(topic, [make_issue()], actor=bureau, version=stale),
        lambda: take_out_of_topic(topic, [make_issue()], actor=bureau, version=stale),
        lambda: assigned(topic, actor=bureau, version=stale),
        lambda: note_topic(topic, actor=bureau, text="x", version=stale),
        lambda: close_topic(topic, actor=bureau, today=MONDAY, version=stale),
        lambda: reopen_topic(topic, actor=bureau, reason="x", version=stale),
    ):
        with pytest.raises(StaleError, match="look at it again"):
            attempt()
    assert not TopicNote.objects.exists()


def test_issues_join_and_leave() -> None:
    topic, issues = make_topic(), [make_issue(), make_issue()]
    add_to_topic(topic, issues, actor=make_user())
    take_out_of_topic(topic, issues[:1], actor=make_user())
    assert list(Issue.objects.filter(topic=topic)) == issues[1:]
    added, taken = Change.objects.filter(verb=Change.Verb.TOPIC_CHANGED).order_by("pk")
    assert added.after["added"] == [issue.number for issue in issues]
    assert taken.after["taken_out"] == [issues[0].number]


def test_an_issue_is_not_taken_from_another_topic() -> None:
    mine = make_issue()
    make_topic(mine, name="道路")
    other = make_topic()
    with pytest.raises(RuleError, match="belongs to the topic “道路”"):
        add_to_topic(other, [make_issue(), mine], actor=make_user())
    assert not Issue.objects.filter(topic=other).exists()


def test_closed_issues_and_those_of_elsewhere_do_not_move() -> None:
    topic = make_topic()
    with pytest.raises(RuleError, match="is closed"):
        add_to_topic(topic, [make_issue(status=IssueStatus.CLOSED)], actor=make_user())
    with pytest.raises(RuleError, match="does not belong"):
        take_out_of_topic(topic, [make_issue()], actor=make_user())
    for nothing in (add_to_topic, take_out_of_topic):
        with pytest.raises(InputError, match="at least one"):
            nothing(topic, [], actor=make_user())


def test_assigning_reaches_every_issue_that_can_be_assigned_and_says_why_not_the_others() -> None:
    by_status = {status: make_issue(status=status) for status in IssueStatus}
    raised = make_issue()
    topic, power = make_topic(*by_status.values(), raised), department("供电公司")
    before = {status: issue.lead_unit_id for status, issue in by_status.items()}
    done = assigned(topic, lead_unit=power, level=Level.KEY, note="月底前通电")
    assert done.assigned == 5
    assert done.left == {
        IssueStatus.CLOSE_REQUESTED: 1,
        IssueStatus.SUSPENDED: 1,
        IssueStatus.CLOSED: 1,
    }
    for status, issue in by_status.items():
        issue.refresh_from_db()
        if status in done.left:
            assert (issue.status, issue.lead_unit_id) == (status, before[status])
        else:
            assert (issue.status, issue.lead_unit) == (IssueStatus.ASSIGNED, power)
            assert (issue.due_on, issue.level) == (FRIDAY, Level.KEY)
            assert power in issue.project.units.all()
    topic.refresh_from_db()
    assert (topic.lead_unit, topic.due_on) == (power, FRIDAY)
    at_topic = Change.objects.get(verb=Change.Verb.TOPIC_ASSIGNED)
    at_issues = Change.objects.filter(verb=Change.Verb.ISSUE_ASSIGNED, batch=at_topic.batch)
    assert at_issues.count() == 5
    assert at_topic.after["issues"] == 5
    assert {change.note for change in at_issues} == {"月底前通电"}


def test_who_supports_an_issue_already_goes_on_and_nobody_supports_what_he_leads() -> None:
    town, power, water = make_unit(), department(), department()
    issue = make_issue(lead_unit=department(), supporting=[town, power])
    assigned(make_topic(issue), lead_unit=power, supporting=[water])
    assert set(issue.supporting.all()) == {town, water}


def test_the_lead_unit_cannot_support_and_a_due_date_lies_ahead() -> None:
    topic, power = make_topic(make_issue()), department()
    with pytest.raises(RuleError, match="cannot lead and support"):
        assigned(topic, lead_unit=power, supporting=[power])
    with pytest.raises(RuleError, match="has passed"):
        assigned(topic, today=FRIDAY, due_on=TUESDAY)
    assert Issue.objects.get().status == IssueStatus.RAISED


def test_a_topic_without_issues_can_be_assigned_for_those_to_come() -> None:
    topic, power = make_topic(), department()
    assert assigned(topic, lead_unit=power).assigned == 0
    topic.refresh_from_db()
    assert topic.lead_unit == power


def test_assigning_can_put_the_blocked_nodes_that_run_on_hold_for_each_of_their_issues() -> None:
    project = make_project()
    node, waiting = make_node(project=project, status=Status.RUNNING), make_node()
    issues = [
        make_issue(project, nodes=[node]),
        make_issue(project, nodes=[node]),
        make_issue(waiting.project, nodes=[waiting]),
        make_issue(),
    ]
    done = assigned(make_topic(*issues), hold=True)
    assert (done.assigned, done.held) == (4, 1)
    assert list(Hold.objects.values_list("node", flat=True)) == [node.pk, node.pk]
    assert Node.objects.get(pk=waiting.pk).status == Status.WAITING


def test_a_note_of_the_bureau_stands_at_every_open_issue() -> None:
    issues = [make_issue(), make_issue(lead_unit=department()), make_issue(status=IssueStatus.SUSPENDED)]
    closed = make_issue(status=IssueStatus.CLOSED)
    topic, bureau = make_topic(*issues, closed), make_user()
    note = note_topic(topic, actor=bureau, text=" 线路方案已定 ")
    copies = IssueNote.objects.filter(topic_note=note)
    assert {copy.issue for copy in copies} == set(issues)
    assert {(copy.text, copy.by) for copy in copies} == {("线路方案已定", bureau)}
    change = Change.objects.get(verb=Change.Verb.TOPIC_NOTED)
    assert (change.note, change.after["issues"]) == ("线路方案已定", 3)
    assert Change.objects.filter(verb=Change.Verb.ISSUE_NOTED, batch=change.batch).count() == 3


def test_a_note_of_the_lead_unit_stands_where_it_has_something_to_do() -> None:
    power = department()
    led, helped = make_issue(lead_unit=power), make_issue(lead_unit=department(), supporting=[power])
    foreign = make_issue(lead_unit=department())
    topic = make_topic(led, helped, foreign, lead_unit=power)
    note = note_topic(topic, actor=make_user(unit=power), text="已进场")
    assert {copy.issue for copy in note.copies.all()} == {led, helped}


def test_who_neither_leads_the_topic_nor_is_of_the_bureau_notes_nothing() -> None:
    power = department()
    issue = make_issue(lead_unit=power)
    topic = make_topic(issue, lead_unit=department())
    for other in (make_user(unit=power), make_user(User.Role.LEADER), make_user(User.Role.LIAISON)):
        with pytest.raises(PermissionDenied):
            note_topic(topic, actor=other, text="x")
    with pytest.raises(InputError, match="how it goes on"):
        note_topic(topic, actor=make_user(), text=" ")
    assert not IssueNote.objects.exists()


def test_a_topic_is_not_closed_while_issues_are_open() -> None:
    issue, bureau = make_issue(), make_user()
    topic = make_topic(issue, make_issue(status=IssueStatus.SUSPENDED), make_issue(status=IssueStatus.CLOSED))
    with pytest.raises(RuleError, match="2 of its issues are still open"):
        close_topic(topic, actor=bureau, today=FRIDAY)
    take_out_of_topic(topic, Issue.objects.open().filter(topic=topic), actor=bureau)
    close_topic(topic, actor=bureau, today=FRIDAY)
    topic.refresh_from_db()
    assert topic.closed_on == FRIDAY
    assert Change.objects.filter(verb=Change.Verb.TOPIC_CLOSED).count() == 1


def test_at_a_closed_topic_nothing_changes_until_it_is_opened_again() -> None:
    topic, bureau, issue = make_topic(), make_user(), make_issue()
    close_topic(topic, actor=bureau, today=MONDAY)
    for attempt in (
        lambda: change_topic(topic, actor=bureau, today=MONDAY, name="x"),
        lambda: add_to_topic(topic, [issue], actor=bureau),
        lambda: take_out_of_topic(topic, [issue], actor=bureau),
        lambda: assigned(topic, actor=bureau),
        lambda: note_topic(topic, actor=bureau, text="x"),
        lambda: close_topic(topic, actor=bureau, today=MONDAY),
        lambda: make_issue(topic=topic),
    ):
        with pytest.raises(RuleError, match="is closed"):
            attempt()
    with pytest.raises(InputError, match="Say why"):
        reopen_topic(topic, actor=bureau, reason=" ")
    reopen_topic(topic, actor=bureau, reason="线路又断了")
    add_to_topic(topic, [issue], actor=bureau)
    topic.refresh_from_db()
    assert topic.closed_on is None
    with pytest.raises(RuleError, match="is open"):
        reopen_topic(topic, actor=bureau, reason="x")


def test_who_sees_a_topic() -> None:
    power, town = department(), make_unit()
    issue = make_issue(make_project(town=town))
    topic = make_topic(issue, lead_unit=power)
    for who in (make_user(), make_user(User.Role.LEADER), make_user(unit=town), make_user(unit=power)):
        assert topic in Topic.objects.visible_to(who)
    for who in (make_user(unit=make_unit()), make_user(User.Role.LIAISON, unit=make_unit())):
        assert topic not in Topic.objects.visible_to(who)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_assigning_at_the_topic_while_others_raise_issues_of_it_ends_for_all() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs DATABASE_URL with a real PostgreSQL: SQLite has one writer at a time")
    bureau, power, category = make_user(), department(), make_category()
    projects = [make_project() for _ in range(4)]
    topic = make_topic(*(make_issue(project) for project in projects))
    failed: list[BaseException] = []

    def run(work: Any) -> None:
        try:
            for _ in range(5):
                work()
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failed.append(error)
        finally:
            connection.close()

    def raised(project: Any) -> None:
        raise_issue(
            project, actor=bureau, title="x", category=category, source=Issue.Source.TOWN, today=MONDAY,
            topic=topic,
        )  # fmt: skip

    works: list[Any] = [lambda project=project: raised(project) for project in reversed(projects)]
    works += [lambda: assigned(topic, actor=bureau, lead_unit=power)] * 2
    works += [lambda: note_topic(topic, actor=bureau, text="x")] * 2
    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failed
    assert Issue.objects.filter(topic=topic).count() == 24
    numbers = sorted(Issue.objects.values_list("serial", flat=True))
    assert numbers == list(range(1, 25))

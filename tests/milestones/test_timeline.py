"""The history in words: one sentence for each change, with what changed."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils.html import strip_tags

from domain.lights import LightRule
from domain.workdays import WorkCalendar
from history.models import Change
from milestones.actions import (
    approve_date_change,
    assign_node,
    finish_node,
    hold_node,
    lay_chain,
    refuse_date_change,
    remind,
    reopen_node,
    request_date_change,
    resume_node,
    start_node,
    waive_node,
)
from milestones.actions.proofs import add_proofs, withdraw_proof
from milestones.models import DateChange, Node
from milestones.project_page.timeline import Entry, Kind, entries, of_kind
from projects.actions import change_project
from tests.make import make_node, make_nodes, make_project, make_template, make_unit, make_user

pytestmark = pytest.mark.django_db

Verb = Change.Verb

MON, TUE, FRI, NEXT_FRI = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 20), date(2026, 3, 27)
LATER = date(2026, 4, 1)
RULE = LightRule.on(LATER, WorkCalendar())


def told(**narrowed: Any) -> list[Entry]:
    changes = (
        Change.objects.filter(project__isnull=False, **narrowed)
        .select_related("actor", "node__template_node")
        .order_by("pk")
    )
    return entries(changes, RULE)


def last(**narrowed: Any) -> str:
    return strip_tags(told(**narrowed)[-1].said)


def running(**more: Any) -> Node:
    return make_node(started_on=MON, status="running", due_on=FRI, **more)


def test_starting_and_finishing_say_the_day_it_happened() -> None:
    node, actor = make_nodes(make_template("a", limit=10))["a"], make_user(display_name="李明")

    start_node(node, actor=actor, on=MON, today=TUE)
    assert last() == "started Node a on 2 Mar, its limit ends on 16 Mar"
    finish_node(node, actor=actor, on=TUE, today=TUE)
    assert last() == "finished Node a on 3 Mar"
    assert told()[-1].actor == "李明"


def test_what_was_entered_late_is_marked() -> None:
    node, actor = make_node(), make_user()

    start_node(node, actor=actor, on=date(2026, 3, 30), today=LATER)
    assert not told()[-1].is_back_filled
    finish_node(node, actor=actor, on=date(2026, 3, 30), today=date(2026, 4, 20))
    assert told()[-1].is_back_filled


def test_the_end_of_a_hold_says_how_it_moved_the_date() -> None:
    node, actor = running(), make_user()

    hold_node(node, actor=actor, on=date(2026, 3, 9), today=LATER, reason="专家评审", notice_no="12号")
    assert last() == "put Node only on hold from 9 Mar, notice 12号"
    assert told()[-1].note == "专家评审"
    resume_node(node, actor=actor, on=date(2026, 3, 13), today=LATER)
    assert last() == "let Node only run again from 13 Mar, due 20 Mar → 26 Mar, 4 working days on hold"


def test_a_hold_that_is_over_is_told_in_one_sentence() -> None:
    hold_node(running(), actor=make_user(), on=MON, until=TUE, today=LATER, reason="听证")

    assert last() == (
        "recorded that Node only was on hold from 2 Mar and ran again from 3 Mar, "
        "due 20 Mar → 23 Mar, 1 working day on hold"
    )


def test_a_date_change_says_from_when_to_when_why_and_with_how_many() -> None:
    nodes, actor = make_nodes(make_template("a", "b"), a=FRI, b=NEXT_FRI), make_user()

    change = request_date_change(
        nodes["a"], actor=actor, due_on=NEXT_FRI, reason=DateChange.Reason.POLICY, today=MON, following=True
    )
    assert last() == (
        "asked for another date of Node a, due 20 Mar → 27 Mar, 5 working days later, "
        "policy or planning changed, with 1 node behind it"
    )
    approve_date_change(change, actor=actor)
    assert last(node=nodes["b"]) == (
        "approved another date of Node b, due 27 Mar → 3 Apr, 5 working days later"
    )


def test_a_refusal_keeps_its_reason() -> None:
    node, actor = make_node(due_on=FRI), make_user()
    change = request_date_change(
        node, actor=actor, due_on=date(2026, 3, 19), reason=DateChange.Reason.POLICY, today=MON
    )
    assert "1 working day earlier" in last()

    refuse_date_change(change, actor=actor, answer="理由不足")

    assert last() == "refused another date of Node only"
    assert told()[-1].note == "理由不足"


def test_handing_over_names_both_units() -> None:
    node, unit = make_node(), make_unit("供电公司")
    before = str(node.unit)

    assign_node(node, actor=make_user(), unit=unit)
    assert last() == f"handed Node only over from {before} to 供电公司"
    remind(node, actor=make_user())
    assert last() == "reminded of Node only"


def test_waiving_and_reopening_are_told_with_their_reason() -> None:
    node, actor = make_node(), make_user()

    waive_node(node, actor=actor, reason="企业无需求", today=MON)
    reopen_node(node, actor=actor, reason="误报")

    assert [strip_tags(entry.said) for entry in told()] == ["waived Node only", "reopened Node only"]
    assert [entry.note for entry in told()] == ["企业无需求", "误报"]


def test_proofs_are_named() -> None:
    node, actor = make_node(), make_user()

    (proof,) = add_proofs(node, actor=actor, document_no="建字第3301号")
    assert last() == "added a proof of Node only: 建字第3301号"
    withdraw_proof(proof, actor=actor, reason="传错")
    assert last() == "withdrew a proof of Node only: 建字第3301号"


def test_a_change_of_the_project_says_from_what_to_what() -> None:
    project, actor = make_project(name="氢能", investment=100), make_user()

    change_project(project, actor=actor, name="氢能二期", investment=120)

    assert (
        last() == "changed the project: project: 氢能 → 氢能二期, total investment (10,000 yuan): 100 → 120"
    )


def test_what_the_weekly_meeting_decided_is_told_with_who_does_it_by_when() -> None:
    project, actor = make_project(), make_user()
    kept = {"decision": "2026-10-03", "text": "月底前送电"}
    taken = Change.objects.create(
        verb=Verb.DECISION_TAKEN, actor=actor, project=project,
        after={**kept, "lead_unit": "供电公司", "due_on": "2026-03-27"},
    )  # fmt: skip
    assert last() == "took down decision 2026-10-03: “月底前送电”, lead unit 供电公司, due 27 Mar"
    said = {
        Verb.DECISION_CHANGED: "changed decision 2026-10-03: “月底前送电”",
        Verb.DECISION_DONE: "reported decision 2026-10-03 done: “月底前送电”",
        Verb.DECISION_VERIFIED: "verified that decision 2026-10-03 is done: “月底前送电”",
        Verb.DECISION_RETURNED: "sent decision 2026-10-03 back: “月底前送电”",
        Verb.DECISION_WITHDRAWN: "withdrew decision 2026-10-03: “月底前送电”",
        Verb.DECISION_REOPENED: "reopened decision 2026-10-03: “月底前送电”",
    }
    for verb, sentence in said.items():
        Change.objects.create(verb=verb, actor=actor, project=project, after=kept, note="企业不要了")
        assert (last(), told()[-1].note) == (sentence, "企业不要了")
    assert [entry.pk for entry in told(verb=Verb.DECISION_TAKEN)] == [taken.pk]


def test_what_stood_on_the_agenda_is_told_with_the_meeting() -> None:
    project, actor = make_project(), make_user()
    said = {
        Verb.AGENDA_ADDED: "put 桩基施工 on the agenda of the weekly meeting 2026-10",
        Verb.AGENDA_DROPPED: "dropped 桩基施工 from the agenda of the weekly meeting 2026-10",
        Verb.AGENDA_RESTORED: "put 桩基施工 back on the agenda of the weekly meeting 2026-10",
        Verb.AGENDA_ORDERED: "put the agenda of the weekly meeting 2026-10 in another order",
        Verb.AGENDA_ASSIGNED: "said who speaks at the weekly meeting 2026-10, 张镇长 speaks",
    }
    for verb, sentence in said.items():
        after = {"meeting": "2026-10", "item": "桩基施工", "speaker": "张镇长"}
        Change.objects.create(verb=verb, actor=actor, project=project, after=after)
        assert last() == sentence


def test_of_a_long_decision_the_beginning_is_told() -> None:
    after = {"decision": "2026-10-03", "text": "<b>" + "长" * 2000}
    Change.objects.create(verb=Verb.DECISION_TAKEN, actor=make_user(), project=make_project(), after=after)
    assert len(told()[-1].said) < 250
    assert "<b>" not in told()[-1].said


def test_laying_a_chain_says_from_when_and_how_long_it_is() -> None:
    lay_chain(make_project(), make_template("a", "b"), actor=make_user(), starts_on=MON)

    assert last() == "laid the chain from 2 Mar, 2 nodes"


def test_what_an_older_change_does_not_say_is_left_out() -> None:
    actor, node = make_user(), make_node()
    for verb in Change.Verb.values:
        Change.objects.create(
            verb=verb, actor=actor, project=node.project, node=node, after={"due_on": "soon"}
        )

    assert len(told()) == len(Change.Verb.values)
    assert all(entry.said for entry in told())


def test_names_are_text_and_nodes_are_links() -> None:
    node, actor = make_node(project=make_project(name="<b>x</b>")), make_user()
    change_project(node.project, actor=actor, name="<i>y</i>")
    remind(node, actor=actor)

    changes = Change.objects.filter(project=node.project).order_by("pk").select_related("node__template_node")
    changed, reminded = entries(changes, RULE, str)

    assert "<i>" not in changed.said
    assert "&lt;i&gt;y" in changed.said
    assert f'<a href="{node.pk}">Node only</a>' in reminded.said


@pytest.mark.parametrize("kind", list(Kind))
def test_it_can_be_narrowed_to_one_kind(kind: Kind) -> None:
    actor, node = make_user(), make_node()
    for verb in Change.Verb.values:
        Change.objects.create(verb=verb, actor=actor, project=node.project, node=node)

    found = set(of_kind(Change.objects.all(), kind).values_list("verb", flat=True))

    assert 0 < len(found) < len(Change.Verb.values)
    everything = Change.objects.count()
    assert of_kind(Change.objects.all(), "").count() == everything
    assert of_kind(Change.objects.all(), "nonsense").count() == everything


def test_every_change_of_a_project_is_of_one_kind() -> None:
    actor, node = make_user(), make_node()
    for verb in Change.Verb.values:
        Change.objects.create(verb=verb, actor=actor, project=node.project, node=node)

    found = [
        verb for kind in Kind for verb in of_kind(Change.objects.all(), kind).values_list("verb", flat=True)
    ]

    of_no_project = {
        verb
        for verb in Change.Verb.values
        if re.match(
            "template_|topic_|meeting_|workbook_|minutes_|indicator_|kiosk_|outline_|unit_|person_|race_",
            verb,
        )
    }
    assert sorted(found) == sorted(set(Change.Verb.values) - of_no_project)


def test_the_moment_is_that_of_the_entry() -> None:
    remind(make_node(), actor=make_user())

    assert isinstance(told()[0].at, datetime)
    assert told()[0].at <= datetime.now(UTC)

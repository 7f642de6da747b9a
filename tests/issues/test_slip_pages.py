"""The pages of supervision: what waits for whom, issuing, dismissing, answering, and the page of paper."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Unit, User
from domain.lifecycle import Status
from domain.workdays import WorkCalendar
from history.models import Change
from issues.actions import answer_slip, dismiss_slip, issue_slip, propose_slips
from issues.models import Supervision
from milestones.models import Node
from projects.models import Project
from tests.make import MONDAY, make_issue, make_node, make_project, make_unit, make_user
from tests.pages import client_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]

FRIDAY = date(2026, 3, 6)  # four working days after the Monday by which everything here is due
CALENDAR = WorkCalendar()
State = Supervision.State


@pytest.fixture
def _on_friday() -> Any:
    with time_machine.travel("2026-03-06T10:00:00+08:00", tick=False):
        yield


def proposal(name: str = "氢能", **fields: Any) -> Supervision:
    node = make_node(project=make_project(name=name), status=Status.RUNNING, **{"due_on": MONDAY, **fields})
    propose_slips(FRIDAY, CALENDAR)
    return Supervision.objects.get(node=node)


def issued(name: str = "氢能", today: date = FRIDAY, **fields: Any) -> Supervision:
    return issue_slip(proposal(name, **fields), actor=make_user(display_name="王科长"), today=today)


def answered(name: str = "氢能", **fields: Any) -> Supervision:
    slip = issued(name, **fields)
    return answer_slip(slip, actor=make_user(), answer="外线未到货", plan="本周进场", today=FRIDAY)


def state(slip: Supervision) -> str:
    return Supervision.objects.values_list("state", flat=True).get(pk=slip.pk)


def page(path: str = "", user: User | None = None) -> Any:
    return client_of(user or make_user()).get(f"/supervision/{path}")


def post(slip: Supervision, what: str, user: User | None = None, **sent: Any) -> Any:
    return client_of(user or make_user()).post(f"/supervision/{slip.pk}/{what}/", sent, follow=True)


def form_of(response: Any) -> dict[str | None, str | None]:
    return {attrs.get("name"): attrs.get("value") for tag, attrs in tags_of(response) if tag == "input"}


# The list


def test_the_list_opens_with_what_waits_for_whom() -> None:
    proposal("光伏")
    issued("氢能")
    with time_machine.travel("2026-03-16T10:00:00+08:00", tick=False):
        shown = text_of(page())

    assert "1 proposed slip waits for your decision" in shown
    assert "1 issued slip is not answered yet, 1 of them is late" in shown
    assert ("光伏" in shown, "氢能" in shown) == (True, False)  # what is to be decided first


def test_each_state_has_its_list_and_the_figures_lead_there() -> None:
    proposal("光伏")
    issued("氢能")
    answered("风电")
    dismiss_slip(proposal("储能"), actor=make_user(), reason="企业已到场")

    lists = {one: text_of(page(f"?state={one}")) for one in ("proposed", "issued", "answered", "dismissed")}

    names = ("光伏", "氢能", "风电", "储能")
    assert [[name for name in names if name in shown] for shown in lists.values()] == [
        ["光伏"], ["氢能"], ["风电"], ["储能"],
    ]  # fmt: skip
    assert "企业已到场" in lists["dismissed"]
    links = {attrs.get("href") for tag, attrs in tags_of(page()) if attrs.get("class") == "fig"}
    assert links == {
        "?state=proposed", "?state=issued", "?state=issued&late=true", "?state=answered", "?state=dismissed",
    }  # fmt: skip


def test_a_row_says_how_late_which_level_what_and_who() -> None:
    slip = proposal("光伏", due_on=date(2026, 2, 20), unit=make_unit("供电公司", kind=Unit.Kind.DEPARTMENT))

    response = page()

    shown = text_of(response)
    for words in (
        "yellow slip",
        "10 working days late",
        "due 20 Feb",
        "供电公司",
        "head of the responsible unit",
    ):
        assert words in shown
    links = {attrs.get("href") for _tag, attrs in tags_of(response)}
    assert {f"/supervision/{slip.pk}/", f"/projects/{slip.project_id}/#node-{slip.node_id}"} <= links


def test_the_row_of_an_issue_leads_to_the_issue() -> None:
    issue = make_issue(lead_unit=make_unit(), due_on=MONDAY, title="开闭所未建")
    propose_slips(FRIDAY, CALENDAR)

    response = page()

    assert "开闭所未建" in text_of(response)
    assert f"/issues/{issue.pk}/" in {attrs.get("href") for _tag, attrs in tags_of(response)}


def test_late_answers_come_first_and_are_marked() -> None:
    issued("氢能")
    old = issued("光伏")
    Supervision.objects.filter(pk=old.pk).update(reply_by=date(2026, 3, 4))

    shown = text_of(page("?state=issued"))

    assert shown.index("光伏") < shown.index("氢能")
    assert shown.count("answer 2 working days late") == 1
    late = text_of(page("?state=issued&late=true"))
    assert ("光伏" in late, "氢能" in late) == (True, False)


def test_whoever_has_to_answer_is_told_first() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    issued("氢能", unit=unit)
    issued("光伏")

    shown = text_of(page(user=make_user(unit=unit)))

    assert "1 supervision slip waits for the answer of your unit" in shown
    assert ("氢能" in shown, "光伏" in shown) == (True, False)


def test_proposals_are_shown_to_those_who_decide() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    slip = proposal("光伏", unit=unit)
    slip.project.units.add(unit)

    for other in (make_user(unit=unit), make_user(User.Role.LEADER), make_user(User.Role.LIAISON)):
        assert "光伏" not in text_of(page("?state=proposed", other))
        assert page(f"{slip.pk}/", other).status_code == 404
    assert "光伏" in text_of(page("", make_user(unit=slip.project.town)))


def test_the_list_is_narrowed_by_level_and_addressee() -> None:
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    proposal("光伏", unit=power)
    proposal("风电", due_on=date(2026, 1, 5))

    assert ["光伏" in text_of(page(f"?level={level}")) for level in (1, 3)] == [True, False]
    assert ["光伏" in text_of(page(f"?unit={unit}")) for unit in (power.pk, make_unit().pk)] == [True, False]
    assert "Nothing matches." in text_of(page("?level=2"))
    assert page("?level=9").status_code == 400
    assert page("?state=rot").status_code == 400


def test_where_there_is_nothing_it_says_so() -> None:
    shown = text_of(page())

    assert "Every issued slip is answered" in shown
    assert "There are no such slips." in shown


@pytest.mark.parametrize("many", [1, 5])
@pytest.mark.parametrize("query", ["?state=proposed", "?state=issued"])
def test_more_slips_cost_no_more_queries(query: str, many: int, django_assert_max_num_queries: Any) -> None:
    client = client_of(make_user())
    for _ in range(many):
        issued()
        proposal()

    with django_assert_max_num_queries(9):
        assert client.get(f"/supervision/{query}").content.count(b'id="slip-') == many


# Many at once


def test_the_selected_proposals_go_out_at_once() -> None:
    slips = [proposal(name) for name in ("光伏", "风电", "储能")]
    client = client_of(make_user())
    rows = [
        attrs.get("value")
        for _tag, attrs in tags_of(client.get("/supervision/"))
        if attrs.get("name") == "row"
    ]
    assert sorted(rows) == sorted(f"{slip.pk}-1" for slip in slips)  # type: ignore[type-var]

    answer = client.post(
        "/supervision/issue/",
        {"row": [f"{slip.pk}-1" for slip in slips[:2]], "next": "/supervision/?level=1"}, follow=True,
    )  # fmt: skip

    assert "2 slips are issued." in text_of(answer)
    assert answer.redirect_chain == [("/supervision/?level=1", 302)]
    assert [state(slip) for slip in slips] == [State.ISSUED, State.ISSUED, State.PROPOSED]


def test_those_that_are_refused_are_named_and_the_others_go_out() -> None:
    first, second = proposal("光伏"), proposal("风电")
    Node.objects.filter(supervisions=first).update(status=Status.DONE, finished_on=MONDAY)

    answer = client_of(make_user()).post(
        "/supervision/issue/", {"row": [f"{first.pk}-1", f"{second.pk}-1"]}, follow=True
    )

    shown = text_of(answer)
    assert "1 slip is issued." in shown
    assert "光伏 · Node only: “Node only” is closed; no slip is issued for it." in shown
    assert (state(first), state(second)) == (State.PROPOSED, State.ISSUED)


def test_the_selection_is_carried_out_once() -> None:
    slip, client, key = proposal(), client_of(make_user()), str(uuid4())
    sent = {"row": f"{slip.pk}-1", "once": key}

    client.post("/supervision/issue/", sent)
    again = client.post("/supervision/issue/", sent, follow=True)

    assert "This has been done already." in text_of(again)
    assert Change.objects.filter(verb=Change.Verb.SLIP_ISSUED).count() == 1


@pytest.mark.parametrize(("row", "status"), [("rot", 400), ("1-", 400), ("999999-1", 404), (None, 400)])
def test_a_selection_that_cannot_be_read_is_refused(row: str | None, status: int) -> None:
    sent = {} if row is None else {"row": row}
    assert client_of(make_user()).post("/supervision/issue/", sent).status_code == status


def test_a_selection_with_a_strangers_slip_in_it_changes_nothing() -> None:
    mine, other = proposal("光伏"), proposal("风电")
    town = client_of(make_user(unit=mine.project.town))

    assert town.post("/supervision/issue/", {"row": [f"{mine.pk}-1", f"{other.pk}-1"]}).status_code == 404
    assert state(mine) == State.PROPOSED


# One slip


def test_a_proposal_offers_what_is_usual() -> None:
    unit = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    response = page(f"{proposal('光伏', unit=unit).pk}/")

    shown, sent = text_of(response), form_of(response)
    assert "光伏 is 4 working days late with it, due 2 Mar" in shown
    assert sent["reply_by"] == "2026-03-13"
    assert re.search(rf'<option value="{unit.pk}" selected>供电公司', response.content.decode())
    assert "Blank: deputy head of the responsible unit." in shown


def test_only_levels_that_are_not_milder_are_offered() -> None:
    content = page(f"{proposal(due_on=date(2026, 2, 20)).pk}/").content.decode()

    assert [f">{name} slip</option>" in content for name in ("blue", "yellow", "red")] == [False, True, True]


def test_a_slip_is_issued_as_it_was_filled_in() -> None:
    slip, other = proposal(), make_unit("住建局", kind=Unit.Kind.DEPARTMENT)

    answer = post(
        slip,
        "issue",
        addressee=other.pk,
        level=2,
        reply_by="2026-03-09",
        attention="李局长",
        text="请到场",
        version=1,
    )

    assert "The slip is issued." in text_of(answer)
    stored = Supervision.objects.get()
    assert (stored.addressee, stored.level, stored.reply_by) == (other, 2, date(2026, 3, 9))
    assert (stored.attention, stored.text, stored.number) == ("李局长", "请到场", "2026-0001")


def test_what_cannot_be_read_is_told_at_its_field_and_nothing_that_was_typed_is_lost() -> None:
    slip = proposal()

    answer = post(slip, "issue", addressee="", level=1, reply_by="bald", text="请到场")

    assert answer.status_code == 400
    content = answer.content.decode()
    assert 'id="wrong-addressee">This field is required.' in content
    assert 'id="wrong-reply_by">Enter a valid date.' in content
    assert "请到场" in content
    assert state(slip) == State.PROPOSED


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({"reply_by": "2026-03-05"}, 409, "has passed"),
        ({"version": 7}, 412, "has changed since you read it"),
        ({"once": "rot"}, 400, "is not a UUID"),
    ],
)
def test_what_is_against_a_rule_is_refused_with_a_sentence(
    sent: dict[str, Any], status: int, sentence: str
) -> None:
    slip = proposal()

    answer = post(slip, "issue", **{"addressee": slip.project.town_id, "level": 1, **sent})

    assert answer.status_code == status
    assert sentence in text_of(answer)
    assert state(slip) == State.PROPOSED


def test_a_slip_for_a_closed_issue_is_refused() -> None:
    issue = make_issue(lead_unit=make_unit(), due_on=MONDAY)
    propose_slips(FRIDAY, CALENDAR)
    slip = Supervision.objects.get()
    issue.status, issue.closed_on, issue.verified_by = "closed", FRIDAY, make_user()
    issue.save()

    answer = post(slip, "issue", addressee=issue.lead_unit_id, level=1)

    assert answer.status_code == 409
    assert "is closed; no slip is issued for it" in text_of(answer)


def test_dismissing_needs_a_reason_and_shows_it() -> None:
    slip = proposal()

    assert post(slip, "dismiss").status_code == 400
    answer = post(slip, "dismiss", reason="企业已到场")

    assert "No slip goes out for this step: 企业已到场" in text_of(answer)
    assert state(slip) == State.DISMISSED


def test_the_addressee_answers_on_the_page() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    slip, clerk = issued(unit=unit), make_user(unit=unit)
    assert "Send the answer" in text_of(page(f"{slip.pk}/", clerk))

    answer = post(slip, "answer", clerk, answer="外线\r\n未到货", plan="本周进场", planned_on="2026-03-20")

    shown = text_of(answer)
    assert "The slip is answered." in shown
    assert "in time" in shown
    assert "to be done by 20 Mar" in shown
    assert Supervision.objects.get().answer == "外线\n未到货"
    assert "Send the answer" not in shown


def test_an_answer_of_500_characters_in_lines_is_not_too_long() -> None:
    slip = issued()
    text = "\r\n".join("一" * 49 for _ in range(10))  # 499 characters as the browser counts them
    assert post(slip, "answer", answer=text, plan="x").status_code == 200
    assert state(slip) == State.ANSWERED


def test_an_answer_without_a_plan_comes_back_with_what_was_typed() -> None:
    slip = issued()

    answer = post(slip, "answer", answer="外线未到货", plan="")

    assert answer.status_code == 400
    assert "外线未到货" in answer.content.decode()
    assert 'id="wrong-plan">This field is required.' in answer.content.decode()
    assert state(slip) == State.ISSUED


def test_a_late_answer_is_shown_as_late() -> None:
    slip = issued()
    Supervision.objects.filter(pk=slip.pk).update(reply_by=date(2026, 3, 4))

    assert "answer 2 working days late" in text_of(page(f"{slip.pk}/"))
    assert "2 working days too late" in text_of(post(slip, "answer", answer="x", plan="x"))


def test_out_of_sight_is_404_and_not_yours_403() -> None:
    unit = make_unit(kind=Unit.Kind.DEPARTMENT)
    slip, sent = issued(unit=unit), {"answer": "x", "plan": "x"}
    stranger, leader, town = (
        make_user(unit=make_unit()), make_user(User.Role.LEADER), make_user(unit=slip.project.town),
    )  # fmt: skip

    assert post(slip, "answer", stranger, **sent).status_code == 404
    for path in (f"{slip.pk}/", f"{slip.pk}/print/"):
        assert page(path, stranger).status_code == 404
    for other in (leader, town):
        assert "Send the answer" not in text_of(page(f"{slip.pk}/", other))
        assert post(slip, "answer", other, **sent).status_code == 403
    assert post(slip, "dismiss", leader, reason="x").status_code == 403
    assert post(slip, "answer", leader).status_code == 400
    assert client_of(town).get(f"/supervision/{slip.pk}/answer/").status_code == 405
    assert state(slip) == State.ISSUED


# The page of paper


def test_the_paper_says_everything() -> None:
    unit = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT)
    slip = proposal("光伏", unit=unit)
    make_issue(
        Project.objects.get(pk=slip.project_id), title="开闭所未建", lead_unit=unit,
        nodes=[Node.objects.get(pk=slip.node_id or 0)],
    )  # fmt: skip
    issue_slip(
        slip,
        actor=make_user(display_name="王科长"),
        today=FRIDAY,
        text="请到场办公\n每周报送",
        attention="李局长",
    )

    shown = text_of(page(f"{slip.pk}/print/"))

    for words in (
        "No. 2026-0001", "blue slip", "供电公司", "李局长", "光伏", "Node only", "2 Mar 2026", "4 working days late",
        "开闭所未建", "请到场办公", "每周报送", "13 Mar 2026", "王科长", "6 Mar 2026", "Signature, seal",
    ):  # fmt: skip
        assert words in shown


def test_the_paper_of_an_answered_slip_has_the_answer_on_it() -> None:
    shown = text_of(page(f"{answered().pk}/print/"))

    assert "外线未到货" in shown
    assert "本周进场" in shown
    assert "Signature" not in shown


def test_more_issues_than_fit_are_counted() -> None:
    slip = proposal()
    project, node = Project.objects.get(pk=slip.project_id), Node.objects.get(pk=slip.node_id or 0)
    for number in range(5):
        make_issue(project, title=f"问题{number}", nodes=[node])
    issue_slip(slip, actor=make_user(), today=FRIDAY)

    shown = text_of(page(f"{slip.pk}/print/"))

    assert ("问题2" in shown, "问题3" in shown) == (True, False)
    assert "and 2 more issues" in shown


def test_there_is_no_paper_of_what_has_not_gone_out() -> None:
    slip = proposal()
    assert page(f"{slip.pk}/print/").status_code == 404
    dismiss_slip(slip, actor=make_user(), reason="x")
    assert page(f"{slip.pk}/print/").status_code == 404


def test_text_that_looks_like_markup_stays_text() -> None:
    slip = proposal("<b>氢能</b>")
    issue_slip(slip, actor=make_user(), today=FRIDAY, text="<i>x</i>", attention="<u>y</u>")

    for path in ("?state=issued", f"{slip.pk}/", f"{slip.pk}/print/"):
        content = page(path).content.decode()
        assert not re.search(r"<b>氢能|<i>x|<u>y", content)
        assert "&lt;b&gt;氢能" in content


def test_a_proposal_that_lapsed_says_so() -> None:
    slip = proposal()
    Node.objects.filter(supervisions=slip).update(due_on=FRIDAY + timedelta(days=9))
    propose_slips(FRIDAY, CALENDAR)

    shown = text_of(page(f"{slip.pk}/"))

    assert "no longer late by this deadline" in shown
    assert "Issue the slip" not in shown

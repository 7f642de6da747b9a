"""The page of an enterprise: what stands on it, and what never does."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit
from domain.issues import IssueStatus
from issues.actions import ask_to_close, make_link, note_issue, revoke_link
from issues.links import address_of
from issues.models import EnterpriseLink, Issue, IssueFile
from tests.issues.enterprise import NOWHERE, own, rate, sent, upload
from tests.make import make_issue, make_node, make_project, make_unit, make_user
from tests.pages import tags_of, text_of
from tests.projects.file_samples import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_counted_anew")]


def test_an_enterprise_needs_no_account_and_finds_its_project_and_an_empty_list(
    link: EnterpriseLink, phone: Client
) -> None:
    page = phone.get(address_of(link))

    assert page.status_code == 200
    assert "明阳电子二期" in text_of(page)
    assert "What stands in the way of your project?" in text_of(page)
    assert ("input", "王经理") in [(tag, attrs.get("value")) for tag, attrs in tags_of(page)]
    link.refresh_from_db()
    assert link.last_used_at is not None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (IssueStatus.RAISED, "received, not given to a unit yet"),
        (IssueStatus.ASSIGNED, "given to a unit"),
        (IssueStatus.WORKING, "being worked on"),
        (IssueStatus.RETURNED, "being worked on"),
        (IssueStatus.CLOSE_REQUESTED, "said to be solved, being verified"),
        (IssueStatus.SUSPENDED, "put off for now"),
        (IssueStatus.CLOSED, "closed"),
    ],
)
def test_each_state_is_told_in_the_words_of_the_enterprise(
    link: EnterpriseLink, phone: Client, status: IssueStatus, words: str
) -> None:
    is_given = status != IssueStatus.RAISED
    power = make_unit("供电公司", kind=Unit.Kind.DEPARTMENT) if is_given else None
    issue = own(link.project, lead_unit=power, status=status if is_given else None)

    page = phone.get(address_of(link))

    content = page.content.decode()
    assert issue.number in content
    assert issue.title in content
    assert f"</svg>{words}</span>" in content
    assert ("供电公司" in content) == is_given
    ticks = status in {
        IssueStatus.ASSIGNED,
        IssueStatus.WORKING,
        IssueStatus.RETURNED,
        IssueStatus.CLOSE_REQUESTED,
    }
    assert ("<dt>Due</dt>" in content) == ticks
    assert ("<dt>Closed on</dt>" in content) == (status == IssueStatus.CLOSED)
    assert ("Rate the answer" in content) == (status == IssueStatus.CLOSED)


def test_nothing_else_is_ever_on_the_page(link: EnterpriseLink, phone: Client) -> None:
    """Whatever is known of its own issues beside their state, and everything of anybody else's."""
    project = link.project
    project.liaison, project.leader, project.code = (
        make_user(display_name="甲联络员"),
        "乙区长",
        "2603-330109-04-01-123456",
    )
    project.note = "丙备注"
    project.save()
    node = make_node(project=project)
    lead, helping = make_unit("丁牵头局"), make_unit("戊配合局")
    clerk, manager = make_user(unit=lead, display_name="己经办"), make_user(display_name="庚科长")
    issue = own(
        project,
        raised_by=manager,
        description="辛内部说明",
        lead_unit=lead,
        supporting=[helping],
        nodes=[node],
    )
    Issue.objects.filter(pk=issue.pk).update(leader="壬副区长")
    note_issue(issue, actor=clerk, text="癸内部记录")
    ask_to_close(issue, actor=clerk, today=timezone.localdate(), document_no="子文号")
    put_off = own(project, status=IssueStatus.SUSPENDED)
    Issue.objects.filter(pk=put_off.pk).update(suspended_word="丑副区长")
    done = own(project, status=IssueStatus.CLOSED)
    IssueFile.objects.create(
        issue=done, purpose="found", document_no="寅", name="卯内部.pdf", added_by=manager
    )
    make_issue(project, title="辰别的问题")
    own(make_project(name="巳别家项目"), title="午别家问题")

    page = phone.get(address_of(link)).content.decode()

    assert "丁牵头局" in page
    secrets = [
        "甲联络员", "乙区长", "2603-330109", "丙备注", str(node), "戊配合局", "己经办", "庚科长", "辛内部", "壬副区长",
        "癸内部", "子文号", "丑副区长", "卯内部", "辰别的", "巳别家", "午别家", project.town.name, "李联络",
    ]  # fmt: skip
    assert [secret for secret in secrets if secret in page] == []
    assert "<nav" not in page
    assert re.findall(r'href="(/(?!static/)[^"]*)"', page) == []


def test_what_was_sent_is_shown_by_its_name_alone(link: EnterpriseLink, phone: Client) -> None:
    phone.post(address_of(link), sent(photos=[upload(photo())]))

    page = phone.get(address_of(link))

    assert "现场.jpg" in text_of(page)
    assert "img" not in [tag for tag, _ in tags_of(page)]


def test_what_people_write_is_text_and_nothing_else(link: EnterpriseLink, phone: Client) -> None:
    evil = '"><script>alert(1)</script>'
    link.project.name = evil
    link.project.save()
    phone.post(address_of(link), sent(title=evil))
    issue = own(link.project, title=evil, status=IssueStatus.CLOSED)
    rate(phone, link, issue, text=evil)
    refused = phone.post(address_of(link), sent(title=evil, description=evil, contact=evil, category="x"))

    for page in (phone.get(address_of(link)), refused):
        content = page.content.decode()
        assert content.count("&lt;script&gt;") >= 3
        assert "<script" not in content


def test_browsers_and_search_engines_are_told_to_keep_nothing(link: EnterpriseLink, phone: Client) -> None:
    gone = revoke_link(
        make_link(link.project, actor=link.made_by, now=timezone.now()),
        actor=link.made_by,
        now=timezone.now(),
    )
    answers = [
        phone.get(address_of(link)),
        phone.post(address_of(link), {}),
        rate(phone, link, 0),
        phone.get(address_of(gone)),
        phone.get(NOWHERE),
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 404, 410, 404]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_the_page_asks_as_often_for_many_issues_as_for_one(link: EnterpriseLink, phone: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert phone.get(address_of(link)).status_code == 200
        return len(queries)

    phone.post(address_of(link), sent(photos=[upload(photo())]))
    phone.get(address_of(link))
    one = asked()
    for _ in range(5):
        own(link.project, status=IssueStatus.CLOSED)
    phone.post(address_of(link), sent(title="又一个", photos=[upload(photo())]))
    phone.get(address_of(link))

    assert asked() == one <= 8


def test_the_language_can_be_chosen(link: EnterpriseLink) -> None:
    phone = Client()
    page = phone.get(address_of(link))
    assert page["Content-Language"] == "zh-hans"
    chosen = phone.post("/language/", {"language": "en", "next": address_of(link)})

    assert chosen["Location"] == address_of(link)
    assert phone.get(address_of(link))["Content-Language"] == "en"

"""What an enterprise sends from its page: issues with files, and its word on the answers."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from domain.issues import IssueStatus
from history.models import Receipt
from issues.actions import make_link
from issues.actions.links import MOST_A_DAY
from issues.links import address_of
from issues.models import EnterpriseLink, Issue
from tests.issues.enterprise import own, rate, sent, upload
from tests.make import make_category, make_issue, make_project
from tests.pages import text_of
from tests.projects.file_samples import photo, stored_paths

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_counted_anew")]


def test_an_enterprise_raises_an_issue_with_photos(link: EnterpriseLink, phone: Client) -> None:
    answer = phone.post(
        address_of(link), sent(contact="王经理 138", photos=[upload(photo()), upload(photo("PNG"), "图.png")])
    )

    assert (answer.status_code, answer["Location"]) == (302, address_of(link))
    issue = Issue.objects.get()
    assert (issue.project, issue.source, issue.title) == (link.project, "enterprise", "外线未通")
    assert (issue.raised_by, issue.raised_for) == (User.objects.system(), "王经理 138")
    assert list(issue.files.values_list("name", flat=True)) == ["现场.jpg", "图.png"]
    page = phone.get(address_of(link))
    assert f"We have received it as {issue.number}" in text_of(page)
    assert "外线未通" in text_of(page)


def test_a_file_that_is_not_taken_is_named_and_nothing_typed_is_lost(
    link: EnterpriseLink, phone: Client
) -> None:
    page = phone.post(
        address_of(link), sent(contact="王经理 138", photos=[upload(photo()), upload(b"MZ\x90", "病毒.jpg")])
    )

    assert page.status_code == 400
    said = re.findall(r'id="wrong-photos">([^<]+)<', page.content.decode())
    assert len(said) == 1
    assert "病毒.jpg" in said[0]
    for typed in ("外线未通", "停电三次", "王经理 138"):
        assert typed in page.content.decode()
    assert not Issue.objects.exists()
    assert stored_paths() == set()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"category": ""}, "category"),
        ({"category": "99999"}, "category"),
        ({"category": "power"}, "category"),
        ({"description": "长" * 5001}, "description"),
        ({"contact": "长" * 121}, "contact"),
        ({"title": "a\0b"}, "title"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    link: EnterpriseLink, phone: Client, fields: dict[str, str], wrong: str
) -> None:
    page = phone.post(address_of(link), sent(**fields, photos=[upload(photo())]))

    assert page.status_code == 400
    said = dict(re.findall(r'id="wrong-(\w+)">([^<]+)<', page.content.decode()))
    assert said.keys() == {wrong, "photos"}
    assert "once more" in said["photos"]
    assert not Issue.objects.exists()
    assert stored_paths() == set()


def test_a_category_that_is_no_longer_chosen_is_not_taken(link: EnterpriseLink, phone: Client) -> None:
    old = make_category("old", is_active=False)

    assert phone.post(address_of(link), sent(category=old.pk)).status_code == 400
    assert not Issue.objects.exists()


def test_the_eleventh_issue_of_a_day_is_refused_and_the_form_keeps_it(
    link: EnterpriseLink, phone: Client
) -> None:
    for at in range(MOST_A_DAY):
        assert phone.post(address_of(link), sent(title=f"事{at}")).status_code == 302

    page = phone.post(address_of(link), sent(title="第十一"))

    assert page.status_code == 409
    assert "At most 10 issues a day" in text_of(page)
    assert "第十一" in page.content.decode()
    assert Issue.objects.count() == MOST_A_DAY


def test_a_form_that_arrives_twice_is_done_once(link: EnterpriseLink, phone: Client) -> None:
    form, other = sent(once=str(uuid4())), make_link(link.project, actor=link.made_by, now=timezone.now())

    first = phone.post(address_of(link), form, follow=True)
    again = phone.post(address_of(link), form, follow=True)

    assert "We have received it" in text_of(first)
    assert "had arrived already" in text_of(again)
    assert Issue.objects.count() == 1
    assert Receipt.objects.get().actor == User.objects.system()
    phone.post(address_of(other), form)
    assert Issue.objects.count() == 2, "somebody else's form is another one"


def test_a_form_with_a_key_that_is_none_is_refused(link: EnterpriseLink, phone: Client) -> None:
    page = phone.post(address_of(link), sent(once="x"))

    assert page.status_code == 400
    assert "is not a UUID" in text_of(page)


def test_the_enterprise_rates_the_answer_and_sees_its_word(link: EnterpriseLink, phone: Client) -> None:
    issue = own(link.project, status=IssueStatus.CLOSED)
    assert "1 answer waits for your rating" in text_of(phone.get(address_of(link)))

    answer = rate(phone, link, issue, rating=2, text="太慢", once=str(uuid4()))

    assert (answer.status_code, answer["Location"]) == (302, address_of(link))
    issue.refresh_from_db()
    assert (issue.rating, issue.rating_text, issue.rated_by_enterprise) == (2, "太慢", True)
    page = text_of(phone.get(address_of(link)))
    assert "Your rating: 2 · dissatisfied" in page
    assert "太慢" in page
    assert "waits for your rating" not in page


@pytest.mark.parametrize("rating", ["0", "6", "", "five", "3.5"])
def test_a_rating_is_one_to_five(link: EnterpriseLink, phone: Client, rating: str) -> None:
    issue = own(link.project, status=IssueStatus.CLOSED)

    page = rate(phone, link, issue, rating=rating)

    assert page.status_code == 400
    assert address_of(link) in page.content.decode()
    issue.refresh_from_db()
    assert issue.rating is None


def test_an_open_issue_cannot_be_rated(link: EnterpriseLink, phone: Client) -> None:
    page = rate(phone, link, own(link.project))

    assert page.status_code == 409
    assert "cannot be rated before it is closed" in text_of(page)


def test_another_s_issue_is_not_there(link: EnterpriseLink, phone: Client) -> None:
    others: list[Issue | int] = [
        make_issue(link.project, status=IssueStatus.CLOSED),
        own(make_project(), status=IssueStatus.CLOSED),
        99999,
    ]
    pages = [rate(phone, link, issue) for issue in others]

    assert [page.status_code for page in pages] == [404] * 3
    assert len({text_of(page) for page in pages}) == 1
    assert not Issue.objects.filter(rating__isnull=False)


def test_the_forms_are_guarded_against_other_sites(link: EnterpriseLink) -> None:
    phone = Client(enforce_csrf_checks=True)
    issue = own(link.project, status=IssueStatus.CLOSED)

    assert phone.post(address_of(link), sent()).status_code == 403
    assert rate(phone, link, issue).status_code == 403
    page = phone.get(address_of(link))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert token
    assert phone.post(address_of(link), sent(csrfmiddlewaretoken=token[1])).status_code == 302


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(link: EnterpriseLink, phone: Client, method: str) -> None:
    assert getattr(phone, method)(address_of(link)).status_code == 405
    assert phone.get(f"{address_of(link)}rate/1/").status_code == 405

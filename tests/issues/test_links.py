"""Links of enterprises: their addresses, who may make and revoke them, what is taken through them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Unit, User
from domain.errors import InputError, RuleError
from domain.issues import IssueStatus
from history.models import Change
from issues.actions import (
    make_link,
    note_use,
    raise_by_enterprise,
    rate_by_enterprise,
    rate_issue,
    revoke_link,
)
from issues.actions.links import MOST_A_DAY, MOST_A_YEAR
from issues.links import address_of, is_spent, link_behind, token_of
from issues.models import EnterpriseLink, Issue, IssueFile
from projects.file_actions import stored_files
from tests.make import MONDAY, make_category, make_issue, make_project, make_unit, make_user
from tests.projects.file_samples import photo

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def linked(**fields: Any) -> EnterpriseLink:
    project = fields.pop("project", None) or make_project(enterprise="明阳电子")
    return make_link(project, actor=fields.pop("actor", None) or make_user(), now=NOW, **fields)


def told(link: EnterpriseLink, **fields: Any) -> Issue:
    fields = {"title": "外线未通", "category": make_category(), "today": MONDAY, **fields}
    return raise_by_enterprise(link, **fields)


def closed(link: EnterpriseLink, **fields: Any) -> Issue:
    return make_issue(link.project, source=Issue.Source.ENTERPRISE, status=IssueStatus.CLOSED, **fields)


# The address -----------------------------------------------------------------------------------------


def test_an_address_leads_to_its_link_and_is_the_same_each_time() -> None:
    link = linked()

    assert link_behind(token_of(link)) == link
    assert address_of(EnterpriseLink.objects.get()) == address_of(link) == f"/e/{token_of(link)}/"


def test_an_address_that_was_altered_anywhere_leads_nowhere_and_asks_no_database() -> None:
    token = token_of(linked())
    altered = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    # The last letter of base64 holds bits that nobody reads; the comparison is of the text all the same.
    wrong = [
        *altered,
        token[:-1],
        token + "A",
        token.partition(".")[0],
        "." + token,
        "",
        "1",
        "密" * 20,
        "\0",
    ]

    with CaptureQueriesContext(connection) as asked:
        assert [link_behind(one) for one in wrong] == [None] * len(wrong)
    assert len(asked) == 0


def test_what_was_signed_for_something_else_leads_nowhere() -> None:
    link = linked()
    made = token_of(link).partition(".")[0]

    assert link_behind(Signer(salt="another", sep=".").sign(made)) is None


def test_another_row_with_the_same_number_does_not_bring_an_old_address_back() -> None:
    link = linked()
    token = token_of(link)
    EnterpriseLink.objects.update(made_at=link.made_at + timedelta(microseconds=1))

    assert link_behind(token) is None
    link.delete()
    assert link_behind(token) is None


def test_another_key_ends_the_addresses_unless_the_old_one_is_kept(monkeypatch: Any) -> None:
    link = linked()
    token = token_of(link)

    monkeypatch.setattr("issues.links._SIGNER.key", "another")
    assert link_behind(token) is None
    monkeypatch.setattr("issues.links._SIGNER.fallback_keys", [settings.SECRET_KEY])
    assert link_behind(token) == link


def test_a_link_is_spent_at_the_moment_it_expires_and_when_it_is_revoked() -> None:
    link = linked(days=1)

    assert not is_spent(link, NOW + timedelta(hours=23, minutes=59))
    assert is_spent(link, NOW + timedelta(days=1))
    assert list(EnterpriseLink.objects.live(NOW)) == [link]
    assert not EnterpriseLink.objects.live(NOW + timedelta(days=1))
    assert is_spent(revoke_link(link, actor=link.made_by, now=NOW), NOW)


# Making and revoking ---------------------------------------------------------------------------------


def test_making_and_revoking_a_link_stand_in_the_history() -> None:
    actor = make_user()
    link = linked(actor=actor, contact=" 王经理 ", days=30)
    revoke_link(link, actor=actor, now=NOW)
    revoke_link(link, actor=actor, now=NOW + timedelta(hours=1))

    link.refresh_from_db()
    assert (link.contact, link.expires_at) == ("王经理", NOW + timedelta(days=30))
    assert link.revoked_at == NOW
    changes = Change.objects.filter(project=link.project).order_by("pk")
    assert list(changes.values_list("verb", "actor")) == [("link_made", actor.pk), ("link_revoked", actor.pk)]
    assert changes[0].after == {"link": link.pk, "contact": "王经理", "expires": "2026-04-01"}


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_link_lasts_from_a_day_to_a_year(days: int) -> None:
    with pytest.raises(RuleError, match="365"):
        linked(days=days)
    assert linked(days=1).pk
    assert linked(days=365).pk


def test_who_may_not_change_the_project_neither_makes_nor_revokes_its_links() -> None:
    town = make_unit()
    liaison = make_user(User.Role.LIAISON, unit=town)
    link = linked(project=make_project(town=town, liaison=liaison), actor=liaison)
    others = [
        make_user(User.Role.LEADER),
        make_user(User.Role.LIAISON, unit=town),
        make_user(unit=make_unit(kind=Unit.Kind.DEPARTMENT)),
    ]
    for user in others:
        with pytest.raises(PermissionDenied):
            make_link(link.project, actor=user, now=NOW)
        with pytest.raises(PermissionDenied):
            revoke_link(link, actor=user, now=NOW)
    link.refresh_from_db()
    assert EnterpriseLink.objects.count() == 1
    assert link.revoked_at is None
    assert revoke_link(link, actor=make_user(unit=town), now=NOW).revoked_at == NOW


def test_use_is_noted_at_most_every_five_minutes() -> None:
    link = linked()
    seen = []
    for minutes in (0, 4, 5, 9):
        link.refresh_from_db()
        note_use(link, at=NOW + timedelta(minutes=minutes))
        seen.append(EnterpriseLink.objects.get().last_used_at)

    assert seen == [NOW, NOW, *[NOW + timedelta(minutes=5)] * 2]


# What is said through it -----------------------------------------------------------------------------


def test_an_issue_comes_from_the_enterprise_and_is_done_in_the_name_of_the_system() -> None:
    link = linked()

    with stored_files([ContentFile(photo(), "现场.jpg")]) as files:
        issue = told(link, description=" 停电三次 ", files=files)
    named = told(link, contact=" 王经理 13800000000 ")

    assert (issue.source, issue.raised_by.role, issue.raised_for) == ("enterprise", "system", "明阳电子")
    assert (issue.number, issue.description, issue.project) == ("2026-0001", "停电三次", link.project)
    assert named.raised_for == "王经理 13800000000"
    assert list(IssueFile.objects.values_list("issue", "name", "purpose")) == [
        (issue.pk, "现场.jpg", IssueFile.Purpose.FOUND)
    ]
    assert Change.objects.get(issue=issue).after["raised_for"] == "明阳电子"


def test_a_long_name_of_an_enterprise_is_cut() -> None:
    issue = told(linked(project=make_project(enterprise="长" * 200)))

    assert issue.raised_for == "长" * 120


def test_an_issue_without_a_title_is_refused_and_takes_no_number() -> None:
    link = linked()
    with pytest.raises(InputError, match="Say what stands in the way"):
        told(link, title="  ")

    assert told(link).number == "2026-0001"


def test_ten_issues_a_day_are_taken_through_all_links_of_a_project_together() -> None:
    link = linked()
    second = linked(project=link.project)
    make_issue(link.project, source=Issue.Source.ENTERPRISE)  # entered by the district: not counted
    for at in range(MOST_A_DAY):
        told((link, second)[at % 2])

    with pytest.raises(RuleError, match="10 issues a day"):
        told(second)
    assert told(linked()).pk
    assert told(link, today=MONDAY + timedelta(days=1)).pk


def test_fifty_issues_a_year_are_taken() -> None:
    link = linked()
    for at in range(MOST_A_YEAR):
        told(link, today=MONDAY + timedelta(days=at // MOST_A_DAY))

    with pytest.raises(RuleError, match="50 issues a year"):
        told(link, today=date(2026, 12, 31))
    assert told(link, today=date(2027, 1, 1)).number == "2027-0001"


def test_nothing_is_taken_through_a_link_that_was_revoked_meanwhile() -> None:
    link = linked()
    issue = closed(link)
    revoke_link(EnterpriseLink.objects.get(), actor=link.made_by, now=NOW)

    with pytest.raises(RuleError, match="revoked"):
        told(link)
    with pytest.raises(RuleError, match="revoked"):
        rate_by_enterprise(link, issue, rating=5, today=MONDAY)


def test_the_enterprise_rates_the_answer_and_nobody_speaks_over_it() -> None:
    link = linked()
    issue = closed(link)
    rate_issue(issue, actor=link.made_by, rating=5, today=MONDAY)

    rate_by_enterprise(link, issue, rating=2, text=" 太慢 ", today=MONDAY)

    issue.refresh_from_db()
    assert (issue.rating, issue.rating_text, issue.rated_by_enterprise) == (2, "太慢", True)
    with pytest.raises(RuleError, match="its word stands"):
        rate_issue(issue, actor=link.made_by, rating=5, today=MONDAY)
    rate_by_enterprise(link, issue, rating=3, today=MONDAY)
    issue.refresh_from_db()
    assert issue.rating == 3


def test_only_the_enterprise_s_own_closed_issues_can_be_rated() -> None:
    link = linked()
    of_the_town = make_issue(link.project, status=IssueStatus.CLOSED)
    elsewhere = make_issue(source=Issue.Source.ENTERPRISE, status=IssueStatus.CLOSED)
    for issue in (of_the_town, elsewhere):
        with pytest.raises(PermissionDenied):
            rate_by_enterprise(link, issue, rating=5, today=MONDAY)
    with pytest.raises(RuleError, match="before it is closed"):
        rate_by_enterprise(link, told(link), rating=5, today=MONDAY)
    with pytest.raises(RuleError, match="1 to 5"):
        rate_by_enterprise(link, closed(link), rating=6, today=MONDAY)
    assert not Issue.objects.filter(rating__isnull=False)


def test_the_day_of_a_link_in_the_history_is_that_of_the_district() -> None:
    late = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # one o'clock on the 3rd in Hangzhou
    link = make_link(make_project(), actor=make_user(), now=late, days=1)

    assert timezone.localdate(link.expires_at) == date(2026, 3, 4)
    assert Change.objects.get(project=link.project).after["expires"] == "2026-03-04"

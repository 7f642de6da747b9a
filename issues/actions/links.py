"""Links by which enterprises speak for themselves: making and revoking them, and what is said through them.

What an enterprise does stands in the history as done by the system user, told by the enterprise: it has no account.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.access import refusal
from accounts.models import User
from domain.errors import RuleError
from history.models import Change
from issues.actions.issues import raise_issue, rate_issue
from issues.models import Category, EnterpriseLink, Issue
from milestones.actions.holding import hold_project
from projects.file_actions import StoredFile
from projects.models import Project

USUAL_DAYS, LONGEST_DAYS = 90, 365
"""How long a link lasts, in calendar days."""

MOST_A_DAY, MOST_A_YEAR = 10, 50
"""So many issues are taken through the links of one project, all of them together: making a second link is no way
around it. In a calendar year."""

NOTED_EVERY = timedelta(minutes=5)
"""A page that is loaded again and again is not worth a write each time."""

_LONGEST_NAME = 120


@transaction.atomic
def make_link(
    project: Project, *, actor: User, now: datetime, contact: str = "", days: int = USUAL_DAYS
) -> EnterpriseLink:
    """A link for the enterprise of `project` that lasts `days` calendar days; `contact` is who gets it.

    Others that the project has go on. Raises PermissionDenied for who may not change the project, RuleError where
    `days` is not 1 to 365.
    """
    hold_project(project.pk)
    if not Project.objects.editable_by(actor).filter(pk=project.pk).exists():
        raise PermissionDenied(refusal(actor))
    if not 1 <= days <= LONGEST_DAYS:
        raise RuleError(gettext_noop("A link lasts from 1 to %(most)s days."), most=LONGEST_DAYS)
    link = EnterpriseLink.objects.create(
        project=project, contact=contact.strip(), made_by=actor, expires_at=now + timedelta(days=days)
    )
    _record(Change.Verb.LINK_MADE, link, actor)
    return link


@transaction.atomic
def revoke_link(link: EnterpriseLink, *, actor: User, now: datetime) -> EnterpriseLink:
    """The address stops at once; doing it again changes nothing. Raises PermissionDenied for who may not change the
    project."""
    hold_project(link.project_id)
    mine = EnterpriseLink.objects.editable_by(actor).select_related("project").filter(pk=link.pk).first()
    if mine is None:
        raise PermissionDenied(refusal(actor))
    if mine.revoked_at is None:
        mine.revoked_at = now
        mine.save(update_fields=["revoked_at"])
        _record(Change.Verb.LINK_REVOKED, mine, actor)
    return mine


def note_use(link: EnterpriseLink, *, at: datetime) -> None:
    """Remember that `link` was used, to five minutes."""
    if link.last_used_at is None or at - link.last_used_at >= NOTED_EVERY:
        EnterpriseLink.objects.filter(pk=link.pk).update(last_used_at=at)


@transaction.atomic
def raise_by_enterprise(
    link: EnterpriseLink, *, title: str, category: Category, today: date, description: str = "",
    files: Sequence[StoredFile] = (), contact: str = "",
) -> Issue:  # fmt: skip
    """What the enterprise says stands in its way; `contact` is who says it, else it is the enterprise.

    Raises InputError without a title, RuleError where the link has been revoked, or 10 issues have come through the
    project's links today, or 50 this year.
    """
    project = _held_project(link)
    told = Issue.objects.told_through_links(project.pk)
    if told.filter(raised_on=today).count() >= MOST_A_DAY:
        raise RuleError(
            gettext_noop(
                "At most %(most)s issues a day are taken on this page; come back tomorrow, or call your liaison."
            ),
            most=MOST_A_DAY,
        )
    if told.filter(raised_on__year=today.year).count() >= MOST_A_YEAR:
        raise RuleError(
            gettext_noop("At most %(most)s issues a year are taken on this page; call your liaison."),
            most=MOST_A_YEAR,
        )
    return raise_issue(
        project, actor=User.objects.system(), title=title, description=description, category=category,
        source=Issue.Source.ENTERPRISE, raised_for=(contact.strip() or project.enterprise)[:_LONGEST_NAME],
        files=files, today=today,
    )  # fmt: skip


@transaction.atomic
def rate_by_enterprise(
    link: EnterpriseLink, issue: Issue, *, rating: int, today: date, text: str = ""
) -> Issue:
    """The enterprise's own word on the answer to one of its issues; the last one counts.

    Raises PermissionDenied for any other issue, RuleError where the link has been revoked, the issue is not closed, or
    `rating` is not 1 to 5.
    """
    _held_project(link)
    if not Issue.objects.of_enterprise(link.project_id).filter(pk=issue.pk).exists():
        raise PermissionDenied
    return rate_issue(
        issue, actor=User.objects.system(), rating=rating, text=text, today=today, by_enterprise=True
    )


def _held_project(link: EnterpriseLink) -> Project:
    """The project, locked. Raises RuleError where the link was revoked since it was read."""
    hold_project(link.project_id)
    held = EnterpriseLink.objects.select_related("project").get(pk=link.pk)
    if held.revoked_at is not None:
        raise RuleError(gettext_noop("This link has been revoked."))
    return held.project


def _record(verb: Change.Verb, link: EnterpriseLink, actor: User) -> None:
    until = timezone.localdate(link.expires_at)
    Change.objects.create(
        verb=verb, actor=actor, project=link.project,
        after={"link": link.pk, "contact": link.contact, "expires": until},
    )  # fmt: skip

"""The workbook of a frozen meeting goes to everybody on the list, once, whatever happens on the way."""

import smtplib
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from openpyxl import load_workbook

from accounts.models import User
from domain.errors import RuleError
from meetings.actions import begin_delivery, plan_deliveries, send_again
from meetings.actions.deliveries import BEGUN, MOST_TRIES
from meetings.models import Delivery, Meeting, MeetingFile, Recipient
from meetings.sending import has_mail_server, sending_of
from notices.tasks import send_workbooks
from tests.issues.test_races import at_once
from tests.make import make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.pages import client_of, text_of
from tests.screen.small_district import make_small_district

pytestmark = pytest.mark.django_db

State = Delivery.State
DUE = NOON + timedelta(hours=2)
REFUSING = f"{__name__}.RefusingBackend"


class RefusingBackend(EmailBackend):
    """A mail server that does with an address what its first letters say."""

    def open(self) -> bool:
        if self.is_down:
            raise ConnectionRefusedError(111, "Connection refused")
        return True

    is_down = False

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            (address,) = message.to
            if "full@" in address:
                raise smtplib.SMTPRecipientsRefused({address: (452, b"4.2.2 Mailbox full")})
            if "long@" in address:
                raise smtplib.SMTPDataError(552, b"Message too large")
            if "gone@" in address:
                raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
            if "slow@" in address:
                raise TimeoutError("timed out")
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def _at_two(time_machine: "time_machine.TimeMachineFixture") -> None:
    time_machine.move_to(DUE, tick=False)


@pytest.fixture
def meeting() -> Meeting:
    make_small_district()
    return freeze(make_meeting(place="三号会议室"))


def listed(*addresses: str, **more: Any) -> list[Recipient]:
    return [
        Recipient.objects.create(name=address.partition("@")[0], email=address, **more)
        for address in addresses
    ]


def states() -> dict[str, str]:
    return dict(Delivery.objects.order_by("pk").values_list("email", "state"))


def addresses() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.recipients())


def test_everybody_on_the_list_gets_the_kept_workbook_once(meeting: Meeting) -> None:
    listed("zhang@qu.example", "li@qu.example")
    listed("gone-away@qu.example", is_active=False)
    send_workbooks()
    send_workbooks()
    assert len(mail.outbox) == 2
    assert [message.to for message in mail.outbox] == [["zhang <zhang@qu.example>"], ["li <li@qu.example>"]]
    assert states() == {"zhang@qu.example": State.SENT, "li@qu.example": State.SENT}
    assert set(Delivery.objects.values_list("sent_at", "tries")) == {(DUE, 1)}
    ((name, data, kind),) = mail.outbox[0].attachments
    kept = MeetingFile.objects.get()
    with kept.file.open("rb") as file:
        assert data == file.read()
    assert (name, kind) == (kept.name, kept.content_type)
    assert load_workbook(BytesIO(data)).sheetnames


def test_the_letter_says_the_week_in_chinese_and_where_its_page_is(meeting: Meeting, settings: Any) -> None:
    settings.SITE_URL = "https://onescreen.example"
    listed("zhang@qu.example")
    send_workbooks()
    (message,) = mail.outbox
    assert message.subject.startswith("产业项目周例会工作簿（")
    body = str(message.body)
    assert body.startswith("现将产业项目周例会（")
    assert f"https://onescreen.example/meetings/{meeting.pk}/" in body
    assert "三号会议室" in body
    week = meeting.snapshot.figures
    assert f"：{week['causes']:.0f}" in body
    assert message.from_email == settings.DEFAULT_FROM_EMAIL
    assert "\n" not in message.subject


def test_last_weeks_figures_stand_beside_them(meeting: Meeting) -> None:
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        freeze(make_meeting(NOON + timedelta(days=7)), NOON + timedelta(days=7))
    listed("zhang@qu.example")
    with time_machine.travel(DUE + timedelta(days=7), tick=False):
        send_workbooks()
    assert "上周" in str(mail.outbox[-1].body)


def test_a_name_and_a_file_in_chinese_arrive(meeting: Meeting) -> None:
    Recipient.objects.create(name='张，局长"<x>', email="zhang@qu.example")
    MeetingFile.objects.update(name="周例会.xlsx")
    send_workbooks()
    text = mail.outbox[0].message().as_string()
    assert "filename*=utf-8''" in text
    assert mail.outbox[0].recipients()
    parsed = mail.outbox[0].message()["To"]
    assert "zhang@qu.example" in str(parsed)


def test_nothing_goes_out_before_its_time_or_of_a_draft(time_machine: Any) -> None:
    listed("zhang@qu.example")
    draft = make_meeting()
    send_workbooks()
    assert not Delivery.objects.exists()
    with pytest.raises(RuleError):
        plan_deliveries(draft, actor=make_user(), now=DUE)
    freeze(draft)
    time_machine.move_to(DUE - timedelta(minutes=1), tick=False)
    send_workbooks()
    assert not Delivery.objects.exists()
    time_machine.move_to(DUE, tick=False)
    send_workbooks()
    assert addresses() == ["zhang <zhang@qu.example>"]


def test_an_address_gets_it_once_however_it_is_written(meeting: Meeting) -> None:
    listed("zhang@qu.example", "Zhang@QU.example")
    send_workbooks()
    assert len(mail.outbox) == 1


def test_who_is_put_on_the_list_within_the_week_gets_it_and_later_no_more(
    meeting: Meeting, time_machine: Any
) -> None:
    listed("zhang@qu.example")
    send_workbooks()
    listed("li@qu.example")
    time_machine.move_to(DUE + timedelta(days=6), tick=False)
    send_workbooks()
    listed("wang@qu.example")
    time_machine.move_to(DUE + timedelta(days=7), tick=False)
    send_workbooks()
    assert addresses() == ["li <li@qu.example>", "zhang <zhang@qu.example>"]


def test_who_is_taken_off_the_list_gets_nothing_that_waits(meeting: Meeting, settings: Any) -> None:
    (recipient,) = listed("zhang@qu.example")
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.console.EmailBackend"
    send_workbooks()
    assert states() == {"zhang@qu.example": State.WAITING}
    settings.EMAIL_BACKEND = backend
    recipient.delete()
    send_workbooks()
    assert not mail.outbox


def test_without_a_server_nothing_is_pretended(meeting: Meeting, settings: Any, capsys: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    listed("zhang@qu.example", "li@qu.example")
    send_workbooks()
    assert set(states().values()) == {State.WAITING}
    sending = sending_of(meeting)
    assert (sending.sent, sending.waiting, sending.has_server) == (0, 2, False)
    assert "Subject" not in capsys.readouterr().out
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_workbooks()
    assert set(states().values()) == {State.SENT}


def test_an_address_that_fails_does_not_hinder_the_others(meeting: Meeting, settings: Any) -> None:
    settings.EMAIL_BACKEND = REFUSING
    listed("full@qu.example", "zhang@qu.example", "long@qu.example", "li@qu.example")
    send_workbooks()
    assert list(states().values()) == [State.FAILED, State.SENT, State.FAILED, State.SENT]
    assert list(Delivery.objects.filter(state=State.FAILED).order_by("pk").values_list("error", flat=True)) == [
        "452 4.2.2 Mailbox full", "552 Message too large",
    ]  # fmt: skip
    sending = sending_of(meeting)
    assert (sending.sent, sending.failed, sending.can_be_repeated) == (2, 2, True)
    assert sending.refusals[0] == ("full@qu.example", "452 4.2.2 Mailbox full")


def test_what_fails_is_tried_five_times_and_then_only_when_somebody_says_so(
    meeting: Meeting, settings: Any
) -> None:
    settings.EMAIL_BACKEND = REFUSING
    listed("full@qu.example")
    for _n in range(8):
        send_workbooks()
    failed = Delivery.objects.get()
    assert (failed.tries, failed.state) == (MOST_TRIES, State.FAILED)
    assert send_again(meeting, actor=make_user()) == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_workbooks()
    assert (states(), len(mail.outbox)) == ({"full@qu.example": State.SENT}, 1)
    with pytest.raises(RuleError):
        send_again(meeting, actor=make_user())


def test_a_server_that_is_down_counts_against_nobody(
    meeting: Meeting, settings: Any, monkeypatch: Any
) -> None:
    settings.EMAIL_BACKEND = REFUSING
    listed("zhang@qu.example", "li@qu.example")
    monkeypatch.setattr(RefusingBackend, "is_down", True)
    for _n in range(8):
        send_workbooks()
    assert set(Delivery.objects.values_list("state", "tries")) == {(State.WAITING, 0)}
    assert "Connection refused" in Delivery.objects.all()[0].error
    monkeypatch.setattr(RefusingBackend, "is_down", False)
    send_workbooks()
    assert set(states().values()) == {State.SENT}
    assert not Delivery.objects.exclude(error="").exists()


@pytest.mark.parametrize("address", ["gone@qu.example", "slow@qu.example"])
def test_where_it_is_not_known_whether_it_arrived_it_is_not_sent_again(
    meeting: Meeting, settings: Any, address: str
) -> None:
    settings.EMAIL_BACKEND = REFUSING
    listed(address, "zhang@qu.example")
    send_workbooks()
    send_workbooks()
    sending = sending_of(meeting)
    assert (sending.sent, sending.unknown, sending.waiting, sending.failed) == (1, 1, 0, 0)
    assert addresses() == ["zhang <zhang@qu.example>"]


def test_a_worker_that_is_killed_while_sending_leaves_nothing_that_is_sent_twice(meeting: Meeting) -> None:
    listed("zhang@qu.example", "li@qu.example")
    first, *_rest = plan_deliveries(meeting, actor=User.objects.system(), now=DUE)
    assert begin_delivery(first) is not None
    send_workbooks()
    assert addresses() == ["li <li@qu.example>"]
    left = Delivery.objects.get(pk=first.pk)
    assert (left.state, left.error, left.tries) == (State.WAITING, BEGUN, 1)
    assert sending_of(meeting).unknown == 1
    assert send_again(meeting, actor=make_user()) == 1
    send_workbooks()
    assert addresses() == ["li <li@qu.example>", "zhang <zhang@qu.example>"]


def test_of_two_workers_one_sends(meeting: Meeting) -> None:
    listed("zhang@qu.example")
    (delivery,) = plan_deliveries(meeting, actor=User.objects.system(), now=DUE)
    assert begin_delivery(delivery) is not None
    assert begin_delivery(delivery) is None


def test_the_name_of_a_message_is_the_same_each_time_it_is_tried(meeting: Meeting, settings: Any) -> None:
    settings.SITE_URL = "https://onescreen.example"
    listed("zhang@qu.example")
    named = []
    for _n in range(2):
        send_workbooks()
        named.append(mail.outbox[-1].message()["Message-ID"])
        Delivery.objects.update(state=State.WAITING, tries=0, error="")
    assert named[0] == named[1]
    assert named[0].endswith("@onescreen.example>")


def test_a_workbook_that_is_lost_hinders_no_other(meeting: Meeting, time_machine: Any) -> None:
    listed("zhang@qu.example")
    kept = MeetingFile.objects.get()
    kept.file.storage.delete(str(kept.file))
    following = freeze(make_meeting(NOON + timedelta(days=6)), NOON + timedelta(days=6))
    Meeting.objects.filter(pk=following.pk).update(send_at=DUE)
    send_workbooks()
    assert dict(Delivery.objects.values_list("meeting", "state")) == {
        meeting.pk: State.WAITING, following.pk: State.SENT,
    }  # fmt: skip


def sending_said(meeting: Meeting) -> str:
    """The part of the meeting's page that says to whom the workbook went."""
    context = {"sending": sending_of(meeting), "meeting": meeting, "may_run": True}
    return " ".join(strip_tags(render_to_string("meetings/_sending.html", context)).split())


def test_a_meeting_nobody_receives_says_so(meeting: Meeting) -> None:
    send_workbooks()
    assert not Delivery.objects.exists()
    assert sending_said(meeting) == "Nobody is on the list of recipients, so the workbook goes to nobody."


def test_the_page_says_when_it_goes_out_and_to_whom_it_went(meeting: Meeting, settings: Any) -> None:
    listed("zhang@qu.example", "full@qu.example", "gone@qu.example")
    assert sending_said(meeting) == "From March 6, 2026, 2 p.m. on the workbook goes out to 3 addresses."
    settings.EMAIL_BACKEND = REFUSING
    send_workbooks()
    assert sending_said(meeting) == (
        "The workbook was sent to 1 address, 1 failed, of 1 it is not known. "
        "full@qu.example · 452 4.2.2 Mailbox full Send again what failed"
    )
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert sending_said(meeting).startswith(
        "No mail server is set, so nothing is sent. The workbook was sent to 1"
    )


@pytest.mark.parametrize(
    ("backend", "counts"), [("smtp", True), ("locmem", True), ("console", False), ("dummy", False)]
)
def test_a_console_is_no_mail_server(settings: Any, backend: str, counts: bool) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    assert has_mail_server() is counts


def test_only_the_bureau_has_it_sent_again(meeting: Meeting, settings: Any) -> None:
    settings.EMAIL_BACKEND = REFUSING
    listed("full@qu.example")
    for _n in range(MOST_TRIES):
        send_workbooks()
    address = f"/meetings/{meeting.pk}/send-again/"
    assert client_of(make_user(unit=make_unit())).post(address).status_code == 403
    assert client_of(make_user(User.Role.LEADER)).post(address).status_code == 403
    assert Delivery.objects.get().tries == MOST_TRIES
    answer = client_of(make_user()).post(address, follow=True)
    assert "1 letter goes out again within ten minutes." in text_of(answer)
    assert Delivery.objects.get().tries == 0


def test_recipients_are_kept_under_administration(meeting: Meeting) -> None:
    admin = client_of(make_user(is_staff=True, is_superuser=True))
    added = admin.post(
        "/admin/meetings/recipient/add/", {"name": "张局长", "email": "zhang@qu.example", "is_active": "on"}
    )
    assert added.status_code == 302
    again = admin.post(
        "/admin/meetings/recipient/add/", {"name": "张", "email": "ZHANG@qu.example", "is_active": "on"}
    )
    assert "This address is on the list already." in text_of(again)
    assert "张局长" in text_of(admin.get("/admin/meetings/recipient/"))
    send_workbooks()
    assert "zhang@qu.example" in text_of(admin.get("/admin/meetings/delivery/"))
    assert admin.get("/admin/meetings/delivery/add/").status_code == 403


def test_a_message_is_for_one_address_alone(meeting: Meeting) -> None:
    listed("zhang@qu.example", "li@qu.example")
    send_workbooks()
    assert [len(message.recipients()) for message in mail.outbox] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_each_letter_once(meeting: Meeting) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    listed(*(f"user{number}@qu.example" for number in range(8)))
    User.objects.system()
    assert at_once(*[send_workbooks] * 4) == [None] * 4
    assert len(addresses()) == len(set(addresses())) == 8
    assert set(Delivery.objects.values_list("state", "tries")) == {(State.SENT, 1)}


def test_the_schedule_sends(settings: Any) -> None:
    from config import celery_app

    celery_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert send_workbooks.name in scheduled
    assert scheduled <= set(celery_app.tasks)

"""The bureau replaces the template of the minutes; one into which minutes cannot be filled is refused."""

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from accounts.models import User
from domain.errors import InputError
from history.models import Change
from meetings.minutes import builtin_template, check_template, template_in_use
from meetings.models import MinutesTemplate
from tests.make import make_unit, make_user
from tests.meetings.drafts import make_meeting
from tests.meetings.papers import lines_of, template, with_decisions
from tests.pages import client_of, tags_of, text_of
from tests.projects.file_samples import PDF, office, stored_paths

pytestmark = pytest.mark.django_db

PAGE = "/meetings/minutes-template/"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def ours(text: str = "本局纪要 {{number}}") -> bytes:
    def draw(document: Any) -> None:
        document.add_paragraph(text)
        with_decisions(document)

    return template(draw)


def brought(client: Client, data: bytes, name: str = "纪要模板.docx", **more: Any) -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data, content_type=DOCX), **more}, follow=True)


def with_part(name: str, data: bytes) -> bytes:
    """The delivered template with another part in it."""
    file = BytesIO(builtin_template())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return file.getvalue()


def macros() -> bytes:
    return office(
        types='<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    )


def with_text(text: bytes) -> bytes:
    """The delivered template with another main part."""
    file, delivered = BytesIO(), zipfile.ZipFile(BytesIO(builtin_template()))
    with delivered as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, text if name == "word/document.xml" else source.read(name))
    return file.getvalue()


def lying_bomb() -> bytes:
    """A document whose main part unpacks to far more than its list says."""
    data = bytearray(with_text(b"<a>" + b"0" * 50_000_000 + b"</a>"))
    at = data.rfind(b"word/document.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, at + 24, 1000)
    return bytes(data)


REFUSED: list[tuple[Callable[[], bytes], str, str]] = [
    (lambda: PDF, "纪要.pdf", "is no Word document (.docx)"),
    (lambda: PDF, "纪要.docx", "is not what its name says"),
    (lambda: b"", "纪要.docx", "is empty"),
    (lambda: b"MZ" * 100, "纪要.docx", "is none of what is taken"),
    (lambda: office("spreadsheetml.sheet", "xl/workbook.xml"), "纪要.xlsx", "is no Word document (.docx)"),
    (macros, "纪要.docm", "can carry macros"),
    (lambda: builtin_template()[:9000], "纪要.docx", "is damaged"),
    (office, "纪要.docx", "is damaged"),
    (lambda: with_part("word/media/big.xml", b"0" * 50_000_000), "纪要.docx", "unpacks to more than 40 MB"),
    (lambda: ours("{{decison.text}}"), "纪要.docx", "asks for {{decison.text}}, which there is not"),
    (lambda: ours("{{}}"), "纪要.docx", "asks for {{}}, which there is not"),
    (lambda: template(lambda document: document.add_paragraph("{{meeting}}")), "纪要.docx", "no row for the decisions"),
    (lambda: ours("{{item.no}} {{figure.value}}"), "纪要.docx", "two kinds of rows"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "name", "why"), REFUSED)
def test_what_minutes_cannot_be_filled_into_is_refused_and_the_old_one_stays(
    data: Callable[[], bytes], name: str, why: str
) -> None:
    client = client_of(make_user())
    brought(client, ours())
    before = stored_paths()
    refused = brought(client, data(), name)
    assert refused.status_code == 400
    assert why in text_of(refused).replace("&#x27;", "'")
    assert MinutesTemplate.objects.count() == 1
    assert stored_paths() == before
    assert lines_of(template_in_use())[0] == "本局纪要 {{number}}"


def test_a_part_that_is_larger_than_it_says_is_not_unpacked() -> None:
    with pytest.raises(InputError, match="damaged"):
        check_template(lying_bomb(), "纪要.docx")


def test_entities_are_not_unfolded() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    body = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    text = b"<w:p><w:r><w:t>&b;{{decision.text}}</w:t></w:r></w:p></w:body></w:document>"
    with pytest.raises(InputError, match="damaged"):
        check_template(with_text(bomb + body + text), "纪要.docx")


def test_the_delivered_template_is_a_good_one() -> None:
    check_template(builtin_template(), "纪要.docx")


def test_a_template_that_was_brought_in_is_used_from_then_on_and_history_says_who() -> None:
    user, meeting = make_user(), make_meeting()
    client = client_of(user)
    answer = brought(client, ours())
    assert "Minutes are filled into this template from now on." in text_of(answer)
    assert "Minutes are filled into “纪要模板.docx”" in text_of(answer)
    assert lines_of(client.get(f"/meetings/{meeting.pk}/minutes.docx").content)[0] == "本局纪要 2026-10"
    change = Change.objects.get(verb=Change.Verb.MINUTES_TEMPLATE_CHANGED)
    assert (change.actor, change.after["file"]) == (user, "纪要模板.docx")
    brought(client, ours("第二版"))
    assert lines_of(template_in_use())[0] == "第二版"
    assert MinutesTemplate.objects.count() == 2


def test_a_form_that_arrives_twice_replaces_once() -> None:
    client = client_of(make_user())
    key = "5a6f64b4-11c0-4a19-8ce5-3d7c2d0b0a04"
    brought(client, ours(), once=key)
    again = brought(client, ours(), once=key)
    assert "This has been done already." in text_of(again)
    assert MinutesTemplate.objects.count() == 1


def test_the_template_is_downloaded_changed_and_brought_back() -> None:
    client = client_of(make_user())
    document = Document(BytesIO(client.get(f"{PAGE}file/").content))
    document.paragraphs[0].text = "滨江区周例会纪要"
    file = BytesIO()
    document.save(file)
    brought(client, file.getvalue())
    assert lines_of(template_in_use())[0] == "滨江区周例会纪要"
    delivered = client.get(f"{PAGE}delivered/")
    assert lines_of(delivered.content)[0] == "产业项目协调推进周例会纪要"
    assert delivered["Content-Type"] == DOCX
    assert ".docx" in delivered["Content-Disposition"]


def test_where_the_file_is_lost_the_delivered_one_is_used() -> None:
    brought(client_of(make_user()), ours())
    kept = MinutesTemplate.objects.get()
    kept.file.storage.delete(str(kept.file))
    assert lines_of(template_in_use())[0] == "产业项目协调推进周例会纪要"


def test_the_page_explains_every_name() -> None:
    page = client_of(make_user()).get(PAGE)
    assert "Minutes are filled into the template that comes with the software" in text_of(page)
    assert all(name in text_of(page) for name in ("{{meeting}}", "{{decision.text}}", "{{earlier.outcome}}"))
    (field,) = [attributes for tag, attributes in tags_of(page) if attributes.get("type") == "file"]
    assert ".docx" in str(field["accept"])


@pytest.mark.parametrize("role", [User.Role.LEADER, User.Role.LIAISON, User.Role.MANAGER])
@pytest.mark.parametrize("what", ["", "file/", "delivered/"])
def test_the_template_is_the_bureaus(role: str, what: str) -> None:
    client = client_of(make_user(role, unit=make_unit()))
    assert client.get(f"{PAGE}{what}").status_code == 403
    assert brought(client, ours()).status_code == 403
    assert not MinutesTemplate.objects.exists()


def test_a_form_without_a_file_is_refused() -> None:
    refused = client_of(make_user()).post(PAGE, {})
    assert (refused.status_code, "Choose the file of the template." in text_of(refused)) == (400, True)


def test_a_large_file_is_refused(settings: Any) -> None:
    padded = with_part("word/media/x.bin", b"")
    refused = brought(client_of(make_user()), padded + b"\0" * (6 * 1024 * 1024))
    assert refused.status_code == 400
    assert not MinutesTemplate.objects.exists()

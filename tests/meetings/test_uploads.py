"""The pages of filled-in workbooks: bring one back, look, choose, confirm; whose they are; files that are none."""

import random
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from history.models import Change
from meetings.models import Upload
from meetings.round_trip import filled_in
from projects.models import Project
from tests.make import make_issue, make_project, make_unit, make_user
from tests.meetings.drafts import NOON, freeze, make_meeting
from tests.meetings.filling import PROJECTS, bring, download, offline
from tests.pages import client_of, tags_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "/meetings/uploads/"
SECTOR, LEADER = "Sector", "Leader in charge"


@pytest.fixture
def bureau() -> User:
    return make_user(display_name="王科长")


@pytest.fixture
def project() -> Project:
    return make_project(name="精密制造", sector="装备", leader="陈副区长")


def send(client: Client, data: bytes, name: str = "filled.xlsx", **more: Any) -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data)}, **more)


def applied(client: Client, upload: Upload, **choices: str) -> Any:
    fields = {f"choose-{name}": side for name, side in choices.items()}
    return client.post(f"{PAGE}{upload.pk}/apply/", {"digest": upload.digest, **fields}, follow=True)


# The whole way


def test_a_workbook_is_brought_looked_at_and_confirmed(bureau: User, project: Project) -> None:
    client = client_of(bureau)
    data = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源", LEADER: "王副区长"}).saved()
    Project.objects.filter(pk=project.pk).update(sector="新材料")
    page = send(client, data, "周例会.xlsx", follow=True)
    upload = Upload.objects.get()
    assert page.redirect_chain == [(f"{PAGE}{upload.pk}/", 302)]
    words = text_of(page)
    assert "1 cell would be written; 1 has changed here too and waits for your choice." in words
    for said in (
        "周例会.xlsx",
        "It was: 装备",
        "新材料",
        "新能源",
        "陈副区长",
        "王副区长",
        "changed here too",
    ):
        assert said in words
    radios = [tag for _name, tag in tags_of(page) if tag.get("type") == "radio"]
    assert {(tag["name"], tag["value"]) for tag in radios} == {
        (f"choose-p{project.pk}-sector", "ours"), (f"choose-p{project.pk}-sector", "theirs"),
    }  # fmt: skip
    assert not any("checked" in tag for tag in radios), "nothing is chosen for anybody"
    done = applied(client, upload, **{f"p{project.pk}-sector": "theirs"})
    assert "“周例会.xlsx” is applied." in text_of(done)
    assert "2 cells were written" in text_of(done)
    project.refresh_from_db()
    assert (project.sector, project.leader) == ("新能源", "王副区长")
    assert "Write it" not in text_of(done)


def test_a_stale_preview_is_shown_anew_with_what_was_chosen(bureau: User, project: Project) -> None:
    client = client_of(bureau)
    upload = bring(offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"}), bureau)
    Project.objects.filter(pk=project.pk).update(sector="新材料")
    page = applied(client, upload, **{f"p{project.pk}-sector": "theirs"})
    assert page.status_code == 409
    assert "is no longer what you were shown; look at it again." in text_of(page)
    chosen = [tag for _name, tag in tags_of(page) if tag.get("type") == "radio" and "checked" in tag]
    assert [tag["value"] for tag in chosen] == ["theirs"]
    upload.refresh_from_db()
    assert [tag["value"] for _name, tag in tags_of(page) if tag.get("name") == "digest"] == [upload.digest]
    assert applied(client, upload, **{f"p{project.pk}-sector": "theirs"}).status_code == 200
    assert Project.objects.get(pk=project.pk).sector == "新能源"


def test_confirming_twice_is_refused(bureau: User, project: Project) -> None:
    client = client_of(bureau)
    upload = bring(offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"}), bureau)
    assert applied(client, upload).status_code == 200
    again = applied(client, upload)
    assert again.status_code == 409
    assert "has been applied already" in text_of(again)
    assert Change.objects.filter(verb=Change.Verb.PROJECT_CHANGED).count() == 1


def test_what_changes_nothing_says_so_and_asks_for_nothing(bureau: User, project: Project) -> None:
    page = send(client_of(bureau), download(bureau), follow=True)
    assert "It changes nothing" in text_of(page)
    assert not [tag for name, tag in tags_of(page) if name == "button" and tag.get("class") == "main"]


def test_what_cannot_be_taken_stands_there_with_its_place_and_reason(bureau: User, project: Project) -> None:
    book = offline(bureau).fill(PROJECTS, project.name, {"Land (mu)": "超4亿", "Enterprise": "别的公司"})
    words = text_of(client_of(bureau).get(f"{PAGE}{bring(book, bureau).pk}/"))
    for said in (
        "L4",
        "“超4亿” gives a limit, not a number.",
        "Nothing of it can be written",
        "1 locked cell was changed",
        "D4",
    ):
        assert said in words


def test_text_that_was_filled_in_is_no_markup(bureau: User, project: Project) -> None:
    evil = "<script>alert(1)</script>"
    book = offline(bureau).fill(PROJECTS, project.name, {LEADER: evil, "Remark": evil, "Land (mu)": evil})
    page = client_of(bureau).get(f"{PAGE}{bring(book, bureau, name='<b>x.xlsx').pk}/")
    assert evil not in page.content.decode()
    assert "<b>x" not in page.content.decode()


def test_the_workbook_of_an_older_meeting_is_taken_and_told(bureau: User, project: Project) -> None:
    older = freeze(make_meeting(), actor=bureau)
    later = NOON.replace(day=13)
    newest = freeze(make_meeting(later), later, actor=bureau)
    for meeting, told in ((older, True), (newest, False)):
        with meeting.files.get().file.open("rb") as file:
            upload = bring(file.read(), bureau)
        words = text_of(client_of(bureau).get(f"{PAGE}{upload.pk}/"))
        assert f"meeting of {meeting.number}" in words
        assert (f"not of the latest one, {newest.number}" in words) is told


def test_many_changes_are_shown_and_counted(bureau: User) -> None:
    town = make_unit()
    projects = [make_project(name=f"项目{number:03}号", town=town) for number in range(60)]
    book = offline(bureau)
    for project in projects:
        book.fill(
            PROJECTS,
            project.name,
            {SECTOR: "新能源", LEADER: "王", "Land (mu)": 3, "Remark": "注", "Floor area (m²)": 4},
        )
    page = client_of(bureau).get(f"{PAGE}{bring(book, bureau).pk}/")
    assert "300 cells would be written" in text_of(page)
    assert page.content.decode().count(">新能源<") == 60


# Whose they are


def test_everybody_sees_the_own_uploads_and_the_bureau_all(bureau: User, project: Project) -> None:
    town = make_user(unit=project.town, display_name="赵主任")
    other = make_user(unit=project.town)
    upload = bring(offline(town).fill(PROJECTS, project.name, {SECTOR: "新能源"}), town, name="镇街.xlsx")
    page = f"{PAGE}{upload.pk}/"
    assert client_of(town).get(page).status_code == 200
    assert client_of(other).get(page).status_code == 404
    assert client_of(other).post(f"{page}apply/", {"digest": upload.digest}).status_code == 404
    assert "镇街.xlsx" not in text_of(client_of(other).get(PAGE))
    assert "镇街.xlsx" in text_of(client_of(bureau).get(PAGE))
    seen = client_of(bureau).get(page)
    assert "Only 赵主任, who uploaded it, can confirm it." in text_of(seen)
    assert applied(client_of(bureau), upload).status_code == 403
    assert Project.objects.get(pk=project.pk).sector == "装备"


def test_a_liaison_may_upload_too(project: Project) -> None:
    liaison = make_user(User.Role.LIAISON, unit=project.town)
    mine = make_project(name="我的项目", town=project.town, liaison=liaison)
    data = offline(liaison).fill(PROJECTS, mine.name, {SECTOR: "新能源"}).saved()
    assert send(client_of(liaison), data, follow=True).status_code == 200
    assert applied(client_of(liaison), Upload.objects.get()).status_code == 200
    mine.refresh_from_db()
    assert mine.sector == "新能源"


def test_nobody_without_an_account_comes_in(bureau: User, project: Project) -> None:
    upload = bring(offline(bureau), bureau)
    for path in (PAGE, f"{PAGE}{upload.pk}/"):
        assert Client().get(path).status_code == 302


def test_pages_ask_the_same_number_of_questions_however_many_rows(
    bureau: User, django_assert_max_num_queries: Any
) -> None:
    town = make_unit()
    for number in range(30):
        make_issue(make_project(name=f"甲{number:02}", town=town), title=f"缺水{number}")
    book = offline(bureau)
    for number in range(30):
        book.fill(PROJECTS, f"甲{number:02}", {SECTOR: "新能源"})
    client = client_of(bureau)
    with django_assert_max_num_queries(40):
        send(client, book.saved())
    with django_assert_max_num_queries(15):
        client.get(f"{PAGE}{Upload.objects.get().pk}/")


# The file


def test_the_file_is_kept_under_another_name(bureau: User, project: Project) -> None:
    data = download(bureau)
    upload = bring(data, bureau, name="../../etc/周例会\x00\n.xlsx")
    assert upload.name == "周例会.xlsx"
    assert str(upload.file.name).startswith("uploads/")
    with upload.file.open("rb") as file:
        assert file.read() == data


def test_of_what_is_refused_nothing_is_kept(bureau: User, project: Project, settings: Any) -> None:
    before = _stored()
    assert send(client_of(bureau), b"PK\x03\x04 nothing").status_code == 400
    assert (_stored(), Upload.objects.count()) == (before, 0)


def _stored() -> list[str]:
    return default_storage.listdir("uploads")[1] if default_storage.exists("uploads") else []


def test_a_file_that_is_gone_is_said(bureau: User, project: Project) -> None:
    upload = bring(offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"}), bureau)
    default_storage.delete(str(upload.file.name))
    page = applied(client_of(bureau), upload)
    assert page.status_code == 409
    assert "is no longer kept" in text_of(page)


def test_a_file_that_is_too_large_is_refused(
    bureau: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetings.actions.uploads.LARGEST_WORKBOOK", 1000)
    page = send(client_of(bureau), download(bureau))
    assert page.status_code == 400
    assert f"is larger than {filled_in.MEGABYTES} MB" in text_of(page)


def test_no_file_and_an_empty_file_are_refused_with_a_sentence(bureau: User) -> None:
    client = client_of(bureau)
    assert "Choose the workbook that you have filled in." in text_of(client.post(PAGE, {}))
    empty = send(client, b"")
    assert (empty.status_code, "is empty" in text_of(empty)) == (400, True)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    found = BytesIO()
    with ZipFile(BytesIO(data)) as before, ZipFile(found, "w", ZIP_DEFLATED) as after:
        for part in before.namelist():
            if part != name:
                after.writestr(part, before.read(part))
        after.writestr(name, content)
    return found.getvalue()


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml"])
def test_a_workbook_with_macros_is_refused_whatever_it_is_called(
    bureau: User, project: Project, part: str
) -> None:
    page = send(client_of(bureau), with_part(download(bureau), part, b"macro"))
    assert (page.status_code, "holds macros" in text_of(page)) == (400, True)


def test_the_name_of_a_macro_workbook_is_enough(bureau: User, project: Project) -> None:
    page = send(client_of(bureau), download(bureau), "filled.XLSM")
    assert (page.status_code, "holds macros" in text_of(page)) == (400, True)


def test_a_declared_macro_workbook_is_refused(bureau: User, project: Project) -> None:
    data = download(bureau)
    with ZipFile(BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml")
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert main in types
    macro = types.replace(main, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    page = send(client_of(bureau), with_part(data, "[Content_Types].xml", macro))
    assert (page.status_code, "holds macros" in text_of(page)) == (400, True)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", "项目,备注\n甲,乙\n".encode()),
        ("a.xlsx", b"%PDF-1.7"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("a.xlsx", b"PK\x05\x06" + bytes(18)),
        ("a.xlsx", bytes(5000)),
    ],
)
def test_other_files_are_refused_with_a_sentence(bureau: User, name: str, data: bytes) -> None:
    page = send(client_of(bureau), data, name)
    assert page.status_code == 400
    assert "That did not work" in text_of(page)


# Hostile files


def test_random_bytes_never_break_the_page(bureau: User) -> None:
    dice, client = random.Random(20260306), client_of(bureau)
    for size in (1, 3, 40, 4096, 60_000):
        for head in (b"", b"PK\x03\x04"):
            assert send(client, head + dice.randbytes(size)).status_code == 400


def test_a_file_that_was_cut_off_is_refused(bureau: User, project: Project) -> None:
    data, client = download(bureau), client_of(bureau)
    for part in range(1, 20):
        assert send(client, data[: len(data) * part // 20]).status_code == 400


@pytest.mark.parametrize("seed", range(6))
def test_a_mutated_file_is_read_or_refused(bureau: User, project: Project, seed: int) -> None:
    """Bytes of the archive, and bytes of the markup within it, packed again: fifty of each seed."""
    dice, client = random.Random(seed), client_of(bureau)
    good = offline(bureau).fill(PROJECTS, project.name, {SECTOR: "新能源"}).saved()
    for number in range(50):
        page = send(client, _mutated(good, dice, within=number % 2 == 1))
        assert page.status_code in {302, 400, 409}, page.status_code
    for upload in Upload.objects.all():
        assert client.get(f"{PAGE}{upload.pk}/").status_code == 200


def _mutated(data: bytes, dice: random.Random, *, within: bool) -> bytes:
    if not within:
        return _noise(data, dice)
    found = BytesIO()
    with ZipFile(BytesIO(data)) as before, ZipFile(found, "w", ZIP_DEFLATED) as after:
        chosen = dice.choice([part for part in before.namelist() if part.endswith((".xml", ".rels"))])
        for part in before.namelist():
            content = before.read(part)
            after.writestr(part, _noise(content, dice) if part == chosen else content)
    return found.getvalue()


def _noise(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _time in range(dice.randint(1, 8)):
        place = dice.randrange(len(changed))
        match dice.randrange(3):
            case 0:
                changed[place] = dice.randrange(256)
            case 1:
                del changed[place : place + dice.randint(1, 40)]
            case _:
                changed[place:place] = dice.randbytes(dice.randint(1, 40))
    return bytes(changed)

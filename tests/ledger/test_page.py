"""The pages of ledgers."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Unit, User
from domain.lights import LightRule
from history.models import Change
from ledger.models import Import
from milestones.calendar_table import load_calendar
from milestones.models import ChainTemplate, Node
from projects.models import Project
from projects.spreadsheets.limits import LARGEST_FILE
from tests.ledger.making import TOWN, make_towns
from tests.make import make_project, make_template, make_unit, make_user

pytestmark = pytest.mark.django_db

HEAD = "项目名称,建设单位,属地,总投资（万元）,备注,批次\n"


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture(autouse=True)
def _chain() -> None:
    make_template("a", code="new_build")
    make_towns()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, *rows: str, mapping: str = "", name: str = "台账.csv") -> Any:
    file = SimpleUploadedFile(name, (HEAD + "\n".join(rows)).encode())
    return client.post("/ledger/", {"file": file, "mapping": mapping})


def confirm(client: Client, pk: int) -> Any:
    """Press the button that the page shows."""
    page = client.get(f"/ledger/{pk}/").content.decode()
    found = re.search(r'name="digest" value="([0-9a-f]+)"', page)
    return client.post(f"/ledger/{pk}/confirm/", {"digest": found[1] if found else ""})


def test_a_ledger_is_seen_before_it_is_applied_and_then_looked_up(queued: list[str]) -> None:
    client = client_of(make_user())

    answer = upload(client, f"甲,企业,{TOWN},5000,旧,一", "乙,企业,别处,1,,", f"丙,企业,{TOWN},面议,,")
    import_ = Import.objects.get()
    preview = client.get(f"/ledger/{import_.pk}/").content.decode()

    assert (answer.status_code, answer["Location"]) == (302, f"/ledger/{import_.pk}/")
    assert not Project.objects.exists()
    assert "It would create 1 rows, update 0 and leave 0 as they are; 2 cannot be taken" in preview
    assert "“别处” is not a town or platform of the district." in preview
    assert "“面议” is not an amount of money." in preview
    assert "<dd>5,000</dd>" in preview
    assert "批次" in preview, "the column that is not taken"
    assert "产业项目台账" in preview, "the title of the mapping"

    done = confirm(client, import_.pk)

    assert (done.status_code, done["Location"]) == (302, f"/ledger/{import_.pk}/")
    assert Project.objects.get().name == "甲"
    assert queued == ["sweep"]
    page = client.get(f"/ledger/{import_.pk}/").content.decode()
    assert "1 rows created, 0 updated, 0 unchanged, 2 not taken." in page
    assert "added the project" in page
    assert "laid the chain" in page
    assert "confirm/" not in page
    index = client.get("/ledger/").content.decode()
    assert "台账.csv" in index
    assert "applied" in index


def test_the_page_shows_what_stands_and_what_would_stand(tmp_path: Path) -> None:
    make_project(name="甲", enterprise="企业", town=Unit.objects.get(name=TOWN), note="旧 <b>")
    client = client_of(make_user())

    upload(client, f"甲,企业,{TOWN},,新,")

    page = client.get(f"/ledger/{Import.objects.get().pk}/").content.decode()
    assert '<del class="faint">旧 &lt;b&gt;</del> → 新' in page


def test_the_rejected_rows_and_the_file_can_be_fetched() -> None:
    client = client_of(make_user())
    upload(client, "乙,企业,别处,1,,")
    pk = Import.objects.get().pk

    rejects, original = client.get(f"/ledger/{pk}/rejects.xlsx"), client.get(f"/ledger/{pk}/file/")

    assert b"".join(rejects.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert "attachment" in rejects["Content-Disposition"]
    assert b"".join(original.streaming_content).decode().startswith(HEAD)  # type: ignore[attr-defined]
    assert "attachment" in original["Content-Disposition"]


def test_without_rejected_rows_there_is_no_workbook_of_them() -> None:
    client = client_of(make_user())
    upload(client, f"甲,企业,{TOWN},1,,")

    pk = Import.objects.get().pk
    assert client.get(f"/ledger/{pk}/rejects.xlsx").status_code == 404
    assert "rejects.xlsx" not in client.get(f"/ledger/{pk}/").content.decode()


def test_confirming_twice_applies_once() -> None:
    client = client_of(make_user())
    upload(client, f"甲,企业,{TOWN},1,,")
    pk = Import.objects.get().pk
    confirm(client, pk)

    again = confirm(client, pk)

    assert again.status_code == 409
    assert "has been applied already" in again.content.decode()
    assert Change.objects.filter(verb="project_added").count() == 1


def test_somebody_elses_preview_cannot_be_confirmed() -> None:
    mine, bureau = make_user(), make_user()
    upload(client_of(mine), f"甲,企业,{TOWN},1,,")
    pk = Import.objects.get().pk

    page = client_of(bureau).get(f"/ledger/{pk}/")
    refused = client_of(bureau).post(f"/ledger/{pk}/confirm/", {"digest": Import.objects.get().digest})

    assert page.status_code == 200
    assert "confirm/" not in page.content.decode()
    assert refused.status_code == 409
    assert not Project.objects.exists()


def test_what_has_changed_since_the_preview_is_shown_again() -> None:
    client = client_of(make_user())
    upload(client, f"甲,企业,{TOWN},1,,")
    pk = Import.objects.get().pk
    make_project(name="甲", enterprise="企业", town=Unit.objects.get(name=TOWN))

    refused = confirm(client, pk)

    assert refused.status_code == 409
    assert "no longer what you were shown" in refused.content.decode()
    assert "update 1" in client.get(f"/ledger/{pk}/").content.decode()
    assert confirm(client, pk).status_code == 302


def test_one_can_look_again_without_confirming() -> None:
    client = client_of(make_user())
    upload(client, "乙,企业,别处,1,,")
    pk = Import.objects.get().pk
    make_unit("别处", kind=Unit.Kind.TOWN)

    assert client.post(f"/ledger/{pk}/again/").status_code == 302

    seen = Import.objects.get()
    assert (seen.created, seen.rejected, seen.rejects.exists()) == (1, 0, False)


def test_one_sees_the_own_imports_and_the_bureau_sees_all() -> None:
    townsman = make_user(User.Role.MANAGER, unit=Unit.objects.get(name=TOWN))
    other = make_user(User.Role.MANAGER, unit=make_unit())
    upload(client_of(townsman), f"甲,企业,{TOWN},1,,")
    pk = Import.objects.get().pk

    assert client_of(townsman).get(f"/ledger/{pk}/").status_code == 200
    assert client_of(make_user()).get(f"/ledger/{pk}/").status_code == 200
    assert "台账.csv" in client_of(make_user()).get("/ledger/").content.decode()
    for path in ("", "rejects.xlsx", "file/"):
        assert client_of(other).get(f"/ledger/{pk}/{path}").status_code == 404
    for path in ("confirm/", "again/"):
        assert client_of(other).post(f"/ledger/{pk}/{path}").status_code == 404
    assert "台账.csv" not in client_of(other).get("/ledger/").content.decode()


def test_a_leader_brings_nothing_and_a_stranger_must_log_in() -> None:
    leader = client_of(make_user(User.Role.LEADER))

    assert leader.get("/ledger/").status_code == 200
    assert 'type="file"' not in leader.get("/ledger/").content.decode()
    assert upload(leader, f"甲,企业,{TOWN},1,,").status_code == 403
    assert Client().get("/ledger/").status_code == 302
    assert not Import.objects.exists()


def test_a_liaison_brings_the_own_projects_only() -> None:
    liaison = make_user(User.Role.LIAISON, unit=Unit.objects.get(name=TOWN))
    make_project(name="甲", enterprise="企业", town=liaison.unit, liaison=liaison)
    make_project(name="乙", enterprise="企业", town=liaison.unit)

    upload(client_of(liaison), f"甲,企业,{TOWN},1,,", f"乙,企业,{TOWN},1,,")

    import_ = Import.objects.get()
    assert (import_.updated, import_.rejected) == (1, 1)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.xlsx", "empty"),
        (b"%PDF-1.7 nothing", "a.xlsx", "a.xlsx"),
        (b"x,y\n1,2\n", "a.csv", "No row with known column headers"),
    ],
)
def test_what_is_no_ledger_is_said_in_a_sentence(content: bytes, name: str, sentence: str) -> None:
    answer = client_of(make_user()).post(
        "/ledger/", {"file": SimpleUploadedFile(name, content), "mapping": ""}
    )

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Import.objects.exists()


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.views.LARGEST_FILE", 10)

    answer = upload(client_of(make_user()), f"甲,企业,{TOWN},1,,")

    assert answer.status_code == 400
    assert f"is larger than {LARGEST_FILE // 1024 // 1024} MB" in answer.content.decode()


def test_a_mapping_from_the_disk_cannot_be_asked_for() -> None:
    answer = upload(client_of(make_user()), f"甲,企业,{TOWN},1,,", mapping="/etc/passwd.toml")

    assert answer.status_code == 400
    assert not Import.objects.exists()


def test_long_previews_are_cut_and_their_counts_are_not() -> None:
    client = client_of(make_user())

    upload(client, *(f"项目{number},企业,{TOWN},1,," for number in range(230)))

    page = client.get(f"/ledger/{Import.objects.get().pk}/").content.decode()
    assert "create 230 rows" in page
    assert "The first 200 of 230 rows." in page
    assert "项目199" in page
    assert "项目200" not in page


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_that_only_show_are_only_read(method: str) -> None:
    client = client_of(make_user())
    upload(client, f"甲,企业,{TOWN},1,,")

    assert getattr(client, method)(f"/ledger/{Import.objects.get().pk}/").status_code == 405
    assert client.get(f"/ledger/{Import.objects.get().pk}/confirm/").status_code == 405


def test_an_administrator_who_is_no_manager_yet_is_told_where_to_become_one() -> None:
    page = client_of(make_user(User.Role.LEADER, is_staff=True)).get("/ledger/").content.decode()
    assert "You are not a manager of the coordinating bureau yet" in page
    assert 'href="/units/"' in page.partition("<main")[2]
    assert "not a manager" not in client_of(make_user()).get("/ledger/").content.decode()


def test_the_page_begins_with_what_was_imported_and_what_waits() -> None:
    client = client_of(make_user())
    assert "<h1>Nothing has been imported yet.</h1>" in client.get("/ledger/").content.decode()
    upload(client, f"甲,企业,{TOWN},5000,,")
    assert (
        "<h1>No spreadsheet is applied yet, 1 waits for confirmation.</h1>"
        in client.get("/ledger/").content.decode()
    )
    confirm(client, Import.objects.get().pk)
    assert "<h1>1 spreadsheet is applied.</h1>" in client.get("/ledger/").content.decode()


def test_a_mapping_of_another_country_is_not_offered() -> None:
    page = client_of(make_user()).get("/ledger/").content.decode()
    assert 'value="chinese"' in page
    assert 'value="nyc"' not in page


def test_a_preview_says_from_which_day_it_reckons_and_how_many_nodes_would_be_overdue() -> None:
    ChainTemplate.objects.update(kind="new_build")
    content = f"项目名称,属地,启动时间\n甲,{TOWN},2020-03-02\n".encode()
    client = client_of(make_user())
    client.post("/ledger/", {"file": SimpleUploadedFile("台账.csv", content), "mapping": ""})
    import_ = Import.objects.get()
    preview = client.get(f"/ledger/{import_.pk}/").content.decode()
    assert "<dt>first day of the chain</dt><dd>2020-03-02</dd>" in preview
    assert "it would leave 1 node of 1 projects overdue at once" in preview

    confirm(client, import_.pk)

    assert Node.objects.overdue(LightRule.on(timezone.localdate(), load_calendar())).count() == 1
    assert "overdue at once" not in client.get(f"/ledger/{import_.pk}/").content.decode()

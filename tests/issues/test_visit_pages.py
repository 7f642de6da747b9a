"""Visits on pages: the list, the key projects that wait, recording with what becomes an issue, photos."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from history.models import Change
from issues.actions import raise_from_finding
from issues.models import Issue
from projects.file_actions import stored_files
from projects.models import Finding, Project, Visit, VisitPhoto
from projects.visit_actions import change_visit
from tests.make import (
    make_category,
    make_nodes,
    make_project,
    make_template,
    make_unit,
    make_user,
    make_visit,
)
from tests.pages import client_of, tags_of, text_of
from tests.projects.file_samples import photo, stored_paths

pytestmark = pytest.mark.django_db

LIST = reverse("issues:visits")


def today() -> Any:
    return timezone.localdate()


def visit_of(project: Project | None = None, *, days_ago: int = 0, **fields: Any) -> Visit:
    return make_visit(project, today=today() - timedelta(days=days_ago), **fields)


def form(*found: tuple[str, str] | str, files: Any = (), **fields: Any) -> dict[str, Any]:
    """What the browser sends: findings, with a category those that become an issue."""
    sent: dict[str, Any] = {
        "visited_on": today().isoformat(), "visitors": "陈副区长", "met": "", "summary": "",
        "findings-TOTAL_FORMS": 8, "findings-INITIAL_FORMS": 0, **fields,
    }  # fmt: skip
    for number, one in enumerate(found):
        text, category = one if isinstance(one, tuple) else (one, "")
        sent[f"findings-{number}-text"] = text
        if category:
            sent[f"findings-{number}-raises"] = "on"
            sent[f"findings-{number}-category"] = category
    return {**sent, "photos": list(files)} if files else sent


def record(client: Client, project: Project, *found: tuple[str, str] | str, **fields: Any) -> Any:
    return client.post(f"{reverse('issues:visit_new')}?project={project.pk}", form(*found, **fields))


def edit(client: Client, visit: Visit, *found: str, **fields: Any) -> Any:
    return client.post(
        reverse("issues:visit_edit", args=[visit.pk]), form(*found, **{"version": visit.version, **fields})
    )


def upload(data: bytes, name: str = "现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


# The list


def test_the_list_opens_with_what_is_the_matter() -> None:
    key = make_project(is_key=True)
    visit_of(key, days_ago=61)
    for days in (29, 30):
        visit_of(days_ago=days)
    client = client_of(make_user())

    said = text_of(client.get(LIST))
    assert "1 visit in the last 30 days" in said
    assert "1 key project nobody has visited for 60 days" in said
    assert "0 key projects nobody has visited for 61 days" in text_of(client.get(f"{LIST}?days=61"))


def test_the_list_shows_who_what_and_which_issues() -> None:
    visit = visit_of(findings=["电不够", "路没修"], met="王总")
    issue = raise_from_finding(
        visit.findings.all()[0], actor=make_user(), category=make_category(), today=today()
    )
    response = client_of(make_user()).get(LIST)

    said = text_of(response)
    for words in (visit.project.name, "陈副区长、李科长", "met 王总", "电不够", "路没修", issue.number):
        assert words in said
    links = [tag[1].get("href") for tag in tags_of(response) if tag[0] == "a"]
    assert reverse("issues:visit", args=[visit.pk]) in links
    assert issue.get_absolute_url() in links


def test_the_list_is_narrowed_by_town_days_and_words() -> None:
    old = visit_of(make_project(name="甲项目"), days_ago=10, findings=["缺水"])
    new = visit_of(make_project(name="乙项目"), visitors="王局长")
    client = client_of(make_user())

    def shown(**asked: str | int) -> set[Visit]:
        response = client.get(LIST, asked)
        assert response.status_code == 200
        return {visit for visit in (old, new) if visit.project.name in text_of(response)}

    day = (today() - timedelta(days=5)).isoformat()
    assert shown() == {old, new}
    assert shown(town=old.project.town_id) == {old}
    assert shown(visited_after=day) == {new}
    assert shown(visited_before=day) == {old}
    assert shown(search="缺水") == {old}
    assert shown(search="王局长") == {new}
    assert shown(search="没有") == set()
    assert "Nothing matches." in text_of(client.get(f"{LIST}?search=没有"))


@pytest.mark.parametrize("asked", ["days=0", "days=x", "days=99999999", "town=0", "visited_after=2026-02-30"])
def test_a_filter_that_cannot_be_read_is_said(asked: str) -> None:
    response = client_of(make_user()).get(f"{LIST}?{asked}")
    assert response.status_code == 400
    assert "That did not work" in text_of(response)


def test_key_projects_without_a_visit_are_listed_never_visited_ones_first() -> None:
    never, long_ago, lately = (make_project(name=name, is_key=True) for name in ("从未", "很久", "最近"))
    plain = make_project(name="一般")
    visit_of(long_ago, days_ago=75)
    visit_of(lately, days_ago=3)

    response = client_of(make_user()).get(f"{LIST}?list=unvisited")
    said = text_of(response)

    assert said.index("从未") < said.index("很久")
    assert "最近" not in said
    assert plain.name not in said
    assert "never" in said
    assert "75 days ago" in said
    links = [tag[1].get("href") for tag in tags_of(response) if tag[0] == "a"]
    assert f"{reverse('issues:visit_new')}?project={never.pk}" in links
    assert "最近" in text_of(client_of(make_user()).get(f"{LIST}?list=unvisited&days=2"))


def test_that_all_are_visited_is_said_too() -> None:
    visit_of(make_project(is_key=True))
    said = text_of(client_of(make_user()).get(f"{LIST}?list=unvisited"))
    assert "Every key project that you see has been visited within 60 days." in said


def test_who_records_no_visits_is_not_asked_to() -> None:
    key = make_project(is_key=True)
    for reader in (make_user(User.Role.LEADER), make_user(User.Role.LIAISON, unit=key.town)):
        response = client_of(reader).get(f"{LIST}?list=unvisited")
        assert key.name in text_of(response)
        assert reverse("issues:visit_new") not in response.content.decode()


def test_strangers_visits_are_not_listed() -> None:
    visit = visit_of(make_project(is_key=True))
    stranger = client_of(make_user(unit=make_unit()))
    for asked in ("", "?list=unvisited&days=1"):
        said = text_of(stranger.get(f"{LIST}{asked}"))
        assert visit.project.name not in said
        assert "0 visits" in said
        assert "0 key projects" in said


@pytest.mark.parametrize("asked", ["", "?list=unvisited&days=1"])
def test_a_longer_list_asks_no_more_questions(
    asked: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    template = make_template()

    def one() -> None:
        project = make_project(is_key=True)
        make_nodes(template, project=project, a=today())
        visit = visit_of(project, days_ago=10, findings=["电不够", "路没修"])
        VisitPhoto.objects.create(visit=visit, name="a.jpg", added_by=visit.recorded_by)
        raise_from_finding(
            visit.findings.all()[0], actor=make_user(), category=make_category(), today=today()
        )

    client = client_of(make_user())
    one()
    client.get(f"{LIST}{asked}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{LIST}{asked}")
    for _ in range(4):
        one()
    with django_assert_num_queries(len(few)):
        response = client.get(f"{LIST}{asked}")
    assert response.status_code == 200


# Recording


def test_a_visit_is_recorded_and_its_findings_become_issues_in_one_step() -> None:
    project, actor, category = make_project(), make_user(), make_category()

    response = record(
        client_of(actor), project, ("电不够", str(category.pk)), "厂房已封顶", met="王总", summary="谈投产",
        files=[upload(photo())],
    )  # fmt: skip

    visit = Visit.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("issues:visit", args=[visit.pk]))
    assert (visit.project, visit.recorded_by, visit.met) == (project, actor, "王总")
    issue = Issue.objects.get()
    assert (issue.title, issue.category, issue.source) == ("电不够", category, Issue.Source.VISIT)
    assert list(visit.findings.values_list("text", "issue")) == [("电不够", issue.pk), ("厂房已封顶", None)]
    assert visit.photos.get().name == "现场.jpg"


def test_the_form_is_kept_on_the_phone_and_carries_a_key() -> None:
    project = make_project(is_key=True)
    response = client_of(make_user()).get(f"{reverse('issues:visit_new')}?project={project.pk}")
    tags = tags_of(response)
    (kept,) = [tag[1] for tag in tags if tag[0] == "form" and "data-outbox" in tag[1]]
    assert project.name in str(kept["data-what"])
    assert kept["data-look"] == f"{reverse('issues:visit_new')}?project={project.pk}"
    names = [tag[1].get("name") for tag in tags if tag[0] in {"input", "textarea", "select"}]
    assert "once" in names
    assert names.count("findings-7-text") == 1


def test_a_form_that_arrives_twice_is_one_visit() -> None:
    project, client, key = make_project(), client_of(make_user()), str(uuid4())
    category = str(make_category().pk)
    first = record(client, project, ("电不够", category), once=key)
    again = record(client, project, ("电不够", category), once=key)
    assert again["Location"] == first["Location"]
    assert (Visit.objects.count(), Issue.objects.count()) == (1, 1)


def test_a_bad_file_brings_the_form_back_with_what_was_typed() -> None:
    project, category = make_project(), make_category()
    response = record(
        client_of(make_user()), project, ("电不够", str(category.pk)), summary="谈投产", met="王总",
        files=[upload(photo()), upload(photo("PNG"), "证.pdf")],
    )  # fmt: skip

    assert response.status_code == 400
    assert "“证.pdf” is not what its name says" in text_of(response)
    tags = tags_of(response)
    values = {tag[1].get("name"): tag[1].get("value") for tag in tags if tag[0] == "input"}
    assert (values["visitors"], values["met"]) == ("陈副区长", "王总")
    assert values["visited_on"] == today().isoformat()
    assert "谈投产" in text_of(response)
    assert "电不够" in text_of(response)
    chosen = [tag[1].get("value") for tag in tags if tag[0] == "option" and "selected" in tag[1]]
    assert str(category.pk) in chosen
    ticked = [tag[1]["name"] for tag in tags if tag[0] == "input" and "checked" in tag[1]]
    assert "findings-0-raises" in ticked
    assert not Visit.objects.exists()
    assert not Issue.objects.exists()
    assert not stored_paths()


def test_what_is_wrong_stands_at_its_field_and_the_files_are_asked_for_again() -> None:
    project, client = make_project(), client_of(make_user())
    tomorrow = (today() + timedelta(days=1)).isoformat()

    for fields, found, sentence in (
        ({"visited_on": tomorrow}, (), "lies in the future"),
        ({"visited_on": "x"}, (), "Enter a valid date"),
        ({"visitors": " "}, (), "This field is required"),
        ({"visitors": "x" * 201}, (), "at most 200 characters"),
        ({}, ("x" * 501,), "at most 500 characters"),
        ({}, (("电不够", "x"),), "Select a valid choice"),
        ({"findings-0-raises": "on"}, ("电不够",), "Choose a category for the issue."),
        ({"findings-7-raises": "on"}, (), "Say what was found."),
        ({"findings-TOTAL_FORMS": "x"}, (), "ManagementForm data is missing"),
    ):
        response = record(client, project, *found, files=[upload(photo())], **fields)
        assert response.status_code == 400, sentence
        assert sentence in text_of(response)
        assert "Choose the files once more" in text_of(response)
    assert not Visit.objects.exists()
    assert not stored_paths()


def test_a_category_that_can_no_longer_be_chosen_is_not() -> None:
    old = make_category("old", is_active=False)
    response = record(client_of(make_user()), make_project(), ("电不够", str(old.pk)))
    assert response.status_code == 400
    assert not Visit.objects.exists()


def test_strangers_find_no_project_to_visit_and_others_may_not_record() -> None:
    project = make_project()
    stranger = client_of(make_user(unit=make_unit()))
    assert record(stranger, project).status_code == 404
    assert stranger.get(f"{reverse('issues:visit_new')}?project={project.pk}").status_code == 404
    for number in ("0", "x", "9" * 30, "-1"):
        assert stranger.get(reverse("issues:visit_new"), {"project": number}).status_code == 404
    for user in (make_user(User.Role.LEADER), make_user(User.Role.LIAISON, unit=project.town)):
        client = client_of(user)
        assert record(client, project).status_code == 403
        assert client.get(reverse("issues:visit_new")).status_code == 403
    assert Client().get(LIST).status_code == 302
    assert not Visit.objects.exists()


def test_without_a_project_the_reader_chooses_one() -> None:
    key, other = make_project(name="重点甲", is_key=True), make_project(name="一般乙")
    client = client_of(make_user())
    first, searched = (
        client.get(reverse("issues:visit_new")),
        client.get(reverse("issues:visit_new"), {"search": "一般"}),
    )
    assert key.name in text_of(first)
    assert other.name not in text_of(first)
    assert other.name in text_of(searched)
    assert key.name not in text_of(searched)
    stranger = client_of(make_user(unit=make_unit()))
    assert key.name not in text_of(stranger.get(reverse("issues:visit_new")))


# One visit


def test_the_page_of_a_visit_shows_it_whole() -> None:
    visit = visit_of(findings=["电不够", "路没修"], met="王总", summary="谈投产\n谈用工")
    power, road = visit.findings.all()
    issue = raise_from_finding(power, actor=make_user(), category=make_category(), today=today())

    response = client_of(make_user()).get(reverse("issues:visit", args=[visit.pk]))

    said = text_of(response)
    for words in (
        visit.project.name,
        "陈副区长、李科长",
        "王总",
        "谈用工",
        "2 findings",
        "1 is an issue",
        issue.number,
    ):
        assert words in said
    forms = [tag[1].get("action") for tag in tags_of(response) if tag[0] == "form"]
    assert reverse("issues:raise_finding", args=[road.pk]) in forms
    assert reverse("issues:raise_finding", args=[power.pk]) not in forms


def test_one_button_makes_a_finding_an_issue_once() -> None:
    visit, client = visit_of(findings=["电不够"]), client_of(make_user())
    (found,) = visit.findings.all()
    address, sent = reverse("issues:raise_finding", args=[found.pk]), {"category": make_category().pk}

    first = client.post(address, {**sent, "once": str(uuid4())})
    again = client.post(address, {**sent, "once": str(uuid4())})

    assert (first.status_code, first["Location"]) == (302, reverse("issues:visit", args=[visit.pk]))
    issue = Issue.objects.get()
    assert again.status_code == 409
    assert f"This finding is issue {issue.number} already." in text_of(again)
    assert client.get(address).status_code == 405


def test_a_finding_needs_a_category_to_become_an_issue() -> None:
    (found,) = visit_of(findings=["电不够"]).findings.all()
    response = client_of(make_user()).post(reverse("issues:raise_finding", args=[found.pk]), {"category": ""})
    assert response.status_code == 400
    assert not Issue.objects.exists()


def test_leaders_raise_nothing_and_strangers_find_nothing() -> None:
    visit = visit_of(findings=["电不够"])
    (found,) = visit.findings.all()
    leader, stranger = client_of(make_user(User.Role.LEADER)), client_of(make_user(unit=make_unit()))
    address, sent = reverse("issues:raise_finding", args=[found.pk]), {"category": make_category().pk}

    assert leader.post(address, sent).status_code == 403
    assert address not in leader.get(reverse("issues:visit", args=[visit.pk])).content.decode()
    assert stranger.post(address, sent).status_code == 404
    assert stranger.get(reverse("issues:visit", args=[visit.pk])).status_code == 404
    assert stranger.get(reverse("issues:visit_edit", args=[visit.pk])).status_code == 404
    assert edit(stranger, visit).status_code == 404
    assert not Issue.objects.exists()


def test_photos_are_for_who_sees_the_project() -> None:
    with stored_files([ContentFile(photo(), "现场.jpg")]) as files:
        visit = visit_of(files=files)
    (kept,) = visit.photos.all()
    whole, small = (
        reverse(f"issues:{name}", args=[kept.pk]) for name in ("visit_photo", "visit_photo_thumbnail")
    )
    leader, stranger = client_of(make_user(User.Role.LEADER)), client_of(make_user(unit=make_unit()))

    shown = leader.get(whole)
    assert b"".join(shown.streaming_content) == photo()  # type: ignore[attr-defined]
    assert "sandbox" in shown["Content-Security-Policy"]
    assert leader.get(small)["Content-Type"] == "image/webp"
    assert small in leader.get(reverse("issues:visit", args=[visit.pk])).content.decode()
    for address in (whole, small):
        assert stranger.get(address).status_code == 404
        assert Client().get(address).status_code == 302


# Correcting


def test_what_was_recorded_is_corrected() -> None:
    visit, client = visit_of(findings=["电不够", "路没修", "缺水"]), client_of(make_user())
    power, road, water = visit.findings.all()
    issue = raise_from_finding(power, actor=make_user(), category=make_category(), today=today())
    page = client.get(reverse("issues:visit_edit", args=[visit.pk]))
    assert issue.number in text_of(page)
    assert f'name="finding-{power.pk}"' not in page.content.decode()

    response = edit(
        client, visit, "缺工人", visitors="王局长", files=[upload(photo())],
        **{f"finding-{road.pk}": "路没修好", f"finding-{water.pk}": " "},
    )  # fmt: skip

    assert (response.status_code, response["Location"]) == (302, reverse("issues:visit", args=[visit.pk]))
    visit.refresh_from_db()
    assert (visit.visitors, visit.version, visit.photos.count()) == ("王局长", 2, 1)
    assert list(visit.findings.values_list("text", flat=True)) == ["电不够", "路没修好", "缺工人"]


def test_an_edit_of_what_has_changed_since_comes_back_with_what_was_typed() -> None:
    visit, client = visit_of(), client_of(make_user())
    change_visit(visit, actor=make_user(), today=today(), met="王总", more_findings=["电不够"])

    response = edit(client, visit, met="李总")

    assert response.status_code == 412
    assert "The visit has changed since you opened this form." in text_of(response)
    values = {tag[1].get("name"): tag[1].get("value") for tag in tags_of(response) if tag[0] == "input"}
    assert (values["met"], values["version"]) == ("李总", "2")
    visit.refresh_from_db()
    assert (visit.met, visit.version) == ("王总", 2)

    assert edit(client, visit, met="李总").status_code == 302  # sent once more, what it says holds
    visit.refresh_from_db()
    assert (visit.met, visit.version) == ("李总", 3)
    assert (
        Finding.objects.get(visit=visit).text == "电不够"
    )  # the form did not show it, so it did not remove it


def test_a_refused_edit_changes_nothing() -> None:
    visit, client = visit_of(), client_of(make_user())
    response = edit(client, visit, "x" * 501, met="王总", files=[upload(b"MZ", "a.exe")])
    assert response.status_code == 400
    assert "at most 500 characters" in text_of(response)
    assert "a.exe" in text_of(response)
    visit.refresh_from_db()
    assert (visit.met, visit.version) == ("", 1)


def test_liaisons_and_leaders_correct_nothing() -> None:
    visit = visit_of()
    for user in (make_user(User.Role.LEADER), make_user(User.Role.LIAISON, unit=visit.project.town)):
        client = client_of(user)
        assert edit(client, visit, met="王总").status_code == 403
        assert client.get(reverse("issues:visit_edit", args=[visit.pk])).status_code == 403
        shown = client.get(reverse("issues:visit", args=[visit.pk]))
        assert reverse("issues:visit_edit", args=[visit.pk]) not in shown.content.decode()


# Withdrawing a file


def with_file(
    name: str = "现场.jpg", *, actor: User | None = None, project: Project | None = None
) -> VisitPhoto:
    with stored_files([ContentFile(photo(), name)]) as files:
        visit = visit_of(project, files=files, actor=actor)
    return VisitPhoto.objects.get(visit=visit)


def withdraw(client: Client, kept: VisitPhoto, reason: str = "拍错了工地") -> Any:
    return client.post(reverse("issues:visit_photo_withdraw", args=[kept.pk]), {"reason": reason})


def test_a_withdrawn_file_is_shown_no_more_and_the_history_says_who_and_why() -> None:
    manager, kept = make_user(), with_file()
    client, page = client_of(manager), reverse("issues:visit", args=[kept.visit_id])
    assert "Withdraw 现场.jpg" in text_of(client.get(page))
    answer = withdraw(client, kept)
    assert answer.status_code == 302
    assert "“现场.jpg” is withdrawn." in text_of(client.get(page))
    assert "现场.jpg" not in text_of(client.get(page))
    assert "1 photo" not in text_of(client.get(LIST))
    for name in ("visit_photo", "visit_photo_thumbnail"):
        assert client.get(reverse(f"issues:{name}", args=[kept.pk])).status_code == 404
    kept.refresh_from_db()
    assert {kept.file.name, kept.thumbnail.name} == stored_paths(), "nothing is lost"
    change = Change.objects.get(verb=Change.Verb.VISIT_FILE_WITHDRAWN)
    assert (change.actor, change.note, change.project_id) == (manager, "拍错了工地", kept.visit.project_id)
    timeline = text_of(client.get(reverse("milestones:history", args=[kept.visit.project_id])))
    assert "withdrew “现场.jpg” from the visit on" in timeline
    assert "拍错了工地" in timeline


def test_who_added_a_file_may_withdraw_it_when_no_manager_any_more() -> None:
    town = make_unit()
    author = make_user(unit=town)
    kept, other = (with_file(actor=actor, project=make_project(town=town)) for actor in (author, make_user()))
    author.role = User.Role.LIAISON
    author.save()
    client = client_of(author)
    for file, is_offered in ((kept, True), (other, False)):
        shown = text_of(client.get(reverse("issues:visit", args=[file.visit_id])))
        assert ("Withdraw" in shown) == is_offered
        assert withdraw(client, file).status_code == (302 if is_offered else 403)
    assert VisitPhoto.objects.live().get() == other


def test_strangers_and_leaders_withdraw_nothing() -> None:
    kept = with_file(project=make_project(town=make_unit()))
    assert withdraw(client_of(make_user(unit=make_unit())), kept).status_code == 404
    assert withdraw(client_of(make_user(User.Role.LEADER)), kept).status_code == 403
    assert client_of(make_user()).post("/visits/photos/999/withdraw/", {"reason": "x"}).status_code == 404
    assert VisitPhoto.objects.live().count() == 1


def test_a_page_on_which_it_is_still_shown_says_that_it_was_withdrawn() -> None:
    kept = with_file()
    client = client_of(make_user())
    assert withdraw(client, kept, "  ").status_code == 400
    assert VisitPhoto.objects.live().count() == 1, "without a reason it stays"
    assert withdraw(client, kept).status_code == 302
    again = withdraw(client, kept)
    assert again.status_code == 409
    assert "“现场.jpg” was withdrawn already." in text_of(again)
    assert Change.objects.filter(verb=Change.Verb.VISIT_FILE_WITHDRAWN).count() == 1

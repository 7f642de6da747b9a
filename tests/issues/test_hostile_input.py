"""What a stranger or a slip of the keyboard sends to the interface of issues: refused, and nothing is changed."""

import json
from typing import Any

import pytest
from django.test import Client

from issues.models import Issue, NumberSeries
from tests.make import make_category, make_issue, make_project, make_unit, make_user
from tests.rest import api

pytestmark = pytest.mark.django_db

HUGE = [9223372036854775808, -9223372036854775809, 10**40, 1e308, -0.5]
WRONG: list[Any] = [
    *HUGE,
    None,
    True,
    [],
    {},
    [[]],
    [{"a": 1}],
    "\x00",
    "x\x00y",
    "\ud800",
    "²",
    "1" * 5000,
    "长" * 50_000,
]
SAID: dict[str, dict[str, Any]] = {
    "": {"title": "开闭所未建", "category": "power", "source": "town"},
    "assign/": {"due_on": "2999-03-20"},
    "note/": {"text": "进展"},
    "ask-to-close/": {"document_no": "1"},
    "verify/": {},
    "send-back/": {"reason": "x"},
    "suspend/": {"word_of": "x", "reason": "x"},
    "take-up/": {"due_on": "2999-03-20"},
    "reopen/": {"reason": "x", "due_on": "2999-03-20"},
    "rate/": {"rating": 3},
}
FIELDS = [
    *[("", name) for name in (
        "project", "title", "category", "source", "level", "topic", "nodes", "description", "raised_for", "hold",
        "files",
    )],
    *[("assign/", name) for name in ("lead_unit", "supporting", "due_on", "level", "leader", "note", "hold")],
    *[("note/", name) for name in ("text", "files")],
    *[("ask-to-close/", name) for name in ("text", "document_no", "files")],
    *[("verify/", name) for name in ("note", "resume_on")],
    ("send-back/", "reason"),
    *[("suspend/", name) for name in ("word_of", "reason", "review_on")],
    *[("take-up/", name) for name in ("due_on", "note")],
    *[("reopen/", name) for name in ("reason", "due_on")],
    *[("rate/", name) for name in ("rating", "text")],
]  # fmt: skip


def sent(client: Client, address: str, body: Any, *, method: str = "post") -> int:
    status: int = client.generic(
        method.upper(), f"/api/v1/issues/{address}", json.dumps(body), "application/json"
    ).status_code
    return status


@pytest.mark.parametrize(("step", "name"), FIELDS)
def test_whatever_stands_in_a_field_it_is_answered_with_a_refusal_or_taken(step: str, name: str) -> None:
    """Never with 500; what is taken (a number as a text, an empty list of nodes) is taken within the rules."""
    client, project = api(make_user()), make_project()
    make_category()
    issue = make_issue(project, lead_unit=make_unit())
    said = {**SAID[step], **({"lead_unit": make_unit().pk} if step == "assign/" else {})}
    address = f"{issue.pk}/{step}" if step else ""

    for wrong in WRONG:
        status = sent(client, address, {"project": project.pk, **said, name: wrong})
        assert status in {200, 201, 400, 404, 409}, repr(wrong)[:60]
        assert status not in {200, 201} or "\x00" not in repr(wrong)


@pytest.mark.parametrize("name", ["title", "description", "category", "level", "topic", "nodes"])
def test_whatever_stands_in_a_patch_it_is_answered(name: str) -> None:
    client, issue = api(make_user()), make_issue()
    for wrong in WRONG:
        assert sent(client, f"{issue.pk}/", {name: wrong}, method="patch") in {200, 400, 404, 409}, wrong


@pytest.mark.parametrize("body", [None, True, 7, "x", [], [1], [{"title": "x"}], {"\x00": 1}, {"\ud800": 1}])
@pytest.mark.parametrize("step", SAID)
def test_a_body_that_is_no_object_is_400(step: str, body: Any) -> None:
    issue = make_issue()
    if step == "verify/" and body in ([], None):
        return  # nothing said is enough there
    assert sent(api(make_user()), f"{issue.pk}/{step}" if step else "", body) in {400, 409}
    assert Issue.objects.get().version == issue.version


@pytest.mark.parametrize("pk", ["x", "0", "-1", "9223372036854775808", "9" * 400, "%00", "1e3", "²"])
def test_an_address_that_names_nothing_is_404(pk: str) -> None:
    make_issue()
    client = api(make_user())
    assert client.get(f"/api/v1/issues/{pk}/").status_code == 404
    assert sent(client, f"{pk}/note/", {"text": "x"}) == 404
    assert sent(client, f"{pk}/", {"title": "x"}, method="patch") == 404
    assert client.get(f"/api/v1/issue-files/{pk}/").status_code == 404
    assert client.get(f"/api/v1/issue-files/{pk}/file/").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "project=9223372036854775808", "project=-1e1000000", "topic=x", "node=%00", "age_from=-1", "age_from=1e99",
        "unit=9223372036854775808", "category=%00", "status=%00", "search=%00", "level=²", "open_on=0000-00-00",
        "raised_after=10000-01-01", "turn=mine", "ordering=nothing", "on_time=1&closed_after=x",
        "late=%ED%A0%80&level=x",
        f"search={'长' * 201}",
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_read_is_400(query: str) -> None:
    make_issue()
    assert api(make_user()).get(f"/api/v1/issues/?{query}").status_code == 400


@pytest.mark.parametrize("page", ["0", "x", "-1", "9" * 30])
def test_a_page_that_is_not_there_is_404(page: str) -> None:
    assert api(make_user()).get(f"/api/v1/issues/?page={page}").status_code == 404


@pytest.mark.parametrize("tag", ['"1-' + "9" * 5000 + '"', "²-1", '"1-²"', '"--"'])
def test_an_etag_of_nonsense_is_400_and_changes_nothing(tag: str) -> None:
    issue = make_issue()
    answer = api(make_user()).patch(
        f"/api/v1/issues/{issue.pk}/", {"title": "x"}, "application/json", headers={"If-Match": tag}
    )
    assert answer.status_code == 400
    assert Issue.objects.get().title == issue.title


def test_json_without_end_and_bodies_of_no_known_kind_are_refused() -> None:
    client = api(make_user())
    for body, kind, status in (
        ("[" * 100_000, "application/json", 400), ("{", "application/json", 400), ("<a/>", "text/xml", 415),
        ("--x", "multipart/form-data; boundary=x", 400), ("", "multipart/form-data", 400),
    ):  # fmt: skip
        assert client.generic("POST", "/api/v1/issues/", body, kind).status_code == status
    assert not NumberSeries.objects.exists()


def test_a_form_with_what_no_database_keeps_is_400() -> None:
    project, client = make_project(), api(make_user())
    make_category()
    form = {"title": "x\x00y", "category": "power", "source": "town", "project": project.pk}

    assert client.post("/api/v1/issues/", form).status_code == 400
    assert client.post("/api/v1/issues/", {**form, "title": "x", "nodes": "\x00"}).status_code == 400
    assert not Issue.objects.exists()

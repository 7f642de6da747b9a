"""Industry class, tier and place of a project, on its form and over REST."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import Unit
from history.models import Change
from projects.forms import ProjectForm
from projects.models import Project, Tier
from tests.make import make_nodes, make_project, make_template, make_unit, make_user
from tests.pages import client_of
from tests.rest import api, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def tier(code: str) -> Tier:
    return Tier.objects.get(code=code)


def form(town: Unit, project: Project | None = None, **more: Any) -> ProjectForm:
    data = {
        "name": "甲",
        "kind": "future_factory",
        "town": town.pk,
        "etag": project.etag if project else "",
        **more,
    }
    return ProjectForm(data, user=make_user(), project=project)


def test_the_form_brings_an_industry_to_its_normal_form_and_names_a_wrong_one() -> None:
    town = make_unit()

    good, bad = form(town, industry=" c 3985 "), form(town, industry="Z99")

    assert good.is_valid()
    assert good.cleaned_data["industry"] == "C3985"
    assert bad.errors["industry"] == ["“Z99” is no class of GB/T 4754; it looks like C3985 or 3985."]


def test_the_form_offers_tiers_under_their_programmes_and_takes_only_one_of_the_kind() -> None:
    town = make_unit()

    good, bad = form(town, tier=tier("smart").pk), form(town, tier=tier("smart").pk, kind="new_build")

    groups = [str(label) for label, offered in good.fields["tier"].choices if isinstance(offered, list)]  # type: ignore[attr-defined]
    assert groups == ["Future factory", "High-tech recognition", "Research project"]
    assert good.is_valid()
    assert good.cleaned_data["tier"] == tier("smart")
    assert bad.errors["tier"] == ["Projects of this kind have no tier “Smart factory”."]


def test_the_form_shows_the_tier_that_is_stored_and_refuses_a_place_off_the_earth() -> None:
    town = make_unit()
    project = make_project(town=town, kind="future_factory", tier=tier("cloud"), latitude=Decimal("30.2"))
    shown = ProjectForm(user=make_user(), project=project)

    assert f'<option value="{tier("cloud").pk}" selected>' in str(shown["tier"])
    assert 'value="30.2"' in str(shown["latitude"])
    assert "latitude" in form(town, project, latitude="91").errors
    assert form(town, project, latitude="30.5", longitude="120.25").is_valid()


def test_rest_takes_and_shows_industry_tier_and_place() -> None:
    town = make_unit()
    client = api(make_user())

    answer = send(
        client, "projects/", name="甲", kind="future_factory", town=town.pk, tier="smart", industry="3985",
        longitude="120.123456", latitude="30.2",
    )  # fmt: skip

    row = answer.json()
    assert answer.status_code == 201
    assert (row["tier"], row["tier_label"], row["industry"]) == ("smart", "Smart factory", "C3985")
    assert (row["longitude"], row["latitude"]) == ("120.123456", "30.200000")
    assert Change.objects.get().after["tier"] == "智能工厂"
    wrong: list[dict[str, Any]] = [{"tier": "vanguard"}, {"industry": "X1"}, {"longitude": "181"}]
    for sent in wrong:
        refused = send(client, f"projects/{row['id']}/", method="patch", **sent)
        assert refused.status_code == 400
        assert next(iter(sent)) in refused.content.decode()
    changed = send(client, f"projects/{row['id']}/", method="patch", tier="cloud").json()
    assert changed["tier"] == "cloud"
    other = send(client, f"projects/{row['id']}/", method="patch", kind="renovation").json()
    assert (other["kind"], other["tier"]) == ("renovation", ""), (
        "a tier of a programme that it no longer is in"
    )


def test_a_list_over_rest_asks_no_question_for_each_tier(django_assert_max_num_queries: Any) -> None:
    town = make_unit()
    for _number in range(8):
        make_project(town=town, kind="future_factory", tier=tier("smart"))
    client = api(make_user())

    with django_assert_max_num_queries(8):
        rows = client.get("/api/v1/projects/").json()["results"]
    assert {row["tier"] for row in rows} == {"smart"}


def test_the_sheet_of_nodes_names_tier_and_industry() -> None:
    project = make_project(kind="future_factory", tier=tier("smart"), industry="C3985")
    make_nodes(make_template("a"), project=project, a=date(2020, 1, 6))

    answer = client_of(make_user()).get("/overdue/export/")
    sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    answer.close()

    row = {sheet.cell(3, at).value: sheet.cell(4, at).value for at in range(1, sheet.max_column + 1)}
    assert (row["Project kind"], row["Tier"], row["Industry class"]) == (
        "Future factory",
        "Smart factory",
        "C3985",
    )
    assert row["Town"] == project.town.name

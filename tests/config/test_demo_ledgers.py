"""What comes into the demonstration district by ledger: on any day the scenario, moved by whole months."""

from collections import Counter
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from accounts.models import User
from config.demo.district import District
from config.demo.enterprises import invent_enterprises
from config.demo.entries import Entry, give_codes
from config.demo.factories import programme_entries
from config.demo.investment import Account, open_accounts
from config.demo.people import settle_people, settle_units
from config.demo.places import read_places
from config.demo.renovations import renovations
from config.demo.timeline import Timeline
from config.demo.works import works
from domain.chains import Milestone
from domain.periods import first_of_month
from milestones.calendar_table import fill_calendar, load_calendar
from milestones.publishing import built_in_chains, publish_template
from projects.models import Tier

pytestmark = pytest.mark.django_db

DAYS = [date(2022, 9, 15), date(2027, 1, 2), date(2024, 2, 29), date(2026, 11, 22), date(2022, 2, 1)]
"""The day of the scenario, a second of January, a leap day, a Sunday, a day after a short month and holidays."""


def _district(today: date) -> District:
    fill_calendar()
    for spec in built_in_chains():
        publish_template(spec, actor=User.objects.system())
    units = settle_units()
    people = settle_people(units)
    liaisons = {
        user.unit.name: user for user in people.values() if user.role == User.Role.LIAISON and user.unit
    }
    return District(
        Timeline(today, load_calendar()), units, liaisons, people["manager"], read_places(),
        {(tier.kind, tier.code): tier for tier in Tier.objects.all()},
    )  # fmt: skip


def _came(district: District) -> list[Entry]:
    enterprises = invent_enterprises(Random("enterprises"))
    return [
        *works(district),
        *renovations(district, enterprises, []),
        *programme_entries(district, enterprises),
    ]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_on_any_day_the_august_of_the_scenario_is_the_last_full_month(today: date) -> None:
    district = _district(today)
    entries = _came(district)
    accounts = open_accounts([], entries, district)

    _filings_are_those_of_the_table(entries, district.timeline)
    _the_pool_is_what_the_table_says(entries)
    _nothing_happens_after_today(entries, today)
    _investment_adds_up(accounts, district.timeline)


def _filings_are_those_of_the_table(entries: list[Entry], timeline: Timeline) -> None:
    days = [entry.reached_on(Milestone.FILED) for entry in entries if entry.story.kind == "renovation"]
    filed = Counter(first_of_month(day) for day in days if day)
    assert sum(filed[month] for month in timeline.months("2022-01", "2022-08")) == 131
    assert sum(filed[month] for month in timeline.months("2021-01", "2021-08")) == 107


def _the_pool_is_what_the_table_says(entries: list[Entry]) -> None:
    factories = [entry for entry in entries if entry.story.kind == "future_factory"]
    pool = Counter(entry.story.tier for entry in factories if entry.reached_on(Milestone.POOLED))
    assert len([entry for entry in factories if entry.reached_on(Milestone.APPLIED)]) == 84
    assert pool == {"smart": 17, "workshop": 55, "cloud": 3}, (
        "the chain leader and one more are told of elsewhere"
    )


def _nothing_happens_after_today(entries: list[Entry], today: date) -> None:
    days = [
        day for entry in entries for dates in entry.days.values() for day in (dates.began_on, dates.ended_on)
    ]
    assert max(day for day in days if day) <= today
    assert all(entry.starts_on <= today for entry in entries)


def _investment_adds_up(accounts: list[Account], timeline: Timeline) -> None:
    def total(months: list[date], *, renovation: bool) -> float:
        some = [account for account in accounts if (account.entry.story.kind == "renovation") == renovation]
        return float(sum(account.by_month.get(month, Decimal(0)) for account in some for month in months))

    now, before = timeline.months("2022-01", "2022-08"), timeline.months("2021-01", "2021-08")
    assert (total(now, renovation=True), total(before, renovation=True)) == (514_083, 315_740)
    assert (total(now, renovation=False), total(before, renovation=False)) == (512_237, 382_960)
    for account in accounts:
        assert max(account.by_month, default=timeline.last_month) <= timeline.last_month
        assert all(amount >= 0 for amount in account.by_month.values())
        assert sum(account.by_month.values()) <= account.entry.fields["investment"]
        assert set(account.plans) >= {month.year for month in account.by_month}


def test_the_same_day_gives_the_same_district() -> None:
    district = _district(DAYS[0])

    def told() -> list[object]:
        entries = _came(district)
        accounts = open_accounts([], entries, district)
        return [[(entry.fields, entry.days) for entry in entries], [(a.by_month, a.plans) for a in accounts]]

    assert told() == told()


def test_no_two_enterprises_or_projects_are_called_the_same() -> None:
    enterprises = invent_enterprises(Random("enterprises"))
    entries = _came(_district(DAYS[0]))
    names = Counter(entry.story.name for entry in entries)

    assert len({enterprise.name for enterprise in enterprises}) == len(enterprises)
    assert [name for name, count in names.items() if count > 1] == []


def test_each_that_was_filed_has_a_code_of_its_own() -> None:
    entries = [entry for entry in _came(_district(DAYS[0])) if entry.reached_on(Milestone.FILED)]
    give_codes(entries, ())
    first = entries[0].fields.pop("code")
    give_codes(entries[:1], [first])

    assert entries[0].fields["code"] != first, "it was taken"
    assert len({entry.fields["code"] for entry in entries}) == len(entries) > 300

"""The scenario: what the demonstration district shows on 15 September 2022, computed from its rows."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from config.demo.sowing import sow
from domain.chains import Milestone
from domain.issue_figures import Period
from domain.periods import Months
from issues.figures import issue_figures
from issues.models import Issue
from milestones.milestone_states import has_reached
from projects.investments import investment_totals
from projects.models import Kind, Project
from tests.config.agreeing import figures_agree
from tests.pages import client_of, text_of

pytestmark = pytest.mark.django_db

TODAY = date(2022, 9, 15)
NOON = datetime(2022, 9, 15, 12)  # noqa: DTZ001 - made aware where it is used
JANUARY_TO_AUGUST = Months(date(2022, 1, 1), date(2022, 8, 1))


def test_the_district_of_15_september_2022_is_the_scenario(tmp_path: Path) -> None:
    """And on that day every place that tells one of its numbers tells the same."""
    sow(TODAY)

    _investment()
    _filings()
    _issues()
    _future_factories()
    with time_machine.travel(timezone.make_aware(NOON), tick=False):
        _pages()
        figures_agree(TODAY, tmp_path)


def _rounded(value: Decimal | None, places: str) -> Decimal:
    assert value is not None
    return value.quantize(Decimal(places))


def _investment() -> None:
    totals = investment_totals(
        Project.objects.visible_to(User.objects.get(username="leader")), JANUARY_TO_AUGUST
    )
    yi = Decimal(10_000)  # 万元

    assert _rounded(totals.manufacturing.now / yi, "0.1") == Decimal("100.6")
    assert _rounded(totals.manufacturing.growth, "0.1") == Decimal("58.7")
    assert _rounded(totals.renovation.now / yi, "0.01") == Decimal("51.41")
    assert _rounded(totals.renovation.growth, "0.1") == Decimal("62.8")
    assert _rounded(totals.renovation_share, "0.1") == Decimal("50.1")
    assert _rounded(totals.renovation_share_change, "0.1") == Decimal("4.9")
    assert totals == investment_totals(Project.objects.all(), Months.year_to_date(TODAY), narrowed=False)


def _filings() -> None:
    def filed(months: Months) -> int:
        renovations = Project.objects.filter(kind=Kind.RENOVATION)
        return renovations.filter(has_reached(Milestone.FILED, months.first, months.last_day)).count()

    assert filed(JANUARY_TO_AUGUST) == 131
    assert filed(JANUARY_TO_AUGUST) - filed(JANUARY_TO_AUGUST.year_earlier()) == 24


def _issues() -> None:
    figures = issue_figures(Issue.objects.all(), Period.of(None, None, TODAY))

    assert figures.whole.now.closed == 92
    assert [topic.projects for topic in figures.topics.top] == [16]
    assert "电力接口" in figures.topics.top[0].name


def _future_factories() -> None:
    factories = Project.objects.filter(kind=Kind.FUTURE_FACTORY)
    pool = factories.filter(has_reached(Milestone.POOLED))

    assert factories.filter(has_reached(Milestone.APPLIED)).count() == 88
    assert Counter(pool.values_list("tier__code", flat=True)) == {
        "chain_leader": 1, "smart": 18, "workshop": 55, "cloud": 3,
    }  # fmt: skip


def _pages() -> None:
    """What people read of it, in Chinese; the gaps between the words left out."""
    leader = client_of(User.objects.get(username="leader"), language="zh-CN")
    screen, investment, programmes = (
        "".join(text_of(leader.get(path)).split()) for path in ("/", "/investment/", "/programmes/")
    )

    assert "1月至8月制造业投资100.6亿元，同比增长58.7%" in investment
    assert "技改投资占工业投资50.1%，同比提高4.9个百分点" in investment
    assert "技改投资51.41亿元+62.8%" in investment
    assert "其中技改131个，+24" in investment
    assert "申报88家，入库77家（链主工厂1家、智能工厂18家、数字化车间55家、云端工厂3家）" in programmes
    assert "制造业投资100.6亿元" in screen
    assert "50.1%" in screen
    assert "今年已销号92" in screen
    assert "（16个项目）" in screen

"""What every project of the demonstration district is written with."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from config.demo.people import BUREAU
from config.demo.places import Places
from config.demo.stories import Story
from config.demo.timeline import Timeline
from domain.errors import RuleError
from milestones.models import ChainTemplate
from projects.models import Tier

SEED = 20210517
LEADERS = ("陈副区长", "林副区长", "方副主任", "徐副主任")
LEAD_DEPARTMENTS = {"new_build": "投资促进局", "expansion": "发展改革局"}
KEY_FROM = 80_000
"""From so much total investment, in 万元, a project is a key project."""


@dataclass(frozen=True)
class District:
    timeline: Timeline
    units: Mapping[str, Unit]
    liaisons: Mapping[str, User]
    """By the name of their town."""

    manager: User
    places: Places
    tiers: Mapping[tuple[str, str], Tier]
    """By programme and code."""

    def template(self, kind: str) -> ChainTemplate:
        found = ChainTemplate.objects.newest(kind)
        if found is None:
            raise RuleError(gettext_noop("There is no published chain “%(code)s”."), code=kind)
        return found

    def fields(self, story: Story, random: Random) -> dict[str, Any]:
        """What is entered of the project, but for its code."""
        return {
            "name": story.name,
            "enterprise": story.enterprise,
            "kind": story.kind,
            "tier": self.tiers.get((story.kind, story.tier)),
            "sector": story.sector,
            "industry": story.industry,
            "town": self.units[story.town],
            "department": self.units[LEAD_DEPARTMENTS.get(story.kind, BUREAU[0])],
            "leader": random.choice(LEADERS),
            "liaison": self.liaisons[story.town],
            "land_mu": story.land,
            "floor_area_m2": story.land and (story.land * random.randrange(900, 1500)).quantize(story.money),
            **amounts(story.money, random),
            **self.places.somewhere_in(story.town, Random(f"{SEED}/{story.name}")),  # noqa: S311
        }


def amounts(money: Decimal, random: Random) -> dict[str, Any]:
    """What a project costs altogether, and what of it is fixed assets."""
    return {
        "investment": money,
        "is_key": money >= KEY_FROM,
        "fixed_investment": (money * random.randrange(60, 90) / 100).quantize(money),
    }

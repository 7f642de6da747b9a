"""What the bureau adds and deducts in the race of the demonstration district."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Unit
from config.demo.events import Event
from config.demo.obstacles import Scene
from screen.models import RaceAdjustment
from screen.race.actions import adjust

_GIVEN = (
    (5, "前进街道", RaceAdjustment.Kind.PRAISE, "2", "市重大项目推进现场会通报表扬"),
    (3, "临江街道", RaceAdjustment.Kind.CRITICISM, "-1.5", "省稳投资专项督查通报：列统不及时"),
    (1, "白杨街道", RaceAdjustment.Kind.FAKED, "-5", "开工照片与现场核查不符"),
)
"""How many weeks ago, to whom, of which kind, how many points, and what for."""


def race_events(scene: Scene) -> Iterator[Event]:
    for weeks, unit, kind, points, reason in _GIVEN:
        on = scene.calendar.on_or_before(scene.today - timedelta(weeks=weeks))

        def give(
            unit: str = unit, kind: str = kind, points: str = points, reason: str = reason, on: date = on
        ) -> None:
            adjust(
                Unit.objects.get(name=unit), kind=kind, on=on, points=Decimal(points), reason=reason,
                actor=scene.people["manager"], today=on,
            )  # fmt: skip

        yield Event(on, give)

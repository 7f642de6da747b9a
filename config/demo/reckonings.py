"""On which days the worker of the demonstration district reckoned: its forecasts can be held against what came."""

from datetime import date, timedelta

_WEEKS_BACK = (36, 32, 28, 24, 20, 16, 12, 8, 4, 2, 1)


def reckoned_days(today: date) -> list[date]:
    """Days of the past nine months, each as what was known then; today comes last."""
    return [*(today - timedelta(weeks=weeks) for weeks in _WEEKS_BACK), today]

"""When the weekly meeting is drafted, cut off, sent and held, as the settings say."""

from django.conf import settings

from domain.meetings import Rhythm, WeekMoment


def rhythm() -> Rhythm:
    """Of the settings ``MEETING_DRAFTED``, ``MEETING_CUT_OFF``, ``MEETING_SENT`` and ``MEETING_HELD``."""
    return Rhythm(
        drafted=WeekMoment.read(settings.MEETING_DRAFTED),
        cut_off=WeekMoment.read(settings.MEETING_CUT_OFF),
        sent=WeekMoment.read(settings.MEETING_SENT),
        held=WeekMoment.read(settings.MEETING_HELD),
    )

"""The weekly meeting and its decisions over REST: the same rows, filters and actions as the pages."""

from meetings.api.decisions import DecisionViewSet
from meetings.api.meetings import MeetingViewSet

__all__ = ["DecisionViewSet", "MeetingViewSet"]

"""How often something stood on the agenda of the weekly meeting unsolved: the ladder of supervision asks."""

from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncDate

from issues.agendas import LateSince, TimesUnsolved
from meetings.models import AgendaItem


def on_agendas(today: date) -> TimesUnsolved:
    """How many frozen meetings held by `today` had a late node or issue on the agenda, for the deadline it is late by.

    What was dropped from an agenda was not talked about, and what was not late then not found unsolved: neither counts.
    One query.
    """
    talked_about = AgendaItem.objects.standing().filter(
        kind__in=[AgendaItem.Kind.OVERDUE, AgendaItem.Kind.ISSUE, AgendaItem.Kind.OTHER],
        meeting__frozen_at__isnull=False, meeting__held_at__date__lte=today,
        deadline_on__lt=TruncDate("meeting__frozen_at"),
    )  # fmt: skip
    rows = talked_about.order_by().values_list("node", "issue", "deadline_on")
    counted = rows.annotate(times=Count("meeting", distinct=True))
    return {LateSince(node, issue, deadline_on): times for node, issue, deadline_on, times in counted}

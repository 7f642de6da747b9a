"""Which templates, nodes and flags. The SQL side of the rule in ``domain.lights`` stands here, once."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)

from accounts.access import ScopedQuerySet
from accounts.models import User
from domain.chains import EdgeKind
from domain.date_changes import PENDING, RequestStatus
from domain.lifecycle import OPEN, Status
from domain.lights import MAX_WINDOW, Light, LightRule
from domain.workdays import late_cutoff
from milestones import obstacles

if TYPE_CHECKING:
    from milestones.models import Chain, ChainTemplate, DateChange, Hold, Node, OverdueFlag, Proof

MOST_NAMED = 5_000
"""So many rows are asked for by their numbers; more by what they are."""

CLOCK_TICKS = Q(status__in=[Status.WAITING, Status.RUNNING])
"""Not done, not waived, not on hold: only these can be overdue."""


class ChainTemplateQuerySet(models.QuerySet["ChainTemplate"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def newest(self, code: str) -> "ChainTemplate | None":
        """The newest published version of the chain with this code."""
        return self.published().filter(code=code).order_by("-version").first()


class ChainQuerySet(ScopedQuerySet["Chain"]):
    project_path = "project__"


def _near(rule: LightRule) -> Q:
    """Within the yellow window, which grows with the limit: 1 day up to a limit of 5, 2 up to 10 …"""
    near = Q(limit__isnull=True, deadline_on__lte=rule.near_until[MAX_WINDOW - 1])
    for window, until in enumerate(rule.near_until, start=1):
        limits = Q(limit__lte=5 * window) if window < MAX_WINDOW else Q()
        longer = Q(limit__gt=5 * (window - 1)) if window > 1 else Q(limit__gte=0)
        near |= limits & longer & Q(deadline_on__lte=until)
    return near


def light_condition(light: Light, rule: LightRule) -> Q:
    """The rows that show `light`; the seven conditions exclude one another and leave nothing out."""
    in_time = CLOCK_TICKS & (Q(deadline_on__isnull=True) | Q(deadline_on__gte=rule.today))
    far = Q(deadline_on__isnull=True) | ~_near(rule)
    match light:
        case Light.BLUE:
            return Q(status=Status.DONE)
        case Light.WHITE:
            return Q(status=Status.WAIVED)
        case Light.VIOLET:
            return Q(status=Status.HELD)
        case Light.RED:
            return CLOCK_TICKS & Q(deadline_on__lt=rule.today)
        case Light.YELLOW:
            return CLOCK_TICKS & Q(deadline_on__gte=rule.today) & _near(rule)
        case Light.GREY:
            return in_time & far & Q(status=Status.WAITING)
        case Light.GREEN:
            return in_time & far & Q(status=Status.RUNNING)


class NodeQuerySet(ScopedQuerySet["Node"]):
    project_path = "project__"
    duty_path = "unit"

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def in_light(self, light: Light, rule: LightRule) -> Self:
        return self.filter(light_condition(light, rule))

    def overdue(self, rule: LightRule) -> Self:
        return self.in_light(Light.RED, rule)

    def in_lights(self, lights: Iterable[Light], rule: LightRule) -> Self:
        return self.filter(reduce(or_, (light_condition(light, rule) for light in set(lights)), Q(pk__in=[])))

    def late_by_more_than(self, days: int, rule: LightRule) -> Self:
        """Overdue nodes whose deadline passed more than `days` working days ago."""
        return self.overdue(rule).filter(deadline_on__lt=late_cutoff(rule.calendar, rule.today, days))

    def late_by_at_most(self, days: int, rule: LightRule) -> Self:
        """Overdue nodes whose deadline passed at most `days` working days ago."""
        return self.overdue(rule).filter(deadline_on__gte=late_cutoff(rule.calendar, rule.today, days))

    def due_between(self, first: date, last: date) -> Self:
        """Nodes still to be done whose deadline falls into the days from `first` to `last`."""
        return self.filter(CLOCK_TICKS, deadline_on__gte=first, deadline_on__lte=last)

    def with_light(self, rule: LightRule) -> Self:
        """Each row with its ``light``."""
        cases = [When(light_condition(light, rule), then=Value(light.value)) for light in Light]
        return self.annotate(light=Case(*cases, output_field=CharField()))

    def held_up(self) -> Self:
        """Nodes that cannot go on because a hard predecessor is still open (overdue: knocked on)."""
        return self.filter(self._open_before())

    def not_held_up(self) -> Self:
        return self.filter(~self._open_before())

    def held_up_among(self, keys: Collection[int]) -> set[int]:
        """Which of `keys`, the numbers of all these rows, are held up.

        Few are asked for by number: a database that expects a hundred thousand rows where there are a thousand
        would look at every open node there is.
        """
        named = self.model._default_manager.filter(pk__in=keys) if len(keys) <= MOST_NAMED else self
        return set(named.held_up().order_by().values_list("pk", flat=True)) if keys else set()

    def causes_first(self) -> Self:
        """What could be worked on now before what waits for it, each with the longest overdue first.

        The rows that wait are found once, as a set: asked for each row in turn, the same question takes
        six times as long.
        """
        waiting = Q(pk__in=self.held_up().order_by().values("pk"))
        waits = Case(When(waiting, then=1), default=0, output_field=IntegerField())
        return self.order_by(waits, "deadline_on", "pk")

    def idle(self, rule: LightRule) -> Self:
        """Nodes that could have been started for more than 5 working days and were not (待启动超期)."""
        return self.filter(self._is_idle(rule))

    def blocked(self, category: str = "", unit: int | None = None) -> Self:
        """Nodes that an open issue blocks: one of the category with this code, or led by this unit, where given."""
        return self.filter(obstacles.source().blocked(category, unit))

    def held_longer_than(self, days: int, today: date) -> Self:
        """Nodes on hold for more than so many calendar days."""
        return self.filter(status=Status.HELD, held_on__lt=today - timedelta(days=days))

    def waived_between(self, first: date, last: date) -> Self:
        return self.filter(status=Status.WAIVED, waived_on__range=(first, last))

    def lacking_proof(self) -> Self:
        """Nodes that are done, but the proof that their template asks for is not there (缺印证)."""
        return self.filter(self._lacks_proof())

    def with_marks(self) -> Self:
        """Each row with ``asked_due_on``, the date that a pending request asks for, and ``lacks_proof``."""
        asked = apps.get_model("milestones", "DateChangeItem")._default_manager.filter(
            node=OuterRef("pk"), change__status=RequestStatus.ASKED
        )
        lacks_proof = Case(When(self._lacks_proof(), then=True), default=False, output_field=BooleanField())
        return self.annotate(asked_due_on=Subquery(asked.values("due_after")[:1]), lacks_proof=lacks_proof)

    def _lacks_proof(self) -> Q:
        proofs = apps.get_model("milestones", "Proof")._default_manager.filter(
            node=OuterRef("pk"), withdrawn_at__isnull=True
        )
        # In this order, so that the proofs are only looked for where one is asked for.
        return Q(Q(status=Status.DONE), ~Q(template_node__proof=""), ~Exists(proofs))

    def _is_idle(self, rule: LightRule) -> Q:
        """The SQL side of ``milestones.graph.ChainGraph.ready_on``."""
        edges = apps.get_model("milestones", "TemplateEdge")._default_manager
        since = rule.idle_before
        group_was_met = Exists(
            edges.filter(
                target=OuterRef("target"),
                group=OuterRef("group"),
                source__nodes__project=OuterRef(OuterRef("project")),
                source__nodes__status=Status.DONE,
                source__nodes__finished_on__lt=since,
            )
        )
        in_the_way = Exists(
            edges.filter(
                Q(group="") | ~group_was_met,
                Q(source__nodes__status__in=OPEN)
                | Q(source__nodes__finished_on__gte=since)
                | Q(source__nodes__waived_on__gte=since),
                target=OuterRef("template_node"),
                source__nodes__project=OuterRef("project"),
            )
        )
        return Q(~in_the_way, status=Status.WAITING, project__chain__starts_on__lt=since)

    def _open_before(self) -> Exists:
        """A hard predecessor of the row is still open.

        Of an any-of group one member done is enough; a waived member opens nothing while another is open.
        """
        edges = apps.get_model("milestones", "TemplateEdge")._default_manager
        group_is_met = Exists(
            edges.filter(
                target=OuterRef("target"),
                group=OuterRef("group"),
                source__nodes__project=OuterRef(OuterRef("project")),
                source__nodes__status=Status.DONE,
            )
        )
        return Exists(
            edges.filter(
                Q(group="") | ~group_is_met,
                kind=EdgeKind.HARD,
                target=OuterRef("template_node"),
                source__nodes__project=OuterRef("project"),
                source__nodes__status__in=OPEN,
            )
        )

    def for_list(self) -> Self:
        return self.select_related("project__town", "project__liaison", "template_node", "unit")


class HoldQuerySet(ScopedQuerySet["Hold"]):
    project_path = "node__project__"
    duty_path = "node__unit"

    def open(self) -> Self:
        return self.filter(resumed_on__isnull=True)


class DateChangeQuerySet(ScopedQuerySet["DateChange"]):
    project_path = "node__project__"
    duty_path = "node__unit"

    def pending(self) -> Self:
        """Asked for or sent back: nobody has said yes or no yet."""
        return self.filter(status__in=PENDING)

    def decidable_by(self, user: User | AnonymousUser) -> Self:
        """Those that `user` may approve."""
        return self.coordinated_by(user)

    def to_decide(self, user: User | AnonymousUser) -> Self:
        """Those that wait for an answer of `user`."""
        return self.decidable_by(user).filter(status=RequestStatus.ASKED)

    def decided_between(self, first: date, last: date) -> Self:
        """Approved or refused on one of these days."""
        decided = {RequestStatus.APPROVED, RequestStatus.REFUSED}
        return self.filter(status__in=decided, decided_at__date__range=(first, last))

    def for_list(self) -> Self:
        return self.select_related(
            "node__project__town", "node__template_node__template", "node__unit", "asked_by", "decided_by"
        ).prefetch_related("items__node__template_node")


class ProofQuerySet(ScopedQuerySet["Proof"]):
    project_path = "node__project__"
    duty_path = "node__unit"

    def live(self) -> Self:
        """Without those that were withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class OverdueFlagQuerySet(ScopedQuerySet["OverdueFlag"]):
    project_path = "node__project__"

    def open(self) -> Self:
        return self.filter(cleared_on__isnull=True)

    def raise_for(self, nodes: NodeQuerySet, *, on: date) -> int:
        """Give each of `nodes` without an open flag one, in one statement; how many there were.

        INSERT … SELECT is not in the ORM; here the database neither sends the nodes nor waits for them.
        """
        unflagged = nodes.exclude(Exists(self.open().filter(node=OuterRef("pk")))).order_by()
        select, params = unflagged.values_list("pk", "deadline_on").query.sql_with_params()
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (node_id, deadline_on, raised_on) "  # noqa: S608 - no input in it
                f"SELECT found.*, %s FROM ({select}) found WHERE true ON CONFLICT DO NOTHING",
                [on, *params],
            )
            raised: int = cursor.rowcount
        return raised

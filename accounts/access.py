"""Who may see and change what; the only file that says so.

Everything hangs on a project, so both questions are answered as a ``Q`` along a path that leads to one.
Out of sight is 404, in sight but not yours is 403 (``PermissionDenied``).

============  ===========================================  =============================================
role          sees                                         changes
============  ===========================================  =============================================
liaison       the projects of the own unit, and all those  the projects for which he or she is the
              for which he or she is the liaison           liaison
manager       every project the own unit takes part in     projects of the own town or led by the own
                                                           department; elsewhere the own unit's nodes
… of the      everything                                   everything
bureau
leader        everything                                   nothing
system        everything                                   everything
============  ===========================================  =============================================
"""

from typing import Generic, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from accounts.models import Unit, User

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)

EVERYTHING = Q()
NOTHING = Q(pk__in=[])


def _runs_the_platform(user: User) -> bool:
    return user.unit is not None and user.unit.kind == Unit.Kind.BUREAU


def visible(user: User | AnonymousUser, path: str = "") -> Q:
    """Rows whose project, reached through `path` (``"project__"``), `user` may see."""
    if not isinstance(user, User) or not user.is_active:
        return NOTHING
    match user.role:
        case User.Role.LEADER | User.Role.SYSTEM:
            return EVERYTHING
        case User.Role.LIAISON:
            own_town = Q((f"{path}town", user.unit_id)) if user.unit_id else NOTHING
            return own_town | Q((f"{path}liaison", user.pk))
        case User.Role.MANAGER if _runs_the_platform(user):
            return EVERYTHING
        case User.Role.MANAGER if user.unit_id:
            # A unit takes part in a project once, so this join repeats no row.
            return Q((f"{path}units", user.unit_id))
        case _:
            return NOTHING


def editable(user: User | AnonymousUser, path: str = "", *, duty: str = "") -> Q:
    """Rows whose project, reached through `path`, `user` may change.

    `duty` names the path to the unit that must do the row itself (a node's ``unit``): its managers may
    change the row though the project is led by others.
    """
    if not isinstance(user, User) or not user.is_active:
        return NOTHING
    match user.role:
        case User.Role.SYSTEM:
            return EVERYTHING
        case User.Role.LIAISON:
            return Q((f"{path}liaison", user.pk))
        case User.Role.MANAGER if _runs_the_platform(user):
            return EVERYTHING
        case User.Role.MANAGER if user.unit_id:
            theirs = Q((f"{path}town", user.unit_id)) | Q((f"{path}department", user.unit_id))
            return theirs | Q((duty, user.unit_id)) if duty else theirs
        case _:
            return NOTHING


def coordinated(user: User | AnonymousUser, path: str = "") -> Q:
    """Rows whose project, reached through `path`, `user` coordinates: a manager who may change the project itself.

    Who only has a duty in a project does not decide about it: the own delay would be approved, the own work
    verified.
    """
    return editable(user, path) if isinstance(user, User) and user.is_manager else NOTHING


def may_raise_issues(user: User | AnonymousUser) -> bool:
    """Whether `user` may raise an issue of a project in sight, be it somebody else's: leaders change nothing."""
    return isinstance(user, User) and user.is_active and user.role != User.Role.LEADER


def may_record_visits(user: User | AnonymousUser) -> bool:
    """Whether `user` may record a visit to the enterprise of a project in sight: visits are the managers' task."""
    return isinstance(user, User) and user.is_active and user.is_manager


def may_lead_topics(user: User | AnonymousUser) -> bool:
    """Whether `user` may open a topic, which ties issues of many projects together, and act on all of them."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.role == User.Role.SYSTEM or (user.is_manager and _runs_the_platform(user))


def may_run_meetings(user: User | AnonymousUser) -> bool:
    """Whether `user` may draft, freeze and minute the weekly meeting and its decisions: the bureau's managers."""
    return may_lead_topics(user)


def may_make_kiosks(user: User | AnonymousUser) -> bool:
    """Whether `user` may make and revoke wall screens, which show what he or she sees: the bureau's managers."""
    return may_lead_topics(user)


def may_run_the_platform(user: User | AnonymousUser) -> bool:
    """Whether `user` may keep units, people and the outline of the map: the bureau's managers, and administrators.

    Administrators may it before there is a bureau at all: somebody has to make the first one.
    """
    return may_lead_topics(user) or (isinstance(user, User) and user.is_active and user.is_staff)


def may_edit_indicators(user: User | AnonymousUser) -> bool:
    """Whether `user` may enter the values of the district's indicators: the bureau's managers."""
    return may_lead_topics(user)


def may_edit_race(user: User | AnonymousUser) -> bool:
    """Whether `user` may weigh the race anew and give or take points in it: the bureau's managers."""
    return may_lead_topics(user)


def sees_the_district(user: User | AnonymousUser) -> bool:
    """Whether `user` may see everything there is, as a workbook of the whole district shows it."""
    return visible(user) == EVERYTHING


def verifies_for_all(user: User) -> bool:
    """Whether `user` may verify also what the own unit led: somebody must be able to verify the bureau's work."""
    return user.role == User.Role.SYSTEM or _runs_the_platform(user)


def refusal(user: User) -> str:
    """Why `user` may not change what is in sight: an English sentence of the catalogue."""
    match user.role:
        case User.Role.LEADER:
            return gettext_noop("Leaders see everything and change nothing.")
        case User.Role.LIAISON:
            return gettext_noop("Only the liaison of the project may change it.")
        case _:
            return gettext_noop(
                "Only managers of the project's town or lead department, or of the unit that has the node, may "
                "change it."
            )


def may_edit_templates(user: User) -> bool:
    """Whether `user` may draft and publish chain templates, which are every project's; anybody may read them."""
    runs_it = user.is_manager and _runs_the_platform(user)
    return user.is_active and (runs_it or user.is_staff or user.role == User.Role.SYSTEM)


def may_add_projects(user: User | AnonymousUser) -> bool:
    """Whether a project can be one that `user` may change, so that a new one can be added."""
    return editable(user) != NOTHING


def ties(user: User) -> dict[str, int]:
    """What a project must name for `user` to change it: the field and the number of the unit or person.

    Nothing where any project will do. A unit has its projects as their town or as their lead department,
    whichever it is.
    """
    match user.role:
        case User.Role.LIAISON:
            return {"liaison": user.pk}
        case User.Role.MANAGER if user.unit and not _runs_the_platform(user):
            return {"town" if user.unit.kind == Unit.Kind.TOWN else "department": user.unit.pk}
        case _:
            return {}


class ScopedQuerySet(models.QuerySet[Row_co], Generic[Row_co]):
    """Rows that belong to a project; subclasses name the path to it, and to the unit whose duty a row is."""

    project_path = ""
    duty_path = ""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(visible(user, self.project_path))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        return self.filter(editable(user, self.project_path, duty=self.duty_path))

    def coordinated_by(self, user: User | AnonymousUser) -> Self:
        return self.filter(coordinated(user, self.project_path))

"""What the pages of units and people show."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Invitation, Unit, User

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class UnitRow:
    pk: int
    name: str
    name_en: str
    people: int


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """The units of one kind, in their order."""

    kind: str
    label: str
    units: tuple[UnitRow, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`is_invited`: an open link waits for the person; `is_here`: has a password and may log in."""

    pk: int
    username: str
    name: str
    role: str
    unit: str
    is_active: bool
    is_invited: bool
    is_here: bool
    last_login: datetime | None


def unit_groups() -> list[UnitGroup]:
    people = Count("users", filter=Q(users__is_active=True))
    units = Unit.objects.annotate(people=people).order_by("position", "name")
    by_kind: dict[str, list[UnitRow]] = {}
    for unit in units:
        by_kind.setdefault(unit.kind, []).append(UnitRow(unit.pk, unit.name, unit.name_en, unit.people))
    kinds = (Unit.Kind.BUREAU, Unit.Kind.DEPARTMENT, Unit.Kind.TOWN)
    return [UnitGroup(kind.value, str(kind.label), tuple(by_kind.get(kind, ()))) for kind in kinds]


def person_rows(text: str, now: datetime) -> list[PersonRow]:
    """Those whose name, user name or unit contains `text`, by unit; the first five hundred."""
    is_invited = Exists(Invitation.objects.still_open(now).filter(user=OuterRef("pk")))
    people = User.objects.people().select_related("unit").annotate(is_invited=is_invited)
    if text:
        said = Q(username__icontains=text) | Q(display_name__icontains=text) | Q(unit__name__icontains=text)
        people = people.filter(said)
    ordered = people.order_by(
        "-is_active", "unit__kind", "unit__position", "unit__name", "display_name", "username"
    )
    return [
        PersonRow(
            person.pk, person.username, str(person), person.get_role_display(), str(person.unit or ""),
            person.is_active, person.is_invited, person.is_active and person.has_usable_password(), person.last_login,
        )
        for person in ordered[:MOST_SHOWN]
    ]  # fmt: skip

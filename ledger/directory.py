"""The district's units and people by the names that ledgers use."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from accounts.models import Unit, User
from domain.errors import InputError
from domain.written import squeeze
from projects.models import Project, Tier


@dataclass(frozen=True)
class NewUnit:
    """A unit that a ledger names and the district does not have yet."""

    name: str
    kind: str


UnitOrNew = Unit | NewUnit

_REFUSALS = {
    Unit.Kind.TOWN: gettext_noop("“%(name)s” is not a town or platform of the district."),
    Unit.Kind.DEPARTMENT: gettext_noop("“%(name)s” is not a department of the district."),
}
_NO_TIER = gettext_noop("Projects of this kind have no tier “%(name)s”; none is set.")
_KINDS = {
    Unit.Kind.TOWN: {Unit.Kind.TOWN},
    Unit.Kind.DEPARTMENT: {Unit.Kind.DEPARTMENT, Unit.Kind.BUREAU},
}


class Directory:
    """Looks names up; with `may_add`, names that are not found become units to be made."""

    def __init__(
        self, units: Iterable[Unit], people: Iterable[User], *, may_add: bool, tiers: Iterable[Tier] = ()
    ) -> None:
        self._units_by_pk = {unit.pk: unit for unit in units}
        self._people_by_pk = {person.pk: person for person in people}
        self._units: dict[str, UnitOrNew] = {
            squeeze(unit.name).casefold(): unit for unit in self._units_by_pk.values()
        }
        self._people: dict[str, list[User]] = {}
        for person in self._people_by_pk.values():
            for name in {person.display_name, person.username} - {""}:
                self._people.setdefault(squeeze(name).casefold(), []).append(person)
        self._tiers_by_pk = {tier.pk: tier for tier in tiers}
        self._tiers = {
            (tier.kind, squeeze(name).casefold()): tier
            for tier in self._tiers_by_pk.values()
            for name in (tier.code, tier.name_en, tier.name)
            if name
        }
        self._may_add = may_add

    def unit(self, name: str, kind: Unit.Kind) -> UnitOrNew:
        """Raises InputError where there is no such unit of this kind (a town, or a department)."""
        key = squeeze(name).casefold()
        unit = self._units.get(key)
        if unit is None and self._may_add:
            unit = self._units[key] = NewUnit(name, kind)
        if unit is None or unit.kind not in _KINDS[kind]:
            raise InputError(_REFUSALS[kind], name=name)
        return unit

    def person(self, name: str, town: UnitOrNew | None) -> User | None:
        """The only one of this name in the town, or anywhere; None where that leaves nobody or several."""
        found = self._people.get(squeeze(name).casefold(), [])
        near = [person for person in found if isinstance(town, Unit) and person.unit_id == town.pk]
        for people in (near, found):
            if len(people) == 1:
                return people[0]
        return None

    def tier(self, name: str, kind: str) -> Tier:
        """Raises InputError where projects of this kind have no such tier."""
        tier = self._tiers.get((kind, squeeze(name).casefold()))
        if tier is None:
            raise InputError(_NO_TIER, name=name)
        return tier

    def introduce(self, project: Project) -> None:
        """Let the project's units, liaison and tier be the ones of this directory, so that none is read again."""
        for name, known in (
            ("town", self._units_by_pk), ("department", self._units_by_pk), ("liaison", self._people_by_pk),
            ("tier", self._tiers_by_pk),
        ):  # fmt: skip
            if (found := known.get(getattr(project, f"{name}_id"))) is not None:
                setattr(project, name, found)


def read_directory(*, may_add: bool) -> Directory:
    """The directory as it stands in the tables."""
    people = User.objects.filter(is_active=True).exclude(role__in=[User.Role.SYSTEM, User.Role.LEADER])
    return Directory(Unit.objects.all(), people, may_add=may_add, tiers=Tier.objects.all())

"""Units and people: adding and changing them, and letting people in.

What is done stands in the history, which lies above this part: its table is asked for by name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from accounts.access import may_run_the_platform
from accounts.invitations import LASTS, State, digest_of, invitation_of, new_token, state_of
from accounts.models import Invitation, Unit, User
from domain.errors import InputError, RuleError

FIRST_USERNAME = "admin"

_SAME_UNIT = gettext_noop("There is a unit “%(name)s” already.")
_SAME_ACCOUNT = gettext_noop("There is an account “%(name)s” already.")


@dataclass(frozen=True, slots=True)
class Invited:
    """A person and the token of the link, which is kept nowhere: it is shown now or never."""

    person: User
    token: str


@transaction.atomic
def add_unit(*, actor: User, name: str, kind: str, name_en: str = "") -> Unit:
    """A unit, the last of its kind. Raises PermissionDenied for who does not run the platform, RuleError where there
    is one of this name."""
    _refuse_others(actor)
    name = _unit_name(name)
    last = (
        Unit.objects.filter(kind=kind).order_by("-position").values_list("position", flat=True).first() or 0
    )
    unit = Unit(name=name, name_en=name_en.strip(), kind=kind, position=min(last + 1, 32_000))
    with _somebody_was_faster(_SAME_UNIT, name=name):
        unit.save()
    _record("unit_added", actor, after={"unit": unit.pk, "name": name, "kind": kind})
    return unit


@transaction.atomic
def rename_unit(unit: Unit, *, actor: User, name: str, name_en: str = "") -> Unit:
    """Another name; whatever names the unit shows it from now on."""
    _refuse_others(actor)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    before = {"name": unit.name, "name_en": unit.name_en}
    unit.name, unit.name_en = _unit_name(name, but=unit), name_en.strip()
    after = {"name": unit.name, "name_en": unit.name_en}
    if after != before:
        with _somebody_was_faster(_SAME_UNIT, name=unit.name):
            unit.save(update_fields=["name", "name_en"])
        _record("unit_changed", actor, before={"unit": unit.pk, **before}, after=after)
    return unit


@transaction.atomic
def move_unit(unit: Unit, *, actor: User, up: bool) -> None:
    """One place up or down among the units of its kind; at the end of the list nothing happens."""
    _refuse_others(actor)
    units = list(Unit.objects.select_for_update().filter(kind=unit.kind).order_by("position", "name"))
    place = units.index(unit)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(units):
        return
    units[place], units[other] = units[other], units[place]
    for position, each in enumerate(units, start=1):
        each.position = position
    Unit.objects.bulk_update(units, ["position"])
    _record("unit_changed", actor, before={"unit": unit.pk, "place": place + 1}, after={"place": other + 1})


@transaction.atomic
def invite(
    *,
    actor: User,
    now: datetime,
    username: str,
    role: str,
    unit: Unit | None,
    display_name: str = "",
    email: str = "",
) -> Invited:
    """An account without a password, and a link by which the person sets one within 14 days.

    Raises RuleError where the user name is taken or the role needs a unit.
    """
    _refuse_others(actor)
    username = User.normalize_username(username.strip())
    _check_role(role, unit)
    if User.objects.filter(username__iexact=username).exists():
        raise RuleError(_SAME_ACCOUNT, name=username)
    person = User(
        username=username, display_name=display_name.strip(), role=role, unit=unit, email=email.strip()
    )
    person.set_unusable_password()
    _check(person)
    with _somebody_was_faster(_SAME_ACCOUNT, name=username):
        person.save()
    _record("person_invited", actor, after=_of(person))
    return Invited(person, _link(person, actor, now))


@transaction.atomic
def new_link(person: User, *, actor: User, now: datetime) -> Invited:
    """Another link for somebody who lost the first or forgot the password; earlier ones open nothing any more.

    The old password goes on until the link is used.
    """
    _refuse_others(actor)
    person = User.objects.people().select_for_update().get(pk=person.pk)
    _refuse_above(person, actor)
    if not person.is_active:
        raise RuleError(
            gettext_noop("%(name)s is shut out; let the person in again first."), name=str(person)
        )
    _record("person_invited", actor, before={"person": person.pk}, after={"link": "new"})
    return Invited(person, _link(person, actor, now))


@transaction.atomic
def change_person(
    person: User, *, actor: User, role: str, unit: Unit | None, display_name: str, is_active: bool
) -> User:
    """What a person is called, does, and where; whether he or she is let in.

    Raises RuleError where nobody would be left who runs the platform, or where a manager would take that from himself.
    """
    _refuse_others(actor)
    # Held in one order: two managers who take each other's role at once would leave nobody.
    list(User.objects.running_the_platform().select_for_update(of=("self",)).order_by("pk"))
    person = User.objects.people().select_for_update().get(pk=person.pk)
    _refuse_above(person, actor)
    _check_role(role, unit)
    before, ran_it = _of(person), person in User.objects.running_the_platform()
    person.role, person.unit, person.display_name, person.is_active = (
        role,
        unit,
        display_name.strip(),
        is_active,
    )
    if _of(person) == before:
        return person
    person.save(update_fields=["role", "unit", "display_name", "is_active"])
    if ran_it and not User.objects.running_the_platform().filter(pk=person.pk).exists():
        _refuse_to_go(person, actor)
    _record("person_changed", actor, before=before, after=_of(person))
    return person


@transaction.atomic
def run_the_platform(unit: Unit, *, actor: User) -> User:
    """An administrator becomes a manager of the bureau, as the first one does on a new installation."""
    _refuse_others(actor)
    if unit.kind != Unit.Kind.BUREAU:
        raise RuleError(gettext_noop("The platform is run by a bureau; %(unit)s is none."), unit=unit.name)
    person = User.objects.select_for_update().get(pk=actor.pk)
    before = _of(person)
    person.role, person.unit = User.Role.MANAGER, unit
    person.save(update_fields=["role", "unit"])
    _record("person_changed", actor, before=before, after=_of(person))
    return person


@transaction.atomic
def let_in(token: str, *, display_name: str, password: str, now: datetime) -> User:
    """What the invited person does: gives a name and a password. Raises RuleError where the link opens nothing."""
    found = invitation_of(token)
    invitation = Invitation.objects.select_for_update().filter(pk=found.pk).first() if found else None
    if invitation is None or state_of(invitation, now) != State.OPEN:
        raise RuleError(gettext_noop("This link opens nothing any more."))
    person = User.objects.select_for_update().get(pk=invitation.user_id)
    person.display_name = display_name.strip()[:60] or person.display_name
    person.set_password(password)
    person.save(update_fields=["display_name", "password"])
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    _record("person_joined", person, after=_of(person))
    return person


@transaction.atomic
def first_link(*, now: datetime) -> Invited | None:
    """On an installation that nobody can log in to: the link of its first administrator. Nothing anywhere else."""
    if User.objects.who_can_log_in().exists():
        return None
    fields = {"role": User.Role.MANAGER, "is_staff": True, "is_superuser": True, "password": "!"}
    person, is_new = User.objects.get_or_create(username=FIRST_USERNAME, defaults=fields)
    system = User.objects.system()
    if is_new:
        _record("person_invited", system, after=_of(person))
    return Invited(person, _link(person, system, now))


def _link(person: User, actor: User, now: datetime) -> str:
    person.invitations.still_open(now).update(expires_at=now)
    token = new_token()
    person.invitations.create(digest=digest_of(token), made_by=actor, expires_at=now + LASTS)
    return token


def _refuse_others(actor: User) -> None:
    if not may_run_the_platform(actor):
        raise PermissionDenied


def _refuse_above(person: User, actor: User) -> None:
    """Who could make a link for an administrator could become one."""
    if (person.is_superuser and not actor.is_superuser) or (person.is_staff and not actor.is_staff):
        raise PermissionDenied(
            gettext_noop("Only an administrator may change the account of an administrator.")
        )


def _refuse_to_go(person: User, actor: User) -> None:
    if person == actor:
        raise RuleError(
            gettext_noop(
                "Nobody takes the bureau from himself; another manager of the bureau does that for you."
            )
        )
    if not User.objects.running_the_platform().exists():
        raise RuleError(gettext_noop("%(name)s is the last manager of the bureau."), name=str(person))


def _check_role(role: str, unit: Unit | None) -> None:
    if role not in {User.Role.LIAISON, User.Role.MANAGER, User.Role.LEADER}:
        raise InputError(gettext_noop("“%(role)s” is no role that a person can have."), role=role)
    if unit is None and role != User.Role.LEADER:
        raise RuleError(gettext_noop("Liaisons and managers belong to a unit; choose one."))


def _check(person: User) -> None:
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise InputError(
            gettext_noop("The account cannot be kept like this: %(why)s"), why=" ".join(error.messages)
        ) from error


def _unit_name(name: str, but: Unit | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise InputError(gettext_noop("A unit needs a name."))
    others = Unit.objects.exclude(pk=but.pk) if but else Unit.objects.all()
    if others.filter(name=name).exists():
        raise RuleError(_SAME_UNIT, name=name)
    return name


@contextmanager
def _somebody_was_faster(why: str, *, name: str) -> Iterator[None]:
    """What the database refuses, because another has written the same name since we looked, is refused in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise RuleError(why, name=name) from error


def _of(person: User) -> dict[str, Any]:
    return {
        "person": person.pk, "username": person.username, "name": person.display_name, "role": str(person.role),
        "unit": person.unit_id, "is_active": person.is_active,
    }  # fmt: skip


def _record(verb: str, actor: User, **more: Any) -> None:
    apps.get_model("history", "Change")._default_manager.create(actor=actor, verb=verb, **more)

"""The way from an empty installation to the first projects: four steps, each with what is there already."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.access import may_edit_templates, may_run_the_platform
from accounts.models import Unit, User
from milestones.models import ChainTemplate
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Step:
    """`there` says what is on record, `why` what the step is for and what happens without it."""

    name: str
    there: str
    why: str
    url: str
    label: str
    is_done: bool
    is_next: bool = False
    other_url: str = ""
    other_label: str = ""
    missing: str = ""
    """What there is not yet, where the step has several parts."""


@dataclass(frozen=True, slots=True)
class GettingStarted:
    """`steps` is empty for who cannot take them; `asks` are the people who can."""

    steps: tuple[Step, ...]
    asks: tuple[str, ...]

    @property
    def left(self) -> int:
        return sum(not step.is_done for step in self.steps)


MOST_NAMED = 3


def getting_started(reader: User | AnonymousUser) -> GettingStarted:
    if not isinstance(reader, User) or not may_run_the_platform(reader):
        managers = User.objects.running_the_platform().select_related("unit").order_by("pk")[:MOST_NAMED]
        return GettingStarted((), tuple(f"{one} · {one.unit}" if one.unit else str(one) for one in managers))
    steps = [_units(reader), _templates(reader), _projects(), _people()]
    following = next((number for number, step in enumerate(steps) if not step.is_done), None)
    return GettingStarted(tuple(_marked(step, number == following) for number, step in enumerate(steps)), ())


def _marked(step: Step, is_next: bool) -> Step:  # noqa: FBT001
    return replace(step, is_next=is_next)


def _units(reader: User) -> Step:
    counted = dict(Unit.objects.order_by().values_list("kind").annotate(Count("pk")))
    count = sum(counted.values())
    is_manager = reader.unit is not None and reader.unit.kind == Unit.Kind.BUREAU and reader.is_manager
    return Step(
        name=_("Units"),
        there=ngettext("%(n)s unit", "%(n)s units", count) % {"n": count},
        why=_(
            "The bureau that runs the platform, the towns that projects belong to, the departments that have nodes to "
            "do. Ledgers name them, so they come first."
        ) + ("" if is_manager else " " + _("On that page an administrator also becomes a manager of the bureau.")),
        url=reverse("people:units"), label=_("Enter the units"),
        is_done=bool(counted.get(Unit.Kind.BUREAU) and counted.get(Unit.Kind.TOWN) and is_manager),
        missing=_missing_units(counted, is_manager=is_manager),
    )  # fmt: skip


def _missing_units(counted: Mapping[str, int], *, is_manager: bool) -> str:
    """What the first step still wants, in the order in which it can be done."""
    missing = []
    if not counted.get(Unit.Kind.BUREAU):
        missing.append(_("the coordinating bureau"))
    elif not is_manager:
        bureau = Unit.objects.filter(kind=Unit.Kind.BUREAU).first()
        missing.append(_("to become a manager of %(bureau)s") % {"bureau": bureau})
    if not counted.get(Unit.Kind.TOWN):
        missing.append(_("a town or platform"))
    if not missing:
        return ""
    return _("Still missing: %(what)s") % {"what": pgettext("between two clauses", ", ").join(missing)}


def _templates(reader: User) -> Step:
    count = ChainTemplate.objects.published().values("code").distinct().count()
    return Step(
        name=_("Process templates"),
        there=ngettext("%(n)s template", "%(n)s templates", count) % {"n": count},
        why=_(
            "The chain of nodes that each kind of project goes through, with limits and order. The built-in ones are "
            "published when the platform is set up; look whether they are yours, and draft a version of your own later."
        ),
        url=reverse("milestones:templates") if may_edit_templates(reader) else "", label=_("Look at the templates"),
        is_done=count > 0,
    )  # fmt: skip


def _projects() -> Step:
    count = Project.objects.count()
    return Step(
        name=_("Projects"),
        there=ngettext("%(n)s project", "%(n)s projects", count) % {"n": count},
        why=_(
            "Upload the spreadsheet that is kept today, look at what was understood, confirm. Rows that cannot be read "
            "come back with the reason; nothing is lost."
        ),
        url=reverse("ledger:index"), label=_("Import a ledger"), is_done=count > 0,
        other_url=reverse("milestones:project_new"), other_label=_("One project by hand"),
    )  # fmt: skip


def _people() -> Step:
    people = User.objects.people().filter(is_active=True)
    counted = people.aggregate(all=Count("pk"), others=Count("pk", filter=Q(is_staff=False)))
    return Step(
        name=pgettext("who log in", "People"),
        there=ngettext("%(n)s person", "%(n)s people", counted["all"]) % {"n": counted["all"]},
        why=_(
            "Each unit has a manager who answers for it, each project a liaison who says how it goes on. They get a "
            "link, set a password and are in; no e-mail is needed."
        ),
        url=reverse("people:invite"), label=_("Invite somebody"), is_done=counted["others"] > 0,
        other_url=reverse("people:people"), other_label=_("Who is there"),
    )  # fmt: skip

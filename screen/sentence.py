"""The sentence that opens the one screen and the workbook, from the figures that stand below it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from screen.addresses import causes_url, due_url, jam_url, projects_url, under_way_url
from screen.queries import ProjectCounts, Screen


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the sentence; `url` opens the `count` rows that it speaks of, blank where there are none."""

    text: str
    url: str = ""
    is_alarming: bool = False
    count: int | None = None


def sentence(screen: Screen) -> str:
    """The whole sentence as text."""
    comma, stop = pgettext("between two clauses", ", "), pgettext("ends a sentence", ".")
    return comma.join(clause.text for clause in clauses(screen)) + stop


def clauses(screen: Screen) -> list[Clause]:
    if not screen.projects.all:
        nothing = (
            _("No project matches") if screen.narrowing.places else _("There is no project on record yet")
        )
        return [Clause(nothing)]
    said = [_progress(screen.projects), *_lateness(screen)]
    return [replace(clause, url=screen.narrowing.carried(clause.url)) for clause in said]


def _progress(projects: ProjectCounts) -> Clause:
    if projects.under_way:
        text = ngettext(
            "%(count)s project is under way", "%(count)s projects are under way", projects.under_way
        )
        return Clause(text % {"count": projects.under_way}, under_way_url(), count=projects.under_way)
    if projects.finished == projects.all:
        text = ngettext("the one project is finished", "all %(count)s projects are finished", projects.all)
    else:
        text = ngettext(
            "%(count)s project is on record, not yet under way",
            "%(count)s projects are on record, none is under way",
            projects.all,
        )
    return Clause(text % {"count": projects.all}, projects_url(), count=projects.all)


def _lateness(screen: Screen) -> Iterator[Clause]:
    if screen.causes:
        yield from _late(screen)
    elif screen.projects.under_way:
        yield Clause(_("nothing is overdue"))
        if screen.due_soon:
            text = ngettext(
                "%(count)s node falls due within two weeks",
                "%(count)s nodes fall due within two weeks",
                screen.due_soon,
            )
            yield Clause(text % {"count": screen.due_soon}, due_url(screen.span), count=screen.due_soon)


def _late(screen: Screen) -> Iterator[Clause]:
    longest = screen.worst[0]
    if screen.causes == 1:
        named = {"node": longest.label, "project": longest.project}
        yield Clause(
            _("“%(node)s” of %(project)s is overdue") % named, causes_url(), is_alarming=True, count=1
        )
    else:
        text = ngettext("%(count)s overdue cause", "%(count)s overdue causes", screen.causes)
        yield Clause(text % {"count": screen.causes}, causes_url(), is_alarming=True, count=screen.causes)
        yield _where(screen)
    if screen.jam and screen.jam.unit and (screen.causes == 1 or _is_jammed(screen)):
        yield Clause(_("with %(unit)s") % {"unit": screen.jam.unit})


def _is_jammed(screen: Screen) -> bool:
    return screen.jam is not None and screen.jam.causes > 1


def _where(screen: Screen) -> Clause:
    """Where most of them are stuck; the longest overdue one where each is stuck somewhere else."""
    if screen.jam is None or not _is_jammed(screen):
        days = screen.worst[0].days_late
        text = ngettext("the longest for %(days)s working day", "the longest for %(days)s working days", days)
        return Clause(text % {"days": days}, causes_url(), count=screen.causes)
    stuck = {"count": screen.jam.causes, "node": screen.jam.label}
    if screen.jam.causes == screen.causes:
        text = _("all of them stuck at %(node)s")
    else:
        text = ngettext(
            "%(count)s of them stuck at %(node)s", "%(count)s of them stuck at %(node)s", screen.jam.causes
        )
    return Clause(text % stuck, jam_url(screen.jam), is_alarming=True, count=screen.jam.causes)

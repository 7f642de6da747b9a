"""Which project on record a row means: by its code, else by its name and enterprise."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop

from accounts.models import User
from domain.errors import RuleError
from domain.written import squeeze
from projects.models import Project

MOST_KEYS = 5_000
"""How many values one query asks for; SQLite takes no more than 32,766."""


class Known(NamedTuple):
    """A project on record, as far as matching asks."""

    pk: int
    code: str
    name: str
    enterprise: str


class Matcher:
    """Finds projects that the actor may see; a code of any other project is known to be taken, no more."""

    def __init__(self, known: Iterable[Known], taken_codes: Collection[str] = ()) -> None:
        self._by_code: dict[str, Known] = {}
        self._by_name: dict[tuple[str, str], list[Known]] = defaultdict(list)
        self._by_bare_name: dict[str, list[Known]] = defaultdict(list)
        self._taken = set(taken_codes)
        for project in known:
            if project.code:
                self._by_code[project.code] = project
            self._by_name[name_key(project.name, project.enterprise)].append(project)
            self._by_bare_name[_key(project.name)].append(project)

    def find(self, fields: Mapping[str, Any]) -> int | None:
        """The project's number, None for a new one.

        A row that names no enterprise means the only project of its name. Raises RuleError where several
        projects could be meant, where the code is that of a project out of sight, and where the project of
        this name has another code on record.
        """
        code = fields.get("code", "")
        if code in self._by_code:
            return self._by_code[code].pk
        if code in self._taken:
            raise RuleError(gettext_noop("Another project already has the code %(code)s."), code=code)
        found = self._named(fields) if fields.get("name") else []
        if len(found) > 1:
            raise RuleError(
                gettext_noop("%(count)d projects are called “%(name)s”; the project code is needed."),
                count=len(found), name=fields["name"],
            )  # fmt: skip
        if not found:
            return None
        if code and found[0].code:
            raise RuleError(
                gettext_noop("“%(name)s” is on record with the code %(code)s."),
                name=fields["name"], code=found[0].code,
            )  # fmt: skip
        return found[0].pk

    def _named(self, fields: Mapping[str, Any]) -> list[Known]:
        enterprise = fields.get("enterprise", "")
        exact = self._by_name.get(name_key(fields["name"], enterprise), [])
        return exact if exact or enterprise else self._by_bare_name.get(_key(fields["name"]), [])


def read_matcher(actor: User, codes: Collection[str]) -> Matcher:
    """A matcher over all that `actor` may see; `codes` are those of the ledger."""
    known = Project.objects.visible_to(actor).values_list("pk", "code", "name", "enterprise").order_by()
    return Matcher(map(Known._make, known.iterator()), _taken(codes))


def _taken(codes: Collection[str]) -> set[str]:
    """Which of the codes are in use anywhere: the table allows each once."""
    wanted = sorted(codes)
    taken: set[str] = set()
    for start in range(0, len(wanted), MOST_KEYS):
        found = Project.objects.filter(code__in=wanted[start : start + MOST_KEYS])
        taken.update(found.values_list("code", flat=True).order_by())
    return taken


def name_key(name: str, enterprise: str) -> tuple[str, str]:
    """Two names are the same whatever their white space, width and case."""
    return _key(name), _key(enterprise)


@lru_cache(maxsize=65_536)
def _key(text: str) -> str:
    return squeeze(text).casefold()

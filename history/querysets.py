"""Which changes; none of them can be altered or removed."""

from typing import TYPE_CHECKING, Any, NoReturn

from accounts.access import ScopedQuerySet

if TYPE_CHECKING:
    from history.models import Change


LATE_COMMITS = 1_000
"""So many changes may be committed by others while one transaction still holds a smaller number."""


class ChangeQuerySet(ScopedQuerySet["Change"]):
    project_path = "project__"

    def version(self) -> str:
        """Names the state of what is on record: another one as soon as anything has been changed by an action.

        The newest number alone would miss a change that took its number earlier and was committed later, so the last
        ones are counted too. Two short looks at an index.
        """
        newest = self.order_by("-pk").values_list("pk", flat=True).first() or 0
        return f"{newest}-{self.filter(pk__gt=newest - LATE_COMMITS).count()}"

    def update(self, **_kwargs: Any) -> NoReturn:
        raise TypeError("history is append-only")

    def delete(self) -> NoReturn:
        raise TypeError("history is append-only")

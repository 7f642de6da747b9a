"""Which changes; none of them can be altered or removed."""

from typing import TYPE_CHECKING, Any, NoReturn

from accounts.access import ScopedQuerySet

if TYPE_CHECKING:
    from history.models import Change


class ChangeQuerySet(ScopedQuerySet["Change"]):
    project_path = "project__"

    def update(self, **_kwargs: Any) -> NoReturn:
        raise TypeError("history is append-only")

    def delete(self) -> NoReturn:
        raise TypeError("history is append-only")

"""Which projects."""

from typing import TYPE_CHECKING, Self

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.access import ScopedQuerySet
from accounts.models import User

if TYPE_CHECKING:
    from projects.models import Project


class ProjectQuerySet(ScopedQuerySet["Project"]):
    def lock_for(self, actor: User, pk: int) -> "Project":
        """The project, held until the transaction ends, if `actor` may change it.

        Raises PermissionDenied where `actor` may not. The project is the unit of locking, because the
        rules of a chain read other nodes than the one that changes.
        """
        project = self.editable_by(actor).filter(pk=pk).select_for_update(of=("self",)).first()
        if project is None:
            raise PermissionDenied
        return project

    def for_list(self) -> Self:
        return self.select_related("town", "department", "liaison").order_by("name", "pk")

    def matching(self, text: str) -> Self:
        """Projects whose name, code or enterprise contains `text`."""
        return self.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(enterprise__icontains=text))

"""Which users."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import UserManager as DjangoUserManager

if TYPE_CHECKING:
    from accounts.models import User


class UserManager(DjangoUserManager["User"]):
    def system(self) -> "User":
        """The user on whose behalf background work is done; made on first use, and cannot log in."""
        user, _made = self.get_or_create(
            username="system", defaults={"role": "system", "display_name": "系统", "password": "!"}
        )
        return user

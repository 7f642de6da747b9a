"""What the one screen shows of the whole district, made before the first one looks at it.

Where web and worker share a cache (``REDIS_URL``) nobody waits for the counting; else each process counts itself.
"""

from datetime import date

from django.conf import settings
from django.utils import translation

from accounts.models import User
from screen.board import kept_board
from screen.judgements import kept_judgements
from screen.keeping import COUNT_SECONDS, Keeper
from screen.narrowing import everything


def count_ahead(today: date) -> None:
    """Count all that is kept of today's screen, and keep it as it stands, in all languages, until something changes."""
    reader, narrowing = User.objects.system(), everything(today)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            keeper = Keeper.of(reader, narrowing.key)
            kept_board(reader, today, narrowing, keeper, seconds=COUNT_SECONDS)
            kept_judgements(reader, today, narrowing, keeper, seconds=COUNT_SECONDS)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Weekly meeting")

    def ready(self) -> None:
        """Tell supervision, which lies below, how often something stood on an agenda unsolved."""
        from issues import agendas
        from meetings.standing import on_agendas

        agendas.register(on_agendas)

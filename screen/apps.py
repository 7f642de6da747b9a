from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScreenConfig(AppConfig):
    name = "screen"
    verbose_name = _("One screen")

    def ready(self) -> None:
        """Tell the page of a project, which lies below, what is forecast of it."""
        from milestones.project_page.extras import register
        from screen.forecast.on_project import on_project

        register(on_project)

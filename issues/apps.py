from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = _("Issues")

    def ready(self) -> None:
        """Tell the chain, which lies below, where it finds what stands in the way of its nodes."""
        from issues.blocking import IssuesInTheWay
        from milestones import obstacles

        obstacles.register(IssuesInTheWay())

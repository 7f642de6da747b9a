"""Django's administration under our name; what packages call their rows in English alone, our catalogue translates."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Administration(admin.AdminSite):
    site_title = _("Onescreen")
    site_header = _("Onescreen · Administration")
    index_title = _("Units, people and what the rules read")


class AdministrationConfig(AdminConfig):
    default_site = "config.administration.Administration"

    def ready(self) -> None:
        super().ready()
        apps.get_app_config("axes").verbose_name = _("Log-ins")


OF_AXES = (
    gettext_noop("access attempt"), gettext_noop("access attempts"), gettext_noop("access failure"),
    gettext_noop("access failures"), gettext_noop("access log"), gettext_noop("access logs"),
    gettext_noop("access attempt expiration"), gettext_noop("access attempt expirations"),
    gettext_noop("Access Attempt"), gettext_noop("Access lock out"), gettext_noop("Attempt Remaining"),
    gettext_noop("Attempt Time"), gettext_noop("Clean up expired attempts"), gettext_noop("Expires At"),
    gettext_noop("Failed Logins"), gettext_noop("Form Data"), gettext_noop("GET Data"),
    gettext_noop("HTTP Accept"), gettext_noop("IP Address"), gettext_noop("Locked Out"),
    gettext_noop("Logout Time"), gettext_noop("Meta Data"), gettext_noop("Not set"), gettext_noop("POST Data"),
    gettext_noop("Path"), gettext_noop("Session key hash (sha256)"), gettext_noop("User Agent"),
    gettext_noop("Username"), gettext_noop("The time when access attempt expires and is no longer valid."),
)  # fmt: skip
"""The words of django-axes, which has no Chinese of its own."""

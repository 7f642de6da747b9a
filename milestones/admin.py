"""Reference data: the calendar is edited here; templates are only shown, a published one never changes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from milestones.models import CalendarDay, ChainTemplate, TemplateNode


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    list_display = ["on", "is_working", "name", "source"]
    list_filter = ["source", "is_working"]
    date_hierarchy = "on"


class TemplateNodeInline(admin.TabularInline):
    model = TemplateNode
    fields = (
        "position", "code", "name", "unit_name", "limit", "limit_unit", "plan_days", "is_unconfirmed", "source",
    )  # fmt: skip
    readonly_fields = fields
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ChainTemplate)
class ChainTemplateAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "version", "kind", "published_at"]
    inlines = [TemplateNodeInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

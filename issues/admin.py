"""Reference data: the categories of issues. Issues themselves change through their actions alone."""

from django.contrib import admin

from issues.models import Category


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "lead_unit", "position", "is_active"]
    list_editable = ["lead_unit", "position", "is_active"]
    search_fields = ["name", "name_en", "code"]

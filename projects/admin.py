"""The tiers of programmes, which people of the bureau edit."""

from django.contrib import admin

from projects.models import Tier


@admin.register(Tier)
class TierAdmin(admin.ModelAdmin):
    list_display = ["name", "name_en", "kind", "position"]
    list_editable = ["position"]
    list_filter = ["kind"]

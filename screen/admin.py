"""What is counted of the district, which people of the bureau define; values are entered on the pages."""

from django.contrib import admin

from screen.models import Indicator


@admin.register(Indicator)
class IndicatorAdmin(admin.ModelAdmin):
    list_display = ["name", "name_en", "code", "frequency", "measure", "is_share", "position"]
    list_editable = ["position"]
    list_filter = ["frequency"]

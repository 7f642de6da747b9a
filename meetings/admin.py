"""Who gets the workbook by e-mail. Meetings themselves change through their actions alone."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Delivery, Recipient


class RecipientForm(forms.ModelForm):
    """An address is the same address however it is written."""

    class Meta:
        model = Recipient
        fields = ["name", "email", "unit", "is_active"]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip()
        if Recipient.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This address is on the list already."))
        return email


@admin.register(Recipient)
class RecipientAdmin(admin.ModelAdmin):
    form = RecipientForm
    list_display = ["name", "email", "unit", "is_active"]
    list_editable = ["is_active"]
    list_filter = ["is_active", "unit"]
    search_fields = ["name", "email", "unit__name"]


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    """To be looked at: what became of each letter, and why not."""

    list_display = ["meeting", "name", "email", "state", "sent_at", "tries", "why"]
    list_filter = ["state", "meeting"]
    search_fields = ["name", "email"]
    list_select_related = ["meeting"]

    @admin.display(description=gettext_lazy("reason"))
    def why(self, delivery: Delivery) -> str:
        """What the mail server said, or that nothing is known."""
        return _(delivery.error) if delivery.error else ""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

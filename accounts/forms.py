"""What the pages of units and people send."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit, User

ROLES = [(role.value, role.label) for role in (User.Role.LIAISON, User.Role.MANAGER, User.Role.LEADER)]


class UnitForm(forms.Form):
    name = forms.CharField(max_length=60, label=_("name"))
    name_en = forms.CharField(required=False, max_length=120, label=_("English name"))


class NewUnitForm(UnitForm):
    kind = forms.ChoiceField(choices=Unit.Kind.choices, label=_("kind"))


class PersonForm(forms.Form):
    display_name = forms.CharField(required=False, max_length=60, label=pgettext_lazy("of a person", "name"))
    role = forms.ChoiceField(choices=ROLES, label=_("role"))
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.all(), required=False, label=_("unit"), empty_label=_("no unit")
    )


class ChangedPersonForm(PersonForm):
    is_active = forms.BooleanField(required=False, label=_("may log in"))


class InviteForm(PersonForm):
    username = forms.CharField(
        max_length=150, label=_("user name"), validators=[User.username_validator],
        help_text=_("What the person logs in with; letters, digits and @ . + - _"),
    )  # fmt: skip
    field_order = ("username", "display_name", "role", "unit")


class JoinForm(forms.Form):
    display_name = forms.CharField(max_length=60, label=_("your name"))
    password = forms.CharField(
        widget=forms.PasswordInput, label=_("password"), strip=False, min_length=10,
        error_messages={"min_length": _("At least ten characters, and not one that everybody uses.")},
    )  # fmt: skip
    again = forms.CharField(widget=forms.PasswordInput, label=_("password again"), strip=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "password" in said and "again" in said and said["password"] != said["again"]:
            raise ValidationError({"again": _("The two passwords are not the same.")})
        return said

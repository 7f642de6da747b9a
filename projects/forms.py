"""What is entered of a project on a page, read before any action is called."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.forms.models import fields_for_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.access import ties
from accounts.models import Unit, User
from accounts.refusals import sentence
from domain.industries import IndustryError, read_industry
from domain.project_code import ProjectCodeError, read_project_code
from projects.models import ENTERED, PROGRAMMES, Project, Tier

_CHOOSE = pgettext_lazy("in a select", "choose")
_NONE = pgettext_lazy("in a select", "none")
_NOBODY = pgettext_lazy("in a select", "nobody yet")


class CodeForm(forms.Form):
    """A project's code, brought to its normal form; not that of a project other than `project`."""

    code = forms.CharField(required=False, max_length=60, label=gettext_lazy("project code"))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *,
        project: Project | None = None, initial: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=dict(initial or {}))
        self.project = project

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not code:
            return ""
        try:
            code = read_project_code(code).text
        except ProjectCodeError as error:
            raise forms.ValidationError(sentence(error)) from error
        others = Project.objects.filter(code=code)
        if self.project:
            others = others.exclude(pk=self.project.pk)
        if others.exists():
            raise forms.ValidationError(_("Another project already has the code %(code)s.") % {"code": code})
        return code


class ProjectForm(CodeForm):
    """The fields of a project; only what leaves it one of those that `user` may change can be chosen.

    `project`: the one that is changed. Where it has changed since the page was made (`etag`), the form is
    refused once (`is_stale`) and says at each field what stands there now.
    """

    etag = forms.CharField(required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, user: User,
        project: Project | None = None, initial: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        stored = _entered(project) if project else {}
        super().__init__(data, project=project, initial={**stored, **(initial or {})})
        self.is_stale = False
        fields = fields_for_model(Project, [name for name in ENTERED if name != "code"])
        self.fields.update(cast("dict[str, forms.Field]", fields))
        self.fields["name"].label = gettext_lazy("project name")
        kind = cast("forms.TypedChoiceField", self.fields["kind"])
        kind.choices = [("", _CHOOSE), *Project.Kind.choices]
        tier = cast("forms.ModelChoiceField[Any]", self.fields["tier"])
        tier.empty_label = str(_NONE)
        tier.choices = [("", _NONE), *_tiers_by_programme()]
        # People type the digits with spaces and the letter in either case; the normal form is short.
        self.fields["industry"] = forms.CharField(
            required=False, max_length=20, label=self.fields["industry"].label,
            help_text=self.fields["industry"].help_text,
        )  # fmt: skip
        for name, most in (("longitude", 180), ("latitude", 90)):
            # A form field knows no validators of its model's.
            self.fields[name].validators += [MinValueValidator(-most), MaxValueValidator(most)]
        self._offer(ties(user))

    def clean_industry(self) -> str:
        try:
            return read_industry(self.cleaned_data["industry"])
        except IndustryError as error:
            raise forms.ValidationError(sentence(error)) from error

    def _offer(self, tied: Mapping[str, int]) -> None:
        people = Q(role=User.Role.LIAISON, is_active=True)
        for name, rows, empty in (
            ("town", Unit.objects.filter(self._or_as_it_is("town", Q(kind=Unit.Kind.TOWN))), _CHOOSE),
            (
                "department",
                Unit.objects.filter(self._or_as_it_is("department", ~Q(kind=Unit.Kind.TOWN))),
                _NONE,
            ),
            ("liaison", User.objects.filter(self._or_as_it_is("liaison", people)), _NOBODY),
        ):
            field = cast("forms.ModelChoiceField[Any]", self.fields[name])
            field.empty_label, field.queryset = str(empty), rows
            if name in tied:
                field.required, field.empty_label = True, None
                field.queryset = rows.filter(pk=tied[name])

    def _or_as_it_is(self, name: str, condition: Q) -> Q:
        """What a ledger brought may be kept, though it would not be offered."""
        stored = self.project and getattr(self.project, f"{name}_id")
        return condition | Q(pk=stored) if stored else condition

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        tier = data.get("tier")
        if tier and data.get("kind") and tier.kind != data["kind"]:
            self.add_error("tier", _("Projects of this kind have no tier “%(name)s”.") % {"name": tier})
            data.pop("tier", None)
        etag = data.pop("etag", "")
        if self.project and etag != self.project.etag:
            self.is_stale = True
            self._say_what_stands_there(self.project, data)
        return data

    def _say_what_stands_there(self, project: Project, data: dict[str, Any]) -> None:
        self.add_error(
            None,
            _(
                "The project has changed since you opened this form. Where it says something else than you, that "
                "stands under the field; sent once more, what you say holds."
            ),
        )
        for name in [name for name in data if data[name] != getattr(project, name)]:
            stored = project.get_kind_display() if name == "kind" else getattr(project, name)
            self.add_error(name, _what_stands_there(stored))


def _tiers_by_programme() -> list[tuple[str, list[tuple[int, str]]]]:
    """The tiers under the names of their programmes; other kinds have none."""
    tiers = Tier.objects.all()
    grouped = {kind: [(tier.pk, str(tier)) for tier in tiers if tier.kind == kind] for kind in PROGRAMMES}
    return [(str(kind.label), offered) for kind, offered in grouped.items() if offered]


def _what_stands_there(stored: Any) -> str:
    if isinstance(stored, bool):
        return _("Now it is ticked.") if stored else _("Now it is not ticked.")
    return (
        _("Now it is empty.") if stored in (None, "") else _("Now it says “%(value)s”.") % {"value": stored}
    )


def _entered(project: Project) -> dict[str, Any]:
    """What is stored, as its fields show it: rows by number, amounts without zeros that say nothing."""
    return {name: _shown(getattr(project, name)) for name in ENTERED}


def _shown(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return value.pk if isinstance(value, Unit | User | Tier) else value

"""Fields of a form as pages show them: a label, one control, one sentence where it is wrong.

Written here and not through Django's widget templates: those take a template for every choice, and a
filter offers some hundreds of choices.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BoundField
from django.template import Library
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = Library()

_NO_NAME = mark_safe("")
_TYPES: list[tuple[type[forms.Field], str]] = [
    (forms.DateField, "date"),
    (forms.DecimalField, "number"),
    (forms.IntegerField, "number"),
    (forms.FileField, "file"),
]


@register.simple_tag
def field(bound: BoundField, choices: Iterable[Any] | None = None, kind: str = "") -> SafeString:
    """The `bound` field; `choices` make a list of a field that takes any text, `kind` overrides its type."""
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return format_html('<div class="field">{}{}{}</div>', _tick(bound), _help(bound), wrong(bound))
    return format_html(
        '<div class="field"><label for="{}">{}</label>{}{}{}</div>',
        bound.id_for_label, _capitalised(str(bound.label)), _control(bound, choices, kind), _help(bound),
        wrong(bound),
    )  # fmt: skip


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """The control alone, for tables: their heads show what it is, a reader of the screen is told."""
    name = format_html(' aria-label="{}"', _capitalised(str(bound.label)))
    return format_html("{}{}", _control(bound, None, "", name), wrong(bound) if bound.errors else "")


@register.simple_tag
def wrong(bound: BoundField, swap: bool = False) -> SafeString:  # noqa: FBT001, FBT002
    """What is wrong with the field, in its place; `swap` lets htmx put it there."""
    return format_html(
        '<span class="wrong" id="wrong-{}"{}>{}</span>',
        bound.html_name, mark_safe(' hx-swap-oob="true"') if swap else "",
        " ".join(str(error) for error in bound.errors),
    )  # fmt: skip


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tick(bound: BoundField) -> SafeString:
    return format_html(
        '<label class="check"><input type="checkbox" name="{}" id="{}"{}{}> {}</label>',
        bound.html_name, bound.id_for_label, mark_safe(" checked") if bound.value() else "", _state(bound),
        _capitalised(str(bound.label)),
    )  # fmt: skip


def _help(bound: BoundField) -> SafeString:
    return format_html('<span class="help">{}</span>', bound.help_text) if bound.help_text else mark_safe("")


def _control(
    bound: BoundField, choices: Iterable[Any] | None, kind: str, name: SafeString = _NO_NAME
) -> SafeString:
    state = name + _state(bound)
    offered = getattr(bound.field, "choices", None) if choices is None else choices
    if offered is not None:
        value = bound.value()
        chosen = str(value) if value is not None else str(bound.initial or "")
        options = _options(offered, chosen, empty=choices is not None)
        return format_html(
            '<select name="{}" id="{}"{}>{}</select>', bound.html_name, bound.id_for_label, state, options
        )
    if isinstance(bound.field.widget, forms.Textarea):
        return format_html(
            '<textarea name="{}" id="{}"{}>\n{}</textarea>',
            bound.html_name, bound.id_for_label, state, bound.value() or "",
        )  # fmt: skip
    kind = kind or next((name for cls, name in _TYPES if isinstance(bound.field, cls)), "text")
    if isinstance(bound.field, forms.DecimalField):
        state += mark_safe(' step="any"')
    value = bound.value()
    if hasattr(value, "isoformat"):
        value = value.isoformat()
    return format_html(
        '<input type="{}" name="{}" id="{}" value="{}"{}>',
        kind, bound.html_name, bound.id_for_label, "" if value is None else value, state,
    )  # fmt: skip


def _state(bound: BoundField) -> SafeString:
    if bound.errors:
        return format_html(' aria-invalid="true" aria-describedby="wrong-{}"', bound.html_name)
    return mark_safe(" required") if bound.field.required else mark_safe("")


def _options(choices: Iterable[Any], chosen: str, *, empty: bool) -> SafeString:
    parts = [_option("", _("All"), chosen)] if empty else []
    for value, label in choices:
        if isinstance(label, list | tuple):
            inner = [_option(str(key), str(text), chosen) for key, text in label]
            parts.append(f'<optgroup label="{escape(value)}">{"".join(inner)}</optgroup>')
        else:
            # What a filter offers for "no choice" is only dashes.
            parts.append(
                _option(
                    "" if value is None else str(value),
                    str(label) if str(label).strip("-") else _("All"),
                    chosen,
                )
            )
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


def _option(value: str, label: str, chosen: str) -> str:
    selected = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'


@register.simple_tag
def hidden(pairs: Iterable[tuple[str, str]]) -> SafeString:
    """Hidden inputs for these names and values."""
    return format_html_join("\n", '<input type="hidden" name="{}" value="{}">', pairs)

"""The parts that recur on pages, each made here once: HOUSE.md, “A part of a page”, says which is which.

A part that asks for no Python is a template in ``config/templates/parts/``; what stands in long lists, or takes a piece
of a page into it, is a tag.
"""

from collections.abc import Iterable
from typing import Protocol

from django.template import Library
from django.template.context import Context
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = Library()

_NOTHING = mark_safe("")


@register.simple_tag
def mark(symbol: str, word: str | Promise, title: str = "") -> SafeString:
    """The badge of a light or a state: a symbol of ``_symbols.html`` beside its word, never one without the other."""
    more = format_html(' title="{}"', title) if title else _NOTHING
    return format_html(
        '<span class="light"{}><svg aria-hidden="true"><use href="#{}"/></svg>{}</span>', more, symbol, word
    )


@register.simple_tag
def chip(text: str, kind: str = "", title: str = "") -> SafeString:
    """A word in a frame; `kind` is ``strong``, ``doubt`` or ``warn``."""
    more = format_html(' title="{}"', title) if title else _NOTHING
    look = f" {kind}" if kind else ""
    return format_html('<span class="chip{}"{}>{}</span>', look, more, text)


class Remark(Protocol):
    """What stands below a figure; `url` opens the rows of its own that it has, blank where it has none."""

    @property
    def text(self) -> str: ...
    @property
    def url(self) -> str: ...


@register.simple_tag
def figure(
    label: str,
    value: object,
    *,
    url: str = "",
    note: str = "",
    notes: Iterable[Remark] = (),
    tone: str = "",
    title: str = "",
    is_here: bool = False,
    count: int | None = None,
) -> SafeString:
    """A figure of a ``<div class="figs">``: what it counts, the number, what is said of it; `url` opens its rows.

    With `notes`, which have rows of their own, the number alone is the link. `tone` is ``red`` or ``violet``. `count`
    is how many rows the link opens, where it is rows that are counted.
    """
    number = format_html(
        '<span class="d">{}</span><span class="n{}">{}</span>', label, f" {tone}" if tone else "", value
    )
    hint = format_html(' title="{}"', title) if title else _NOTHING
    remarks = _remarks(notes)
    if url and not remarks:
        here = mark_safe(' aria-current="page"') if is_here else _NOTHING
        said = format_html('<span class="d">{}</span>', note) if note else _NOTHING
        hint += here + _counted(count)
        return format_html('<a class="fig" href="{}"{}>{}{}</a>', url, hint, number, said)
    if url:
        number = format_html('<a class="open" href="{}"{}{}>{}</a>', url, hint, _counted(count), number)
    said = format_html('<span class="d">{}</span>', remarks or note) if remarks or note else _NOTHING
    return format_html('<div class="fig">{}{}</div>', number, said)


def _remarks(notes: Iterable[Remark]) -> SafeString:
    said = [
        format_html('<a href="{}"{}>{}</a>', one.url, _counted(getattr(one, "count", None)), one.text)
        if one.url
        else one.text
        for one in notes
    ]
    return format_html_join(" · ", "{}", ((one,) for one in said))


def _counted(count: int | None) -> SafeString:
    return _NOTHING if count is None else format_html(' data-count="{}"', count)


@register.simple_tag
def change(text: str, said: str) -> SafeString:
    """What a figure changed by: the sign for the eye, `said` in words for who points at it or does not see it."""
    if not text:
        return _NOTHING
    return format_html(
        '<span class="change" title="{0}"><span aria-hidden="true">{1}</span>'
        '<span class="unseen">{0}</span></span>',
        said, text,
    )  # fmt: skip


@register.simple_tag
def progress(done: int, whole: int, label: str) -> SafeString:
    """How much of something is done, as a bar; `label` names it for who does not see it."""
    return format_html(
        '<progress max="{1}" value="{0}" aria-label="{2}">{0}/{1}</progress>', done, whole, label
    )


@register.simple_tag(takes_context=True)
def place(context: Context, url: str, label: str, count: int = 0, counted: str = "") -> SafeString:
    """A link of the sub-navigation of a place (``<nav class="places">``); the page that is shown is marked.

    `count` is what waits there, `counted` says what it counts.
    """
    request = context.get("request")
    here = mark_safe(' aria-current="page"') if request and request.path.startswith(url) else _NOTHING
    waits = format_html(' <span class="count" title="{}">{}</span>', counted, count) if count else _NOTHING
    return format_html('<a href="{}"{}>{}{}</a>', url, here, label, waits)


@register.simple_block_tag
def filters(content: SafeString, url: str, live: bool = False) -> SafeString:  # noqa: FBT001, FBT002
    """The bar above a list; with `live` the rows (``#results``) follow what is typed and chosen."""
    swap = ""
    if live:
        swap = format_html(
            ' id="filters" hx-get="{}" hx-target="#results" hx-swap="outerHTML" hx-push-url="true" '
            'hx-trigger="change, submit, input delay:400ms from:#id_search"',
            url,
        )
    return format_html(
        '<form class="filters card" action="{}"{} aria-label="{}">{}</form>', url, swap, _("Filters"), content
    )


@register.simple_block_tag
def more_filters(content: SafeString, title: str = "") -> SafeString:
    """The fields of a filter bar with their button; on a phone folded under `title` until they are asked for."""
    return format_html(
        '<input type="checkbox" class="unseen" id="more" form="none">'
        '<label class="button more" for="more">{}</label><div class="fields">{}'
        '<div class="field submit"><button class="main">{}</button></div></div>',
        title or _("More filters"), content, _("Show"),
    )  # fmt: skip

"""The editor of templates: one draft a chain, changed part by part.

What cannot be taken comes back as it was typed, with the sentence that says why; so these pages, unlike others,
catch refusals themselves. Every edit is made on the draft as it is now, and refused where somebody else has
changed it since the page was read: sent again, it goes on top of theirs.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may_edit_templates
from accounts.http import UserRequest
from accounts.models import Unit
from accounts.refusals import sentence, status_of
from domain.chain_edits import (
    Table,
    add_node,
    diff_chains,
    drop_node,
    move_node,
    node_of,
    replace_node,
    replace_parts,
)
from domain.chain_files import read_chain
from domain.chains import ChainSpec
from domain.errors import DomainError, StaleError
from milestones.actions import discard_draft, publish_draft, save_draft
from milestones.editing.differences import difference_page
from milestones.editing.files import toml_file
from milestones.editing.forms import (
    LARGEST_TEXT,
    HeadForm,
    NodeForms,
    TextForm,
    part_forms,
    parts_sent,
)
from milestones.editing.queries import chain_page
from milestones.editing.words import FIELD_LABELS, label_of
from milestones.forms import VersionForm, read_form
from milestones.models import ChainTemplate, TemplateDraft
from milestones.publishing import spec_of

either = require_http_methods(["GET", "HEAD", "POST"])


class _Desk:
    """A draft on the editor's desk: what it says now, and the page around the form that changes it."""

    def __init__(self, request: UserRequest, code: str) -> None:
        if not may_edit_templates(request.user):
            raise PermissionDenied
        drafts = TemplateDraft.objects.select_related("changed_by", "based_on")
        self.request = request
        self.draft = get_object_or_404(drafts, code=code)

    @property
    def chain(self) -> ChainSpec:
        return read_chain(self.draft.text, where=self.draft.code)

    @property
    def version(self) -> int | None:
        """The version that the page showed."""
        version: int | None = read_form(VersionForm(self.request.POST))["version"]
        return version

    def keep(self, chain: ChainSpec) -> None:
        save_draft(self.draft, chain, actor=self.request.user, version=self.version)
        messages.success(self.request, _("The draft is saved."))

    def try_to(self, change: Callable[[], HttpResponse], panel: str, **context: Any) -> HttpResponse:
        """The answer to `change`, or the page with its form and the sentence that says why not."""
        try:
            return change()
        except DomainError as refusal:
            return self.page(panel, **self.told(refusal), **context)

    def told(self, refusal: DomainError) -> dict[str, Any]:
        """What a page that keeps its form says of a refusal; a draft that is gone has no page."""
        if not TemplateDraft.objects.filter(pk=self.draft.pk).exists():
            raise refusal
        self.draft.refresh_from_db()
        return {
            "status": status_of(refusal),
            "problem": sentence(refusal),
            "is_stale": isinstance(refusal, StaleError),
        }

    def page(self, panel: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """The editor with `panel` in it; only the panel, and the list that marks it, where htmx asks."""
        chain = self.chain
        address = reverse("milestones:draft", args=[self.draft.code])
        newest = ChainTemplate.objects.newest(self.draft.code)
        context |= {
            "draft": self.draft,
            "panel": f"milestones/_draft_{panel}.html",
            "page": chain_page(chain, lambda line: f"{address}nodes/{line.spec.code}/#panel"),
            "newest": newest,
            "is_changed": newest is None or bool(diff_chains(spec_of(newest), chain)),
        }
        template = "_draft_fragment.html" if self.request.htmx else "chain_draft.html"
        return render(self.request, f"milestones/{template}", context, status=status)


@require_safe
def draft(request: UserRequest, code: str) -> HttpResponse:
    """The editor; where the draft is published or discarded, the newest version in its place."""
    newest = ChainTemplate.objects.newest(code)
    if newest and not TemplateDraft.objects.filter(code=code).exists():
        return redirect(newest)
    return _Desk(request, code).page("start")


@either
def node(request: UserRequest, code: str, node: str) -> HttpResponse:
    desk = _Desk(request, code)
    chain = desk.chain
    return _node_form(desk, NodeForms(chain, node_of(chain, node), request.POST or None))


@either
def add(request: UserRequest, code: str) -> HttpResponse:
    desk = _Desk(request, code)
    return _node_form(desk, NodeForms(desk.chain, None, request.POST or None))


def _node_form(desk: _Desk, sent: NodeForms) -> HttpResponse:
    def change() -> HttpResponse:
        if desk.request.method != "POST" or not sent.is_valid():
            return desk.page("node", status=400 if desk.request.method == "POST" else 200, **context)
        new = sent.node.spec
        if sent.old:
            desk.keep(replace_node(desk.chain, sent.old, new, sent.edges))
        else:
            desk.keep(add_node(desk.chain, new, sent.edges))
        return _to_panel("milestones:draft_node", desk.draft.code, new.code)

    context = {"sent": sent, "units": Unit.objects.values_list("name", flat=True)}
    return desk.try_to(change, "node", **context)


@require_POST
def drop(request: UserRequest, code: str, node: str) -> HttpResponse:
    desk = _Desk(request, code)
    chain = desk.chain

    def change() -> HttpResponse:
        desk.keep(drop_node(chain, node))
        return redirect("milestones:draft", code)

    return desk.try_to(change, "node", sent=NodeForms(chain, node_of(chain, node)))


@require_POST
def move(request: UserRequest, code: str, node: str) -> HttpResponse:
    desk = _Desk(request, code)
    desk.keep(move_node(desk.chain, node, later="later" in request.POST))
    return redirect(reverse("milestones:draft", args=[code]) + "#list")


@either
def head(request: UserRequest, code: str) -> HttpResponse:
    desk = _Desk(request, code)
    form = HeadForm(desk.chain, request.POST or None)

    def change() -> HttpResponse:
        if request.method != "POST" or not form.is_valid():
            return desk.page("head", status=400 if request.method == "POST" else 200, form=form)
        desk.keep(replace(desk.chain, **form.fields_of_chain))
        return _to_panel("milestones:draft_head", code)

    return desk.try_to(change, "head", form=form)


@either
def parts(request: UserRequest, code: str, table: Table) -> HttpResponse:
    if table not in get_args(Table):
        raise Http404
    desk = _Desk(request, code)
    rows = part_forms(desk.chain, table, request.POST or None)
    context = {"rows": rows, "table": table, "title": FIELD_LABELS[table]}

    def change() -> HttpResponse:
        if request.method != "POST" or not rows.is_valid():
            return desk.page("parts", status=400 if request.method == "POST" else 200, **context)
        desk.keep(replace_parts(desk.chain, table, parts_sent(rows, table)))
        return _to_panel("milestones:draft_parts", code, table)

    return desk.try_to(change, "parts", **context)


@either
def text(request: UserRequest, code: str) -> HttpResponse:
    """The whole definition as text or from a file."""
    desk = _Desk(request, code)

    def change() -> HttpResponse:
        if request.method != "POST":
            return _text_page(desk, TextForm(initial={"text": desk.draft.text}))
        desk.keep(TextForm(request.POST, request.FILES).read())
        return redirect("milestones:draft", code)

    try:
        return change()
    except DomainError as refusal:
        return _text_page(desk, TextForm(request.POST), **desk.told(refusal))


def _text_page(desk: _Desk, form: TextForm, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"draft": desk.draft, "form": form, "kilobytes": LARGEST_TEXT // 1024}
    return render(desk.request, "milestones/chain_draft_text.html", context, status=status)


@require_safe
def toml(request: UserRequest, code: str) -> HttpResponse:
    return toml_file(_Desk(request, code).chain, f"{code}-draft.toml")


@either
def publish(request: UserRequest, code: str) -> HttpResponse:
    """What would change against the newest version, and the button that publishes it."""
    desk = _Desk(request, code)
    if request.method == "POST":
        template = publish_draft(desk.draft, actor=request.user, version=desk.version)
        messages.success(request, _("“%(template)s” is published.") % {"template": template})
        return redirect(template)
    newest, chain = ChainTemplate.objects.newest(code), desk.chain
    found = None
    if newest is not None:
        before = spec_of(newest)
        difference = diff_chains(before, chain)
        found = difference_page(difference, before, chain) if difference else None
    context = {
        "draft": desk.draft,
        "label": label_of(chain),
        "newest": newest,
        "found": found,
        "next": newest.version + 1 if newest else 1,
    }
    return render(request, "milestones/chain_publish.html", context)


@require_POST
def discard(request: UserRequest, code: str) -> HttpResponse:
    desk = _Desk(request, code)
    discard_draft(desk.draft, actor=request.user, version=desk.version)
    messages.success(request, _("The draft is discarded."))
    newest = ChainTemplate.objects.newest(code)
    return redirect(newest) if newest else redirect("milestones:templates")


def _to_panel(name: str, *args: str) -> HttpResponse:
    """Back to the form that was sent, where the page shows it."""
    return redirect(reverse(name, args=args) + "#panel")

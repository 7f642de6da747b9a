"""Drafting the next version of a chain and publishing it; a published version never changes."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.access import may_edit_templates
from accounts.models import User
from domain.chain_edits import accepted, diff_chains
from domain.chain_files import read_chain, write_chain
from domain.chains import ChainSpec
from domain.errors import RuleError, StaleError
from history.models import Change
from milestones.models import ChainTemplate, TemplateDraft
from milestones.publishing import digest_of, publish_template, spec_of


@transaction.atomic
def begin_draft(code: str, *, actor: User, chain: ChainSpec | None = None) -> TemplateDraft:
    """A draft of the next version of the chain with this `code`: `chain`, or the newest version as it is.

    Raises RuleError where somebody has begun one already, or where there is nothing to begin with, ChainError
    where `chain` cannot be laid or does not hang together.
    """
    _refuse_strangers(actor)
    newest = ChainTemplate.objects.newest(code)
    if chain is not None:
        text = write_chain(accepted(chain))
    elif newest is not None:
        text = write_chain(spec_of(newest))
    else:
        raise RuleError(gettext_noop("There is no chain “%(code)s”."), code=code)
    draft, is_new = TemplateDraft.objects.get_or_create(
        code=code, defaults={"text": text, "based_on": newest, "changed_by": actor}
    )
    if not is_new:
        raise RuleError(
            gettext_noop("%(person)s is drafting this chain already; go on with that draft."),
            person=draft.changed_by,
        )
    Change.objects.create(
        verb=Change.Verb.TEMPLATE_DRAFTED, actor=actor,
        before={"version": newest.version if newest else None}, after={"template": code, "draft": draft.version},
    )  # fmt: skip
    return draft


@transaction.atomic
def save_draft(
    draft: TemplateDraft, chain: ChainSpec, *, actor: User, version: int | None = None
) -> TemplateDraft:
    """Let the draft say `chain`; what says the same already is left as it is.

    Raises ChainError where it cannot be laid or does not hang together, RuleError where it is another chain,
    StaleError where the draft is no longer at `version` or is gone.
    """
    draft = _held(draft, actor, version)
    if chain.code != draft.code:
        raise RuleError(
            gettext_noop("The text is of the chain “%(other)s”, not of “%(chain)s”."),
            other=chain.code, chain=draft.code,
        )  # fmt: skip
    text = write_chain(accepted(chain))
    if text == draft.text:
        return draft
    found = diff_chains(read_chain(draft.text, where=draft.code), chain)
    draft.text, draft.changed_by = text, actor
    draft.version += 1
    draft.save(update_fields=["text", "changed_by", "changed_at", "version"])
    Change.objects.create(
        verb=Change.Verb.TEMPLATE_DRAFTED, actor=actor,
        after={
            "template": draft.code, "draft": draft.version,
            "added": [node.name for node in found.added],
            "dropped": [node.name for node in found.dropped],
            "changed": [change.node.name for change in found.changed],
        },
    )  # fmt: skip
    return draft


@transaction.atomic
def publish_draft(draft: TemplateDraft, *, actor: User, version: int | None = None) -> ChainTemplate:
    """Make the draft the next published version; projects stay on theirs.

    Raises RuleError where it says what the newest version says, ChainError and StaleError as ``save_draft``.
    """
    draft = _held(draft, actor, version)
    chain = accepted(read_chain(draft.text, where=draft.code))
    newest = ChainTemplate.objects.newest(draft.code)
    if newest is not None and newest.digest == digest_of(chain):
        raise RuleError(
            gettext_noop("The draft says the same as version %(version)d; there is nothing to publish."),
            version=newest.version,
        )
    template, _is_new = publish_template(chain, actor=actor)
    draft.delete()
    return template


@transaction.atomic
def discard_draft(draft: TemplateDraft, *, actor: User, version: int | None = None) -> None:
    """Give the draft up; its text stays in the history. Raises StaleError as ``save_draft``."""
    draft = _held(draft, actor, version)
    Change.objects.create(
        verb=Change.Verb.TEMPLATE_DISCARDED, actor=actor,
        before={"text": draft.text}, after={"template": draft.code, "draft": draft.version},
    )  # fmt: skip
    draft.delete()


def _held(draft: TemplateDraft, actor: User, version: int | None) -> TemplateDraft:
    """The draft as it is now, locked until the transaction ends."""
    _refuse_strangers(actor)
    now = TemplateDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if now is None:
        raise StaleError(gettext_noop("The draft is gone: it has been published or discarded."))
    if version is not None and now.version != version:
        raise StaleError(
            gettext_noop("%(person)s has changed the draft since you read it; look at it again."),
            person=User.objects.get(pk=now.changed_by_id),
        )
    return now


def _refuse_strangers(actor: User) -> None:
    if not may_edit_templates(actor):
        raise PermissionDenied

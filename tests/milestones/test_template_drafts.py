"""Drafting the next version of a chain and publishing it."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import User
from domain.chain_edits import drop_node
from domain.chain_files import read_chain
from domain.chains import ChainSpec
from domain.errors import DomainError, RuleError, StaleError
from domain.schedule import ChainError
from history.models import Change
from milestones.actions import begin_draft, discard_draft, publish_draft, save_draft
from milestones.models import ChainTemplate, TemplateDraft
from milestones.publishing import spec_of
from tests.make import make_chain, make_nodes, make_template, make_unit, make_user

pytestmark = pytest.mark.django_db


def said(draft: TemplateDraft) -> ChainSpec:
    draft.refresh_from_db()
    return read_chain(draft.text, where="draft")


def test_a_draft_begins_as_the_newest_version() -> None:
    template, manager = make_template("a", "b"), make_user()

    draft = begin_draft(template.code, actor=manager)

    assert said(draft) == spec_of(template)
    assert (draft.based_on, draft.version, draft.changed_by) == (template, 1, manager)
    (change,) = Change.objects.filter(verb=Change.Verb.TEMPLATE_DRAFTED)
    assert (change.actor, change.before, change.after) == (
        manager, {"version": 1}, {"template": template.code, "draft": 1},
    )  # fmt: skip


def test_a_chain_that_was_never_published_begins_as_a_draft_too() -> None:
    draft = begin_draft("fresh", actor=make_user(), chain=make_chain("a", "b", code="fresh"))

    assert draft.based_on is None
    assert not ChainTemplate.objects.exists()


def test_two_drafts_of_one_chain_are_not_begun() -> None:
    template, first = make_template(), make_user(display_name="郑工")
    begin_draft(template.code, actor=first)

    with pytest.raises(RuleError, match="郑工 is drafting this chain already"):
        begin_draft(template.code, actor=make_user())


def test_a_draft_of_nothing_is_not_begun() -> None:
    with pytest.raises(RuleError, match="There is no chain “gone”"):
        begin_draft("gone", actor=make_user())


def test_a_saved_draft_says_what_changed_and_the_published_version_stays() -> None:
    template, manager = make_template("a", "b", "c"), make_user()
    draft = begin_draft(template.code, actor=manager)
    before = spec_of(template)

    saved = save_draft(draft, drop_node(before, "c"), actor=manager, version=1)

    assert saved.version == 2
    assert [node.code for node in said(draft).nodes] == ["a", "b"]
    assert spec_of(template) == before
    change = Change.objects.first()
    assert change
    assert change.after == {
        "template": template.code, "draft": 2, "added": [], "dropped": ["节点c"], "changed": [],
    }  # fmt: skip


def test_saving_what_the_draft_says_already_records_nothing() -> None:
    template, manager = make_template(), make_user()
    draft = begin_draft(template.code, actor=manager)
    recorded = Change.objects.count()

    assert save_draft(draft, spec_of(template), actor=manager).version == 1
    assert Change.objects.count() == recorded


def test_a_draft_that_runs_in_a_circle_or_falls_apart_is_refused_and_nothing_is_lost() -> None:
    template, manager = make_template("a", "b"), make_user()
    draft = begin_draft(template.code, actor=manager)
    circle = make_chain("a", "b", code=template.code, edges=(("a", "b"), ("b", "a")))
    apart = make_chain("a", "b", "c", code=template.code, edges=(("a", "b"),))

    with pytest.raises(ChainError, match=r"节点a \(a\) → 节点b \(b\) → 节点a \(a\)"):
        save_draft(draft, circle, actor=manager)
    with pytest.raises(ChainError, match=r"nothing connects 节点c \(c\)"):
        save_draft(draft, apart, actor=manager)

    assert said(draft) == spec_of(template)


def test_a_draft_of_one_chain_does_not_become_another() -> None:
    draft = begin_draft(make_template().code, actor=make_user())

    with pytest.raises(RuleError, match="The text is of the chain “other”, not of"):
        save_draft(draft, make_chain("a", "b", code="other"), actor=make_user())


def test_an_edit_of_a_draft_that_has_changed_since_is_refused() -> None:
    template = make_template("a", "b", "c")
    draft = begin_draft(template.code, actor=make_user())
    save_draft(draft, drop_node(spec_of(template), "c"), actor=make_user(display_name="郑工"), version=1)

    for late in (
        lambda: save_draft(draft, spec_of(template), actor=make_user(), version=1),
        lambda: publish_draft(draft, actor=make_user(), version=1),
        lambda: discard_draft(draft, actor=make_user(), version=1),
    ):
        with pytest.raises(StaleError, match="郑工 has changed the draft since you read it"):
            late()


def test_publishing_makes_the_next_version_and_projects_stay_on_theirs() -> None:
    template, manager = make_template("a", "b", "c"), make_user()
    nodes = make_nodes(template)
    draft = begin_draft(template.code, actor=manager)
    save_draft(draft, drop_node(spec_of(template), "c"), actor=manager)

    published = publish_draft(draft, actor=manager, version=2)

    assert (published.code, published.version, published.nodes.count()) == (template.code, 2, 2)
    assert template.nodes.count() == 3
    assert nodes["c"].template_node.template == template
    assert not TemplateDraft.objects.exists()
    change = Change.objects.first()
    assert change
    assert (change.verb, change.actor) == (Change.Verb.TEMPLATE_PUBLISHED, manager)


def test_what_says_the_same_is_not_published_again() -> None:
    template = make_template()
    draft = begin_draft(template.code, actor=make_user())

    with pytest.raises(RuleError, match="The draft says the same as version 1"):
        publish_draft(draft, actor=make_user())

    assert TemplateDraft.objects.exists()


def test_a_discarded_draft_leaves_its_text_in_the_history() -> None:
    template = make_template()
    draft = begin_draft(template.code, actor=make_user())

    discard_draft(draft, actor=make_user(), version=1)

    assert not TemplateDraft.objects.exists()
    change = Change.objects.first()
    assert change
    assert (change.verb, change.before) == (Change.Verb.TEMPLATE_DISCARDED, {"text": draft.text})
    with pytest.raises(StaleError, match="The draft is gone"):
        save_draft(draft, spec_of(template), actor=make_user())


@pytest.mark.parametrize(
    "person",
    [
        lambda: make_user(User.Role.LIAISON, unit=make_unit()),
        lambda: make_user(User.Role.MANAGER, unit=make_unit()),
        lambda: make_user(User.Role.LEADER),
        lambda: make_user(is_active=False),
    ],
)
def test_only_the_bureau_drafts(person: object) -> None:
    assert callable(person)
    template, stranger = make_template("a", "b", "c"), person()
    with pytest.raises(PermissionDenied):
        begin_draft(template.code, actor=stranger)
    draft = begin_draft(template.code, actor=make_user())
    chain = drop_node(spec_of(template), "c")

    for change in (
        lambda: save_draft(draft, chain, actor=stranger),
        lambda: publish_draft(draft, actor=stranger),
        lambda: discard_draft(draft, actor=stranger),
    ):
        with pytest.raises(PermissionDenied):
            change()

    assert said(draft) == spec_of(template)


def test_staff_draft_too() -> None:
    staff = make_user(User.Role.LIAISON, unit=make_unit(), is_staff=True)

    assert begin_draft(make_template().code, actor=staff).changed_by == staff


@pytest.mark.django_db(transaction=True)
def test_of_edits_at_the_same_time_one_is_taken_and_the_others_are_told() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    template = make_template("a", "b", "c")
    draft = begin_draft(template.code, actor=make_user())
    people = [make_user() for _ in range(4)]
    ready, told = Barrier(len(people)), []

    def edit(person: User, name: str) -> None:
        ready.wait()
        try:
            save_draft(draft, replace(spec_of(template), name=name), actor=person, version=1)
        except DomainError as error:
            told.append(error)
        finally:
            connection.close()

    threads = [Thread(target=edit, args=(person, f"链{place}")) for place, person in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    draft.refresh_from_db()
    assert draft.version == 2
    assert [type(error) for error in told] == [StaleError] * 3
    assert Change.objects.filter(verb=Change.Verb.TEMPLATE_DRAFTED).count() == 2

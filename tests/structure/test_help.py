"""Every page says what it is for, in three sentences."""

import re
from collections.abc import Iterator
from typing import Any

from django.template.loader import render_to_string
from django.urls import get_resolver
from django.utils.translation import override

from config.help import HELP

OURS = {"screen", "milestones", "issues", "meetings", "ledger", "notices", "people"}
PLACES_OF_THE_HOUSE = {"start", "search", "account_change_password"}

NO_PAGE = {
    # files and pictures
    "screen:investment_export", "screen:race_export", "screen:weak_link_export", "screen:map_outline_file",
    "milestones:overdue_export", "milestones:proof",
    "milestones:proof_thumbnail", "milestones:template_toml", "milestones:draft_toml", "issues:export", "issues:file",
    "issues:file_thumbnail", "issues:visit_photo", "issues:visit_photo_thumbnail", "meetings:workbook", "meetings:file",
    "meetings:minutes_docx", "meetings:minutes_template_file", "meetings:minutes_template_builtin", "ledger:rejects",
    "ledger:file", "ledger:investment-form", "notices:feed",
    # parts of a page, fetched by its script
    "milestones:lists", "meetings:job", "meetings:agenda_find", "screen:wall_pictures", "screen:wall_worker",
    # the wall and what stands behind a link, which have a frame of their own
    "screen:wall", "screen:wall_enter", "issues:enterprise", "issues:enterprise_rate", "people:join",
    # changes, which answer with a page that has a name of its own
    "screen:race_withdraw",
    "screen:kiosk_end", "screen:kiosk_revoke", "milestones:bulk_confirm", "milestones:start", "milestones:finish",
    "milestones:resume", "milestones:hold", "milestones:assign", "milestones:remind", "milestones:waive",
    "milestones:reopen", "milestones:add_proofs", "milestones:approve", "milestones:refuse", "milestones:return",
    "milestones:withdraw", "milestones:withdraw_proof", "milestones:draft_begin", "milestones:draft_drop",
    "milestones:draft_move", "milestones:draft_discard", "issues:save_filter", "issues:remove_filter", "issues:assign",
    "issues:note", "issues:ask_to_close", "issues:verify", "issues:send_back", "issues:suspend", "issues:take_up",
    "issues:reopen", "issues:rate", "issues:topic_take_out", "issues:topic_assign", "issues:topic_note",
    "issues:topic_close", "issues:topic_reopen", "issues:revoke_link", "issues:slips_issue", "issues:slip_issue",
    "issues:slip_dismiss", "issues:slip_answer", "meetings:draft", "meetings:change", "meetings:freeze",
    "meetings:agenda_move", "meetings:agenda_assign", "meetings:agenda_drop", "meetings:agenda_restore",
    "meetings:agenda_refresh", "meetings:agenda_add", "meetings:save_decision", "meetings:send_again",
    "meetings:apply_upload", "ledger:confirm", "ledger:again", "notices:change", "notices:revoke", "people:unit_move",
    "people:unit_join", "people:link", "issues:visit_photo_withdraw",
}  # fmt: skip
"""Addresses that need no help, each for its reason; a new address is either here or has a text."""


def names(patterns: Any, space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern.url_patterns, pattern.namespace or space)
        elif pattern.name:
            yield f"{space}:{pattern.name}" if space else pattern.name


def test_every_page_has_a_help_text() -> None:
    ours = {name for name in names(get_resolver().url_patterns) if name.partition(":")[0] in OURS}
    assert len(ours) > 100
    assert ours - NO_PAGE - HELP.keys() == set(), "write three sentences in config/help.py"
    assert HELP.keys() - ours - PLACES_OF_THE_HOUSE == set(), "no page has this address any more"
    assert NO_PAGE - ours == set()
    assert NO_PAGE & HELP.keys() == set()


def test_a_help_text_has_three_sentences_in_both_languages() -> None:
    for language, end in (("en", r"[.?](?=\s|$)"), ("zh-hans", "。")):
        with override(language):
            counted = {name: len(re.findall(end, str(text))) for name, text in HELP.items()}
        assert {name: n for name, n in counted.items() if n != 3} == {}, language


def test_the_text_stands_on_its_page() -> None:
    assert "What this page is for" in render_to_string("_help.html", {"help_text": HELP["people:units"]})
    assert render_to_string("_help.html", {"help_text": ""}).strip() == ""

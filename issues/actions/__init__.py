"""Every change of an issue and what goes with it. Each action holds, checks, writes and records, in that order."""

from issues.actions.findings import raise_from_finding, record_visit_with_issues
from issues.actions.issues import (
    ask_to_close,
    assign_issue,
    change_issue,
    note_issue,
    raise_issue,
    rate_issue,
    reopen_issue,
    send_back_issue,
    suspend_issue,
    take_up_issue,
    verify_issue,
)
from issues.actions.links import (
    make_link,
    note_use,
    raise_by_enterprise,
    rate_by_enterprise,
    revoke_link,
)
from issues.actions.slip_sweep import Proposals, propose_slips
from issues.actions.slips import answer_slip, dismiss_slip, issue_slip, issue_slips
from issues.actions.topics import (
    TopicAssigned,
    add_to_topic,
    assign_topic,
    change_topic,
    close_topic,
    note_topic,
    open_topic,
    reopen_topic,
    take_out_of_topic,
)

__all__ = [
    "Proposals",
    "TopicAssigned",
    "add_to_topic",
    "answer_slip",
    "ask_to_close",
    "assign_issue",
    "assign_topic",
    "change_issue",
    "change_topic",
    "close_topic",
    "dismiss_slip",
    "issue_slip",
    "issue_slips",
    "make_link",
    "note_issue",
    "note_topic",
    "note_use",
    "open_topic",
    "propose_slips",
    "raise_by_enterprise",
    "raise_from_finding",
    "raise_issue",
    "rate_by_enterprise",
    "rate_issue",
    "record_visit_with_issues",
    "reopen_issue",
    "reopen_topic",
    "revoke_link",
    "send_back_issue",
    "suspend_issue",
    "take_out_of_topic",
    "take_up_issue",
    "verify_issue",
]

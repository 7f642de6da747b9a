"""Every change of a weekly meeting. Each action holds, checks, writes and records, in that order."""

from meetings.actions.agenda import (
    add_item,
    assign_speaker,
    drop_item,
    order_items,
    refresh_agenda,
    restore_item,
)
from meetings.actions.decisions import (
    change_decision,
    reopen_decision,
    report_done,
    send_back_decision,
    take_decision,
    verify_decision,
    withdraw_decision,
)
from meetings.actions.deliveries import (
    begin_delivery,
    end_delivery,
    fail_delivery,
    hold_up,
    plan_deliveries,
    send_again,
)
from meetings.actions.freezing import TakenOverError, ask_to_freeze, carry_out, take_job
from meetings.actions.meetings import change_meeting, draft_meeting
from meetings.actions.minutes import replace_template
from meetings.actions.uploads import OutdatedPreviewError, apply_upload, upload_workbook

__all__ = [
    "OutdatedPreviewError",
    "TakenOverError",
    "add_item",
    "apply_upload",
    "ask_to_freeze",
    "assign_speaker",
    "begin_delivery",
    "carry_out",
    "change_decision",
    "change_meeting",
    "draft_meeting",
    "drop_item",
    "end_delivery",
    "fail_delivery",
    "hold_up",
    "order_items",
    "plan_deliveries",
    "refresh_agenda",
    "reopen_decision",
    "replace_template",
    "report_done",
    "restore_item",
    "send_again",
    "send_back_decision",
    "take_decision",
    "take_job",
    "upload_workbook",
    "verify_decision",
    "withdraw_decision",
]

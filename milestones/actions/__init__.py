"""Every change to a node or a chain, by noun. Each action holds, checks, writes and records, in that order."""

from milestones.actions.bulk import (
    MOST_AT_ONCE,
    BulkRow,
    BulkWork,
    HandOver,
    Picked,
    PutOnHold,
    Rehearsal,
    Remind,
    Resume,
    ShiftDates,
    carry_out,
    rehearse,
)
from milestones.actions.chains import lay_chain, relay_chain
from milestones.actions.date_changes import (
    approve_date_change,
    move_date,
    refuse_date_change,
    request_date_change,
    return_date_change,
    withdraw_date_change,
)
from milestones.actions.holds import hold_node, resume_node
from milestones.actions.nodes import (
    Outcome,
    assign_node,
    finish_node,
    remind,
    reopen_node,
    start_node,
    waive_node,
)
from milestones.actions.proofs import add_proofs, withdraw_proof
from milestones.actions.sweep import Sweep, sweep_overdue
from milestones.actions.templates import begin_draft, discard_draft, publish_draft, save_draft

__all__ = [
    "MOST_AT_ONCE",
    "BulkRow",
    "BulkWork",
    "HandOver",
    "Outcome",
    "Picked",
    "PutOnHold",
    "Rehearsal",
    "Remind",
    "Resume",
    "ShiftDates",
    "Sweep",
    "add_proofs",
    "approve_date_change",
    "assign_node",
    "begin_draft",
    "carry_out",
    "discard_draft",
    "finish_node",
    "hold_node",
    "lay_chain",
    "move_date",
    "publish_draft",
    "refuse_date_change",
    "rehearse",
    "relay_chain",
    "remind",
    "reopen_node",
    "request_date_change",
    "resume_node",
    "return_date_change",
    "save_draft",
    "start_node",
    "sweep_overdue",
    "waive_node",
    "withdraw_date_change",
    "withdraw_proof",
]

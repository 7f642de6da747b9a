"""How a node moves from state to state (design.md, section 3)."""

from enum import StrEnum

from domain.errors import RuleError, gettext_noop


class Status(StrEnum):
    """What is stored of a node's progress; its light is computed (``domain.lights``)."""

    WAITING = "waiting"
    RUNNING = "running"
    HELD = "held"
    DONE = "done"
    WAIVED = "waived"


class Move(StrEnum):
    """REOPEN takes one step back: done nodes run again, running and waived ones wait again."""

    START = "start"
    FINISH = "finish"
    HOLD = "hold"
    RESUME = "resume"
    WAIVE = "waive"
    REOPEN = "reopen"


CLOSED = frozenset({Status.DONE, Status.WAIVED})
"""Nothing more is to be done; what waits behind may go on."""

OPEN = frozenset(Status) - CLOSED

_MOVES: dict[tuple[Move, Status], Status] = {
    (Move.START, Status.WAITING): Status.RUNNING,
    (Move.FINISH, Status.RUNNING): Status.DONE,
    (Move.HOLD, Status.RUNNING): Status.HELD,
    (Move.HOLD, Status.HELD): Status.HELD,
    (Move.RESUME, Status.HELD): Status.RUNNING,
    (Move.WAIVE, Status.WAITING): Status.WAIVED,
    (Move.WAIVE, Status.RUNNING): Status.WAIVED,
    (Move.WAIVE, Status.HELD): Status.WAIVED,
    (Move.REOPEN, Status.RUNNING): Status.WAITING,
    (Move.REOPEN, Status.DONE): Status.RUNNING,
    (Move.REOPEN, Status.WAIVED): Status.WAITING,
}

_REFUSALS: dict[Move, str] = {
    Move.START: gettext_noop("“%(node)s” cannot be started: it is not waiting."),
    Move.FINISH: gettext_noop("“%(node)s” cannot be finished: it is not running."),
    Move.HOLD: gettext_noop("“%(node)s” cannot be put on hold: it is not running."),
    Move.RESUME: gettext_noop("“%(node)s” cannot be resumed: it is not on hold."),
    Move.WAIVE: gettext_noop("“%(node)s” cannot be waived: it is already closed."),
    Move.REOPEN: gettext_noop("“%(node)s” cannot be reopened: there is nothing to undo."),
}


def move(current: Status, step: Move, *, node: str) -> Status:
    """The status after `step`. Raises RuleError, naming the `node`, where there is no such step."""
    target = _MOVES.get((step, current))
    if target is None:
        raise RuleError(_REFUSALS[step], node=node)
    return target


def moves_from(current: Status) -> frozenset[Move]:
    """The steps that a node in this status can take, its predecessors aside."""
    return frozenset(step for step, status in _MOVES if status == current)


def check_start(before: str, *, node: str) -> None:
    """Raises RuleError where something must be done before `node`: `before` names it, blank where nothing is."""
    if before:
        raise RuleError(
            gettext_noop("“%(node)s” cannot be started before “%(before)s” is done."),
            node=node,
            before=before,
        )

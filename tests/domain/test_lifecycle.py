"""How a node moves from state to state."""

import pytest

from domain.errors import RuleError
from domain.lifecycle import Move, Status, move, moves_from

ALLOWED = {
    (Status.WAITING, Move.START): Status.RUNNING,
    (Status.RUNNING, Move.FINISH): Status.DONE,
    (Status.RUNNING, Move.HOLD): Status.HELD,
    (Status.HELD, Move.HOLD): Status.HELD,
    (Status.HELD, Move.RESUME): Status.RUNNING,
    (Status.RUNNING, Move.REOPEN): Status.WAITING,
    (Status.WAITING, Move.WAIVE): Status.WAIVED,
    (Status.RUNNING, Move.WAIVE): Status.WAIVED,
    (Status.HELD, Move.WAIVE): Status.WAIVED,
    (Status.DONE, Move.REOPEN): Status.RUNNING,
    (Status.WAIVED, Move.REOPEN): Status.WAITING,
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", Move)
def test_a_step_leads_where_the_table_says_or_is_refused_with_the_nodes_name(
    status: Status, step: Move
) -> None:
    if (status, step) in ALLOWED:
        assert move(status, step, node="施工许可证") == ALLOWED[status, step]
        assert step in moves_from(status)
    else:
        with pytest.raises(RuleError, match="“施工许可证” cannot be"):
            move(status, step, node="施工许可证")
        assert step not in moves_from(status)

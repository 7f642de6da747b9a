"""What is most worth solving first, of what is late."""


def weight(days_late: int, holds_up: int) -> int:
    """The days that a late node costs: its own working days late, once for itself and once for each node behind it.

    Source: ours; what has been late for long and holds up much comes before what is only the one or the other.
    """
    return days_late * (1 + holds_up)

"""After an import the overdue flags are looked at anew and all chains are reckoned again, by a worker."""

import logging

from kombu.exceptions import OperationalError

from milestones.tasks import flag_overdue
from screen.tasks import reckon_today

log = logging.getLogger(__name__)


def queue_sweep_and_reckoning() -> bool:
    """Whether both were queued. A broker that does not answer costs a day of old flags and forecasts, not an import:
    the next night does the same.
    """
    try:
        flag_overdue.delay()
        reckon_today.delay()
    except (OperationalError, OSError) as error:
        log.warning("the overdue sweep and the reckoning were not queued: %s", error)
        return False
    return True

"""After an import the overdue flags are looked at anew, by a worker."""

import logging

from kombu.exceptions import OperationalError

from milestones.tasks import flag_overdue

log = logging.getLogger(__name__)


def queue_sweep() -> bool:
    """Whether the sweep was queued. A broker that does not answer costs an hour of old flags, not an import:
    the next sweep of the day does the same.
    """
    try:
        flag_overdue.delay()
    except (OperationalError, OSError) as error:
        log.warning("the overdue sweep was not queued: %s", error)
        return False
    return True

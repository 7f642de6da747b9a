"""How much memory this process has needed."""

from pathlib import Path


def peak_mb() -> float:
    """Megabytes of resident memory at the peak.

    Of this program alone: ``getrusage`` would answer with the parent's peak where that was higher.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status has no VmHWM")

"""Project codes for invented projects: well formed, with the check digit that belongs to them."""

from datetime import date
from random import Random

from domain.project_code import check_digit

QIANTANG = "330114"
_OLD = "2019-330114-36-03-017432"


def project_code(kind: str, assigned_on: date, random: Random, *, wrong: bool, old: bool) -> str:
    """A code assigned on that day; `wrong` breaks its check digit, `old` gives one of the form of 2019."""
    if old:
        return _OLD
    department, project_type = ("07", "02") if kind == "renovation" else ("04", "01")
    head = f"{assigned_on:%y%m}", QIANTANG, department, project_type
    serial = f"{random.randrange(100_000):05}"
    digit = (check_digit("".join(head) + serial) + wrong) % 10
    return "-".join((*head, f"{serial}{digit}"))

"""``today`` is a parameter: only pages, the API, tasks and commands look at the calendar on the wall.

A template tag is part of a page.
"""

import ast
import re
from collections.abc import Iterator

from tests.structure.sources import Source, calls, own_code, sample

EDGE = re.compile(
    r"[a-z]+/((.*[_/])?(views|api|tasks|feeds)(_.*)?\.py|(management/commands|templatetags|views|api)/.*\.py)"
)
READS = re.compile(
    r"(.*\.)?(localdate|localtime)|(date|datetime|datetime\.date|datetime\.datetime)\.(today|now|utcnow)"
)


def readings(source: Source) -> Iterator[str]:
    """Calls that ask what time it is; ``localtime(moment)`` only converts."""
    for call in calls(source):
        converts = ".local" in ast.unparse(call.func) and (call.args or call.keywords)
        if READS.fullmatch(ast.unparse(call.func)) and not converts:
            yield source.at(call)


def test_only_the_edges_read_the_clock() -> None:
    inner = [source for source in own_code() if not EDGE.fullmatch(source.path)]
    assert [line for source in inner for line in readings(source)] == []


def test_the_clock_rule_is_not_blind() -> None:
    assert list(readings(sample("today = timezone.localdate()")))
    assert list(readings(sample("today = date.today()")))
    assert list(readings(sample("at = datetime.now(tz)")))
    assert not list(readings(sample("text = today.isoformat()")))
    assert not list(readings(sample("at = timezone.localtime(frozen_at)")))
    assert EDGE.fullmatch("milestones/management/commands/flag_overdue.py")
    assert not EDGE.fullmatch("milestones/actions.py")

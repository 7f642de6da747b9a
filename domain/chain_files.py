"""Process chains as TOML text, which an official can read and change (domain.md 2).

A file has one ``[chain]``, at most one ``[promise]`` and lists of ``[[stage]]``, ``[[lane]]``, ``[[fact]]`` and
``[[node]]``; a node names what it waits for in ``waits_for`` (hard), ``any_of`` (hard, one of each group is
enough) and ``prefers`` (soft).
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from domain.chain_rules import check_chain
from domain.chains import (
    ChainSpec,
    ClockOwner,
    EdgeKind,
    EdgeSpec,
    FactSpec,
    LaneSpec,
    Milestone,
    NodeSpec,
    PromiseSpec,
    StageSpec,
    working_days,
)
from domain.errors import gettext_noop
from domain.schedule import ChainError
from domain.workdays import LimitUnit

Choice = TypeVar("Choice", bound=StrEnum)

_MOST_SHOWN: Final = 60  # characters of a value that cannot be
_DEEP_KEY: Final = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){20}""")
"""A key with so many dots; reading one takes time with the square of their number."""
_PLACE_KEYS: Final = ("code", "name", "name_en")
_CHAIN_KEYS: Final = ("code", "kind", "name", "name_en", "source", "note")
_BEFORE_EDGES: Final = ("plan_days", "key", "optional", "condition", "milestone")
_AFTER_EDGES: Final = ("proof", "unconfirmed", "source", "note")
_NODE_KEYS: Final = (
    *(*_PLACE_KEYS, "stage", "lane", "unit", "clock", "limit", "limit_unit", *_BEFORE_EDGES),
    *("waits_for", "any_of", "prefers", *_AFTER_EDGES),
)
_PROMISE_KEYS: Final = ("from", "until", "days", "unit", "source", "unconfirmed")
_FIELDS: Final = {"key": "is_key", "from": "since"}
"""Fields that a file calls otherwise, because they are words of Python there or of ours here."""


def read_chain(text: str, *, where: str) -> ChainSpec:
    """The chain that a TOML text defines; ``where`` (a file name) begins every complaint.

    Absent ``plan_days`` are the limit in working days, an absent ``limit_unit`` is working days.

    Raises ChainError for text that is not TOML, a key that means nothing or has dots without end, a value of the
    wrong kind, a node with neither limit nor plan days, and all that ``check_chain`` refuses.
    """
    if deep := _DEEP_KEY.search(text):
        raise ChainError(
            gettext_noop("%(where)s: the key “%(key)s” has too many dots."),
            where=where, key=deep.group()[:_MOST_SHOWN],
        )  # fmt: skip
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))  # what Windows' editors put first
    except (
        ValueError,
        RecursionError,
    ) as error:  # not only TOMLDecodeError: numbers and brackets without end
        raise ChainError(
            gettext_noop("%(where)s is not valid TOML: %(reason)s."), where=where, reason=error
        ) from error
    whole = _Table(where, "file", document)
    whole.only({"chain", "promise", "stage", "lane", "fact", "node"})
    head = _Table(where, "chain", whole.value("chain", dict, {}))
    head.only(_CHAIN_KEYS)
    nodes = [_Table(where, "node", row) for row in whole.rows("node")]
    chain = ChainSpec(
        code=head.text("code"),
        kind=head.text("kind"),
        name=head.text("name"),
        name_en=head.text("name_en"),
        source=head.text("source"),
        note=head.text("note"),
        stages=tuple(StageSpec(*place) for place in _places(whole, "stage")),
        lanes=tuple(LaneSpec(*place) for place in _places(whole, "lane")),
        facts=tuple(FactSpec(*place) for place in _places(whole, "fact")),
        promise=_promise(whole),
        nodes=tuple(_node(table) for table in nodes),
        edges=tuple(edge for table in nodes for edge in _edges(table)),
    )
    check_chain(chain, where=where)
    return chain


def write_chain(chain: ChainSpec) -> str:
    """The chain as TOML, without comments; ``read_chain`` gives the same chain back.

    The edges come back by target in the order of the nodes, groups numbered, as ``read_chain`` makes them.
    """
    lines = ["[chain]", *_lines(chain, _CHAIN_KEYS)]
    if chain.promise:
        lines += ["", "[promise]", *_lines(chain.promise, _PROMISE_KEYS)]
    for table, places in (("stage", chain.stages), ("lane", chain.lanes), ("fact", chain.facts)):
        for place in places:
            lines += ["", f"[[{table}]]", *_lines(place, _PLACE_KEYS)]
    for node in chain.nodes:
        lines += ["", "[[node]]", *_node_lines(node, chain.edges)]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Table:
    """One table of a file, which knows how to complain: ``where`` is the file, ``kind`` the table's name."""

    where: str
    kind: str
    values: Mapping[str, Any]

    @property
    def at(self) -> str:
        return f"{self.where}, [{self.kind}] {self.values.get('code', '')}".strip()

    def only(self, keys: Iterable[str]) -> None:
        for key in self.values:
            if key not in keys:
                raise ChainError(
                    gettext_noop("%(where)s: the key “%(key)s” means nothing here."), where=self.at, key=key
                )

    def value(self, key: str, kind: type, default: Any) -> Any:
        """The value of ``key``; refused when it is there but of another kind (true is no number)."""
        value = self.values.get(key, default)
        if value is not default and type(value) is not kind:
            raise self.refuse(key, value)
        return value

    def text(self, key: str) -> str:
        return str(self.value(key, str, ""))

    def flag(self, key: str) -> bool:
        return self.value(key, bool, None) is True

    def texts(self, key: str) -> list[str]:
        return self._all(key, str)

    def rows(self, key: str) -> list[Mapping[str, Any]]:
        return self._all(key, dict)

    def groups(self, key: str) -> list[list[str]]:
        groups: list[list[str]] = self._all(key, list)
        if not all(group and all(type(code) is str for code in group) for group in groups):
            raise self.refuse(key, groups)
        return groups

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        value = self.values.get(key, default)
        try:
            return kind(value)
        except ValueError as error:
            raise self.refuse(key, value) from error

    def refuse(self, key: str, value: object) -> ChainError:
        if value is None:
            return ChainError(gettext_noop("%(where)s: “%(key)s” is missing."), where=self.at, key=key)
        shown = str(value)[:_MOST_SHOWN]
        return ChainError(
            gettext_noop("%(where)s: “%(key)s” cannot be “%(value)s”."), where=self.at, key=key, value=shown
        )

    def _all(self, key: str, kind: type) -> list[Any]:
        values: list[Any] = self.value(key, list, [])
        for value in values:
            if type(value) is not kind:
                raise self.refuse(key, value)
        return values


def _places(whole: _Table, kind: str) -> Iterator[tuple[str, str, str]]:
    for row in whole.rows(kind):
        table = _Table(whole.where, kind, row)
        table.only(_PLACE_KEYS)
        yield table.text("code"), table.text("name"), table.text("name_en")


def _promise(whole: _Table) -> PromiseSpec | None:
    if "promise" not in whole.values:
        return None
    table = _Table(whole.where, "promise", whole.value("promise", dict, {}))
    table.only(_PROMISE_KEYS)
    days = table.value("days", int, None)
    if days is None:
        raise table.refuse("days", None)
    return PromiseSpec(
        since=table.text("from"),
        until=table.text("until"),
        days=days,
        unit=table.choice("unit", LimitUnit, LimitUnit.WORKING),
        source=table.text("source"),
        unconfirmed=table.flag("unconfirmed"),
    )


def _node(table: _Table) -> NodeSpec:
    table.only(_NODE_KEYS)
    limit: int | None = table.value("limit", int, None)
    unit = table.choice("limit_unit", LimitUnit, LimitUnit.WORKING)
    plan_days = table.value("plan_days", int, None if limit is None else working_days(limit, unit))
    if plan_days is None:
        raise ChainError(gettext_noop("%(where)s: it needs a limit or plan_days."), where=table.at)
    return NodeSpec(
        code=table.text("code"),
        name=table.text("name"),
        name_en=table.text("name_en"),
        stage=table.text("stage"),
        lane=table.text("lane"),
        unit=table.text("unit"),
        clock=table.choice("clock", ClockOwner),
        limit=limit,
        limit_unit=unit,
        plan_days=plan_days,
        is_key=table.flag("key"),
        optional=table.flag("optional"),
        condition=table.text("condition"),
        milestone=table.choice("milestone", Milestone) if "milestone" in table.values else None,
        proof=table.text("proof"),
        unconfirmed=table.flag("unconfirmed"),
        source=table.text("source"),
        note=table.text("note"),
    )


def _edges(table: _Table) -> Iterator[EdgeSpec]:
    target = table.text("code")
    for code in table.texts("waits_for"):
        yield EdgeSpec(code, target, EdgeKind.HARD)
    for number, group in enumerate(table.groups("any_of"), start=1):
        for code in group:
            yield EdgeSpec(code, target, EdgeKind.HARD, str(number))
    for code in table.texts("prefers"):
        yield EdgeSpec(code, target, EdgeKind.SOFT)


def _lines(row: object, keys: Iterable[str]) -> Iterator[str]:
    """``key = value`` of each field that says something; nought does."""
    for key in keys:
        value = getattr(row, _FIELDS.get(key, key))
        if value is not None and value is not False and value != "":
            yield f"{key} = {_toml(value)}"


def predecessors(code: str, edges: Iterable[EdgeSpec]) -> dict[str, list[Any]]:
    """What a node waits for, by the keys of a file: ``waits_for``, ``any_of`` and ``prefers``."""
    into = [edge for edge in edges if edge.target == code]
    groups: dict[str, list[str]] = {}
    for edge in into:
        if edge.group:
            groups.setdefault(edge.group, []).append(edge.source)
    return {
        "waits_for": [edge.source for edge in into if edge.kind is EdgeKind.HARD and not edge.group],
        "any_of": list(groups.values()),
        "prefers": [edge.source for edge in into if edge.kind is EdgeKind.SOFT],
    }


def _node_lines(node: NodeSpec, edges: Iterable[EdgeSpec]) -> Iterator[str]:
    yield from _lines(node, (*_PLACE_KEYS, "stage", "lane", "unit", "clock", "limit"))
    if node.limit is not None or node.limit_unit is not LimitUnit.WORKING:
        yield from _lines(node, ("limit_unit",))
    yield from _lines(node, _BEFORE_EDGES)
    for key, value in predecessors(node.code, edges).items():
        if value:
            yield f"{key} = {_toml(value)}"
    yield from _lines(node, _AFTER_EDGES)


def _toml(value: Any) -> str:
    # What JSON writes of these kinds is TOML too; the characters in which they differ are refused.
    return json.dumps(value, ensure_ascii=False)

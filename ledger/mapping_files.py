"""Mappings as TOML files: those that come with the software, and those somebody wrote for a ledger."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from domain.chains import KINDS, ChainSpec
from domain.errors import DomainError, InputError
from domain.ledger_chains import linear_chain
from domain.lifecycle import Status
from domain.schedule import ChainError
from domain.written import squeeze
from ledger.mapping import PROJECT_FIELDS, START, LayOnly, Layout, LedgerMapping, Says

BUILT_IN = Path(__file__).parent / "mappings"

_KEYS = {
    "title", "layout", "date_order", "default_year", "no_date", "create_units", "bare_node_column",
    "project", "defaults", "values", "node", "nodes", "finished", "says", "chain",
}  # fmt: skip
_CHAIN_KEYS = {"code", "name", "name_en", "source", "nodes", "lay"}
_STATUSES = {Status.WAITING, Status.RUNNING, Status.DONE}


class MappingError(InputError):
    """A mapping is missing or says something that means nothing; the sentence names file and place."""


def load_mapping(name_or_path: str) -> LedgerMapping:
    """A mapping that comes with the software, by its name, or one in a file.

    Raises MappingError where there is none, or where it is wrong.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml" or path.parent != Path():
        return _read(path)
    return built_in_mapping(name_or_path)


def built_in_mapping(name: str) -> LedgerMapping:
    """Raises MappingError where no mapping of this name comes with the software."""
    names = built_in_names()
    if name not in names:
        raise MappingError(
            gettext_noop("There is no mapping “%(name)s”; there are: %(names)s."),
            name=name, names=", ".join(names),
        )  # fmt: skip
    return _built_in(name)


def built_in_names() -> list[str]:
    return sorted(path.stem for path in BUILT_IN.glob("*.toml"))


@lru_cache(maxsize=32)
def _built_in(name: str) -> LedgerMapping:
    return _read(BUILT_IN / f"{name}.toml")


def _read(path: Path) -> LedgerMapping:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(gettext_noop("The mapping “%(file)s” cannot be read."), file=path.name) from error
    return parse_mapping(text, where=path.name)


def parse_mapping(text: str, *, where: str) -> LedgerMapping:
    """The mapping in a TOML text; `where` (a file name) begins every complaint.

    Raises MappingError for text that is not TOML, keys and values that mean nothing, and a mapping that
    cannot name a project.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(
            gettext_noop("%(where)s is not valid TOML: %(reason)s."), where=where, reason=error
        ) from error
    whole = _Table(where, document)
    whole.only(_KEYS)
    chain, lay = _chain(whole)
    layout = whole.choice("layout", Layout, Layout.WIDE)
    return LedgerMapping(
        name=Path(where).stem,
        title=whole.text("title") or Path(where).stem,
        layout=layout,
        project=whole.table("project").headers({*PROJECT_FIELDS, START}, needed="name"),
        node=_node_columns(whole, layout),
        nodes=whole.table("nodes").headers(None),
        finished=whole.table("finished").headers(None),
        says=_says(whole.table("says")),
        bare=whole.choice("bare_node_column", Says, Says.DUE),
        defaults=_defaults(whole.table("defaults")),
        values=_values(whole.table("values")),
        no_date=frozenset(squeeze(word).casefold() for word in whole.texts("no_date")),
        order=whole.one_of("date_order", ("mdy", "dmy")),
        default_year=whole.year("default_year"),
        create_units=whole.flag("create_units"),
        chain=chain,
        lay=lay or (LayOnly.NAMED if layout is Layout.LONG else LayOnly.ALL),
    )


@dataclass(frozen=True)
class _Table:
    """One table of a mapping, which knows how to complain."""

    where: str
    values: Mapping[str, Any]

    def refuse(self, key: str, value: object) -> MappingError:
        return MappingError(
            gettext_noop("%(where)s: “%(key)s” cannot be “%(value)s”."),
            where=self.where,
            key=key,
            value=value,
        )

    def missing(self, key: str) -> MappingError:
        return MappingError(gettext_noop("%(where)s: “%(key)s” is missing."), where=self.where, key=key)

    def only(self, keys: Iterable[str]) -> None:
        for key in self.values:
            if key not in {str(known) for known in keys}:
                raise MappingError(
                    gettext_noop("%(where)s: the key “%(key)s” means nothing here."),
                    where=self.where,
                    key=key,
                )

    def table(self, key: str) -> "_Table":
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.refuse(key, value)
        return _Table(f"{self.where}, [{key}]", value)

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self.refuse(key, value)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """One text or a list of them."""
        value = self.values.get(key, [])
        texts = (value,) if isinstance(value, str) else value
        if not isinstance(texts, list | tuple) or not all(isinstance(text, str) and text for text in texts):
            raise self.refuse(key, value)
        return tuple(texts)

    def headers(self, keys: Iterable[str] | None, *, needed: str = "") -> dict[str, tuple[str, ...]]:
        if keys is not None:
            self.only(keys)
        if needed and not self.texts(needed):
            raise self.missing(needed)
        return {key: self.texts(key) for key in self.values}

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.refuse(key, value)
        return value

    def year(self, key: str) -> int | None:
        value = self.values.get(key)
        if value is not None and (type(value) is not int or not 1950 <= value <= 2100):
            raise self.refuse(key, value)
        return value

    def one_of(self, key: str, allowed: tuple[Any, ...]) -> Any:
        value = self.values.get(key)
        if value is not None and value not in allowed:
            raise self.refuse(key, value)
        return value

    def choice(self, key: str, kind: Any, default: Any) -> Any:
        value = self.values.get(key)
        try:
            return default if value is None else kind(value)
        except ValueError:
            raise self.refuse(key, value) from None


def _node_columns(whole: _Table, layout: Layout) -> dict[str, tuple[str, ...]]:
    table = whole.table("node")
    return table.headers({"name", *Says}, needed="name" if layout is Layout.LONG else "")


def _says(table: _Table) -> dict[str, Says]:
    table.only(Says)
    return {squeeze(word).casefold(): Says(key) for key in table.values for word in table.texts(key)}


def _defaults(table: _Table) -> dict[str, str]:
    table.only(("kind", "town", "department", "enterprise", "sector", "leader", "note"))
    defaults = {key: table.text(key) for key in table.values}
    if defaults.get("kind", "new_build") not in KINDS:
        raise table.refuse("kind", defaults["kind"])
    return defaults


def _values(table: _Table) -> dict[str, dict[str, str]]:
    table.only({*PROJECT_FIELDS, "status"})
    allowed = {"kind": KINDS, "status": _STATUSES}
    values: dict[str, dict[str, str]] = {}
    for key in table.values:
        inner = table.table(key)
        values[key] = {squeeze(word).casefold(): inner.text(word) for word in inner.values}
        for word in inner.values:
            if key in allowed and inner.text(word) not in allowed[key]:
                raise inner.refuse(word, inner.text(word))
    return values


def _chain(whole: _Table) -> tuple[ChainSpec | None, LayOnly | None]:
    """The chain a mapping brings. Its nodes are optional: which of them a project has, the ledger says."""
    table = whole.table("chain")
    if not table.values:
        return None, None
    table.only(_CHAIN_KEYS)
    for key in ("code", "name", "nodes"):
        if not table.values.get(key):
            raise table.missing(key)
    names = table.texts("nodes")
    try:
        chain = linear_chain(
            table.text("code"), table.text("name"), list(zip(_codes(names), names, strict=True)),
            name_en=table.text("name_en"), source=table.text("source"),
        )  # fmt: skip
    except ChainError as error:
        raise MappingError(gettext_noop("%(where)s: %(reason)s"), where=table.where, reason=error) from error
    except DomainError as error:
        raise MappingError(error.template, **error.params) from error
    nodes = tuple(replace(node, optional=True) for node in chain.nodes)
    return replace(chain, nodes=nodes), table.choice("lay", LayOnly, None)


def _codes(names: Iterable[str]) -> list[str]:
    """A code for each node: its name in letters, or its place in the chain."""
    codes: list[str] = []
    for place, name in enumerate(names, start=1):
        code = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:40]
        codes.append(code if code and code not in codes else f"n{place}")
    return codes

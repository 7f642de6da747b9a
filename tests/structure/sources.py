"""The repository's own files, as the structural tests read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tuple(
    sorted(path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "bench")
)


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to the root of the repository."""

    path: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)}"


def sample(text: str, path: str = "milestones/views.py") -> Source:
    """A piece of code as if it stood in that file."""
    return Source(path, ast.parse(text))


@cache
def own_code() -> tuple[Source, ...]:
    """All modules of the apps, migrations apart."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in paths
        if "migrations" not in path.parts
    )


def calls(source: Source) -> Iterator[ast.Call]:
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))


def texts(*patterns: str) -> Iterator[tuple[str, str]]:
    """Path and content of the files at the root that match."""
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")

"""Where things are found: the names of modules and migrations, the list of packages."""

import re
import tomllib
from pathlib import PurePosixPath

from django.conf import settings

from tests.structure.sources import PACKAGES, ROOT, own_code

SAYS_NOTHING = {"base", "common", "core", "helpers", "managers", "misc", "services", "utils"}
NAMED_MIGRATION = re.compile(r"\d{4}_(?!auto_)[a-z][a-z0-9_]*\.py|__init__\.py")


def _says_nothing(path: str) -> bool:
    parts = PurePosixPath(path).with_suffix("").parts
    return bool(SAYS_NOTHING & set(parts))


def test_a_module_is_named_after_what_is_in_it() -> None:
    assert [source.path for source in own_code() if _says_nothing(source.path)] == []
    assert _says_nothing("projects/utils.py")
    assert _says_nothing("projects/core/models.py")
    assert not _says_nothing("milestones/querysets.py")


def test_a_migration_is_named_after_what_it_does() -> None:
    names = [path.name for package in PACKAGES for path in (ROOT / package / "migrations").glob("*.py")]
    assert names
    assert [name for name in names if not NAMED_MIGRATION.fullmatch(name)] == []
    assert not NAMED_MIGRATION.fullmatch("0002_auto_20261122_2131.py")
    assert NAMED_MIGRATION.fullmatch("0002_hold.py")


def test_every_package_is_under_the_import_rules_and_known_to_the_tools() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    ours = {*PACKAGES}
    assert set(tools["importlinter"]["root_packages"]) == ours
    layers = tools["importlinter"]["contracts"][0]["layers"]
    assert {name for layer in layers for name in layer.split(" | ")} == ours
    assert ours <= set(tools["ruff"]["lint"]["isort"]["known-first-party"])
    assert ours - {"domain"} <= set(settings.INSTALLED_APPS)

"""What the documents promise exists: make targets, commands, variables of the environment."""

import ast
import re
import subprocess
from typing import Any

from django.core.management import get_commands

from tests.structure.sources import ROOT, own_code, texts

FIXED_TARGETS = {"run", "setup", "test", "check", "bench"}
FIXED_COMMANDS = {"import_ledger", "flag_overdue", "export_meeting", "publish_templates", "seed_demo"}


def _targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", text, flags=re.MULTILINE))


def _read_by_settings() -> set[str]:
    settings = next(source for source in own_code() if source.path == "config/settings.py")
    return {
        str(call.args[0].value)
        for call in ast.walk(settings.tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).startswith("env.")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_help_has_a_line_for_each_target() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    assert set(re.findall(r"^make ([a-z]+) +\S", shown, flags=re.MULTILINE)) == _targets()
    assert _targets() >= FIXED_TARGETS


def test_every_target_and_command_that_a_document_names_exists() -> None:
    documents = "\n".join(text for _, text in texts("*.md", "docs/**/*.md"))
    targets = set(re.findall(r"`make ([a-z]+)", documents))
    commands = set(re.findall(r"manage\.py ([a-z_]+)", documents))
    assert FIXED_TARGETS <= targets <= _targets()
    assert FIXED_COMMANDS <= commands <= get_commands().keys()


def test_the_example_environment_has_a_line_for_each_variable_and_no_other() -> None:
    ((_, example),) = texts(".env.example")
    lines = re.findall(r"^#?\s*([A-Z_]+)=", example, flags=re.MULTILINE)
    assert len(lines) == len(set(lines))
    assert set(lines) == _read_by_settings()


def test_an_example_environment_as_it_stands_changes_nothing(tmp_path: Any) -> None:
    ((_, example),) = texts(".env.example")
    assert [line for line in example.splitlines() if line and not line.startswith("#")] == []

"""What the tests of ledgers may ask for."""

from pathlib import Path
from typing import Any

import pytest

from milestones.tasks import flag_overdue


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> Path:
    """Imports keep their files in a folder of the test."""
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sweeps that were queued; no broker is asked."""
    sweeps: list[str] = []
    monkeypatch.setattr(flag_overdue, "delay", lambda: sweeps.append("sweep"))
    return sweeps

"""The repository knows no machine: no address of a package index, no path of somebody's disk."""

import re

from tests.structure.sources import own_code, texts

INDEX = re.compile(
    r"pypi\b|pythonhosted|npmjs|(?<!emit-)index-url|find-links|trusted-host|/simple\b|mirrors?\.",
    re.IGNORECASE,
)
SOMEBODYS_DISK = re.compile(r"(?<![\w./}$-])/(home|root|work|Users|mnt|srv|data)/|[A-Z]:\\\\")
ADDRESS = re.compile(r"https?://(?!(127\.0\.0\.1|localhost|[\w.-]*\bexample\b|www\.w3\.org))[\w.-]+")


def test_the_lock_file_has_hashes_and_no_addresses() -> None:
    ((_, lock),) = texts("requirements.lock")
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert INDEX.search(re.sub(r"^\s+# via.*", "", lock, flags=re.MULTILINE)) is None


def test_documents_and_settings_name_no_place() -> None:
    patterns = (
        "*.md",
        "docs/**/*.md",
        "pyproject.toml",
        "Makefile",
        ".env.example",
        ".pre-commit-config.yaml",
    )
    read = dict(texts(*patterns, ".ci/run", "config/settings.py"))
    assert {"README.md", "Makefile", "pyproject.toml", "config/settings.py", ".env.example"} <= read.keys()
    found = [
        f"{path}: {match.group()}"
        for path, text in read.items()
        for rule in (INDEX, SOMEBODYS_DISK, ADDRESS)
        for match in rule.finditer(text)
    ]
    assert found == []


def test_code_names_no_path_of_a_disk() -> None:
    code = [(path, text) for source in own_code() for path, text in texts(source.path)]
    assert [path for path, text in code if SOMEBODYS_DISK.search(text)] == []


def test_the_rules_about_places_are_not_blind() -> None:
    assert SOMEBODYS_DISK.search("open('/" + "home/me/ledger.xlsx')")
    assert not SOMEBODYS_DISK.search("../shared/data/x, {root}/data/x, var/data/")
    assert INDEX.search("--index-" + "url=somewhere")
    assert ADDRESS.search("https://" + "files.somewhere.org/x")
    assert not ADDRESS.search("http://127.0.0.1:8000/ http://localhost:8000/")

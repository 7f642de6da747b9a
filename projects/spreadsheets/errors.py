"""What is wrong with a file that cannot be read."""

from domain.errors import DomainError


class UnreadableFile(DomainError):  # noqa: N818 (reads as what it says)
    """A file, or a sheet in it, cannot be read; the sentence says which file and what is wrong with it."""


class DamagedFileError(Exception):
    """Raised while reading where only "damaged" can be said; becomes an ``UnreadableFile``."""

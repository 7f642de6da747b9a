"""Files that people bring: what they are, whether they are whole, and a small picture of them."""

from projects.files.reading import CheckedFile, read_file_brought

__all__ = ["CheckedFile", "read_file_brought"]

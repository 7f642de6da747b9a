"""Any spreadsheet into plain tables, read in a process of its own with limits on memory and time.

``read_workbook`` is the way in; ``Workbook``, ``Sheet``, ``CellError`` are what comes back; ``filled``
repeats a merged cell's value in every cell it covers; ``UnreadableFile`` says why a file is refused.
"""

from projects.spreadsheets.errors import UnreadableFile
from projects.spreadsheets.isolation import read_workbook
from projects.spreadsheets.sheets import Cell, CellError, Merge, Sheet, Workbook, filled

__all__ = ["Cell", "CellError", "Merge", "Sheet", "UnreadableFile", "Workbook", "filled", "read_workbook"]

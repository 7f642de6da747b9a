"""The sheets of the weekly workbook, one file each."""

"""The weekly meeting: its workbook."""

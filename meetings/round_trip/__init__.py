"""A workbook that goes out, is filled in offline, and comes back: what travels with its rows, and what that changes."""

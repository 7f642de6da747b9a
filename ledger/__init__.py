"""Spreadsheets in (read, match, plan, apply) and the ledger out."""

"""Workbooks of what projects invest by month: recognise their two shapes, say what they would change, write it."""

"""One append-only table of changes, written by the actions in their own transaction."""

"""The pipelines of what is cultivated rather than built."""

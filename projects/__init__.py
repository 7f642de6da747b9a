"""Industrial projects: what they are, whose they are."""

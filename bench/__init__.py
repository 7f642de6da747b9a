"""Speed and memory, each figure beside its limit or peer, as a ratio of one run. Never part of a test."""

"""The pages of issues, topics, visits and supervision, by noun."""

"""What stands in the way: issues, topics, supervision, visits' findings, and the enterprise's own voice."""

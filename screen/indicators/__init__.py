"""What is counted of the district and does not come from its projects."""

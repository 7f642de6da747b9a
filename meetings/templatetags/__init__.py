"""What templates of meetings say and draw."""

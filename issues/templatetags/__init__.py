"""What templates of issues say and draw."""

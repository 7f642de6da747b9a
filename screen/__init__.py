"""What leaders look at."""

"""What is sent to whom: the calendar feed."""

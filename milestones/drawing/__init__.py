"""Where the pictures of a chain put what they show: plain numbers, no HTML."""

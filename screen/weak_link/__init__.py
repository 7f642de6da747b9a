"""Which link of the chains is the weak one: the page, its evidence, and its block of the one screen."""

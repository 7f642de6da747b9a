"""What the worker reckons of all chains: how long nodes took, and when projects will have got where."""

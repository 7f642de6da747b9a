"""Projects as points over the outline of the district."""

"""What the page of a project and the panel of a node show: sentence, map, clocks, timeline, dates that move."""

"""The pages of the weekly meeting, by noun."""

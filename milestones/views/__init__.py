"""The pages of milestones, by noun."""

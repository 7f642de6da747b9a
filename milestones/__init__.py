"""Chains of nodes: templates, nodes, the working-day calendar, overdue flags."""

"""Investment by project and month, beside a year earlier and beside the plan."""

"""The rules of the work in plain Python: no Django, no database, no clock."""

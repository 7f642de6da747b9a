"""Users, units, and who may see and change what."""

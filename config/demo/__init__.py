"""The demonstration district: invented units, people, enterprises and projects, for trying things out."""

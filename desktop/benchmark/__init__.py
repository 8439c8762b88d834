"""How fast the program is here: its own workers, pipeline and networks, measured on one source."""

"""Every fault at every point of a run: what becomes of the firmware."""

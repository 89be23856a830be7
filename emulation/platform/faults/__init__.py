"""Faults of the board around the radio."""

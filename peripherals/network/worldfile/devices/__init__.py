"""Devices around a board, as a world file says it."""

"""Boards as the laboratories' frameworks drive them: labgrid, Jumpstarter."""

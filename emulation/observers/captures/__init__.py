"""Captures of a run for other tools: packets with their keys."""

"""Servers that names are found by."""

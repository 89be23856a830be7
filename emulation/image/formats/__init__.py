"""Formats of firmware files, each read into `Content`."""

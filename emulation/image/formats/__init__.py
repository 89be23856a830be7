"""Formats of firmware files, each read into a `content.Content`."""

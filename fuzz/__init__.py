"""Fuzz targets, one for every stream of bytes that comes from outside: `python -m fuzz --help`."""

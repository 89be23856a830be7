"""The ways to drive boards: command line, pytest, Robot Framework."""

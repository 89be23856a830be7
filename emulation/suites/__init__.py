"""Suites of Unity tests on a board: run to their end, compared, tabulated."""

"""Calls of a firmware's network API, by its symbols: arguments, results, tasks, times.

`table.yaml` says which functions there are, `values` what their arguments mean, `recorder` follows
them through a run, `render` shows them as lines.
"""

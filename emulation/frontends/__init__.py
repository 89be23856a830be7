"""The ways to drive boards: command line, monitor, GDB, pytest, Robot Framework, lab, agents.

Each has a room; what a keyword, a subcommand or a fixture does is done by `emulation.board`.
"""

"""`renode-wifi boards`: what can be emulated."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from renode_wifi.emulation.platform.boards import all_boards


def add(command: argparse.ArgumentParser) -> None:
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    table = Table(box=None)
    # Names are there to be copied: only what describes may be broken into lines.
    for heading in ("name", "board", "chip", "radio", "console"):
        table.add_column(heading, no_wrap=heading in ("name", "board"))
    for board in all_boards():
        table.add_row(board.name, board.title, board.chip, board.radio, board.uart)
    Console(soft_wrap=True).print(table)
    return 0

"""`renode-wifi compatibility`: a table from the reports of `renode-wifi qualify --json`."""

from __future__ import annotations

import argparse
from pathlib import Path

from renode_wifi.emulation.suites.compatibility import BEGIN, END, read_report, render, update


def add(command: argparse.ArgumentParser) -> None:
    command.description = "Print which image passes which suite, as a Markdown table."
    command.add_argument(
        "reports", type=Path, nargs="+", metavar="JSON", help="of `qualify --json`"
    )
    command.add_argument(
        "--update",
        type=Path,
        metavar="FILE",
        help=f"put it into this Markdown file instead, between {BEGIN} and {END}",
    )
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    table = render(map(read_report, options.reports))
    if options.update is None:
        print(table, end="")
    else:
        update(options.update, table)
    return 0

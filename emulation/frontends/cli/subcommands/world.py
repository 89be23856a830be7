"""`renode-wifi world check FILE`: is a world file right, and what does it hold."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from renode_wifi.peripherals.network.worldfile.read import read_world_file


def add(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(metavar="ACTION", required=True)
    check = actions.add_parser("check", help="report every mistake with file, line and cure")
    check.add_argument(
        "world", type=Path, metavar="FILE", help="a world file, or '<home>': one of the package"
    )
    check.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    settings = read_world_file(options.world)
    for notice in settings.notices:
        print(notice, file=sys.stderr)
    print(settings.summary())
    return 0

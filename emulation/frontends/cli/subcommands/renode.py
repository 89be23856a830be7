"""`renode-wifi renode`: the other engine, found or installed."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from renode_wifi.emulation.engines.renode import find, install


def add(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(metavar="ACTION", required=True)
    installer = actions.add_parser(
        "install",
        help="download and unpack the official portable Renode",
        description="Downloads Renode from its release page, checks it, and unpacks it into the"
        f" user's data folder. {install.DOWNLOADS_VARIABLE} names another place to download from.",
    )
    installer.add_argument(
        "--version", default=install.DEFAULT_VERSION, help="default: %(default)s"
    )
    installer.add_argument(
        "--archive", type=Path, metavar="FILE", help="unpack this instead of downloading"
    )
    installer.set_defaults(execute=execute_install)
    shower = actions.add_parser("show", help="print which Renode is used")
    shower.set_defaults(execute=execute_show)


def execute_install(options: argparse.Namespace) -> int:
    bar = Progress(
        "{task.description}",
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task(f"Renode {options.version}", total=None, visible=False)

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total, visible=True)

        folder = install.install(options.version, options.archive, show)
    print(f"installed in {folder}")
    return execute_show(options)


def execute_show(options: argparse.Namespace) -> int:
    print(find.find().name)
    return 0

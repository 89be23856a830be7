"""`renode-wifi mcp`: a board for agents, by the Model Context Protocol."""

from __future__ import annotations

import argparse
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.peripherals.network.worldfile.read import read_world_file

HOME = "<home>"


def add(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Serve a board by the Model Context Protocol, over standard input and output."
    )
    command.add_argument(
        "--root",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="images below it may be booted (default: the current folder)",
    )
    command.add_argument(
        "--world",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a world in which boards may be booted, by the file's name; the first one is the"
        " default (default: '<home>')",
    )
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    try:
        from renode_wifi.emulation.frontends.mcp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "anyio"):
            raise
        raise RenodeWifiError(
            "the protocol's SDK is not installed", cure="pip install 'renode-wifi[mcp]'"
        ) from None
    from renode_wifi.emulation.frontends.mcp.verbs import Verbs

    worlds = {path.name.removesuffix(".yaml"): path for path in options.world or [Path(HOME)]}
    for path in worlds.values():
        read_world_file(path)  # Its mistakes are reported here, and not to an agent.
    serve(Verbs(options.root, worlds))
    return 0

"""Arguments that several subcommands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from renode_wifi.emulation.engines import select as engines
from renode_wifi.emulation.frontends.gdb import LOCALHOST
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.image.load import FORMATS, load_images
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import OnFault


def integer(text: str) -> int:
    """A number as people write addresses: decimal or 0x…"""
    try:
        return int(text, 0)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a whole number, decimal or 0x…"
        ) from None


def address(text: str) -> int:
    """A number that the 32-bit bus can carry."""
    value = integer(text)
    if not 0 <= value < 1 << 32:
        raise argparse.ArgumentTypeError(f"{text!r} is not an address of 32 bits")
    return value


def host_and_port(text: str) -> tuple[str, int]:
    """`PORT` of this host, or `HOST:PORT`."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not PORT or HOST:PORT, PORT up to 65535")
    return host.strip("[]") or LOCALHOST, int(port)


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def add_image_arguments(command: argparse.ArgumentParser, positional: bool = False) -> None:
    what = f"{FORMATS}; the address of a binary behind @: FILE@0x08010000"
    if positional:
        command.add_argument("image", nargs="+", metavar="FILE", help=what)
    else:
        command.add_argument(
            "--image",
            action="append",
            required=True,
            metavar="FILE",
            help=f"{what}; '<probe>' is one of the package. Several are written into the same"
            " memories",
        )
    command.add_argument(
        "--base",
        type=address,
        metavar="ADDRESS",
        help="where a single binary belongs (default: where its vector table says)",
    )


def read_image(options: argparse.Namespace) -> Image:
    """The image that the arguments name. A board that they name knows where binaries belong."""
    named = getattr(options, "board", None)
    candidates = boards.all_boards() if named is None else (boards.find(named),)

    def guess(binary: bytes) -> int | None:
        places = (board.place(binary) for board in candidates)
        return next((place for place in places if place is not None), None)

    return load_images(options.image, options.base, guess, named)


def add_board_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--board",
        required=True,
        metavar="NAME",
        help="see `renode-wifi boards`; or a .resc file that includes one of them",
    )
    command.add_argument(
        "--world",
        type=Path,
        metavar="FILE",
        help="world file; '<qualification>' is one of the package (default: '<home>')",
    )
    command.add_argument("--seed", type=integer, metavar="N", help="instead of the world file's")
    command.add_argument(
        "--engine",
        choices=engines.NAMES,
        default="auto",
        help="what runs it; auto is the embedded one (default: %(default)s)",
    )


def add_fault_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--on-fault",
        choices=[str(policy) for policy in OnFault],
        default=OnFault.REPORT,
        help="report: the firmware's handler runs, and the run ends where it only loops; stop: at"
        " every fault; continue: at a lockup only (default: %(default)s)",
    )

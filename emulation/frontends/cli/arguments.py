"""Arguments that several subcommands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from renode_wifi.emulation.engines import select as engines
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.image.load import load_image


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


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def add_image_arguments(command: argparse.ArgumentParser, positional: bool = False) -> None:
    if positional:
        command.add_argument("image", type=Path, metavar="FILE", help="ELF, Intel HEX or binary")
    else:
        command.add_argument(
            "--image", type=Path, required=True, metavar="FILE", help="ELF, Intel HEX or binary"
        )
    command.add_argument(
        "--base", type=address, metavar="ADDRESS", help="where a raw binary belongs"
    )


def read_image(options: argparse.Namespace) -> Image:
    return load_image(options.image, options.base)


def add_board_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--board", required=True, metavar="NAME", help="see `renode-wifi boards`")
    command.add_argument(
        "--world",
        type=Path,
        metavar="FILE",
        help="world file; '<qualification>' is one of the package (default: '<home>')",
    )
    command.add_argument("--seed", type=integer, metavar="N", help="instead of the world file's")
    command.add_argument("--engine", choices=engines.NAMES, default="auto")

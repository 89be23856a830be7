"""`renode-wifi image info FILE`: what an image is and which board it fits."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from renode_wifi.emulation.frontends.cli.arguments import add_image_arguments, read_image
from renode_wifi.emulation.image.components import components
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform.boards import all_boards


def add(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(metavar="ACTION", required=True)
    info = actions.add_parser("info", help="board, vectors, segments, libraries")
    add_image_arguments(info, positional=True)
    info.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    image = read_image(options)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(f"{image.path}: {image.kind}, {len(image.symbols)} symbols")
    fitting = False
    for board in all_boards():
        reason = board.misfit(image)
        if reason is None:
            fitting = True
            console.print(f"fits {board.name} ({board.title})")
            console.print(_vectors(image, board.vector_table))
        else:
            console.print(f"does not fit {board.name}: {reason}")
    segments = Table("segment", "bytes", box=None)
    for segment in image.segments:
        segments.add_row(f"0x{segment.address:08X} .. 0x{segment.end:08X}", str(len(segment.data)))
    console.print(segments)
    found = components(image)
    if found:
        libraries = Table("library", "version", "found by", box=None)
        for component in found:
            libraries.add_row(component.name, component.version or "-", component.evidence)
        console.print(libraries)
    return 0 if fitting else 1


def _vectors(image: Image, table: int) -> Table:
    rows = Table("vector", "value", "symbol", box=None)
    names = {0: "initial SP", 1: "Reset", 3: "HardFault", 11: "SVCall", 14: "PendSV", 15: "SysTick"}
    for index, name in names.items():
        word = image.word(table + 4 * index)
        if word is not None:
            symbol = "" if index == 0 else image.symbols.describe(word & ~1)
            rows.add_row(name, f"0x{word:08X}", symbol)
    return rows

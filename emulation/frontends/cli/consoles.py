"""`--uart usart1=pty`: where serial ports end on this host."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.frontends.cli.arguments import host_and_port
from renode_wifi.emulation.terminals.pace import RealTime
from renode_wifi.emulation.terminals.terminal import Terminal
from renode_wifi.emulation.visible import visible

KINDS = "pty | pty:LINK | tcp:[HOST:]PORT[,wait] | stdio | file:PATH"
IDLE_WAIT = 0.1
"""Seconds between looks at signals while a client is waited for."""


@dataclass(frozen=True)
class ConsoleSpec:
    """port: a serial port of the board, "" for its console."""

    port: str
    kind: str
    place: str


def console_spec(text: str) -> ConsoleSpec:
    """`usart1=tcp:3456` as argparse reads it."""
    port, equals, target = text.partition("=")
    kind, _, place = target.partition(":")
    wants_place = kind in ("tcp", "file")
    good = bool(equals and port) and kind in ("pty", "tcp", "stdio", "file")
    if not good or (wants_place != bool(place) and kind != "pty"):
        raise argparse.ArgumentTypeError(f"{text!r} is not PORT={KINDS}")
    if kind == "tcp":
        host_and_port(place.removesuffix(",wait"))
    return ConsoleSpec(port, kind, place)


def add_console_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--uart",
        action="append",
        default=[],
        type=console_spec,
        metavar="PORT=…",
        help=f"connect a serial port of the board: {KINDS}",
    )
    command.add_argument(
        "-i",
        "--interactive",
        action="store_true",
        help="type into the board's console, in real time and without an end; Ctrl-C ends it",
    )
    command.add_argument(
        "--real-time", action="store_true", help="virtual time does not run ahead of real time"
    )


def connect_consoles(options: argparse.Namespace, board: Board) -> bool:
    """Connect what the arguments ask for.

    True: standard output belongs to a serial port. Raises RenodeWifiError.
    """
    specs = list(options.uart)
    if options.interactive and not any(spec.kind == "stdio" for spec in specs):
        specs.append(ConsoleSpec(board.uart.name, "stdio", ""))
    terminals = board.engine.terminals
    for spec in specs:
        board.write(b"", spec.port)  # Is there such a port?
        terminal = _terminal(spec, options.raw)
        terminals.add(f"{spec.port}={spec.kind}:{spec.place}", terminal)
        terminals.connect(board.engine.source(spec.port), terminal)
    if options.real_time or options.interactive:
        terminals.pace = RealTime()
    return any(spec.kind == "stdio" for spec in specs)


def _terminal(spec: ConsoleSpec, raw: bool) -> Terminal:
    if spec.kind == "stdio":
        from renode_wifi.emulation.terminals.stdio import StdioTerminal

        return StdioTerminal(str if raw else visible)
    if spec.kind == "file":
        from renode_wifi.emulation.terminals.uart_file import UartFile

        return UartFile(Path(spec.place), keep=False)
    if spec.kind == "pty":
        from renode_wifi.emulation.terminals.pty import UartPtyTerminal

        pty = UartPtyTerminal(Path(spec.place) if spec.place else None)
        _report(f"{spec.port} is {pty.device}")
        return pty
    from renode_wifi.emulation.terminals.sockets import ServerSocketTerminal

    host, port = host_and_port(spec.place.removesuffix(",wait"))
    server = ServerSocketTerminal(port, telnet=False, host=host)
    waits = spec.place.endswith(",wait")
    _report(f"{spec.port} is on {server.host}:{server.port}" + ("; waiting for a client" * waits))
    try:
        while waits and not server.wait(IDLE_WAIT):
            continue
    except BaseException:
        server.close()
        raise
    return server


def _report(text: str) -> None:
    print(f"renode-wifi: {text}", file=sys.stderr, flush=True)

"""The utility silo: random numbers, and a plain no to what needs the crypto engine's keys."""

from __future__ import annotations

import struct

from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.wire import Command

TRUE_RANDOM = 3
MOST_RANDOM = 172
"""Bytes that one command gives (netutil.h)."""


class NetUtil:
    """SimpleLink SDK, source/netutil.c."""

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self._random = processor.machine.random(f"{processor.name}/random")
        processor.handle(Opcode.NETUTIL_GET, self._get)
        processor.handle(Opcode.NETUTIL_SET, self._set)
        processor.handle(Opcode.NETUTIL_COMMAND, self._command)

    def _get(self, command: Command) -> None:
        identity, _, option, length = struct.unpack_from("<IhHH", command.body)
        status: int = 0
        value = b""
        if option == TRUE_RANDOM and length <= MOST_RANDOM:
            value = self._random.randbytes(length)
        else:
            status = Error.INVALID
        head = struct.pack("<IhHHH", identity, status, option, len(value), 0)
        self.processor.respond(command, head + value)

    def _set(self, command: Command) -> None:
        identity, _, option, _ = struct.unpack_from("<IhHH", command.body)
        body = struct.pack("<IhHHH", identity, Error.INVALID, option, 0, 0)
        self.processor.respond(command, body)

    def _command(self, command: Command) -> None:
        self.processor.respond_status(command, Error.INVALID)

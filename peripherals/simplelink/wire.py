"""Messages of the host protocol as bytes: header, status, descriptor, payload.

Layouts: SimpleLink SDK, source/protocol.h. All numbers are little endian; descriptor and payload
are each padded to 4 bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

DEVICE_SYNC = 0xABCDDCBA
"""Starts a message to the host, in the form without a sequence number."""
STATUS_SIZE = 8
RESPONSE_BIT = 0x0400
COMMAND_BIT = 0x8000


class WireError(ValueError):
    """Bytes that are no message."""


@dataclass(frozen=True)
class Command:
    """A message from the host. body: descriptor and payload as received, padding included."""

    opcode: int
    body: bytes

    @property
    def response(self) -> int:
        """Opcode of the synchronous answer."""
        return self.opcode & ~COMMAND_BIT | RESPONSE_BIT


@dataclass
class Status:
    """What every message tells the host of the network processor.

    tx_pool: free transmit buffers. device: bit 0 connected. minimum_payload: bytes that one buffer
    holds. transmit_failures, non_blocking: one bit for each socket.
    """

    tx_pool: int = 0
    device: int = 0
    minimum_payload: int = 0
    transmit_failures: int = 0
    non_blocking: int = 0

    def emit(self) -> bytes:
        return struct.pack(
            "<BBHHH",
            self.tx_pool & 0xFF,
            self.device,
            self.minimum_payload,
            self.transmit_failures,
            self.non_blocking,
        )


def pad(data: bytes) -> bytes:
    """`data` with zeros up to a multiple of 4."""
    return data + bytes(-len(data) % 4)


def parse(message: bytes) -> Command:
    """A message as the link collected it: header, then the body. Raises WireError."""
    if len(message) < 4:
        raise WireError(f"{len(message)} bytes are no header")
    opcode, length = struct.unpack_from("<HH", message)
    body = message[4:]
    if len(body) < length:
        raise WireError(f"0x{opcode:04X} announces {length} bytes and brings {len(body)}")
    if not opcode & COMMAND_BIT:
        raise WireError(f"0x{opcode:04X} is not a command")
    return Command(opcode, body)


def emit(opcode: int, status: Status, body: bytes = b"") -> bytes:
    """A message to the host, from its synchronisation word on."""
    padded = pad(body)
    header = struct.pack("<IHH", DEVICE_SYNC, opcode, STATUS_SIZE + len(body))
    return header + status.emit() + padded


def take(data: bytes, offset: int, length: int) -> bytes:
    """`length` bytes of a message from `offset` on. Raises WireError where there are fewer."""
    part = data[offset : offset + length]
    if length < 0 or len(part) < length:
        raise WireError(f"{length} bytes are announced at {offset}, {len(part)} are there")
    return part


def string(data: bytes, offset: int) -> bytes:
    """A string up to its zero byte, or to the end."""
    return data[offset:].partition(b"\0")[0]

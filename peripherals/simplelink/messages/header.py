"""Headers: what is around the body of a message, in both directions."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, WireError, pad

DEVICE_SYNC = 0xABCDDCBA
"""Starts a message to the host, in the form without a sequence number."""
RESPONSE_BIT = 0x0400
COMMAND_BIT = 0x8000

GENERIC_HEADER = struct.Struct("<HH")
SYNC_AND_HEADER = struct.Struct("<IHH")


@late_dataclass(frozen=True)
class Command:
    """A message from the host. body: descriptor and payload as received, padding included."""

    opcode: int
    body: bytes = b""

    @property
    def response(self) -> int:
        """Opcode of the synchronous answer."""
        return self.opcode & ~COMMAND_BIT | RESPONSE_BIT

    @classmethod
    def parse(cls, message: bytes) -> Command:
        """A message as the link collected it: header, then the body. Raises WireError."""
        if len(message) < GENERIC_HEADER.size:
            raise WireError(f"{len(message)} bytes are no header")
        opcode, length = GENERIC_HEADER.unpack_from(message)
        body = message[GENERIC_HEADER.size :]
        if len(body) < length:
            raise WireError(f"0x{opcode:04X} announces {length} bytes and brings {len(body)}")
        if not opcode & COMMAND_BIT:
            raise WireError(f"0x{opcode:04X} is not a command")
        return cls(opcode, body)

    def emit(self) -> bytes:
        return GENERIC_HEADER.pack(self.opcode, len(self.body)) + self.body


@dataclass(slots=True)
class Status(Fixed):
    """The specific part of _SlResponseHeader_t, which every message brings.

    tx_pool: free transmit buffers. device: bit 0 connected. minimum_payload: bytes that one buffer
    holds. transmit_failures, non_blocking: one bit for each socket.
    """

    LAYOUT = struct.Struct("<BBHHH")

    tx_pool: int = 0
    device: int = 0
    minimum_payload: int = 0
    transmit_failures: int = 0
    non_blocking: int = 0

    def emit(self) -> bytes:
        return self.LAYOUT.pack(
            self.tx_pool & 0xFF,
            self.device,
            self.minimum_payload,
            self.transmit_failures,
            self.non_blocking,
        )


def to_host(opcode: int, status: Status, body: bytes = b"") -> bytes:
    """A message to the host, from its synchronisation word on."""
    head = SYNC_AND_HEADER.pack(DEVICE_SYNC, opcode, Status.LAYOUT.size + len(body))
    return head + status.emit() + pad(body)

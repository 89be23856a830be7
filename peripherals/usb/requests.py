"""Requests to a device: the eight bytes of a SETUP packet (USB 2.0 section 9.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

DEVICE_TO_HOST = 0x80
CLASS_TO_INTERFACE = 0x21

# Standard requests and types of descriptors (tables 9-4 and 9-5).
SET_ADDRESS, GET_DESCRIPTOR, SET_CONFIGURATION = 5, 6, 9
DEVICE, CONFIGURATION, STRING = 1, 2, 3
# Requests of CDC ACM (PSTN120 section 6.3).
SET_LINE_CODING, SET_CONTROL_LINE_STATE = 0x20, 0x22
DTR, RTS = 1, 2


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """length: bytes that the device is to send, or that `data` has."""

    type: int
    request: int
    value: int = 0
    index: int = 0
    length: int = 0
    data: bytes = b""

    @property
    def is_read(self) -> bool:
        return bool(self.type & DEVICE_TO_HOST)

    def emit(self) -> bytes:
        return struct.pack("<BBHHH", self.type, self.request, self.value, self.index, self.length)


def get_descriptor(kind: int, length: int, number: int = 0, language: int = 0) -> SetupRequest:
    return SetupRequest(DEVICE_TO_HOST, GET_DESCRIPTOR, kind << 8 | number, language, length)


def set_address(address: int) -> SetupRequest:
    return SetupRequest(0, SET_ADDRESS, address)


def set_configuration(value: int) -> SetupRequest:
    return SetupRequest(0, SET_CONFIGURATION, value)


def set_line_coding(interface: int, baud_rate: int) -> SetupRequest:
    """One stop bit, no parity, eight bits."""
    data = struct.pack("<IBBB", baud_rate, 0, 0, 8)
    return SetupRequest(CLASS_TO_INTERFACE, SET_LINE_CODING, 0, interface, len(data), data)


def set_control_line_state(interface: int, lines: int) -> SetupRequest:
    return SetupRequest(CLASS_TO_INTERFACE, SET_CONTROL_LINE_STATE, lines, interface)

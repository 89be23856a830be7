"""CoAP messages, parse and emit side by side (RFC 7252 section 3)."""

from __future__ import annotations

from enum import IntEnum

from renode_wifi.peripherals.base.late import late_dataclass

VERSION = 1
PAYLOAD_MARKER = 0xFF
HEADER = 4
EXTENDED = {13: (1, 13), 14: (2, 269)}
"""Nibbles that more bytes follow: how many, and what is added to them."""


class MessageType(IntEnum):
    CONFIRMABLE = 0
    NON_CONFIRMABLE = 1
    ACKNOWLEDGEMENT = 2
    RESET = 3


class OptionNumber(IntEnum):
    """RFC 7252 section 5.10, RFC 7641 and RFC 7959."""

    IF_MATCH = 1
    URI_HOST = 3
    ETAG = 4
    IF_NONE_MATCH = 5
    OBSERVE = 6
    URI_PORT = 7
    LOCATION_PATH = 8
    URI_PATH = 11
    CONTENT_FORMAT = 12
    MAX_AGE = 14
    URI_QUERY = 15
    ACCEPT = 17
    LOCATION_QUERY = 20
    BLOCK2 = 23
    BLOCK1 = 27
    SIZE2 = 28
    SIZE1 = 60


class CoapError(Exception):
    """Bytes that are no CoAP message."""


@late_dataclass(frozen=True)
class CoapMessage:
    """code: class and detail as on the wire, 0x45 is 2.05. options: in order of their numbers."""

    type: MessageType
    code: int
    identifier: int
    token: bytes = b""
    options: tuple[tuple[int, bytes], ...] = ()
    payload: bytes = b""

    def values(self, option: int) -> list[bytes]:
        return [value for number, value in self.options if number == option]

    @property
    def path(self) -> str:
        parts = self.values(OptionNumber.URI_PATH)
        return "/" + "/".join(part.decode("utf-8", "replace") for part in parts)

    @classmethod
    def parse(cls, data: bytes) -> CoapMessage:
        """Raises CoapError."""
        if len(data) < HEADER or data[0] >> 6 != VERSION:
            raise CoapError("no CoAP header")
        length = data[0] & 0xF
        code, identifier = data[1], int.from_bytes(data[2:4], "big")
        at = HEADER + length
        if length > 8 or at > len(data) or (code == 0 and len(data) > HEADER):
            raise CoapError("a token or an empty message of a wrong length")
        options: list[tuple[int, bytes]] = []
        number = 0
        while at < len(data) and data[at] != PAYLOAD_MARKER:
            first = data[at]
            delta, at = _extended(data, at + 1, first >> 4)
            size, at = _extended(data, at, first & 0xF)
            number += delta
            if at + size > len(data):
                raise CoapError("an option ends beyond the message")
            options.append((number, data[at : at + size]))
            at += size
        payload = data[at + 1 :]
        if at < len(data) and not payload:
            raise CoapError("a payload marker without a payload")
        token = data[HEADER : HEADER + length]
        return cls(MessageType(data[0] >> 4 & 3), code, identifier, token, tuple(options), payload)

    def emit(self) -> bytes:
        first = VERSION << 6 | self.type << 4 | len(self.token)
        head = bytes([first, self.code]) + self.identifier.to_bytes(2, "big") + self.token
        body, last = b"", 0
        for number, value in self.options:
            delta, more_delta = _nibble(number - last)
            size, more_size = _nibble(len(value))
            body += bytes([delta << 4 | size]) + more_delta + more_size + value
            last = number
        return head + body + (bytes([PAYLOAD_MARKER]) + self.payload if self.payload else b"")


def _extended(data: bytes, at: int, nibble: int) -> tuple[int, int]:
    """Value of a delta or a length, and where the next field begins."""
    if nibble == 15:
        raise CoapError("a reserved option header")
    if nibble not in EXTENDED:
        return nibble, at
    size, base = EXTENDED[nibble]
    if at + size > len(data):
        raise CoapError("an option header ends beyond the message")
    return int.from_bytes(data[at : at + size], "big") + base, at + size


def _nibble(value: int) -> tuple[int, bytes]:
    for nibble, (size, base) in sorted(EXTENDED.items(), reverse=True):
        if value >= base:
            return nibble, (value - base).to_bytes(size, "big")
    return value, b""


@late_dataclass(frozen=True)
class BlockOption:
    """Value of BLOCK1 and BLOCK2 (RFC 7959 section 2.2). size: bytes, 16 to 1024."""

    number: int
    more: bool
    size: int

    @classmethod
    def parse(cls, value: bytes) -> BlockOption:
        """Raises CoapError."""
        whole = int.from_bytes(value, "big")
        if len(value) > 3 or whole & 7 == 7:
            raise CoapError("a reserved block")
        return cls(whole >> 4, bool(whole & 8), 16 << (whole & 7))

    def emit(self) -> bytes:
        whole = self.number << 4 | self.more << 3 | (self.size.bit_length() - 5)
        return whole.to_bytes((whole.bit_length() + 7) // 8, "big")

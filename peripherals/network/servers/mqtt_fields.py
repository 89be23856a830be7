"""The fields that MQTT packets are made of (OASIS MQTT Version 5.0, section 1.5)."""

from __future__ import annotations

MAX_VARIABLE = 268_435_455
"""Largest variable byte integer."""

MALFORMED, PROTOCOL_ERROR = 0x81, 0x82
"""Reason codes of MQTT 5, section 2.4."""


class MqttError(Exception):
    """Bytes that are no MQTT packet, or a packet out of place. reason: what MQTT 5 calls it."""

    def __init__(self, text: str, reason: int = MALFORMED) -> None:
        super().__init__(text)
        self.reason = reason


class Fields:
    """Fields of a packet's body, from front to back."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.body):
            raise MqttError("a packet ends in the middle of a field")
        data = self.body[self.at : self.at + count]
        self.at += count
        return data

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self, size: int = 2) -> int:
        return int.from_bytes(self.take(size), "big")

    def variable(self) -> int:
        value = 0
        for shift in (0, 7, 14, 21):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return value
        raise MqttError("a variable byte integer is longer than four bytes")

    def binary(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        try:
            text = self.binary().decode("utf-8")
        except UnicodeDecodeError:
            raise MqttError("text is not UTF-8") from None
        if "\0" in text:
            raise MqttError("text holds U+0000")
        return text

    def identifier(self) -> int:
        number = self.number()
        if number == 0:
            raise MqttError("packet identifier 0", PROTOCOL_ERROR)
        return number

    def rest(self) -> bytes:
        return self.take(len(self.body) - self.at)

    def end(self) -> None:
        if self.at != len(self.body):
            raise MqttError("a packet is longer than its fields")

    @property
    def more(self) -> bool:
        return self.at < len(self.body)


def emit_variable(value: int) -> bytes:
    if value > MAX_VARIABLE:
        raise ValueError("an MQTT packet cannot be that long")
    data = bytearray()
    while True:
        data.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(data)


def emit_binary(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def emit_text(text: str) -> bytes:
    return emit_binary(text.encode())

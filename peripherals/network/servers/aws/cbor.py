"""The part of CBOR (RFC 8949) that AWS IoT's streams use: numbers, bytes, texts, lists, maps."""

from __future__ import annotations

Value = int | bytes | str | list["Value"] | dict["Value", "Value"] | bool | None

MAX_DEPTH = 16
INDEFINITE = 31
BREAK = 0xFF
SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None}
BYTES_OF_LENGTH = {24: 1, 25: 2, 26: 4, 27: 8}


class CborError(ValueError):
    """Bytes that are no such value."""


def encode(value: Value) -> bytes:
    if value is None or isinstance(value, bool):
        code = next(code for code, simple in SIMPLE.items() if simple is value)
        return bytes([7 << 5 | code])
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        data = value.encode()
        return _head(3, len(data)) + data
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(encode, value))
    items = b"".join(encode(key) + encode(item) for key, item in value.items())
    return _head(5, len(value)) + items


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for code, size in BYTES_OF_LENGTH.items():
        if argument < 1 << 8 * size:
            return bytes([major << 5 | code]) + argument.to_bytes(size, "big")
    raise CborError("a number of more than 64 bits")


def decode(data: bytes) -> Value:
    """Raises CborError; what follows the value is ignored."""
    try:
        return _Reader(data).value(0)
    except (IndexError, UnicodeDecodeError, TypeError) as error:
        # The end within a value, text that is none, a key that is a list.
        raise CborError("a value is damaged") from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def _take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise CborError("the data end within a value")
        self.at += count
        return self.data[self.at - count : self.at]

    def _ends(self) -> bool:
        if self.data[self.at] != BREAK:
            return False
        self.at += 1
        return True

    def value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise CborError("values are nested too deeply")
        first = self._take(1)[0]
        major, code = first >> 5, first & 31
        if major == 7:
            if code not in SIMPLE:
                raise CborError(f"simple value {code}")
            return SIMPLE[code]
        if code == INDEFINITE:
            return self._indefinite(major, depth)
        if code >= 24:
            if code not in BYTES_OF_LENGTH:
                raise CborError(f"length code {code}")
            code = int.from_bytes(self._take(BYTES_OF_LENGTH[code]), "big")
        if major in (0, 1):
            return code if major == 0 else -1 - code
        if major in (2, 3):
            content = self._take(code)
            return content if major == 2 else content.decode()
        if major == 4:
            return [self.value(depth + 1) for _ in range(code)]
        if major == 5:
            return {self.value(depth + 1): self.value(depth + 1) for _ in range(code)}
        return self.value(depth + 1)

    def _indefinite(self, major: int, depth: int) -> Value:
        if major == 4:
            items: list[Value] = []
            while not self._ends():
                items.append(self.value(depth + 1))
            return items
        if major == 5:
            pairs: dict[Value, Value] = {}
            while not self._ends():
                key = self.value(depth + 1)
                pairs[key] = self.value(depth + 1)
            return pairs
        raise CborError("an indefinite length of another type")

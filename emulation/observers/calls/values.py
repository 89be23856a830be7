"""What words of a call mean: numbers by name, and what pointers point to.

Sources of the structures: Amazon FreeRTOS, aws_secure_sockets.h (SocketsSockaddr_t) and aws_wifi.h
(WIFINetworkParams_t); SimpleLink SDK, sl_socket.h (SlSockAddrIn_t, SlTimeval_t).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

from renode_wifi.emulation.observers.calls.table import Function, Table
from renode_wifi.emulation.platform.core import Capture

ReadMemory = Callable[[int, int], bytes | None]
"""Bytes of RAM or flash; None where there is no memory."""
Value = int | str | None
"""What is shown of an argument; None: the pointer leads nowhere."""

MAX_TEXT = 256
CHUNK = 32
FAMILY_IPV4 = 2
SSID_SIZE = 32
"""Of WIFINetworkParams_t from 2020 on, which holds the SSID itself."""
SECURITIES = ("open", "WEP", "WPA", "WPA2", "WPA2 enterprise", "WPA3")
NETWORK, OPTION_VALUE = "network", "value"
LONG = ("text", NETWORK, OPTION_VALUE)
MAX_STRUCTURE = 8
"""Bytes of what other types point to."""
INTEGERS = {"i32": "<i", "u32": "<I", "i16": "<h", "u16": "<H", "u8": "<B"}


class CallDecoder:
    """Decodes the words of one image's calls."""

    def __init__(self, table: Table, read_memory: ReadMemory) -> None:
        self._table = table
        self._read_memory = read_memory
        self.pointed: Mapping[str, Callable[[int], Value]] = {
            "text": self._text,
            "ipv4*": self._ipv4,
            "host_ipv4*": self._host_ipv4,
            "mac*": self._mac,
            "word*": lambda place: self._number(place, "<I"),
            "half*": lambda place: self._number(place, "<H"),
            "byte*": lambda place: self._number(place, "<B"),
            "timeval*": self._timeval,
            "sockaddr": self._sockaddr,
            "sl_sockaddr": self._sl_sockaddr,
            NETWORK: self._network,
        }
        """Types that point to something, and what reads it."""

    def captures(self, function: Function) -> tuple[Capture, ...]:
        """What the arguments of a function point to, as far as it is shown."""
        return tuple(
            Capture(
                number,
                MAX_TEXT if argument.type in LONG else MAX_STRUCTURE,
                indirect=argument.type == NETWORK,
                output=argument.is_out,
            )
            for number, argument in enumerate(function.arguments)
            if argument.type in self.pointed or argument.type == OPTION_VALUE
        )

    def arguments(self, function: Function, words: list[int]) -> dict[str, Value]:
        """Arguments by name when the function is entered; those that it stores are left out."""
        pairs = list(zip(function.arguments, words, strict=True))
        shown: dict[str, Value] = {}
        for argument, word in pairs:
            if argument.is_out:
                continue
            if argument.type == OPTION_VALUE:
                option = next((v for v in shown.values() if v in self._table.options), None)
                kind = self._table.options[str(option)] if option is not None else "pointer"
                length = words[-1] if kind == "text" else MAX_TEXT
                shown[argument.name] = self.value(kind, word, length)
            elif argument.type == "text":
                length = self._length_behind(function, argument.name, words)
                shown[argument.name] = self.value("text", word, length)
            else:
                shown[argument.name] = self.value(argument.type, word)
        return shown

    def outputs(self, function: Function, words: list[int]) -> dict[str, Value]:
        """What the function has stored, by the argument's name."""
        return {
            argument.name: self.value(argument.type, word)
            for argument, word in zip(function.arguments, words, strict=True)
            if argument.is_out
        }

    def value(self, kind: str, word: int, length: int = MAX_TEXT) -> Value:
        """One word as its type says. length: of a text without an end."""
        names = self._table.values.get(kind)
        if names is not None:
            number = word - (1 << 32) if word & 0x8000_0000 else word
            name = names.get(number)
            return number if name is None or name == str(number) else name
        pointer = self.pointed.get(kind)
        if kind == "text":
            return self._text(word, length) if word else None
        if pointer is not None:
            return pointer(word) if word else None
        if kind == "ipv4":
            return str(IPv4Address(word.to_bytes(4, "little")))
        if kind == "pointer":
            return f"0x{word:08X}" if word else None
        if kind == "handle":
            return word - (1 << 32) if word & 0x8000_0000 else word
        if kind == "bool":
            return "true" if word else "false"
        layout = INTEGERS.get(kind, "<I")
        (number,) = struct.unpack_from(layout, word.to_bytes(4, "little"))
        return int(number)

    def _length_behind(self, function: Function, name: str, words: list[int]) -> int:
        index = [argument.name for argument in function.arguments].index(name) + 1
        if index < len(words) and function.arguments[index].type == "size":
            return min(words[index], MAX_TEXT)
        return MAX_TEXT

    def _text(self, place: int, length: int = MAX_TEXT) -> Value:
        data = b""
        while len(data) < min(length, MAX_TEXT):
            chunk = self._read_memory(place + len(data), min(CHUNK, length - len(data)))
            if not chunk:
                break
            data += chunk
            if b"\0" in chunk:
                break
        return data.split(b"\0", 1)[0].decode("utf-8", "backslashreplace") if data else None

    def _number(self, place: int, layout: str) -> Value:
        data = self._read_memory(place, struct.calcsize(layout))
        return None if data is None else int(struct.unpack(layout, data)[0])

    def _ipv4(self, place: int) -> Value:
        data = self._read_memory(place, 4)
        return None if data is None else str(IPv4Address(data))

    def _host_ipv4(self, place: int) -> Value:
        data = self._read_memory(place, 4)
        return None if data is None else str(IPv4Address(data[::-1]))

    def _mac(self, place: int) -> Value:
        data = self._read_memory(place, 6)
        return None if data is None else data.hex(":")

    def _timeval(self, place: int) -> Value:
        data = self._read_memory(place, 8)
        if data is None:
            return None
        seconds, microseconds = struct.unpack("<iI", data)
        return f"{seconds + microseconds / 1e6:g} s"

    def _sockaddr(self, place: int) -> Value:
        data = self._read_memory(place, 8)
        if data is None:
            return None
        _, family, port, address = struct.unpack(">BBH4s", data)
        other = "" if family in (0, FAMILY_IPV4) else f" (family {family})"
        return f"{IPv4Address(address)}:{port}{other}"

    def _sl_sockaddr(self, place: int) -> Value:
        data = self._read_memory(place, 8)
        if data is None:
            return None
        (family,) = struct.unpack_from("<H", data)
        port, address = struct.unpack_from(">H4s", data, 2)
        other = "" if family in (0, FAMILY_IPV4) else f" (family {family})"
        return f"{IPv4Address(address)}:{port}{other}"

    def _network(self, place: int) -> Value:
        """SSID and security; a passphrase has no place in a trace."""
        data = self._read_memory(place, SSID_SIZE + 2)
        if data is None:
            return None
        pointer, length = struct.unpack_from("<IB", data)
        if self._read_memory(pointer, 1) is not None:  # Until 2020 the SSID was pointed to.
            return f"{self._text(pointer, length)}, {_security(data[13])}"
        ssid = data[: min(data[SSID_SIZE], SSID_SIZE)]
        return f"{ssid.decode('utf-8', 'backslashreplace')}, {_security(data[SSID_SIZE + 1])}"


def _security(number: int) -> str:
    """WIFISecurity_t: a byte, since the compilers of these boards make enumerations short."""
    return SECURITIES[number] if number < len(SECURITIES) else f"security {number}"

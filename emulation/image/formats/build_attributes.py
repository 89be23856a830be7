"""What an object file was built for: the section `.ARM.attributes`.

Addenda to, and errata in, the ABI for the Arm Architecture (IHI 0045), chapter 3: a byte "A", then
a subsection for each vendor, `uint32 size, name, data`. Those of vendors other than "aeabi" are
skipped by their size, as 3.2.1 demands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

PUBLIC = b"aeabi"
FORMAT = ord("A")
WHOLE_FILE = 1

CPU_RAW_NAME, CPU_NAME, CPU_ARCH, CPU_ARCH_PROFILE = 4, 5, 6, 7
COMPATIBILITY = 32
MIN_TAG_BY_PARITY = 32
"""From here on a tag's lowest bit says whether its value is a text (section 3.2.4)."""

PROFILES = {"A": "Cortex-A", "R": "Cortex-R"}
ARMV8M = (16, 17, 21)
"""Tag_CPU_arch of Armv8-M baseline and mainline, and of Armv8.1-M mainline (section 3.3.5.2)."""

Value = int | bytes


class _Damaged(ValueError):
    """Not what section 3.2 describes."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def __bool__(self) -> bool:
        return self.at < len(self.data)

    def take(self, count: int) -> bytes:
        if not 0 <= count <= len(self.data) - self.at:
            raise _Damaged
        self.at += count
        return self.data[self.at - count : self.at]

    def uint32(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def text(self) -> bytes:
        """Up to a NUL, which is taken too."""
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise _Damaged
        return self.take(end + 1 - self.at)[:-1]

    def uleb128(self) -> int:
        value = shift = 0
        while True:
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value


def public_attributes(section: bytes) -> dict[int, Value]:
    """Attributes of the whole file, by tag. What is damaged ends the list and does no harm."""
    attributes: dict[int, Value] = {}
    if section[:1] != bytes([FORMAT]):
        return attributes
    try:
        for name, body in _subsections(_Reader(section[1:])):
            if name == PUBLIC:
                for tag, data in _scopes(_Reader(body)):
                    if tag == WHOLE_FILE:
                        attributes.update(_attributes(_Reader(data)))
    except _Damaged:
        pass
    return attributes


def _subsections(reader: _Reader) -> Iterator[tuple[bytes, bytes]]:
    while reader:
        body = _Reader(reader.take(reader.uint32() - 4))
        yield body.text(), body.data[body.at :]


def _scopes(reader: _Reader) -> Iterator[tuple[int, bytes]]:
    while reader:
        start = reader.at
        tag = reader.uleb128()
        size = reader.uint32()
        yield tag, reader.take(size - (reader.at - start))


def _attributes(reader: _Reader) -> Iterator[tuple[int, Value]]:
    while reader:
        tag = reader.uleb128()
        if tag == COMPATIBILITY:
            yield tag, reader.uleb128()
            reader.text()
        elif tag in (CPU_RAW_NAME, CPU_NAME) or (tag >= MIN_TAG_BY_PARITY and tag % 2):
            yield tag, reader.text()
        else:
            yield tag, reader.uleb128()


class Cpu(NamedTuple):
    """architecture: value of Tag_CPU_arch. profile: "A", "R", "M", "S" or ""."""

    architecture: int
    profile: str


def cpu(section: bytes) -> Cpu:
    """The CPU that a file was built for, as far as its attributes say."""
    attributes = public_attributes(section)
    architecture = attributes.get(CPU_ARCH, 0)
    profile = attributes.get(CPU_ARCH_PROFILE, 0)
    assert isinstance(architecture, int)
    assert isinstance(profile, int)
    return Cpu(architecture, chr(profile) if 0 < profile < 128 else "")


def foreign_core(section: bytes) -> str | None:
    """The kind of Arm core that a file was built for, if none of our boards has such a core."""
    built_for = cpu(section)
    if built_for.profile == "M" and built_for.architecture in ARMV8M:
        return "an Armv8-M core such as Cortex-M33"
    return PROFILES.get(built_for.profile)

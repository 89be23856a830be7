"""Commands of the file system as tests give them."""

from __future__ import annotations

import struct
from typing import Any

from renode_wifi.peripherals.simplelink.files import information as of
from renode_wifi.peripherals.simplelink.files.control import COMMIT, RENAME, ROLLBACK
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from tests.peripherals.simplelink.driver import HostDriver

READ, WRITE, CREATE, ANY = 0x0000, 0x1000, 0x2000, 0x3000
ONE_BLOCK = 0x0E
"""3584 bytes: a block without what the file system keeps of a copy."""


def flags(value: int) -> int:
    return value << 16


BITS_OF_INFORMATION = {
    0: of.INFO_OPEN_WRITE,
    1: of.INFO_OPEN_READ,
    2: of.INFO_NOT_FAILSAFE,
    3: of.INFO_NOT_VALID,
    4: of.INFO_SYSTEM,
    5: of.INFO_MUST_COMMIT,
    6: of.INFO_BUNDLE,
    7: of.INFO_PENDING,
    8: of.INFO_PENDING_BUNDLE,
    10: of.INFO_SECURE,
    11: of.INFO_NO_SIGNATURE,
    12: of.INFO_PUBLIC_WRITE,
    13: of.INFO_PUBLIC_READ,
}
"""What sl_FsGetInfo of the host driver makes of the bits that it gets."""


def info(driver: HostDriver, name: bytes, token: int = 0) -> dict[str, Any]:
    answer = driver.command(Opcode.FILE_INFO, struct.pack("<I", token) + name + b"\0")
    values = answer.unpack("hHII4III")
    names = ("status", "flags", "length", "allocated", "t0", "t1", "t2", "t3", "size", "writes")
    shown: dict[str, Any] = dict(zip(names, values, strict=True))
    bits = shown["flags"]
    shown["flags"] = sum(flag for bit, flag in BITS_OF_INFORMATION.items() if bits >> bit & 1)
    return shown


def delete(driver: HostDriver, name: bytes, token: int = 0) -> int:
    return driver.status(Opcode.FILE_DELETE, struct.pack("<I", token) + name + b"\0")


def control(
    driver: HostDriver, operation: int, name: bytes = b"", token: int = 0, data: bytes = b""
) -> tuple[int, bytes]:
    """As sl_FsCtl sends it. data: the new name of a rename, or what the operation wants."""
    name_length = 0
    if operation in (COMMIT, ROLLBACK):
        name_length = len(name) + 1
        data = bytes(4) + terminated(name)
    elif operation == RENAME:
        name_length = len(terminated(name))
        data = terminated(name) + terminated(data)
    body = struct.pack("<IB3sII", token, operation, b"\xa5" * 3, name_length, len(data)) + data
    answer = driver.command(Opcode.FILE_CONTROL, body)
    status, _, length = answer.unpack("iII")
    assert len(answer.body) == 12 + length
    return status, answer.body[12:]


def rename(driver: HostDriver, name: bytes, new: bytes) -> int:
    return control(driver, RENAME, name, data=new)[0]


def terminated(name: bytes) -> bytes:
    return name + bytes(4 - len(name) % 4)


def names(driver: HostDriver, count: int = 5, width: int = 64) -> list[bytes]:
    found: list[bytes] = []
    index = -1
    while True:
        answer = driver.command(Opcode.FILE_LIST, struct.pack("<iBBB", index, count, width, 1))
        number, index, length = answer.unpack("iiI")
        assert length == number * width
        if number <= 0:
            return found
        for n in range(number):
            entry = answer.body[12 + n * width :][:width]
            found.append(entry[12:].partition(b"\0")[0])

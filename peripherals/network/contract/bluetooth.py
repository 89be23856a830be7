"""UUIDs, device addresses and the properties of characteristics.

Bluetooth Core 4.1, Vol 3, Part B, section 2.5, and Vol 6, Part B, section 1.3. A UUID is kept as it
is on the air: 2 or 16 bytes, the lowest first. An address is, too.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.late import late_dataclass

SHORT, LONG = 2, 16
"""Bytes of a UUID."""
ADDRESS_LENGTH = 6
PUBLIC, RANDOM = 0, 1
"""Types of addresses."""

BROADCAST, READ, WRITE_COMMAND, WRITE, NOTIFY, INDICATE = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
EXTENDED = 0x80
"""Properties of a characteristic (Vol 3, Part G, section 3.3.1.1)."""
PROPERTIES = {
    "broadcast": BROADCAST,
    "read": READ,
    "write": WRITE,
    "write without response": WRITE_COMMAND,
    "notify": NOTIFY,
    "indicate": INDICATE,
}


def parse_uuid(written: str) -> bytes:
    """`2a37`, `0x2A37`, or 128 bits with or without hyphens. Raises ValueError."""
    digits = written.lower().removeprefix("0x").replace("-", "")
    if len(digits) not in (2 * SHORT, 2 * LONG):
        raise ValueError(f"{written} has neither 16 nor 128 bits")
    return bytes.fromhex(digits)[::-1]


def show_uuid(uuid: bytes) -> str:
    """Four digits, or five groups of them."""
    digits = uuid[::-1].hex()
    if len(uuid) == SHORT:
        return digits
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@late_dataclass(frozen=True)
class DeviceAddress:
    """octets: the lowest first. kind: PUBLIC or RANDOM."""

    octets: bytes
    kind: int = PUBLIC

    def __str__(self) -> str:
        return self.octets[::-1].hex(":").upper()


def parse_address(written: str) -> DeviceAddress:
    """`11:22:33:44:55:66`; ` random` may follow. Raises ValueError."""
    digits, _, kind = written.strip().partition(" ")
    octets = bytes.fromhex(digits.replace(":", ""))[::-1]
    if len(octets) != ADDRESS_LENGTH or digits.count(":") != 5 or kind not in ("", "random"):
        raise ValueError(f"{written} is no address")
    return DeviceAddress(octets, RANDOM if kind else PUBLIC)

# ironpython: executed by Renode
"""The boot loader's part of an update: `/sys/mcuflashimg.bin` goes from the serial flash into the
flash of the application processor when the chip starts (SWRU455, "Host Application").

The image is a binary for `ADDRESS`, with the SHA-1 digest that TI's Image Creator puts in front, or
without: Amazon FreeRTOS updates with a bare one.
"""

import hashlib
import struct

FLASH, FLASH_SIZE = 0x01000000, 0x100000
ADDRESS = 0x01000800
RAM, RAM_END = 0x20000000, 0x20040000
DIGEST = 20
SECTOR = 2048
ERASED = b"\xff"
STARTS = ("power-on", "pin", "hibernate", "soc", "wdt")
"""Resets after which the boot loader looks for an image."""


def binary_of(image):
    # type: (bytes) -> bytes | None
    """What is to be in flash; None for what the chip could not start."""
    image = without_digest(image) or image
    if not 8 <= len(image) <= FLASH + FLASH_SIZE - ADDRESS:
        return None
    stack, entry = struct.unpack("<II", image[:8])
    inside = ADDRESS <= entry < ADDRESS + len(image)
    return image if RAM < stack <= RAM_END and entry & 1 and inside else None


def without_digest(image):
    # type: (bytes) -> bytes | None
    """The binary; None where no digest of it is in front."""
    binary = image[DIGEST:]
    return binary if binary and hashlib.sha1(binary).digest() == image[:DIGEST] else None


def with_digest(binary):
    # type: (bytes) -> bytes
    return hashlib.sha1(binary).digest() + binary


def joined(segments):
    # type: (typing.Sequence[tuple[int, bytes]]) -> bytes
    """What was programmed into flash from `ADDRESS` on, addresses and bytes; the rest is erased."""
    binary = bytearray()
    for address, data in segments:
        # Linkers make the first segment start in front of the program, with the ELF header.
        data = data[max(0, ADDRESS - address) :]
        start = max(0, address - ADDRESS)
        if data and FLASH <= address < FLASH + FLASH_SIZE:
            binary += ERASED * (start + len(data) - len(binary))
            binary[start : start + len(data)] = data
    return bytes(binary)


class BootImage(object):
    """The image that the next start of the chip puts into flash.

    Until an update is written that is what a programmer has put there.
    """

    def __init__(self, machine):
        # type: (typing.Any) -> None
        self.machine = machine
        self._first = None  # type: bytes | None
        self._next = None  # type: bytes | None

    def stage(self, image):
        # type: (bytes) -> None
        """The active content of the file; empty: that of the programming image."""
        if image:
            self._next = image
        else:
            self._next = None if self._first is None else b""

    @property
    def updated(self):
        # type: () -> bool
        """Whether flash has an update, and nothing newer waits."""
        return self._first is not None and self._next is None

    def start(self, cause):
        # type: (str) -> None
        """The chip starts, for a cause of the machine's resets."""
        image = self._next
        if image is None or cause not in STARTS:
            return
        self._next = None
        bus, log = self.machine.bus, self.machine.log
        if not image:
            assert self._first is not None
            bus.write_bytes(FLASH, self._first)
            log.info("boot loader: the image of the beginning is back in flash")
            return
        binary = binary_of(image)
        if binary is None:
            log.error(
                "boot loader: /sys/mcuflashimg.bin is no program for 0x%08X; flash stays as it is",
                ADDRESS,
            )
            return
        if self._first is None:
            self._first = bus.read_bytes(FLASH, FLASH_SIZE)
        bus.write_bytes(ADDRESS, binary + ERASED * (-len(binary) % SECTOR))
        log.info("boot loader: %d bytes of /sys/mcuflashimg.bin are in flash", len(binary))
        self.machine.trace("boot", "image", size=len(binary))


MYPY = False
if MYPY:
    import typing  # noqa: F401

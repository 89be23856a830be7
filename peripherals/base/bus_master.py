# ironpython: executed by Renode
"""Accesses of a bus master other than the core, such as a DMA controller.

They end in a `BusError` where nothing answers, which the master shows in its own error flags.
"""

PRIVATE = 0xE0000000
"""From here on is the processor's: private peripheral bus and vendor space (ARMv7-M, B3.1)."""
BIT_BAND_ALIASES = (0x22000000, 0x42000000)
BIT_BAND_SIZE = 0x02000000


class BusError(Exception):
    """A bus answered an access with an error. Its text names the address."""


def _check(address):
    # type: (int) -> None
    """Only the core's own accesses get to its private regions and are bit-banded."""
    if address >= PRIVATE or address & ~(BIT_BAND_SIZE - 1) in BIT_BAND_ALIASES:
        raise BusError("0x%08X is private to the core" % address)


def read(bus, address, width):
    # type: (Bus, int, int) -> int
    """An aligned access of 1, 2 or 4 bytes."""
    _check(address)
    return bus.read(address, width)


def write(bus, address, value, width):
    # type: (Bus, int, int, int) -> None
    _check(address)
    bus.write(address, value, width)


MYPY = False
if MYPY:
    from renode_wifi.peripherals.base.machine import Bus  # noqa: F401

# ironpython: executed by Renode
"""Where the mask ROM of this package reports: a port behind the ROM, which the chip does not have.

The ROM writes it when firmware calls an API entry that its tables do not have, and reads from it
whether the chip is asleep, because the core cannot be stopped otherwise.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed

TABLES = (
    "VERSION",
    "UART",
    "TIMER",
    "WATCHDOG",
    "INTERRUPT",
    "UDMA",
    "PRCM",
    "I2C",
    "SPI",
    "CAMERA",
    "FLASH",
    "PIN",
    "SYSTICK",
    "UTILS",
    "I2S",
    "HWSPINLOCK",
    "GPIO",
    "AES",
    "DES",
    "SHAMD5",
    "CRC",
    "SDHOST",
    "ADC",
    "CPU",
)
SLOTS = 64


class CC3220_ROMPort(Block):
    """Inputs: 0 hibernation, 1 LPDS."""

    OUTPUTS = ()
    SIZE = 0x100
    REGISTERS = (
        Register("CALLER", 0x0),
        Register("ENTRY", 0x4, on_write="_report"),
        Register("ASLEEP", 0x8, access=READ_ONLY, fields=packed("HIBERNATION LPDS")),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        self._inputs = 0
        Block.__init__(self, machine, name)

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self.registers["ASLEEP"] = self._inputs

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        bit = 1 << number
        self._inputs = self._inputs | bit if level else self._inputs & ~bit
        self.registers["ASLEEP"] = self._inputs

    def _report(self, value, old):
        # type: (int, int) -> None
        table = value // SLOTS
        self.machine.log.error(
            "%s: the ROM has no entry %d in its %s table; called from 0x%08X, which gets 0",
            self.name,
            value % SLOTS,
            TABLES[table] if table < len(TABLES) else "%d." % table,
            (self.registers["CALLER"] & ~1) - 2,
        )
        self.machine.trace(self.name, "rom-entry-missing", table=table, entry=value % SLOTS)


MYPY = False
if MYPY:
    import typing  # noqa: F401

# ironpython: executed by Renode
"""Device electronic signature (RM0351 section 49): package, unique identity and flash size.

The words lie in the system memory from 0x1FFF7500 on: package at 0x00, unique identity at 0x90,
flash size in KiB at 0xE0; calibrations of the converters (DS10969 tables 7 and 8) at 0xA8 and 0xC8.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Field, Register, packed

PKG = Register("PKG", 0x00, access=READ_ONLY, fields=(Field("PKG", 0, 5),))
UID = Register("UID", 0x90, access=READ_ONLY, count=3)
# Measured in production at 3.0 V: the temperature sensor at 30 and at 110 degrees, VREFINT at 30.
CALIBRATION = Register("CAL1", 0xA8, access=READ_ONLY, fields=packed("TS_CAL1:16 VREFINT_CAL:16"))
CALIBRATION_HOT = Register("CAL2", 0xC8, access=READ_ONLY, fields=packed("-:16 TS_CAL2:16"))
FLASHSIZE = Register("FLASHSIZE", 0xE0, access=READ_ONLY, fields=(Field("FLASH_SIZE", 0, 16),))

LQFP100 = 0x00000002
TS_CAL1, TS_CAL2, VREFINT_CAL = 1037, 1310, 1654
"""Of 0.76 V, 0.96 V and 1.212 V, which are what the converters see here."""


class STM32L4_Signature(Block):
    """uid0, uid1, uid2: words of the unique identity. flashSize: in KiB. A package of 100 pins."""

    SIZE = 0x100
    OUTPUTS = ()
    REGISTERS = (PKG, UID, CALIBRATION, CALIBRATION_HOT, FLASHSIZE)

    def __init__(
        self, machine, name, uid0=0x00230045, uid1=0x36305114, uid2=0x20363133, flashSize=0x400
    ):
        # type: (typing.Any, str, int, int, int, int) -> None
        Block.__init__(self, machine, name)
        self._words = {0x00: LQFP100, 0x90: uid0, 0x94: uid1, 0x98: uid2}
        self._words[0xA8] = TS_CAL1 | VREFINT_CAL << 16
        self._words[0xC8] = 0xFFFF | TS_CAL2 << 16
        # The upper half of the flash size's word isn't defined; ones, as on an unwritten word.
        self._words[0xE0] = 0xFFFF0000 | flashSize
        self.reset()

    def reset(self):
        # type: () -> None
        Block.reset(self)
        for offset, word in self._words.items():
            self.registers.values[offset // 4] = word


MYPY = False
if MYPY:
    import typing  # noqa: F401

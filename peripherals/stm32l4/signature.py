# ironpython: executed by Renode
"""Device electronic signature (RM0351 section 49): package, unique identity and flash size.

The words lie in the system memory from 0x1FFF7500 on: package at 0x00, unique identity at 0x90,
flash size in KiB at 0xE0.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Field, Register

PKG = Register("PKG", 0x00, access=READ_ONLY, fields=(Field("PKG", 0, 5),))
UID = Register("UID", 0x90, access=READ_ONLY, count=3)
FLASHSIZE = Register("FLASHSIZE", 0xE0, access=READ_ONLY, fields=(Field("FLASH_SIZE", 0, 16),))

LQFP100 = 0x00000002


class STM32L4_Signature(Block):
    """uid0, uid1, uid2: words of the unique identity. flashSize: in KiB. A package of 100 pins."""

    SIZE = 0x100
    OUTPUTS = ()
    REGISTERS = (PKG, UID, FLASHSIZE)

    def __init__(
        self, machine, name, uid0=0x00230045, uid1=0x36305114, uid2=0x20363133, flashSize=0x400
    ):
        # type: (typing.Any, str, int, int, int, int) -> None
        Block.__init__(self, machine, name)
        self._words = {0x00: LQFP100, 0x90: uid0, 0x94: uid1, 0x98: uid2}
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

# ironpython: executed by Renode
"""Option bytes as they lie in the flash (RM0351 section 3.4.1): each word, then its complement."""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register

FIRST_BANK = ("OPTR", "PCROP1SR", "PCROP1ER", "WRP1AR", "WRP1BR")
SECOND_BANK = (None, "PCROP2SR", "PCROP2ER", "WRP2AR", "WRP2BR")


class STM32L4_OptionBytes(Block):
    """bank: 1 or 2. Shows what the flash controller has programmed."""

    OUTPUTS = ()
    SIZE = 0x28
    REGISTERS = (
        Register("OPTION", 0x00, access=READ_ONLY, count=5, stride=8, computed="_read"),
        Register("COMPLEMENT", 0x04, access=READ_ONLY, count=5, stride=8, computed="_read_inverse"),
    )

    def __init__(self, machine, name, bank=1):
        # type: (typing.Any, str, int) -> None
        Block.__init__(self, machine, name)
        self._names = FIRST_BANK if bank == 1 else SECOND_BANK

    def _read(self, index):
        # type: (int) -> int
        name = self._names[index]
        if name is None:
            return 0xFFFFFFFF
        return int(self.machine.peripheral("flashController").programmed_option(name))

    def _read_inverse(self, index):
        # type: (int) -> int
        return ~self._read(index) & 0xFFFFFFFF


MYPY = False
if MYPY:
    import typing  # noqa: F401

# ironpython: executed by Renode
"""A block that this package doesn't model: it answers reset values, and says so once."""

from renode_wifi.peripherals.base.block import Block


class STM32L4_Unimplemented(Block):
    """size: bytes of the block. resets: offset of a word -> reset value, where it isn't 0.

    Writes are kept and read back where `storage` is set; otherwise they are dropped.
    """

    OUTPUTS = ()

    def __init__(self, machine, name, size=0x400, storage=False, resets=None):
        # type: (typing.Any, str, int, bool, dict[int, int] | None) -> None
        self.SIZE = size
        Block.__init__(self, machine, name)
        self._storage = storage
        self._resets = resets or {}
        self._reported = False
        self.reset()

    def reset(self):
        # type: () -> None
        Block.reset(self)
        # No register is declared, so that nothing else resets these words.
        for word in range(self.SIZE // 4):
            self.registers.values[word] = 0
        for offset, value in self._resets.items():
            self.registers.values[offset // 4] = value

    def read(self, offset, width):
        # type: (int, int) -> int
        self._report("read", offset)
        value = self.registers.values[offset // 4] >> (8 * (offset & 3))
        return value & ((1 << (8 * width)) - 1)

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        self._report("written", offset)
        if self._storage:
            shift = 8 * (offset & 3)
            mask = ((1 << (8 * width)) - 1) << shift
            word = self.registers.values[offset // 4]
            self.registers.values[offset // 4] = word & ~mask | ((value << shift) & mask)

    def _report(self, what, offset):
        # type: (str, int) -> None
        if not self._reported:
            self._reported = True
            self.machine.log.warning(
                "%s isn't modelled: offset 0x%03X is %s (reported once)", self.name, offset, what
            )


MYPY = False
if MYPY:
    import typing  # noqa: F401

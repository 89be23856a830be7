# ironpython: executed by Renode
"""What the blocks of a chip have in common: a name, registers, output lines."""

from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.registers import RegisterFile


class Block(object):
    """A block of registers on the bus. Subclasses declare REGISTERS, SIZE and OUTPUTS.

    GATED: the subclass overrides `write` with more than a faster way to the same result.
    """

    REGISTERS = ()  # type: typing.Sequence[Register]
    SIZE = 0x400
    GATED = False
    OUTPUTS = ("IRQ",)  # type: typing.Sequence[int | str]

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        self.machine = machine
        self.name = name
        self.lines = dict((output, Line()) for output in self.OUTPUTS)  # type: dict[int | str, Line]
        self.registers = RegisterFile(self, self.REGISTERS, self.SIZE, self.GATED)

    def read(self, offset, width):
        # type: (int, int) -> int
        return self.registers.read(offset, width)

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        self.registers.write(offset, value, width)

    def reset(self):
        # type: () -> None
        """Registers to their reset values and every output low."""
        self.registers.reset()
        for output in self.OUTPUTS:
            self.lines[output].set(False)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.registers import Register  # noqa: F401

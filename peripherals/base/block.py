# ironpython: executed by Renode
"""What the blocks of a chip have in common: a name, registers, output lines."""

from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.register_file import SERVE_ALL, SERVE_NOTHING, RegisterFile

# How much of a block there is.
MODELLED = "modelled"
PARTLY = "partly"
"""Some of what it does is missing."""
REGISTERS_ONLY = "registers only"
"""Names, reset values, access, and flags that drivers wait for; it does nothing."""


class Block(object):
    """A block of registers on the bus. Subclasses declare REGISTERS, SIZE in bytes and OUTPUTS.

    STATUS: MODELLED, PARTLY or REGISTERS_ONLY. MISSING: what isn't modelled, for the users.

    INTERRUPTS: outputs that follow flags and enable bits of the registers by themselves. A model
    that changes these in another way than by an access calls `registers.update_interrupts`.
    SERVED: what an engine may do without the model; SERVE_READS where the subclass overrides
    `write` with more than a faster way to the same result.
    """

    STATUS = MODELLED
    MISSING = ""
    REGISTERS = ()  # type: typing.Sequence[Register]
    SIZE = 0x400
    SERVED = SERVE_ALL
    OUTPUTS = ("IRQ",)  # type: typing.Sequence[int | str]
    INTERRUPTS = ()  # type: typing.Sequence[Interrupt]

    def __init__(self, machine, name, variant="REGISTERS"):
        # type: (typing.Any, str, str) -> None
        """variant: the attribute of the class that lists the registers of this one."""
        self.machine = machine
        self.name = name
        self.lines = dict((output, Line()) for output in self.OUTPUTS)  # type: dict[int | str, Line]
        self.registers = RegisterFile(self, self.SERVED, variant)

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


class RegistersOnly(Block):
    """A block that does nothing, and says so in the log at its first access."""

    STATUS = REGISTERS_ONLY
    # An engine that served its registers would keep that access from it.
    SERVED = SERVE_NOTHING

    def __init__(self, machine, name, variant="REGISTERS"):
        # type: (typing.Any, str, str) -> None
        Block.__init__(self, machine, name, variant)
        self._logged = False

    def read(self, offset, width):
        # type: (int, int) -> int
        if not self._logged:
            self._log()
        return Block.read(self, offset, width)

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        if not self._logged:
            self._log()
        Block.write(self, offset, value, width)

    def _log(self):
        # type: () -> None
        self._logged = True
        self.machine.log.warning("%s is registers only; missing: %s", self.name, self.MISSING)


def output_of(machine, block, output):
    # type: (typing.Any, str, int | str) -> typing.Any
    """An output of another block, both by name; None where the board has no such thing."""
    try:
        model = machine.peripheral(block)
    except KeyError:
        return None
    line = getattr(model, "lines", {}).get(output)
    return line if isinstance(line, Line) else None


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.registers import Interrupt, Register  # noqa: F401

# ironpython: executed by Renode
"""True random number generator (RM0351 section 27), fed from the world's seed.

A new word is there whenever the last one was read (the chip needs 40 periods of its 48 MHz clock).
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    ZERO_CLEARS,
    Cause,
    Field,
    Interrupt,
    Register,
)
from renode_wifi.peripherals.base.stream import Queue

CR = Register("CR", 0x00, on_write="_update", fields=(Field("RNGEN", 2), Field("IE", 3)))
SR = Register(
    "SR",
    0x04,
    access=READ_ONLY,
    fields=(
        Field("DRDY", 0),
        Field("CECS", 1),
        Field("SECS", 2),
        Field("CEIS", 5, access=ZERO_CLEARS),
        Field("SEIS", 6, access=ZERO_CLEARS),
    ),
)
DR = Register("DR", 0x08, access=READ_ONLY, on_read="_draw")


class STM32L4_RNG(Block):
    """`fail_seed` makes the noise source look broken until software has restarted the block."""

    REGISTERS = (CR, SR, DR)
    INTERRUPTS = (Interrupt("IRQ", Cause(SR, SR.DRDY | SR.CEIS | SR.SEIS, CR, CR.IE)),)

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._source = machine.random(name)
        self.queue = Queue(DR.word, SR.word, SR.DRDY, self._next)

    def fail_seed(self):
        # type: () -> None
        """More than 64 equal bits in a row: SEIS and SECS are set and no number comes."""
        self.registers["SR"] |= SR.SECS | SR.SEIS
        self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        control = self.registers["CR"]
        status = self.registers["SR"]
        if not control & CR.RNGEN:
            # Clearing and setting RNGEN restarts a broken source.
            status &= ~(SR.SECS | SR.DRDY)
        elif not status & SR.SECS:
            status |= SR.DRDY
        else:
            status &= ~SR.DRDY
        self.registers["SR"] = status
        self.registers.update_interrupts()

    def _draw(self):
        # type: () -> int
        if not self.registers["SR"] & SR.DRDY:
            return 0
        return self.queue.take()

    def _next(self, count):
        # type: (int) -> list[int]
        draw = self._source.getrandbits
        return [draw(32) for _ in range(count)]


MYPY = False
if MYPY:
    import typing  # noqa: F401

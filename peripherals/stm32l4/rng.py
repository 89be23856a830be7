# ironpython: executed by Renode
"""True random number generator (RM0351 section 27), fed from the world's seed.

A new word is there whenever the last one was read (the chip needs 40 periods of its 48 MHz clock).
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register

CR_RNGEN = 1 << 2
CR_IE = 1 << 3
SR_DRDY = 1 << 0
SR_SECS = 1 << 2
SR_CEIS = 1 << 5
SR_SEIS = 1 << 6


class STM32L4_RNG(Block):
    """`fail_seed` makes the noise source look broken until software has restarted the block."""

    REGISTERS = (
        Register("CR", 0x00, writable=CR_RNGEN | CR_IE, on_write="_update"),
        Register("SR", 0x04, writable=0, write_zero_clears=SR_CEIS | SR_SEIS, on_write="_update"),
        Register("DR", 0x08, writable=0, on_read="_draw"),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._source = machine.random(name)

    def fail_seed(self):
        # type: () -> None
        """More than 64 equal bits in a row: SEIS and SECS are set and no number comes."""
        self.registers["SR"] |= SR_SECS | SR_SEIS
        self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        control = self.registers["CR"]
        status = self.registers["SR"]
        if not control & CR_RNGEN:
            # Clearing and setting RNGEN restarts a broken source.
            status &= ~(SR_SECS | SR_DRDY)
        elif not status & SR_SECS:
            status |= SR_DRDY
        else:
            status &= ~SR_DRDY
        self.registers["SR"] = status
        pending = status & (SR_DRDY | SR_CEIS | SR_SEIS) != 0
        self.lines["IRQ"].set(pending and control & CR_IE != 0)

    def _draw(self):
        # type: () -> int
        if not self.registers["SR"] & SR_DRDY:
            return 0
        return int(self._source.getrandbits(32))


MYPY = False
if MYPY:
    import typing  # noqa: F401

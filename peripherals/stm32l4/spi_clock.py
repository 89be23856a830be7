# ironpython: executed by Renode
"""SCK of SPI1 to SPI3 (RM0351 section 42.4.6): the bus clock divided, and how long frames take."""

from renode_wifi.peripherals.stm32l4.spi_registers import CR1

AT_ONCE = 32
"""Periods of the bus clock: the loads and stores for a frame take the CPU about as long."""
SECOND = 1000000000
"""ns."""


class SpiClock(object):
    """registers: those of the block called `name`."""

    def __init__(self, machine, name, registers):
        # type: (typing.Any, str, typing.Any) -> None
        self._machine = machine
        self._name = name
        self._registers = registers
        # The core's clock when a frame's time was last computed.
        self._computed_at = 0

    def _periods(self, bits):
        # type: (int) -> int
        """Of the bus clock, which is divided by 2 to 256."""
        return bits << (CR1["BR"].get(self._registers["CR1"]) + 1)

    def time(self, bits):
        # type: (int) -> int
        """ns of so many bits on the wire."""
        rcc = self._machine.peripheral("rcc")
        hertz = rcc.apb2_hz() if self._name == "spi1" else rcc.apb1_hz()
        return int(SECOND * self._periods(bits) // max(1, hertz))

    def mode(self):
        # type: () -> int
        """0 to 3: CPOL, then CPHA."""
        control = self._registers["CR1"]
        return (2 if control & CR1.CPOL else 0) + (1 if control & CR1.CPHA else 0)

    def has_changed(self):
        # type: () -> bool
        """The core's clock isn't what it was when `frame_time` was asked."""
        return bool(self._computed_at != self._machine.cpu_frequency)

    def frame_time(self, bits, by_cpu):
        # type: (int, bool) -> int
        """ns of a frame; 0: it is exchanged at once. by_cpu: no DMA moves it."""
        self._computed_at = self._machine.cpu_frequency
        if not self._machine.clock.exact or (by_cpu and self._periods(bits) <= AT_ONCE):
            return 0
        try:
            return self.time(bits)
        except KeyError:
            # A chip without our RCC.
            return 0


MYPY = False
if MYPY:
    import typing  # noqa: F401

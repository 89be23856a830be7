# ironpython: executed by Renode
"""System window watchdog (RM0351 section 37), clocked by APB1 divided by 4096 and its prescaler."""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register

CR_WDGA = 1 << 7
CFR_EWI = 1 << 9
COUNTER = 0x7F
SECOND = 1000000000


class STM32L4_WWDG(Block):
    """frequency: APB1 clock in Hz where no RCC named "rcc" tells it."""

    GATED = True
    REGISTERS = (
        Register("CR", 0x00, reset=0x7F, writable=0xFF, on_read="_read_control"),
        Register("CFR", 0x04, reset=0x7F, writable=0x3FF),
        Register("SR", 0x08, writable=0, write_zero_clears=1),
    )

    def __init__(self, machine, name, frequency=4000000):
        # type: (typing.Any, str, int) -> None
        Block.__init__(self, machine, name)
        self.frequency = frequency
        self._event = None  # type: typing.Any
        self._loaded = 0x7F
        self._loaded_at = 0

    def reset(self):
        # type: () -> None
        self._cancel()
        Block.reset(self)

    def _cancel(self):
        # type: () -> None
        if self._event is not None:
            self._event.cancel()
            self._event = None

    def _tick(self):
        # type: () -> int
        """ns from one count to the next."""
        try:
            hertz = int(self.machine.peripheral("rcc").apb1_hz())
        except KeyError:
            hertz = self.frequency
        return 4096 * (1 << ((self.registers["CFR"] >> 7) & 3)) * SECOND // hertz

    def _count(self):
        # type: () -> int
        if not self.registers["CR"] & CR_WDGA:
            return self.registers["CR"] & COUNTER
        ticks = (self.machine.clock.now - self._loaded_at) // self._tick()
        return int(max(0, self._loaded - ticks))

    def _read_control(self):
        # type: () -> int
        return self.registers["CR"] & CR_WDGA | self._count()

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        before = self._count()
        active = self.registers["CR"] & CR_WDGA
        Block.write(self, offset, value, width)
        if offset & ~3 == 0x00:
            # Once active it can't be stopped.
            self.registers["CR"] |= active
            if active and before > self.registers["CFR"] & COUNTER:
                self.machine.log.warning("%s: refreshed too early", self.name)
                self.machine.request_reset("wwdg")
                return
            self._load(self.registers["CR"] & COUNTER)
        elif active and offset & ~3 == 0x04:
            # EWI can't be cleared either, and a new prescaler counts on from here.
            self._load(before)
        self._update()

    def _load(self, count):
        # type: (int) -> None
        self._cancel()
        self._loaded = count
        self._loaded_at = self.machine.clock.now
        if not self.registers["CR"] & CR_WDGA:
            return
        if count < 0x40:
            self._expire()
        else:
            delay = (count - 0x40) * self._tick()
            self._event = self.machine.clock.schedule(delay, self._warn)

    def _warn(self):
        # type: () -> None
        """The counter is at 0x40: the early wake-up; one count later comes the reset."""
        self._event = self.machine.clock.schedule(self._tick(), self._expire)
        self.registers["SR"] |= 1
        self._update()

    def _expire(self):
        # type: () -> None
        self._event = None
        self.machine.log.warning("%s: the counter ran out", self.name)
        self.machine.request_reset("wwdg")

    def _update(self):
        # type: () -> None
        enabled = self.registers["CFR"] & CFR_EWI != 0
        self.lines["IRQ"].set(enabled and self.registers["SR"] & 1 != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401

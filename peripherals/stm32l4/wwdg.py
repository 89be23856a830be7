# ironpython: executed by Renode
"""System window watchdog (RM0351 section 37), clocked by APB1 divided by 4096 and its prescaler."""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.register_file import SERVE_READS
from renode_wifi.peripherals.base.registers import ZERO_CLEARS, Cause, Field, Interrupt, Register

CR = Register(
    "CR", 0x00, reset=0x7F, computed="_read_control", fields=(Field("T", 0, 7), Field("WDGA", 7))
)
CFR = Register(
    "CFR", 0x04, reset=0x7F, fields=(Field("W", 0, 7), Field("WDGTB", 7, 2), Field("EWI", 9))
)
SR = Register("SR", 0x08, fields=(Field("EWIF", 0, access=ZERO_CLEARS),))

COUNTER = CR.T
SECOND = 1000000000


class STM32L4_WWDG(Block):
    """frequency: APB1 clock in Hz where no RCC named "rcc" gives it."""

    SERVED = SERVE_READS
    REGISTERS = (CR, CFR, SR)
    INTERRUPTS = (Interrupt("IRQ", Cause(SR, SR.EWIF, CFR, CFR.EWI)),)

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
        return 4096 * (1 << (CFR["WDGTB"].get(self.registers["CFR"]))) * SECOND // hertz

    def _count(self):
        # type: () -> int
        if not self.registers["CR"] & CR.WDGA:
            return self.registers["CR"] & COUNTER
        ticks = (self.machine.clock.now - self._loaded_at) // self._tick()
        return int(max(0, self._loaded - ticks))

    def _read_control(self):
        # type: () -> int
        return self.registers["CR"] & CR.WDGA | self._count()

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        before = self._count()
        active = self.registers["CR"] & CR.WDGA
        Block.write(self, offset, value, width)
        if offset & ~3 == CR.offset:
            # Once active it can't be stopped.
            self.registers["CR"] |= active
            if active and before > self.registers["CFR"] & COUNTER:
                self.machine.log.warning("%s: refreshed too early", self.name)
                self.machine.request_reset("wwdg")
                return
            self._load(self.registers["CR"] & COUNTER)
        elif active and offset & ~3 == CFR.offset:
            # EWI can't be cleared either, and a new prescaler counts on from here.
            self._load(before)

    def _load(self, count):
        # type: (int) -> None
        self._cancel()
        self._loaded = count
        self._loaded_at = self.machine.clock.now
        if not self.registers["CR"] & CR.WDGA:
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
        self.registers["SR"] |= SR.EWIF
        self.registers.update_interrupts()

    def _expire(self):
        # type: () -> None
        self._event = None
        self.machine.log.warning("%s: the counter ran out", self.name)
        self.machine.request_reset("wwdg")


MYPY = False
if MYPY:
    import typing  # noqa: F401

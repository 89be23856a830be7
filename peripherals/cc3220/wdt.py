# ironpython: executed by Renode
"""The watchdog timer (SWRU465 section 10): the first time-out interrupts, the second one resets."""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.register_file import SERVE_READS
from renode_wifi.peripherals.base.registers import READ_ONLY, Field, Register

SECOND = 1000000000
DEFAULT_HZ = 80000000
UNLOCK = 0x1ACCE551

CTL = Register(
    "CTL",
    0x008,
    on_write="_control",
    fields=(Field("INTEN", 0), Field("RESEN", 1), Field("INTTYPE", 2)),
)
ICR = Register("ICR", 0x00C, access=READ_ONLY, on_write="_clear")
RIS = Register("RIS", 0x010, access=READ_ONLY, fields=(Field("WDTRIS", 0),))
MIS = Register("MIS", 0x014, access=READ_ONLY, fields=(Field("WDTMIS", 0),))
LOCK = Register("LOCK", 0xC00, access=READ_ONLY, on_write="_lock")
WITHOUT_KEY = (ICR.offset, LOCK.offset)


class CC3220_WDT(Block):
    """Output 0: interrupt. frequency: clock in Hz."""

    OUTPUTS = (0,)
    SIZE = 0x1000
    SERVED = SERVE_READS
    REGISTERS = (
        Register("LOAD", 0x000, reset=0xFFFFFFFF, on_write="_reload"),
        Register("VALUE", 0x004, reset=0xFFFFFFFF, access=READ_ONLY, on_read="_count"),
        CTL,
        ICR,
        RIS,
        MIS,
        Register("TEST", 0x418, fields=(Field("STALL", 8),)),
        LOCK,
    )

    def __init__(self, machine, name, frequency=DEFAULT_HZ):
        # type: (typing.Any, str, int) -> None
        self.frequency = frequency
        self._event = None  # type: typing.Any
        self._started = 0
        Block.__init__(self, machine, name)

    def reset(self):
        # type: () -> None
        if self._event is not None:
            self._event.cancel()
            self._event = None
        Block.reset(self)

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        """While LOCK reads 1 nothing else can be written, but for ICR.

        TI's driver (WatchdogCC32XX.c) locks the block when it opens it, and clears interrupts
        without unlocking it.
        """
        if not self.registers["LOCK"] or offset & ~3 in WITHOUT_KEY:
            self.registers.write(offset, value, width)

    def _lock(self, value, old):
        # type: (int, int) -> None
        self.registers["LOCK"] = 0 if value == UNLOCK else 1

    def _running(self):
        # type: () -> bool
        return self.registers["CTL"] & CTL.INTEN != 0

    def _count(self):
        # type: () -> int
        load = self.registers["LOAD"]  # type: int
        if not self._running():
            return load
        gone = (self.machine.clock.now - self._started) * self.frequency // SECOND  # type: int
        return max(0, load - gone)

    def _start(self):
        # type: () -> None
        if self._event is not None:
            self._event.cancel()
        self._started = self.machine.clock.now
        delay = self.registers["LOAD"] * SECOND // self.frequency
        self._event = self.machine.clock.schedule(delay, self._expire)

    def _reload(self, value, old):
        # type: (int, int) -> None
        if self._running():
            self._start()

    def _control(self, value, old):
        # type: (int, int) -> None
        # Once enabled it can't be disabled.
        self.registers["CTL"] |= old & CTL.INTEN
        if value & ~old & CTL.INTEN:
            self._start()
        self._update()

    def _expire(self):
        # type: () -> None
        self._event = None
        if self.registers["RIS"] and self.registers["CTL"] & CTL.RESEN:
            self.machine.request_reset("wdt")
            return
        self.registers["RIS"] = 1
        self._start()
        self._update()

    def _clear(self, value, old):
        # type: (int, int) -> None
        self.registers["RIS"] = 0
        if self._running():
            self._start()
        self._update()

    def _update(self):
        # type: () -> None
        masked = self.registers["RIS"] if self._running() else 0
        self.registers["MIS"] = masked
        self.lines[0].set(masked != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401

# ironpython: executed by Renode
"""TIMERA0 to TIMERA3, the general-purpose timers (SWRU465 section 9): two halves of 16 bits with
prescalers of 8, or one timer of 32 bits. One-shot and periodic, up and down, match interrupts.

Capture modes stay at their start, because no signal comes in; the outputs of PWM modes aren't
modelled, their counting is.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.counter import Counter
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Field, Register, packed

SECOND = 1000000000
DEFAULT_HZ = 80000000

CFG = Register("CFG", 0x00, on_write="_configure", fields=packed("CFG:3"))
SPLIT = 4
"""CFG: two timers of 16 bits."""
TAMR = Register(
    "TAMR",
    0x04,
    on_write="_change",
    fields=packed("TAMR:2 TACMR TAAMS TACDIR TAMIE TAWOT TASNAPS TAILD TAPWMIE TAMRSU TAPLO"),
)
TBMR = Register(
    "TBMR",
    0x08,
    on_write="_change",
    fields=packed("TBMR:2 TBCMR TBAMS TBCDIR TBMIE TBWOT TBSNAPS TBILD TBPWMIE TBMRSU TBPLO"),
)
ONE_SHOT, PERIODIC, CAPTURE = 1, 2, 3
# TBMR has the same bits.
MODE, AMS, CDIR, MIE = TAMR.TAMR, TAMR.TAAMS, TAMR.TACDIR, TAMR.TAMIE
CTL = Register(
    "CTL",
    0x0C,
    on_write="_control",
    fields=packed(
        "TAEN TASTALL TAEVENT:2 RTCEN TAOTE TAPWML - TBEN TBSTALL TBEVENT:2 - TBOTE TBPWML"
    ),
)
IMR = Register(
    "IMR",
    0x18,
    on_write="_update",
    fields=packed("TATOIM CAMIM CAEIM RTCIM TAMIM DMAAIM -:2 TBTOIM CBMIM CBEIM TBMIM - DMABIM"),
)
RIS = Register(
    "RIS",
    0x1C,
    access=READ_ONLY,
    fields=packed(
        "TATORIS CAMRIS CAERIS RTCRIS TAMRIS DMAARIS -:2 TBTORIS CBMRIS CBERIS TBMRIS - DMABRIS"
    ),
)
MIS = Register(
    "MIS",
    0x20,
    access=READ_ONLY,
    fields=packed(
        "TATOMIS CAMMIS CAEMIS RTCMIS TAMMIS DMAAMIS -:2 TBTOMIS CBMMIS CBEMIS TBMMIS - DMABMIS"
    ),
)
ICR = Register(
    "ICR",
    0x24,
    access=WRITE_ONLY,
    on_write="_clear",
    fields=packed(
        "TATOCINT CAMCINT CAECINT RTCCINT TAMCINT DMAAINT -:2 "
        "TBTOCINT CBMCINT CBECINT TBMCINT - DMABINT"
    ),
)
MATCHES = (RIS.TAMRIS, RIS.TBMRIS)
HALF_B = 8
"""Interrupts of half B, except for its match, are so many bits up."""
TAR = Register("TAR", 0x48, reset=0xFFFFFFFF, access=READ_ONLY, on_read="_value_a")
TBR = Register("TBR", 0x4C, reset=0x0000FFFF, access=READ_ONLY, on_read="_value_b")
TAV = Register("TAV", 0x50, reset=0xFFFFFFFF, on_read="_value_a", on_write="_set_value_a")
TBV = Register("TBV", 0x54, reset=0x0000FFFF, on_read="_value_b", on_write="_set_value_b")
COUNT_WORDS = ((TAR.word, TAV.word), (TBR.word, TBV.word))


class _Half(object):
    """One counter: half A, half B, or A as the whole of 32 bits."""

    def __init__(self, timer, index):
        # type: (CC3220_Timer, int) -> None
        self._timer = timer
        self._letter = "AB"[index]
        self._shift = HALF_B * index
        self.index = index
        self.counter = Counter(*COUNT_WORDS[index])
        self._event = None  # type: typing.Any
        self._match = None  # type: typing.Any
        self._running = False
        self._started = 0
        self._start_count = 0

    def _get(self, name):
        # type: (str) -> int
        value = self._timer.registers["T" + self._letter + name]  # type: int
        return value

    @property
    def _mask(self):
        # type: () -> int
        return 0xFFFF if self._timer.split else 0xFFFFFFFF

    @property
    def _up(self):
        # type: () -> bool
        return self._get("MR") & CDIR != 0

    def _limit(self):
        # type: () -> int
        """Counts of one round, less one."""
        load = self._get("ILR") & self._mask
        if self._timer.split and self._up:
            # Counting up, the prescaler is the upper byte of the counter.
            load |= self._get("PR") << 16
        return load

    def _clocks(self):
        # type: () -> int
        """Clocks per count."""
        return self._get("PR") + 1 if self._timer.split and not self._up else 1

    def _time_of(self, counts):
        # type: (int) -> int
        hertz = self._timer.frequency
        return (counts * self._clocks() * SECOND + hertz - 1) // hertz

    def value(self):
        # type: () -> int
        if not self._running:
            return self._start_count
        passed = self._timer.machine.clock.now - self._started  # type: int
        elapsed = passed * self._timer.frequency // SECOND
        counts = elapsed // self._clocks()
        limit = self._limit()
        if self._up:
            count = (self._start_count + counts) % (limit + 1)
            room = limit - count + 1
        else:
            count = (self._start_count - counts) % (limit + 1)
            room = count + 1
        scale = SECOND * self._clocks()
        origin = self._started * self._timer.frequency + counts * scale
        self.counter.follow(count, not self._up, room, self._timer.frequency, scale, origin)
        return count

    def clear(self):
        # type: () -> None
        self.stop()
        self._start_count = self._mask

    def stop(self):
        # type: () -> None
        self._start_count = self.value() if self._running else self._start_count
        self._running = False
        self.counter.withdraw()
        self._cancel()

    def _cancel(self):
        # type: () -> None
        for event in (self._event, self._match):
            if event is not None:
                event.cancel()
        self._event = self._match = None

    def start(self):
        # type: () -> None
        if self._get("MR") & MODE == CAPTURE:
            return
        self._begin(0 if self._up else self._limit())

    def set_value(self, value):
        # type: (int) -> None
        if self._running:
            self._begin(value)
        else:
            self._start_count = value

    def _begin(self, count):
        # type: (int) -> None
        self._running = True
        self.counter.withdraw()
        self._start_count = count
        self._started = self._timer.machine.clock.now
        self._plan()

    def replan(self):
        # type: () -> None
        if self._running:
            self._begin(min(self.value(), self._limit()))

    def _plan(self):
        # type: () -> None
        self._cancel()
        limit = self._limit()
        left = limit - self._start_count + 1 if self._up else self._start_count + 1
        self._event = self._timer.machine.clock.schedule(self._time_of(left), self._expire)
        if self._get("MR") & MIE:
            match = self._get("MATCHR") & self._mask
            if self._timer.split:
                match |= self._get("PMR") << 16 if self._up else 0
            until = match - self._start_count if self._up else self._start_count - match
            if 0 <= until < left:
                delay = self._time_of(until)
                self._match = self._timer.machine.clock.schedule(delay, self._matched)

    def _matched(self):
        # type: () -> None
        self._match = None
        self._timer.raise_flag(MATCHES[self.index], self.index)

    def _expire(self):
        # type: () -> None
        self._event = None
        mode = self._get("MR") & MODE
        if mode == PERIODIC:
            self._begin(0 if self._up else self._limit())
        else:
            self._cancel()
            self._running = False
            self.counter.withdraw()
            self._start_count = 0 if self._up else self._limit()
            self._timer.registers["CTL"] &= ~(1 << self._shift)
        if not self._get("MR") & AMS:
            self._timer.raise_flag(RIS.TATORIS << self._shift, self.index)


class CC3220_Timer(Block):
    """Outputs: 0 and 1 the interrupts of A and B, 2 and 3 their DMA requests (pulses).

    Inputs 0 and 1: the end of a DMA transfer for A and B. frequency: clock in Hz.
    """

    STATUS = PARTLY
    MISSING = "captures, outputs of PWM"
    OUTPUTS = (0, 1, 2, 3)
    SIZE = 0x1000
    REGISTERS = (
        CFG,
        TAMR,
        TBMR,
        CTL,
        Register("SYNC", 0x10, access=READ_ONLY, fields=(Field("SYNC", 0, 2, count=12),)),
        IMR,
        RIS,
        MIS,
        ICR,
        Register("TAILR", 0x28, reset=0xFFFFFFFF, on_write="_change"),
        Register("TBILR", 0x2C, reset=0x0000FFFF, on_write="_change"),
        Register("TAMATCHR", 0x30, reset=0xFFFFFFFF, on_write="_change"),
        Register("TBMATCHR", 0x34, reset=0x0000FFFF, on_write="_change"),
        Register("TAPR", 0x38, on_write="_change", fields=packed("TAPSR:8")),
        Register("TBPR", 0x3C, on_write="_change", fields=packed("TBPSR:8")),
        Register("TAPMR", 0x40, on_write="_change", fields=packed("TAPSMR:8")),
        Register("TBPMR", 0x44, on_write="_change", fields=packed("TBPSMR:8")),
        TAR,
        TBR,
        TAV,
        TBV,
        Register("RTCPD", 0x58, access=READ_ONLY, fields=packed("RTCPD:16")),
        Register("TAPS", 0x5C, access=READ_ONLY, fields=packed("PSS:16")),
        Register("TBPS", 0x60, access=READ_ONLY, fields=packed("PSS:16")),
        Register("TAPV", 0x64, access=READ_ONLY, fields=packed("PSV:16")),
        Register("TBPV", 0x68, access=READ_ONLY, fields=packed("PSV:16")),
        Register(
            "DMAEV",
            0x6C,
            fields=packed(
                "TATODMAEN CAMDMAEN CAEDMAEN RTCDMAEN TAMDMAEN -:3 "
                "TBTODMAEN CBMDMAEN CBEDMAEN TBMDMAEN"
            ),
        ),
        Register("PP", 0xFC0, access=READ_ONLY, fields=packed("SIZE:4 CHAIN SYNCCNT")),
    )

    def __init__(self, machine, name, frequency=DEFAULT_HZ):
        # type: (typing.Any, str, int) -> None
        self.frequency = frequency
        self.split = False
        Block.__init__(self, machine, name)
        self._halves = (_Half(self, 0), _Half(self, 1))
        self.counters = tuple(half.counter for half in self._halves)
        self._clear_halves()

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self.split = False
        self._clear_halves()

    def _clear_halves(self):
        # type: () -> None
        for half in self._halves:
            half.clear()

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        if level:
            self.registers["RIS"] |= RIS.DMAARIS << (HALF_B * number)
            self._update(0, 0)

    def raise_flag(self, flag, half):
        # type: (int, int) -> None
        """An event of a half."""
        self.registers["RIS"] |= flag
        self._update(0, 0)
        if self.registers["DMAEV"] & flag:
            self.lines[2 + half].pulse()

    def _update(self, value, old):
        # type: (int, int) -> None
        masked = self.registers["RIS"] & self.registers["IMR"]
        self.registers["MIS"] = masked
        self.lines[0].set(masked & 0xFF != 0)
        self.lines[1].set(masked >> HALF_B != 0)

    def _clear(self, value, old):
        # type: (int, int) -> None
        self.registers["RIS"] &= ~value
        self._update(0, 0)

    def _configure(self, value, old):
        # type: (int, int) -> None
        self.split = value & CFG.CFG == SPLIT
        self._change(0, 0)

    def _control(self, value, old):
        # type: (int, int) -> None
        for half in self._halves:
            bit = 1 << (HALF_B * half.index)
            if half.index and not self.split:
                continue
            if value & ~old & bit:
                half.start()
            elif old & ~value & bit:
                half.stop()

    def _change(self, value, old):
        # type: (int, int) -> None
        """A setting of a running timer acts at once."""
        for half in self._halves:
            half.replan()

    def _value_a(self):
        # type: () -> int
        return self._halves[0].value()

    def _value_b(self):
        # type: () -> int
        return self._halves[1].value()

    def _set_value_a(self, value, old):
        # type: (int, int) -> None
        self._halves[0].set_value(value)

    def _set_value_b(self, value, old):
        # type: (int, int) -> None
        self._halves[1].set_value(value)


MYPY = False
if MYPY:
    import typing  # noqa: F401

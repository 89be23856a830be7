# ironpython: executed by Renode
"""Digital filter for sigma-delta modulators DFSDM1 (RM0351 section 24): 8 channels, 4 filters.

A conversion is an event at its end. A bit stream is what its source measures then, a parallel
input what software has written: filters pass it on with their gain, and round nothing off.
"""

from functools import partial

from renode_wifi.peripherals.base.block import PARTLY, Block, output_of
from renode_wifi.peripherals.base.line import Receiver
from renode_wifi.peripherals.base.registers import READ_ONLY
from renode_wifi.peripherals.stm32l4 import dfsdm_registers
from renode_wifi.peripherals.stm32l4.dfsdm_channels import Channels
from renode_wifi.peripherals.stm32l4.dfsdm_conversion import Filter, output, signed16, signed24
from renode_wifi.peripherals.stm32l4.dfsdm_registers import (
    AWCFR,
    AWSR,
    CFGR1,
    CFGR2,
    CHANNELS,
    CNVTIMR,
    CR1,
    CR2,
    EXMAX,
    EXMIN,
    FCR,
    FILTERS,
    ICR,
    ISR,
    JCHGR,
    JDATAR,
    RDATAR,
    get,
    put,
)
from renode_wifi.peripherals.stm32l4.dfsdm_watchdogs import Watchdogs

SECOND = 1000000000
CAUSES = ISR.JEOCF | ISR.REOCF | ISR.JOVRF | ISR.ROVRF | ISR.AWDF
PARALLEL = 2
"""DATMPX: the input is DATINR."""
INTERLEAVED, DUAL = 1, 2
"""DATPACK; 0 takes INDAT0 only."""
REGULAR, INJECTED = "regular", "injected"

# Triggers of injected conversions (table 144), by JEXTSEL and filter. EXTI lines are not there.
ALL, FIRST_THREE, FIRST_TWO = range(4), range(3), range(2)
TRIGGERS = {
    0: (("tim1", "TRGO", ALL),),
    1: (("tim1", "TRGO2", ALL),),
    2: (("tim8", "TRGO", ALL),),
    3: (("tim8", "TRGO2", FIRST_THREE), ("tim3", "TRGO", (3,))),
    4: (("tim4", "TRGO", FIRST_THREE), ("tim16", "CC1", (3,))),
    5: (("tim6", "TRGO", FIRST_TWO), ("tim7", "TRGO", (2, 3))),
}  # type: dict[int, tuple[tuple[str, str, typing.Sequence[int]], ...]]


class STM32L4_DFSDM(Block, Receiver):
    """Output n is the interrupt of filter n, FLTn its DMA request, BREAKn a break of the timers."""

    STATUS = PARTLY
    MISSING = "clocks at CKIN, Manchester code, short-circuit detectors, fast watchdogs"
    OUTPUTS = tuple(range(FILTERS)) + tuple(
        name + str(number) for name in ("FLT", "BREAK") for number in range(FILTERS)
    )
    REGISTERS = dfsdm_registers.REGISTERS

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._channels = Channels(machine, self.registers)
        self._watchdogs = Watchdogs(self.registers)
        self._events = [None] * FILTERS  # type: list[typing.Any]
        self._logged = set()  # type: set[str]
        self._clear()

    def reset(self):
        # type: () -> None
        for number in range(FILTERS):
            self._cancel(number)
        Block.reset(self)
        self._clear()

    def _clear(self):
        # type: () -> None
        # What each filter converts: kind and channel.
        self._converting = [None] * FILTERS  # type: list[tuple[str, int] | None]
        self._is_first = [True] * FILTERS
        # Channels of an injected group that are still to come.
        self._group = [[] for _ in range(FILTERS)]  # type: list[list[int]]
        self._next_injected = [0] * FILTERS
        # Samples that were written to DATINR since a conversion began.
        self._fed = [[] for _ in range(FILTERS)]  # type: list[list[int]]

    def attach(self, source, pin):
        # type: (typing.Any, int) -> None
        """Let a source send bits to DATINn; see `dfsdm_channels.Channels`.

        source.falling: the edge of CKOUT that they belong to.
        """
        if not 0 <= pin < CHANNELS:
            raise ValueError(pin)
        self._channels.sources[(pin, bool(source.falling))] = source

    # Registers.

    def _flag(self, number, flags):
        # type: (int, int) -> None
        put(self.registers, ISR, number, get(self.registers, ISR, number) | flags)

    def _drop(self, number, flags):
        # type: (int, int) -> None
        put(self.registers, ISR, number, get(self.registers, ISR, number) & ~flags)
        self._update(number, 0, 0)

    def _control(self, number, value, old):
        # type: (int, int, int) -> None
        if not value & CR1.DFEN:
            self._stop(number)
            return
        self._listen(number)
        if value & CR1.JSWSTART:
            self._start_together(number, self._start_injected, CR1.JSYNC)
        if value & CR1.RSWSTART:
            self._start_together(number, self._start_regular, CR1.RSYNC)

    def _stop(self, number):
        # type: (int) -> None
        self._cancel(number)
        self._converting[number] = None
        self._group[number] = []
        self._next_injected[number] = 0
        put(self.registers, AWSR, number, 0)
        self._drop(number, ISR.mask(READ_ONLY))

    def _start_together(self, number, start, follows):
        # type: (int, typing.Callable[[int], None], int) -> None
        """The first filter takes along those that follow it."""
        start(number)
        for other in range(1, FILTERS) if number == 0 else ():
            if (
                get(self.registers, CR1, other) & follows
                and get(self.registers, CR1, other) & CR1.DFEN
            ):
                start(other)

    def _read_regular(self, number):
        # type: (int) -> int
        self._drop(number, ISR.REOCF)
        return get(self.registers, RDATAR, number)

    def _read_injected(self, number):
        # type: (int) -> int
        self._drop(number, ISR.JEOCF)
        return get(self.registers, JDATAR, number)

    def _read_maximum(self, number):
        # type: (int) -> int
        value = get(self.registers, EXMAX, number)
        put(self.registers, EXMAX, number, EXMAX.reset)
        return value

    def _read_minimum(self, number):
        # type: (int) -> int
        value = get(self.registers, EXMIN, number)
        put(self.registers, EXMIN, number, EXMIN.reset)
        return value

    def _clear_flags(self, number, value, old):
        # type: (int, int, int) -> None
        self._drop(number, value & ICR.written())

    def _clear_watchdog(self, number, value, old):
        # type: (int, int, int) -> None
        left = get(self.registers, AWSR, number) & ~(value & AWCFR.written())
        put(self.registers, AWSR, number, left)
        if not left:
            self._drop(number, ISR.AWDF)
        self._update(number, 0, 0)

    def _group_changed(self, number, value, old):
        # type: (int, int, int) -> None
        self._next_injected[number] = 0

    def _update(self, number, value, old):
        # type: (int, int, int) -> None
        flags, control = get(self.registers, ISR, number), get(self.registers, CR1, number)
        asks = bool(control & CR1.RDMAEN and flags & ISR.REOCF)
        asks = asks or bool(control & CR1.JDMAEN and flags & ISR.JEOCF)
        self.lines[number].set(flags & CAUSES & get(self.registers, CR2, number) != 0)
        self.lines["FLT%d" % number].set(asks)
        breaks = self._watchdogs.breaks()
        for each in range(FILTERS):
            self.lines["BREAK%d" % each].set(bool(breaks >> each & 1))

    # Starts.

    def _start_regular(self, number):
        # type: (int) -> None
        if not get(self.registers, ISR, number) & ISR.RCIP:
            self._flag(number, ISR.RCIP)
            self._convert(number)

    def _start_injected(self, number):
        # type: (int) -> None
        if get(self.registers, ISR, number) & ISR.JCIP:
            return
        channels = [
            each for each in range(CHANNELS) if get(self.registers, JCHGR, number) >> each & 1
        ]
        if not channels:
            return
        if not get(self.registers, CR1, number) & CR1.JSCAN:
            turn = self._next_injected[number] % len(channels)
            self._next_injected[number] = turn + 1
            channels = channels[turn : turn + 1]
        self._group[number] = channels
        self._flag(number, ISR.JCIP)
        if self._converting[number] is not None:
            # A regular conversion starts anew afterwards.
            self._cancel(number)
            self._converting[number] = None
        self._convert(number)

    def _listen(self, number):
        # type: (int) -> None
        control = get(self.registers, CR1, number)
        if not CR1["JEXTEN"].get(control):
            return
        code = CR1["JEXTSEL"].get(control)
        for block, name, filters in TRIGGERS.get(code, ()):
            line = output_of(self.machine, block, name) if number in filters else None
            place = 8 * number + code
            if line is not None and (self, place) not in line._receivers:
                line.connect(self, place)
                self.machine.wires_changed()

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        """An edge of trigger `number` % 8 for filter `number` // 8."""
        number, code = divmod(number, 8)
        if number >= FILTERS:
            return
        control = get(self.registers, CR1, number)
        edges = CR1["JEXTEN"].get(control)
        if not control & CR1.DFEN or CR1["JEXTSEL"].get(control) != code:
            return
        if edges >> (0 if level else 1) & 1:
            self._start_together(number, self._start_injected, CR1.JSYNC)

    # Conversions.

    def _filter(self, number):
        # type: (int) -> Filter
        setting = get(self.registers, FCR, number)
        return Filter(
            FCR["FORD"].get(setting),
            FCR["FOSR"].get(setting) + 1,
            FCR["IOSR"].get(setting) + 1,
            bool(get(self.registers, CR1, number) & CR1.FAST),
        )

    def _convert(self, number):
        # type: (int) -> None
        """Begin what is to be converted next, unless something is under way."""
        if self._converting[number] is not None:
            return
        flags = get(self.registers, ISR, number)
        if flags & ISR.JCIP:
            kind, channel = INJECTED, self._group[number][0]
        elif flags & ISR.RCIP:
            kind, channel = REGULAR, CR1["RCH"].get(get(self.registers, CR1, number))
        else:
            return
        self._converting[number] = (kind, channel)
        self._fed[number] = []
        setting = get(self.registers, CFGR1, channel)
        if CFGR1["DATMPX"].get(setting) == PARALLEL:
            return
        hertz = self._channels.clock_hz(channel)
        if not hertz:
            self._log("%s: a conversion of a channel that is off, or has no clock from CKOUT")
            return
        clocks = self._filter(number).clocks(self._is_first[number] or kind == INJECTED)
        put(
            self.registers,
            CNVTIMR,
            number,
            CNVTIMR["CNVCNT"].put(0, clocks * self._channels.kernel_hz() // hertz),
        )
        delay = max(1, clocks * SECOND // hertz)
        self._events[number] = self.machine.clock.schedule(delay, partial(self._end, number))

    def _cancel(self, number):
        # type: (int) -> None
        if self._events[number] is not None:
            self._events[number].cancel()
            self._events[number] = None

    def _end(self, number):
        # type: (int) -> None
        """A conversion of a bit stream is over."""
        self._events[number] = None
        converting = self._converting[number]
        if converting is not None:
            self._finish(number, converting, self._channels.density(converting[1]))

    def _feed(self, channel, value, old):
        # type: (int, int, int) -> None
        """DATINR: one sample, or two of a channel or of it and the next one."""
        setting = get(self.registers, CFGR1, channel)
        if CFGR1["DATMPX"].get(setting) != PARALLEL:
            return
        packing = CFGR1["DATPACK"].get(setting)
        self._sample(channel, signed16(value))
        if packing == INTERLEAVED:
            self._sample(channel, signed16(value >> 16))
        elif packing == DUAL:
            self._sample((channel + 1) % CHANNELS, signed16(value >> 16))

    def _sample(self, channel, sample):
        # type: (int, int) -> None
        for number in range(FILTERS):
            converting = self._converting[number]
            if converting is None or converting[1] != channel:
                continue
            fed = self._fed[number]
            fed.append(sample)
            if len(fed) >= self._filter(number).inputs():
                self._finish(number, converting, sum(fed) / float(len(fed)))

    def _finish(self, number, converting, level):
        # type: (int, tuple[str, int], float) -> None
        kind, channel = converting
        setting = get(self.registers, CFGR2, channel)
        raw = level * self._filter(number).gain()
        shift, offset = CFGR2["DTRBS"].get(setting), signed24(CFGR2["OFFSET"].get(setting))
        data = output(raw, shift, offset)
        self._converting[number] = None
        if self._watchdogs.look_at(number, channel, data):
            self._flag(number, ISR.AWDF)
        if kind == REGULAR:
            self._store(number, RDATAR, data, channel, ISR.REOCF, ISR.ROVRF)
            self._is_first[number] = False
            if not get(self.registers, CR1, number) & CR1.RCONT:
                put(self.registers, ISR, number, get(self.registers, ISR, number) & ~ISR.RCIP)
                self._is_first[number] = True
        else:
            self._store(number, JDATAR, data, channel, ISR.JEOCF, ISR.JOVRF)
            self._is_first[number] = True
            self._group[number] = self._group[number][1:]
            if not self._group[number]:
                put(self.registers, ISR, number, get(self.registers, ISR, number) & ~ISR.JCIP)
        # First the next one: who is notified may start others.
        self._convert(number)
        self._update(number, 0, 0)

    def _store(self, number, register, data, channel, ended, overrun):
        # type: (int, Register, int, int, int, int) -> None
        """What was not read yet stays."""
        if get(self.registers, ISR, number) & ended:
            self._flag(number, overrun)
            return
        put(self.registers, register, number, data << 8 | channel)
        self._flag(number, ended)

    def _log(self, text):
        # type: (str) -> None
        if text not in self._logged:
            self._logged.add(text)
            self.machine.log.warning(text + " (logged once)", self.name)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.registers import Register  # noqa: F401

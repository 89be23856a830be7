"""Timers (RM0351 sections 30 to 33): advanced, general-purpose and basic ones share this model.

Nothing happens per tick. The counter is worked out from virtual time when somebody looks. An event
is scheduled only for a flag that isn't set yet, so a timer costs as much as software clears flags,
and SR is current without asking. Positions are exact: no remainder of a division is ever dropped.

The counter runs on the internal clock, or is moved by edges of its inputs (`tim_inputs`).
"""

from __future__ import annotations

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.counter import TICKER_VALID, Counter
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.register_file import SERVE_READS
from renode_wifi.peripherals.stm32l4 import tim_break, tim_outputs, tim_ticker
from renode_wifi.peripherals.stm32l4.clocks import find_rcc
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.tim_break import Breaks
from renode_wifi.peripherals.stm32l4.tim_captures import ClockEdges
from renode_wifi.peripherals.stm32l4.tim_commutation import Commutation
from renode_wifi.peripherals.stm32l4.tim_inputs import GATED, Inputs
from renode_wifi.peripherals.stm32l4.tim_outputs import ObservedLine, Outputs
from renode_wifi.peripherals.stm32l4.tim_registers import (
    ARR,
    BDTR,
    CCMR1,
    CCR,
    CNT,
    CR1,
    DCR,
    EGR,
    PSC,
    RCR,
    SR,
)
from renode_wifi.peripherals.stm32l4.tim_variants import (
    ADVANCED,
    ADVANCED_TIMERS,
    APB2_TIMERS,
    BASIC,
    CHANNELS,
    CHANNELS_BY_TIMER,
    COMPARE_FLAGS,
    COMPARE_WORDS,
    GENERAL,
    INNER_CHANNELS,
    TIM2,
    TIM3,
    TIM15,
    TIM16,
    VARIANTS,
    number_of,
)

CR1_WORD, SR_WORD = CR1.word, SR.word
PSC_WORD, ARR_WORD, RCR_WORD, CCR_WORD = PSC.word, ARR.word, RCR.word, CCR.word
CNT_UIFCPY = 1 << 31
RESET_INPUT = 255
FIRST_BREAK_INPUT = tim_break.FIRST_INPUT


class STM32_Timer(Block):
    """frequency: clock in Hz where no RCC named "rcc" gives it. initialLimit: ARR after reset.

    initialLimit is the counter's width as well. The number in the timer's name selects its bus (1,
    8, 15, 16 and 17 are on APB2) and its channels. `on_gpio(number, level)` are the inputs of
    `tim_inputs`, the channels from 0 on, and the reset that Renode's RCC models give. Outputs 0 to
    3 are those of the channels, too.
    """

    STATUS = PARTLY
    MISSING = "input filters, break by PVD and errors of memories, references cleared by inputs"
    SERVED = SERVE_READS
    OUTPUTS = tim_outputs.OUTPUTS
    ADVANCED = ADVANCED
    GENERAL = GENERAL
    TIM2 = TIM2
    TIM3 = TIM3
    TIM15 = TIM15
    TIM16 = TIM16
    BASIC = BASIC

    def __init__(
        self, machine: Machine, name: str, frequency: int = 0, initialLimit: int = 0xFFFF
    ) -> None:
        self._number = number_of(name)
        super().__init__(machine, name, VARIANTS.get(self._number, "GENERAL"))
        self._channels = range(CHANNELS_BY_TIMER.get(self._number, CHANNELS))
        inner = INNER_CHANNELS if self._number in ADVANCED_TIMERS else ()
        self._comparing = (*self._channels, *inner)
        self._events = self.registers.plan.by_name["EGR"].written()
        # Flags that come by counting.
        self._flags = SR.UIF | sum(COMPARE_FLAGS[channel] for channel in self._comparing)
        self._width = initialLimit
        self._hertz = frequency
        self._has_break = "BDTR" in self.registers.plan.by_name
        self._rcc: STM32L4_RCC | None = None
        self._looked_for_rcc = False
        self._edges = ClockEdges(self._number, self.registers)
        for output in tim_outputs.SIGNALS:
            self.lines[output] = ObservedLine(self)
        self.lines.update(
            (channel, self.lines[output])
            for channel, output in enumerate(tim_outputs.CHANNEL_OUTPUTS)
        )
        self._inputs = Inputs(self, self._number, self)
        self._breaks = Breaks(self, self._number, self.broken)
        self._commutation = Commutation(self._number, self.registers.values)
        self._outputs = Outputs(
            self,
            self._comparing,
            self._number in ADVANCED_TIMERS,
            self.clock_hz,
            self._commutation,
        )
        self._event: Event | None = None
        self._values = self.registers.values
        self._counter = Counter(CNT.word)
        self.counters = (self._counter,)
        apart = self._number in ADVANCED_TIMERS
        self._ticker = tim_ticker.make(self.registers, self.lines["IRQ"], self.take_over)
        # The interrupts of an advanced timer come at lines of their own.
        self.ticker = None if apart else self._ticker
        self._clear()

    def reset(self) -> None:
        super().reset()
        if self._event is not None:
            self._event.cancel()
            self._event = None
        self._clear()

    def _clear(self) -> None:
        self._burst_index = 0
        self._counter.withdraw()
        self._ticker.withdraw()
        self.registers["ARR"] = self._width
        self._compares = [0] * len(COMPARE_WORDS)
        """What CCRx acts with: its value, or that of the last update."""
        self._commutation.commutate()
        self._outputs.clear()
        self._inputs.clear()
        self._breaks.clear()
        self._running = False
        self._must_settle = False
        """MOE, or what acts, has changed: other outputs are on."""
        self._divided = 0
        """Ticks from outside that the prescaler has taken."""
        self._down = False
        self._prescaler = 0
        self._limit_now = self._width
        self._repetition = 0
        # Ticks since the counter last started over, and the time of that position in ns * Hz.
        self._position = 0
        self._origin = 0

    # The clock.

    def _find_clock(self) -> None:
        self._looked_for_rcc = True
        self._rcc = find_rcc(self.machine)
        if self._rcc is None:
            return
        self._rcc.on_change(self._clock_changed)
        self._rcc.on_gate(self.name, self._clock_changed)
        if self._has_break:
            # A failure of the HSE is a break, too (section 30.3.16).
            self._rcc.on_failure(self._clock_failed)
        self._hertz = self._rcc_hertz(self._rcc)

    def clock_hz(self) -> int:
        """Of the clock before the prescaler."""
        return self._hertz

    def _rcc_hertz(self, rcc: STM32L4_RCC) -> int:
        if not rcc.has_clock(self.name):
            return 0
        return rcc.apb2_timer_hz() if self._number in APB2_TIMERS else rcc.apb1_timer_hz()

    def _clock_changed(self) -> None:
        hertz = self._hertz if self._rcc is None else self._rcc_hertz(self._rcc)
        if hertz == self._hertz:
            return
        now = self.machine.clock.now
        self._sync(now)
        fraction = now * self._hertz - self._origin
        self._hertz = hertz
        self._origin = now * hertz - fraction
        self._reschedule(now)

    # The counter.

    def _period(self) -> int:
        """Ticks from one start of the counter to the next; 0 while it stands still."""
        limit = self._limit_now
        if self._values[CR1_WORD] & CR1.CMS:
            return limit
        if self._position > limit:
            # The limit was lowered behind the counter's back: it runs on to the end of its width.
            return self._width + 1
        return limit + 1 if limit else 0

    def _sync(self, now: int) -> None:
        """Bring position and flags up to `now`."""
        ticker = self._ticker
        if ticker.state[TICKER_VALID] and ticker.start > self._origin:
            self._origin, self._position = ticker.start, 0
        while self._running:
            period = self._period()
            if not self._hertz:
                # Without a clock it stands still within its tick.
                return
            if not period:
                self._origin = now * self._hertz
                return
            scale = SECOND * (self._prescaler + 1)
            ticks = (now * self._hertz - self._origin) // scale
            left = period - self._position
            if ticks < left:
                if ticks:
                    self._match(self._position + 1, self._position + ticks)
                    self._position += ticks
                    self._origin += ticks * scale
                return
            wraps = 1 if self._next_period_differs(period) else 1 + (ticks - left) // period
            self._match(self._position + 1, period - 1)
            self._match(0, period - 1 if wraps > 1 else 0)
            self._origin += (left + (wraps - 1) * period) * scale
            self._position = 0
            if self._values[CR1_WORD] & CR1.CMS:
                self._down = not self._down
            self._wrapped(wraps)

    def _next_period_differs(self, period: int) -> bool:
        values = self._values
        return bool(
            values[CR1_WORD] & (CR1.OPM | CR1.CMS)
            or values[PSC_WORD] != self._prescaler
            or values[ARR_WORD] != self._limit_now
            or period != self._limit_now + 1
            or any(self._value(each) != self._compares[each] for each in self._comparing)
        )

    def _wrapped(self, wraps: int) -> None:
        if wraps <= self._repetition:
            self._repetition -= wraps
            return
        turns = self._values[RCR_WORD] + 1
        self._repetition = turns - 1 - (wraps - self._repetition - 1) % turns
        if not self._values[CR1_WORD] & CR1.UDIS:
            self._load()
            self._values[SR_WORD] |= SR.UIF
            self._outputs.updated()
            if self._has_break and self._values[BDTR.word] & BDTR.AOE:
                self._allow()
            if self._values[CR1_WORD] & CR1.OPM:
                self._values[CR1_WORD] &= ~CR1.CEN
                self._running = False

    def _allow(self) -> None:
        """MOE by an update event, unless a break input is active (30.4.18)."""
        if not self._values[BDTR.word] & BDTR.MOE and not self._breaks.active():
            self._values[BDTR.word] |= BDTR.MOE
            self._must_settle = True

    def _load(self) -> None:
        """An update event: the preloaded values count from here."""
        self._prescaler = self._values[PSC_WORD]
        self._limit_now = self._values[ARR_WORD]
        for channel in self._comparing:
            self._compares[channel] = self._value(channel)

    def _value(self, channel: int) -> int:
        """CCRx, without the other bits of CCR5."""
        return self._values[COMPARE_WORDS[channel]] & self._width

    def _compare_position(self, channel: int) -> int | None:
        """Where in the period the counter equals CCR; None for inputs and unreachable values."""
        if self._outputs.mode_of(channel) & 3:
            return None
        compare = self._compares[channel]
        if compare > self._limit_now:
            return None
        return self._limit_now - compare if self._counts_down() else compare

    def _counts_down(self) -> bool:
        control = self._values[CR1_WORD]
        return self._down if control & CR1.CMS else bool(control & CR1.DIR)

    def _match(self, first: int, last: int) -> None:
        """The counter went through positions `first` to `last`."""
        flags = 0
        for channel in self._comparing:
            position = self._compare_position(channel)
            if position is not None and first <= position <= last:
                flags |= COMPARE_FLAGS[channel]
                self._outputs.matched(channel)
        self._values[SR_WORD] |= flags

    def _count(self) -> int:
        return self._limit_now - self._position if self._counts_down() else self._position

    # Events.

    def _ticks_ahead(self, missing: int, period: int) -> int:
        """Ticks to the first flag in `missing`; 0: none of them comes."""
        first = 0
        if self._outputs.driven:
            # The start of a period moves the outputs, too.
            first = period - self._position
        elif missing & SR.UIF and not self._values[CR1_WORD] & CR1.UDIS:
            first = period - self._position + self._repetition * period
        for channel in self._comparing:
            if missing & COMPARE_FLAGS[channel]:
                position = self._compare_position(channel)
                if position is not None:
                    ticks = (position - self._position - 1) % period + 1
                    first = min(first, ticks) if first else ticks
        return first

    def _reschedule(self, now: int) -> None:
        """The next event, and the interrupt line as it has to be."""
        if self._must_settle:
            self._must_settle = False
            self._outputs.settle()
        self._counter.withdraw()
        self._ticker.withdraw()
        if self._event is not None:
            self._event.cancel()
            self._event = None
        flags = self._values[SR_WORD]
        missing = self._flags & ~flags
        if self._values[CR1_WORD] & CR1.OPM:
            missing |= SR.UIF  # The end of the pulse clears CEN.
        if not self._outputs.is_quiet:
            scale = SECOND * (self._prescaler + 1)
            period = (self._limit_now + 1) * scale // self._hertz if self._hertz else SECOND
            missing |= self._outputs.noticed(period)
        if missing and self._running and self._hertz:
            period = self._period()
            ticks = self._ticks_ahead(missing, period) if period else 0
            if ticks and not self._leave_to_engine(now, period, missing):
                scaled = self._origin + ticks * SECOND * (self._prescaler + 1)
                due = -(-scaled // self._hertz)
                edge = self._edges.next_after(now)
                if edge is not None:
                    due = min(due, edge)
                self._event = self.machine.clock.schedule(due - now, self._due)
        # Last, for a receiver may answer with accesses of its own.
        self._outputs.interrupt()
        if not self._outputs.is_quiet or self._outputs.pulses:
            self._outputs.emit(self._count(), self._compares, self._counts_down(), self._running)

    def _leave_to_engine(self, now: int, period: int, missing: int) -> bool:
        """Let the engine set UIF, if that is all that counting does."""
        if (
            not self._ticker.served
            or missing & ~SR.UIF
            or not self._outputs.is_quiet
            or self._repetition
            or not tim_ticker.is_plain(self._values)
            or self._next_period_differs(period)
            or self._edges.next_after(now) is not None
        ):
            return False
        scale = SECOND * (self._prescaler + 1)
        start = self._origin - self._position * scale
        return self._ticker.follow(self._hertz, start, period * scale, self.machine.clock.sequence)

    def take_over(self) -> None:
        """The engine leaves the next update to the model."""
        waiting = self._ticker.waiting
        if self._ticker.start > self._origin:
            self._origin, self._position = self._ticker.start, 0
        self._ticker.withdraw()
        if waiting is not None:
            self._event = self.machine.clock.schedule_at(*waiting, self._due)

    def observed(self) -> None:
        now = self.machine.clock.now
        self._sync(now)
        self._outputs.settle()
        self._reschedule(now)

    def _due(self) -> None:
        self._event = None
        now = self.machine.clock.now
        self._sync(now)
        if self._edges.is_due(now):
            self._capture(0)
        self._reschedule(now)

    # Registers.

    def write(self, offset: int, value: int, width: int) -> None:
        if not self._looked_for_rcc:
            self._find_clock()
        now = self.machine.clock.now
        self._sync(now)
        frozen = tim_break.frozen(self._values) if self._has_break else ()
        self.registers.write(offset, value, width)
        for word, bits, kept in frozen:
            self._values[word] = self._values[word] & ~bits | kept
        self._commutation.settle()
        self._breaks.settle()
        active = self._breaks.active()
        if active:
            self._break(active)
        self._edges.settle(self._rcc)
        self._outputs.settle()
        self._inputs.settle()
        self._follow_clock()
        self._reschedule(now)

    def _follow_clock(self) -> None:
        """The internal clock moves the counter, unless an input does or holds it."""
        inputs = self._inputs
        running = bool(
            self._values[CR1_WORD] & CR1.CEN
            and not inputs.is_clocked_outside
            and (inputs.mode != GATED or inputs.gate_is_open())
        )
        if running and not self._running:
            self._origin = self.machine.clock.now * self._hertz
        self._running = running

    def _control(self, value: int, old: int) -> None:
        control = self._values[CR1_WORD]
        if bool(control & CR1.DIR) != bool(old & CR1.DIR) and not control & CR1.CMS:
            self._position = max(0, self._limit_now - self._position)
        if control & CR1.CMS and not old & CR1.CMS:
            self._down = False

    def _limit(self, value: int, old: int) -> None:
        self._values[ARR_WORD] &= self._width
        if not self._values[CR1_WORD] & CR1.ARPE:
            count = self._count()
            self._limit_now = self._values[ARR_WORD]
            if self._counts_down():
                self._position = max(0, self._limit_now - count)

    def _compare_changed(self, channel: int, value: int, old: int) -> None:
        self._values[CCR_WORD + channel] &= self._width
        if not self._outputs.mode_of(channel) & CCMR1.OC1PE:
            self._compares[channel] = self._values[CCR_WORD + channel]

    def _compare_one_changed(self, value: int, old: int) -> None:
        self._compare_changed(0, value, old)

    def _compare_five_changed(self, value: int, old: int) -> None:
        self._inner_changed(INNER_CHANNELS[0])

    def _compare_six_changed(self, value: int, old: int) -> None:
        self._inner_changed(INNER_CHANNELS[1])

    def _inner_changed(self, channel: int) -> None:
        if not self._outputs.mode_of(channel) & CCMR1.OC1PE:
            self._compares[channel] = self._value(channel)

    def _set_counter(self, value: int, old: int) -> None:
        count = value & self._width
        self._position = max(0, self._limit_now - count) if self._counts_down() else count
        self._origin = self.machine.clock.now * self._hertz

    def _generate(self, value: int, old: int) -> None:
        """EGR: UG starts counter and prescaler over; the others are events made by software."""
        events = value & self._events
        if events & EGR.UG:
            self._start_over()
        for channel in self._channels:
            if events & EGR.CC1G << channel:
                self._generate_compare(channel)
        if events & EGR.COMG:
            self._commutate()
        if events & EGR.TG:
            self._values[SR_WORD] |= SR.TIF
            self._outputs.triggered()
        if events & EGR.BG:
            self._break(SR.BIF)
        if events & EGR.B2G:
            self._break(SR.B2IF)

    def _commutate(self) -> None:
        self._commutation.commutate()
        self._must_settle = True
        self._values[SR_WORD] |= SR.COMIF
        self._outputs.commutated()

    def _generate_compare(self, channel: int) -> None:
        """CCxG: an input captures, an output has its flag and request, but no match (31.4.6)."""
        if self._outputs.mode_of(channel) & 3:
            self._capture(channel)
        else:
            self._values[SR_WORD] |= SR.CC1IF << channel
            self._outputs.compared(channel)

    def _start_over(self) -> None:
        """Counter and prescaler start over, with an update event."""
        self._position = self._divided = 0
        self._down = False
        self._origin = self.machine.clock.now * self._hertz
        if self._values[CR1_WORD] & CR1.UDIS:
            return
        self._load()
        self._repetition = self._values[RCR_WORD]
        self._outputs.updated()
        self._outputs.generated()
        if not self._values[CR1_WORD] & CR1.URS:
            self._values[SR_WORD] |= SR.UIF

    def _read_counter(self) -> int:
        self._sync(self.machine.clock.now)
        count = self._count() & self._width
        if self._values[CR1_WORD] & CR1.UIFREMAP:
            copy = CNT_UIFCPY if self._values[SR_WORD] & SR.UIF else 0
            return count & ~CNT_UIFCPY | copy
        self._follow(count)
        return count

    def _begin_burst(self, value: int, old: int) -> None:
        self._burst_index = 0

    def _write_burst(self, value: int, old: int) -> None:
        """DMAR: the register whose turn it is in the burst (31.4.17)."""
        offset = self._next_in_burst()
        if offset < DCR.offset:
            self.write(offset, value, 4)

    def _read_burst(self) -> int:
        offset = self._next_in_burst()
        return self.read(offset, 4) if offset < DCR.offset else 0

    def _next_in_burst(self) -> int:
        """Its offset; DBL + 1 registers follow one another from DBA on."""
        settings = self._values[DCR.word]
        index = self._burst_index
        self._burst_index = 0 if index >= DCR["DBL"].get(settings) else index + 1
        return 4 * (DCR["DBA"].get(settings) + index)

    def _follow(self, count: int) -> None:
        """An engine may count on by itself, up to where something happens."""
        period = self._period()
        if not self._running or not period:
            return
        room = period - self._position
        for channel in self._comparing:
            compare = self._compare_position(channel)
            if compare is not None and compare > self._position:
                room = min(room, compare - self._position)
        scale = SECOND * (self._prescaler + 1)
        down = self._counts_down()
        self._counter.follow(count, down, room, self._hertz, scale, self._origin)

    # Inputs.

    def on_gpio(self, number: int, level: bool) -> None:
        """An input of `tim_inputs` or `tim_break`, or a reset."""
        if number == RESET_INPUT:
            if level:
                self.reset()
            return
        if number >= FIRST_BREAK_INPUT:
            self._breaks.on_gpio(number, level)
        else:
            self._inputs.on_gpio(number, level)

    def capture(self, channel: int) -> None:
        now = self.machine.clock.now
        self._sync(now)
        self._capture(channel)
        self._reschedule(now)

    def _capture(self, channel: int) -> None:
        if self._values[SR_WORD] & (2 << channel):
            self._values[SR_WORD] |= 0x200 << channel
        self._values[CCR_WORD + channel] = self._count() & self._width
        self._values[SR_WORD] |= 2 << channel
        self._outputs.captured(channel)

    def restart(self) -> None:
        """Slave mode reset: the counter starts over, with an update event."""
        now = self.machine.clock.now
        self._sync(now)
        self._start_over()
        self._reschedule(now)

    def start(self) -> None:
        """Slave mode trigger: as software setting CEN."""
        now = self.machine.clock.now
        self._sync(now)
        self._values[CR1_WORD] |= CR1.CEN
        self._follow_clock()
        self._reschedule(now)

    def gate_changed(self) -> None:
        now = self.machine.clock.now
        self._sync(now)
        self._follow_clock()
        self._reschedule(now)

    def triggered(self) -> None:
        self._values[SR_WORD] |= SR.TIF
        self._outputs.triggered()
        self._reschedule(self.machine.clock.now)

    def commutate(self) -> None:
        self._commutate()
        self.gate_changed()

    def count(self, down: bool | None) -> None:
        """A tick from outside; an encoder sets the direction, too."""
        if not self._values[CR1_WORD] & CR1.CEN:
            return
        if down is not None and down != bool(self._values[CR1_WORD] & CR1.DIR):
            self._values[CR1_WORD] ^= CR1.DIR
            self._position = max(0, self._limit_now - self._position)
        self._divided += 1
        if self._divided > self._prescaler:
            self._divided = 0
            self._tick()
        self._reschedule(self.machine.clock.now)

    def _tick(self) -> None:
        period = self._period()
        if not period:
            return
        self._position += 1
        if self._position < period:
            self._match(self._position, self._position)
            return
        self._position = 0
        if self._values[CR1_WORD] & CR1.CMS:
            self._down = not self._down
        self._match(0, 0)
        self._wrapped(1)

    def broken(self, flags: int) -> None:
        """A break input is active: outputs are off until MOE is set again."""
        now = self.machine.clock.now
        self._sync(now)
        self._break(flags)
        self._must_settle = True
        self._reschedule(now)

    def _clock_failed(self) -> None:
        if self._values[BDTR.word] & BDTR.BKE:
            self.broken(SR.BIF)

    def _break(self, flags: int) -> None:
        self._values[BDTR.word] &= ~BDTR.MOE
        self._values[SR_WORD] |= flags
        self._outputs.stopped(flags)

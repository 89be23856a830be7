"""What timers send out (RM0351 sections 30.3.10 to 30.3.15): compare outputs, triggers, requests.

A channel's reference OCxREF follows the counter by its mode; polarity, enable bits and MOE make the
levels of CHx and CHxN of it. Trigger and DMA requests are pulses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.base.line import Line, Receiver
from renode_wifi.peripherals.stm32l4 import tim_trigger
from renode_wifi.peripherals.stm32l4.tim_commutation import Commutation
from renode_wifi.peripherals.stm32l4.tim_dead_time import DeadTime, duration
from renode_wifi.peripherals.stm32l4.tim_registers import (
    BDTR,
    CCER,
    CCR5,
    CR1,
    CR2,
    DCR,
    DIER,
    SR,
)
from renode_wifi.peripherals.stm32l4.tim_trigger import UNUSED, Pulses, triggers
from renode_wifi.peripherals.stm32l4.tim_variants import MODE_WORDS

FROZEN, ACTIVE_ON_MATCH, INACTIVE_ON_MATCH, TOGGLE, INACTIVE, ACTIVE, PWM1, PWM2 = range(8)
FOLLOWS_COUNTER = (PWM1, PWM2)
SHORTEST_PERIOD = 10 * MICROSECOND
"""Between starts of the counter, below which outputs aren't shown edge by edge."""
OUTPUT_BITS = BOTH_OUTPUTS = CCER.CC1E | CCER.CC1NE
CHANNEL_BITS = 4
"""Of CCER, per channel."""
FIFTH = 4
"""Channel 5, from 0 on: it and the sixth have no pins."""
INNER_FLAGS = {FIFTH: SR.CC5IF, FIFTH + 1: SR.CC6IF}
GC5C_SHIFT = CCR5["GC5C1"].position
COMBINABLE = 7
"""Channels 1 to 3, a bit each."""
ANY_COMPARE = SR.CC1IF | SR.CC2IF | SR.CC3IF | SR.CC4IF

UPDATE_REQUEST, TRIGGER_REQUEST, COMMUTATION_REQUEST = "UP_DMA", "TRIG_DMA", "COM_DMA"
CHANNEL_OUTPUTS = tuple(f"CH{number}" for number in range(1, 5))
COMPLEMENTS = tuple(f"CH{number}N" for number in range(1, 4))
COMPARES = tuple(f"CC{number}" for number in range(1, 5))
COMPARE_REQUESTS = tuple(f"CC{number}_DMA" for number in range(1, 5))
SIGNALS = (
    *CHANNEL_OUTPUTS,
    *COMPLEMENTS,
    *COMPARES,
    *COMPARE_REQUESTS,
    "TRGO",
    UPDATE_REQUEST,
    TRIGGER_REQUEST,
    COMMUTATION_REQUEST,
    "TRGO2",
    # Inputs: nothing drives these, they lead to the pins that may be them.
    "ETR",
    "BKIN",
    "BKIN2",
)
INTERRUPTS = (
    DIER.UIE | DIER.CC1IE | DIER.CC2IE | DIER.CC3IE | DIER.CC4IE | DIER.COMIE | DIER.TIE | DIER.BIE
)
"""Flags of SR that DIER has an enable bit for, at the same place."""
# Outputs of TIM1 and TIM8 for each kind of interrupt (table 58), with their flags. Renode's timers
# have these names. IRQ is that of the update there, and of all kinds elsewhere.
APART = (
    ("BreakInterrupt", SR.BIF),
    ("UpdateInterrupt", SR.UIF),
    ("TriggerInterrupt", SR.TIF),
    ("CommutationInterrupt", SR.COMIF),
    ("CaptureCompareInterrupt", SR.CC1IF | SR.CC2IF | SR.CC3IF | SR.CC4IF),
)
OUTPUTS = ("IRQ", *(output for output, _ in APART), *SIGNALS)


class Observed(Protocol):
    def observed(self) -> None:
        """Somebody is notified of an output from now on."""


@runtime_checkable
class SharedReceiver(Protocol):
    """A receiver to which several outputs lead, one at a time."""

    def on_gpio(self, number: int, level: bool) -> None: ...

    def release(self, number: int) -> None:
        """The output at input `number` doesn't drive it any more."""


class ObservedLine(Line):
    """An output whose owner has to know whether anybody listens, and that may be off.

    drives: it is not.
    """

    def __init__(self, owner: Observed) -> None:
        super().__init__()
        self._owner = owner
        self.drives = False

    def drive(self, drives: bool) -> None:
        """Be off or on."""
        self.drives = drives
        was_high, self.level = self.level, self.level and drives
        for receiver, number in self._receivers:
            if isinstance(receiver, SharedReceiver):
                if drives:
                    receiver.on_gpio(number, self.level)
                else:
                    receiver.release(number)
            elif was_high and not drives:
                receiver.on_gpio(number, False)

    def connect(self, receiver: Receiver, number: int) -> None:
        super().connect(receiver, number)
        self._owner.observed()


class Outputs:
    """The outputs of one timer, among them its interrupts. MOE gates those of a timer with BDTR."""

    def __init__(
        self,
        timer: Block,
        channels: Sequence[int],
        interrupts_apart: bool,
        frequency: Callable[[], int],
        commutation: Commutation,
    ) -> None:
        """frequency: that of the timer's clock, in Hz."""
        registers, lines = timer.registers, timer.lines
        self._timer = timer
        self._interrupts_apart = interrupts_apart
        self._interrupt = lines["IRQ"]
        self._values = registers.values
        self._lines = lines
        self._logged_rate = False
        self._frequency = frequency
        self._acting = commutation.acting
        self._pairs = commutation.pairs
        self.pulses = Pulses(timer.machine.clock, lines)
        """Outputs that pulse at the next `emit`."""
        self._dead_time = DeadTime(timer.machine.clock, lines)
        self._channels = channels
        self._with_pins = [channel for channel in channels if channel < FIFTH]
        self._has_break = "BDTR" in registers.plan.by_name
        self._has_burst = "DCR" in registers.plan.by_name
        self._driving: set[str] = set()
        self._triggers = triggers(self._values, lines["TRGO"], lines["TRGO2"])
        self._inner = [channel for channel in channels if channel >= FIFTH]
        self.clear()

    def clear(self) -> None:
        self._dead_time.clear()
        self._drive(set())
        for trigger in self._triggers:
            trigger.clear()
        self.references = [False] * len(MODE_WORDS)
        self._idles = True
        """Without MOE outputs that OSSI keeps have their idle levels, else their inactive ones."""
        self.pulses.clear()
        self.driven = 0
        self.update_matters = False
        self.compares_matter = 0
        self.is_quiet = True

    def settle(self) -> None:
        """Registers have changed: which events somebody outside notices."""
        values = self._values
        enables = values[DIER.word]
        for trigger in self._triggers:
            trigger.settle()
        self.update_matters = bool(enables & DIER.UDE) or any(
            trigger.follows_period for trigger in self._triggers
        )
        driven = matter = 0
        driving: set[str] = set()
        control = values[BDTR.word] if self._has_break else BDTR.MOE
        if control & BDTR.MOE:
            self._idles = True
        for channel in self._with_pins:
            if self.mode_of(channel) & 3:
                continue
            enabled = self._acting[CCER.word] >> CHANNEL_BITS * channel & OUTPUT_BITS
            if enabled:
                driven |= 1 << channel
                driving.update(self._driven_by(channel, enabled, control))
            if enabled or enables & DIER.CC1DE << channel or self._is_used(channel):
                matter |= 1 << channel
        for channel in self._inner:
            if any(trigger.uses(channel) for trigger in self._triggers):
                matter |= 1 << channel
        if self._combined() and driven & COMBINABLE:
            matter |= 1 << FIFTH
        if driving != self._driving:
            self._drive(driving)
        self.driven = driven
        self.compares_matter = matter
        is_trigger = any(trigger.mode != UNUSED for trigger in self._triggers)
        self.is_quiet = not (is_trigger or self.update_matters or matter)

    def _driven_by(self, channel: int, enabled: int, control: int) -> list[str]:
        """Outputs of an enabled channel that aren't off (table 189); control: BDTR."""
        runs = bool(control & BDTR.MOE)
        if not runs and not control & BDTR.OSSI:
            return []
        both = not runs or bool(control & BDTR.OSSR)
        names = []
        if both or enabled & CCER.CC1E:
            names.append(CHANNEL_OUTPUTS[channel])
        if channel < self._pairs and (both or enabled & CCER.CC1NE):
            names.append(COMPLEMENTS[channel])
        return names

    def _drive(self, driving: set[str]) -> None:
        """Which pins the timer drives: the others are free to be inputs."""
        for name in sorted(self._driving ^ driving):
            line = self._lines[name]
            if isinstance(line, ObservedLine):
                line.drive(name in driving)
        self._driving = driving

    def _is_used(self, channel: int) -> bool:
        by_trigger = any(trigger.uses(channel) for trigger in self._triggers)
        return by_trigger or self._lines[COMPARES[channel]].is_connected

    def mode_of(self, channel: int) -> int:
        """The channel's half of CCMRx."""
        return self._acting[MODE_WORDS[channel]] >> (8 * (channel & 1)) & 0xFF

    def noticed(self, period: int) -> int:
        """Flags whose events somebody outside wants even while they are set; period in ns."""
        if self.driven and period < SHORTEST_PERIOD:
            if not self._logged_rate:
                self._logged_rate = True
                self._timer.machine.log.warning(
                    "%s: outputs that change faster than every %d us aren't shown (logged once)",
                    self._timer.name,
                    SHORTEST_PERIOD // MICROSECOND,
                )
            self.driven = self.compares_matter = 0
        flags = self.compares_matter << 1 & ANY_COMPARE
        for channel in self._inner:
            if self.compares_matter >> channel & 1:
                flags |= INNER_FLAGS[channel]
        return (SR.UIF if self.update_matters else 0) | flags

    # Events.

    def updated(self) -> None:
        if not self.update_matters:
            return
        if self._values[DIER.word] & DIER.UDE:
            self._request(UPDATE_REQUEST)
        self._pulse_triggers(tim_trigger.UPDATE)

    def generated(self) -> None:
        """UG."""
        self._pulse_triggers(tim_trigger.RESET)

    def _pulse_triggers(self, mode: int) -> None:
        self.pulses.add(*(each.name for each in self._triggers if each.mode == mode))

    def stopped(self, flags: int) -> None:
        """A break: that of BRK2 alone leaves outputs inactive (30.3.16)."""
        self._idles = bool(flags & SR.BIF)

    def matched(self, channel: int) -> None:
        mode = self._output_mode(channel)
        if mode == ACTIVE_ON_MATCH:
            self.references[channel] = True
        elif mode == INACTIVE_ON_MATCH:
            self.references[channel] = False
        elif mode == TOGGLE:
            self.references[channel] = not self.references[channel]
        if channel >= FIFTH:
            return
        self.captured(channel)
        if not channel:
            self._pulse_triggers(tim_trigger.COMPARE)

    def triggered(self) -> None:
        """TIF: the trigger's DMA request."""
        if self._values[DIER.word] & DIER.TDE:
            self._request(TRIGGER_REQUEST)

    def commutated(self) -> None:
        """COMIF: the DMA request of a commutation event."""
        if self._values[DIER.word] & DIER.COMDE:
            self._request(COMMUTATION_REQUEST)

    def compared(self, channel: int) -> None:
        """CCxIF: the channel's DMA request."""
        if self._values[DIER.word] & DIER.CC1DE << channel:
            self._request(COMPARE_REQUESTS[channel])

    def captured(self, channel: int) -> None:
        """Compare or capture: the channel's DMA request, and its pulse to other blocks."""
        self.compared(channel)
        if self._lines[COMPARES[channel]].is_connected:
            self.pulses.add(COMPARES[channel])

    def _request(self, name: str) -> None:
        transfers = 1
        if self._has_burst:
            transfers += DCR["DBL"].get(self._values[DCR.word])
        self.pulses.add(*[name] * transfers)

    def _output_mode(self, channel: int) -> int:
        code = self.mode_of(channel) >> 4 & 7
        # Codes with the fourth bit are variants of PWM1 and PWM2 as far as a single channel goes.
        extended = self._acting[MODE_WORDS[channel]] >> (16 + 8 * (channel & 1)) & 1
        return PWM1 + (code & 1) if extended else code

    # Levels.

    def interrupt(self) -> None:
        """Interrupt lines follow flags and enable bits."""
        pending = self._values[SR.word] & self._values[DIER.word] & INTERRUPTS
        if self._interrupts_apart:
            if self._values[SR.word] & SR.B2IF and self._values[DIER.word] & DIER.BIE:
                pending |= SR.BIF
            for output, causes in APART:
                self._lines[output].set(pending & causes != 0)
            pending &= SR.UIF
        self._interrupt.set(pending != 0)

    def emit(self, count: int, compares: Sequence[int], counts_down: bool, runs: bool) -> None:
        """Bring all lines to what they have to be; receivers may come back to the timer."""
        if self.driven or self.compares_matter:
            self._show(count, compares, counts_down)
        for trigger in self._triggers:
            if trigger.mode > UNUSED and trigger.show(self.references, runs):
                self.pulses.add(trigger.name)
        self.pulses.emit()

    def _show(self, count: int, compares: Sequence[int], counts_down: bool) -> None:
        for channel in self._channels:
            mode = self._output_mode(channel)
            if mode in FOLLOWS_COUNTER:
                compare = compares[channel]
                active = count <= compare if counts_down else count < compare
                self.references[channel] = active == (mode == PWM1)
            elif mode in (INACTIVE, ACTIVE):
                self.references[channel] = mode == ACTIVE
        allowed = not self._has_break or bool(self._values[BDTR.word] & BDTR.MOE)
        combined = self._combined()
        for channel in self._with_pins:
            if self.mode_of(channel) & 3:
                continue
            setting = self._acting[CCER.word] >> CHANNEL_BITS * channel
            reference = self.references[channel]
            if combined >> channel & 1:
                reference = reference and self.references[FIFTH]
            # OISx and OISxN, the levels after MOE was cleared (30.3.16).
            idle = self._values[CR2.word] >> (8 + 2 * channel)
            is_pair = channel < self._pairs and not BOTH_OUTPUTS & ~setting
            delay = self._delay() if is_pair or not allowed else 0
            if CHANNEL_OUTPUTS[channel] in self._driving:
                inverted = bool(setting & CCER.CC1P)
                is_active = reference if setting & CCER.CC1E else False
                level = is_active != inverted
                if not allowed:
                    level = bool(idle & 1) if self._idles else inverted
                self._dead_time.set(CHANNEL_OUTPUTS[channel], level, not inverted, delay)
            if channel < self._pairs and COMPLEMENTS[channel] in self._driving:
                # By itself it is the reference, not its complement (30.4.9).
                inverted = bool(setting & CCER.CC1NP)
                is_active = reference != is_pair if setting & CCER.CC1NE else False
                level = is_active != inverted
                if not allowed:
                    level = bool(idle & 2) if self._idles else inverted
                self._dead_time.set(COMPLEMENTS[channel], level, not inverted, delay)

    def _combined(self) -> int:
        """Channels whose references pass only with OC5REF (30.3.14), a bit each."""
        return self._values[CCR5.word] >> GC5C_SHIFT & 7 if FIFTH in self._channels else 0

    def _delay(self) -> int:
        """ns of dead time."""
        dead_time = self._values[BDTR.word] if self._has_break else 0
        if not dead_time & BDTR.DTG:
            return 0
        return duration(dead_time, self._values[CR1.word], self._frequency())

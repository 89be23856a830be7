"""DMA1 and DMA2 (RM0351 section 11): seven channels, each with a request chosen by CSELR.

An enabled channel connects itself to the request line of the block that CSELR selects, found by its
name. Items take bus time: a transfer between memories ends when the time of its items is over; a
channel that serves requests moves up to `BATCH` items at once and then lets their time pass.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from renode_wifi.peripherals.base import bus_master
from renode_wifi.peripherals.base.block import Block, output_of
from renode_wifi.peripherals.base.bus_master import BusError
from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import READ_WRITE, Register
from renode_wifi.peripherals.base.timed.copier import Copier
from renode_wifi.peripherals.stm32l4 import dma_requests
from renode_wifi.peripherals.stm32l4.clocks import on_clock_change
from renode_wifi.peripherals.stm32l4.dma_registers import (
    CCR,
    CHANNEL_WORDS,
    CHANNELS,
    CMAR,
    CNDTR,
    CPAR,
    CSELR,
    IFCR,
    ISR,
    WIDTHS,
)
from renode_wifi.peripherals.stm32l4.firewall_segments import pass_firewall

# Flags of the first channel; those of the others follow four bits apart.
GIF, TCIF, HTIF, TEIF = ISR.GIF1, ISR.TCIF1, ISR.HTIF1, ISR.TEIF1
INTERRUPTS = TCIF | HTIF | TEIF
"""Flags of a channel, at the place of their enable bits in CCR."""

CIRCULAR_PAUSE = 10 * MICROSECOND
"""Between two turns of a circular transfer whose request never ends."""
BATCH = 256
"""Items that a channel moves before their bus time passes."""
ITEM_CYCLES = 5
"""AHB cycles of an item (AN2548, DMA latency): arbitration, address, read, write, acknowledge."""
SOURCE = 1 << 7
"""Added to a request line's number for each further output that shares the request, up to four."""
PULSE = 1 << 9
"""Added where each rising edge asks for one item; else the level asks for as long as it is high."""
RESET_CLOCK = 4_000_000
"""Hz: of MSI, from which the bus runs after reset (RM0351 section 6.2)."""


class STM32LDMA(Block):
    """Its name, "dma1" or "dma2", selects the request table. Output n is channel n + 1."""

    OUTPUTS = tuple(range(CHANNELS + 1))
    REGISTERS = (ISR, IFCR, CCR, CNDTR, CPAR, CMAR, CSELR)

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._levels: dict[int, bool] = {}
        self._failed: set[int] = set()
        self._listens_to_rcc = False
        self.copier = Copier(
            CHANNELS,
            ISR.word,
            IFCR.word,
            CCR.word,
            CHANNEL_WORDS,
            CCR.mask(READ_WRITE),
            BATCH,
            ITEM_CYCLES,
            [self.lines[channel] for channel in range(CHANNELS)],
            self.take_over,
        )
        self._reload, self._peripheral = self.copier.reload, self.copier.peripheral
        self._memory = self.copier.memory
        self._clear()

    def reset(self) -> None:
        for pause in self._pauses:
            if pause is not None:
                pause.cancel()
        super().reset()
        self._clear()

    def _clear(self) -> None:
        self.copier.clear_channels()
        self._serving = [False] * CHANNELS
        self._pauses: list[Event | None] = [None] * CHANNELS
        # Items moved since time last passed, and when that was (ns).
        self._moved = [0] * CHANNELS
        self._moment = [0] * CHANNELS
        # Items that pulses have asked for.
        self._asked = [0] * CHANNELS

    def _get(self, register: Register, channel: int) -> int:
        return self.registers.values[register.word + channel * CHANNEL_WORDS]

    def _set(self, register: Register, channel: int, value: int) -> None:
        self.registers.values[register.word + channel * CHANNEL_WORDS] = value

    # Requests.

    def on_gpio(self, number: int, level: bool) -> None:
        """Request line `number`: 16 * channel (from 0) + CSELR code; see SOURCE and PULSE."""
        channel, code = number >> 4 & 7, number & 0xF
        chosen = self._code(channel) == code
        if not number & PULSE:
            self._levels[number] = level
        elif level and chosen and self._is_ready(channel):
            self._asked[channel] += 1
        if level and chosen:
            self._serve(channel)

    def _code(self, channel: int) -> int:
        return self.registers["CSELR"] >> (4 * channel) & 0xF

    def _listen(self, channel: int) -> None:
        """Connect to the request that the channel is to follow, once."""
        code = self._code(channel)
        number = 16 * channel + code
        if number in self._levels:
            return
        self._levels[number] = False
        lines = [
            (output_of(self.machine, source.block, source.output), source.is_pulse)
            for source in dma_requests.sources(self.name, channel + 1, code)
        ]
        if not any(line for line, _ in lines):
            self.machine.log.warning(
                "%s: request %d of channel %d isn't modelled", self.name, code, channel + 1
            )
        for index, (line, is_pulse) in enumerate(lines):
            if line is not None:
                end = number + index * SOURCE + (PULSE if is_pulse else 0)
                self._levels[end] = False
                line.connect(self, end)

    # Settings. Count and addresses are read-only while the channel is enabled (sections 11.6.4-6).

    def _count(self, channel: int, value: int, old: int) -> None:
        self._keep(CNDTR, channel, old)

    def _source(self, channel: int, value: int, old: int) -> None:
        self._keep(CPAR, channel, old)

    def _target(self, channel: int, value: int, old: int) -> None:
        self._keep(CMAR, channel, old)

    def _keep(self, register: Register, channel: int, old: int) -> None:
        if self._get(CCR, channel) & CCR.EN:
            self._set(register, channel, old)

    def _control(self, channel: int, value: int, old: int) -> None:
        control = self._get(CCR, channel)
        if control & CCR.EN and not old & CCR.EN:
            if self.registers["ISR"] >> (4 * channel) & TEIF:
                # Until the error is cleared the channel cannot be enabled again.
                self._set(CCR, channel, control & ~CCR.EN)
            else:
                self._enable(channel, control)
        elif old & CCR.EN and not control & CCR.EN:
            self._forget_pause(channel)
        self._update(channel)

    def _enable(self, channel: int, control: int) -> None:
        self._reload[channel] = self._get(CNDTR, channel)
        self._peripheral[channel] = self._get(CPAR, channel)
        self._memory[channel] = self._get(CMAR, channel)
        self._asked[channel] = 0
        if not control & CCR.MEM2MEM:
            self._listen(channel)
            self._serve(channel)
        else:
            self._start_batch(channel)

    # Time.

    def _pause(self, channel: int, duration: int, then: Callable[[int], None]) -> None:
        """Go on in `duration` ns."""
        self._forget_pause(channel)
        resume = partial(self._resume, channel, then)
        self._pauses[channel] = self.machine.clock.schedule(duration, resume)
        self.copier.set_busy(channel, True)

    def _forget_pause(self, channel: int) -> None:
        pause = self._pauses[channel]
        if pause is not None:
            pause.cancel()
            self._pauses[channel] = None
            self.copier.set_busy(channel, False)
        self.copier.cancel(channel)

    def _resume(self, channel: int, then: Callable[[int], None]) -> None:
        self._pauses[channel] = None
        self.copier.set_busy(channel, False)
        then(channel)

    def _bus_hertz(self) -> int:
        """Which an engine needs too, as long as the clock tree stays as it is."""
        hertz = self.machine.cpu_frequency or RESET_CLOCK
        self.copier.hertz[0] = hertz
        if not self._listens_to_rcc:
            self._listens_to_rcc = True
            on_clock_change(self.machine, self._clock_changed)
        return hertz

    def _clock_changed(self) -> None:
        self.copier.hertz[0] = 0

    def _bus_time(self, items: int) -> int:
        """ns that the bus is at work for so many items."""
        return items * ITEM_CYCLES * SECOND // self._bus_hertz()

    def _is_ready(self, channel: int) -> bool:
        return bool(self._get(CCR, channel) & CCR.EN and self._get(CNDTR, channel))

    # Transfers between memories.

    def _start_batch(self, channel: int) -> None:
        items = min(self._get(CNDTR, channel), BATCH)
        if not items:
            return
        duration, clock = self._bus_time(items), self.machine.clock
        if self.copier.served:
            self.copier.begin(channel, clock.now + duration, clock.sequence)
        else:
            self._pause(channel, duration, self._end_batch)

    def take_over(self) -> None:
        """Batches that an engine would have ended are the clock's."""
        for channel in range(CHANNELS):
            end = self.copier.cancel(channel)
            if end is not None:
                resume = partial(self._resume, channel, self._end_batch)
                self._pauses[channel] = self.machine.clock.schedule_at(*end, resume)
                self.copier.set_busy(channel, True)

    def _end_batch(self, channel: int) -> None:
        """The bus time of a batch is over: its items are where they belong."""
        try:
            if not self._move_block(channel):
                for _ in range(min(self._get(CNDTR, channel), BATCH)):
                    # An item may have changed the channel itself.
                    if self._is_ready(channel):
                        self._move(channel)
        except BusError as error:
            self._fail(channel, error)
        if self._is_ready(channel) and self._pauses[channel] is None:
            self._start_batch(channel)
        self._update(channel)

    # Transfers on request.

    def _is_requested(self, channel: int) -> bool:
        if not self._is_ready(channel) or self._get(CCR, channel) & CCR.MEM2MEM:
            return False
        if self._asked[channel]:
            return True
        first = 16 * channel + self._code(channel)
        levels = self._levels
        return levels.get(first, False) or levels.get(first + SOURCE, False)

    def _serve(self, channel: int) -> None:
        """Move items while there is a request. What an item sets off may come back here."""
        if self._serving[channel] or self._pauses[channel] is not None:
            return
        self._serving[channel] = True
        try:
            self._serve_requests(channel)
        except BusError as error:
            self._fail(channel, error)
        self._serving[channel] = False
        self._update(channel)

    def _serve_requests(self, channel: int) -> None:
        now, turns = self.machine.clock.now, 0
        if self._moment[channel] != now:
            self._moment[channel], self._moved[channel] = now, 0
        while self._is_requested(channel):
            if self._asked[channel]:
                self._asked[channel] -= 1
            self._move(channel)
            self._moved[channel] += 1
            turns += self._get(CNDTR, channel) == self._reload[channel]
            if turns == 2:
                self._pause(channel, CIRCULAR_PAUSE, self._serve)
                return
            if self._moved[channel] >= BATCH:
                self._moved[channel] = 0
                self._pause(channel, self._bus_time(BATCH), self._serve)
                return

    # Items.

    def _move_block(self, channel: int) -> bool:
        """Move a batch as one block. False: it isn't between two memories, item by item alike."""
        control, left = self._get(CCR, channel), self._get(CNDTR, channel)
        items = min(left, BATCH)
        width = WIDTHS[CCR["PSIZE"].get(control)]
        if (
            control & (CCR.CIRC | CCR.MINC | CCR.PINC) != CCR.MINC | CCR.PINC
            or WIDTHS[CCR["MSIZE"].get(control)] != width
        ):
            return False
        peripheral, memory = self._peripheral[channel], self._memory[channel]
        source, target = peripheral & -width, memory & -width
        if control & CCR.DIR:
            source, target = target, source
        length, bus = items * width, self.machine.bus
        if (
            abs(source - target) < length
            or max(source, target) + length > bus_master.PRIVATE
            or not bus.is_memory(source, length, False)
            or not bus.is_memory(target, length, True)
        ):
            return False
        pass_firewall(self.machine, (source, target), length)
        bus.write_bytes(target, bus.read_bytes(source, length))
        self._peripheral[channel] = peripheral + length
        self._memory[channel] = memory + length
        half, left = self._reload[channel] // 2, left - items
        flags = (HTIF if left <= half < left + items else 0) | (0 if left else TCIF)
        self._set(CNDTR, channel, left)
        if flags:
            self.registers["ISR"] |= (flags | GIF) << (4 * channel)
        return True

    def _move(self, channel: int) -> None:
        control = self._get(CCR, channel)
        peripheral_width = WIDTHS[CCR["PSIZE"].get(control)]
        memory_width = WIDTHS[CCR["MSIZE"].get(control)]
        # An address is taken as aligned to its items.
        peripheral = self._peripheral[channel] & -peripheral_width
        memory = self._memory[channel] & -memory_width
        if control & CCR.PINC:
            self._peripheral[channel] = self._peripheral[channel] + peripheral_width & 0xFFFFFFFF
        if control & CCR.MINC:
            self._memory[channel] = self._memory[channel] + memory_width & 0xFFFFFFFF
        left = self._get(CNDTR, channel) - 1
        flags = HTIF if left == self._reload[channel] // 2 else 0
        if left == 0:
            flags |= TCIF
            if control & CCR.CIRC:
                left = self._reload[channel]
                self._peripheral[channel] = self._get(CPAR, channel)
                self._memory[channel] = self._get(CMAR, channel)
        self._set(CNDTR, channel, left)
        if flags:
            self.registers["ISR"] |= (flags | GIF) << (4 * channel)
        bus = self.machine.bus
        pass_firewall(self.machine, (peripheral, memory), 1)
        if control & CCR.DIR:
            item = bus_master.read(bus, memory, memory_width)
            item &= (1 << 8 * peripheral_width) - 1
            bus_master.write(bus, peripheral, item, peripheral_width)
        else:
            item = bus_master.read(bus, peripheral, peripheral_width)
            item &= (1 << 8 * memory_width) - 1
            bus_master.write(bus, memory, item, memory_width)

    def _fail(self, channel: int, error: BusError) -> None:
        """A transfer error disables its channel (section 11.4.7)."""
        self._forget_pause(channel)
        self._set(CCR, channel, self._get(CCR, channel) & ~CCR.EN)
        self.registers["ISR"] |= (TEIF | GIF) << (4 * channel)
        if channel not in self._failed:
            self._failed.add(channel)
            self.machine.log.warning(
                "%s: channel %d: transfer error, %s (reported once)", self.name, channel + 1, error
            )

    # Flags.

    def _clear_flags(self, value: int, old: int) -> None:
        for channel in range(CHANNELS):
            flags = value >> (4 * channel) & 0xF
            if not flags:
                continue
            if flags & GIF:
                flags = 0xF
            status = self.registers["ISR"] & ~(flags << (4 * channel))
            if not status >> (4 * channel) & INTERRUPTS:
                status &= ~(GIF << (4 * channel))
            self.registers["ISR"] = status
            self._update(channel)

    def _update(self, channel: int) -> None:
        flags = self.registers["ISR"] >> (4 * channel) & INTERRUPTS
        self.lines[channel].set(flags & self._get(CCR, channel) != 0)


class STM32G0DMA(STM32LDMA):
    """The same unit by the name of Renode's newer model. numberOfChannels: always seven here."""

    def __init__(self, machine: Machine, name: str, numberOfChannels: int = CHANNELS) -> None:
        super().__init__(machine, name)

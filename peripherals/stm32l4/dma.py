"""DMA1 and DMA2 (RM0351 section 11): seven channels, each with a request chosen by CSELR.

A channel connects itself to the request line of the block that CSELR selects, found by its name on
the machine, when it is enabled. While the request is active the channel moves items, taking no
virtual time.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Register

CHANNELS = 7
CHANNEL_STRIDE = 0x14
CCR_EN = 1 << 0
CCR_TCIE, CCR_HTIE, CCR_TEIE = 1 << 1, 1 << 2, 1 << 3
CCR_DIR = 1 << 4
CCR_CIRC = 1 << 5
CCR_PINC = 1 << 6
CCR_MINC = 1 << 7
CCR_PSIZE_SHIFT, CCR_MSIZE_SHIFT = 8, 10
CCR_MEM2MEM = 1 << 14
GIF, TCIF, HTIF, TEIF = 1, 2, 4, 8
INTERRUPTS = TCIF | HTIF | TEIF
"""Flags of a channel, at the place of their enable bits in CCR."""

CIRCULAR_PAUSE = 10 * MICROSECOND
"""Between two turns of a circular transfer whose request never ends."""

SPI_LINES = ("DMAReceive", "DMASend")
UART_LINES = ("ReceiveDmaRequest", "TransmitDmaRequest")


def _pair(block: str, lines: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    """Receive and transmit request of a block."""
    return (block, lines[0]), (block, lines[1])


_SPI1, _SPI2, _SPI3 = (_pair(f"spi{number}", SPI_LINES) for number in (1, 2, 3))
_USART1, _USART2, _USART3 = (_pair(f"usart{number}", UART_LINES) for number in (1, 2, 3))
_UART4, _UART5 = (_pair(f"uart{number}", UART_LINES) for number in (4, 5))
_LPUART1 = _pair("lpuart1", UART_LINES)

REQUESTS = {
    "dma1": {
        (2, 1): _SPI1[0],
        (3, 1): _SPI1[1],
        (4, 1): _SPI2[0],
        (5, 1): _SPI2[1],
        (2, 2): _USART3[1],
        (3, 2): _USART3[0],
        (4, 2): _USART1[1],
        (5, 2): _USART1[0],
        (6, 2): _USART2[0],
        (7, 2): _USART2[1],
    },
    "dma2": {
        (1, 2): _UART5[1],
        (2, 2): _UART5[0],
        (1, 3): _SPI3[0],
        (2, 3): _SPI3[1],
        (3, 2): _UART4[1],
        (5, 2): _UART4[0],
        (3, 4): _SPI1[0],
        (4, 4): _SPI1[1],
        (6, 2): _USART1[1],
        (7, 2): _USART1[0],
        (6, 4): _LPUART1[1],
        (7, 4): _LPUART1[0],
    },
}
"""(channel, CSELR code) -> (block, line), the serial blocks of the manual's request tables."""


class STM32LDMA(Block):
    """Its name, "dma1" or "dma2", tells the request table. Output n is channel n + 1."""

    OUTPUTS = tuple(range(CHANNELS + 1))
    REGISTERS = (
        Register("ISR", 0x00, writable=0),
        Register("IFCR", 0x04, writable=0, on_write="_clear_flags"),
        Register(
            "CCR",
            0x08,
            writable=0x7FFF,
            count=CHANNELS,
            stride=CHANNEL_STRIDE,
            on_write="_control",
        ),
        Register("CNDTR", 0x0C, writable=0xFFFF, count=CHANNELS, stride=CHANNEL_STRIDE),
        Register("CPAR", 0x10, count=CHANNELS, stride=CHANNEL_STRIDE),
        Register("CMAR", 0x14, count=CHANNELS, stride=CHANNEL_STRIDE),
        Register("CSELR", 0xA8, writable=0x0FFFFFFF),
    )

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._levels: dict[int, bool] = {}
        self._clear()

    def reset(self) -> None:
        for pause in self._pauses:
            if pause is not None:
                pause.cancel()
        super().reset()
        self._clear()

    def _clear(self) -> None:
        self._reload = [0] * CHANNELS
        self._peripheral = [0] * CHANNELS
        self._memory = [0] * CHANNELS
        self._serving = [False] * CHANNELS
        self._pauses: list[Event | None] = [None] * CHANNELS

    def _word(self, offset: int, channel: int) -> int:
        return (offset + channel * CHANNEL_STRIDE) // 4

    def _get(self, offset: int, channel: int) -> int:
        return self.registers.values[self._word(offset, channel)]

    # Requests.

    def on_gpio(self, number: int, level: bool) -> None:
        """Request line `number`: 16 * channel (from 0) + CSELR code."""
        self._levels[number] = level
        channel, code = number >> 4, number & 0xF
        if level and self._code(channel) == code:
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
        source = REQUESTS.get(self.name, {}).get((channel + 1, code))
        try:
            block: Any = self.machine.peripheral(source[0]) if source else None
        except KeyError:
            block = None
        if source is None or block is None:
            self.machine.log.warning(
                "%s: request %d of channel %d isn't modelled", self.name, code, channel + 1
            )
        else:
            block.lines[source[1]].connect(self, number)

    # Transfers.

    def _control(self, channel: int, value: int, old: int) -> None:
        control = self._get(0x08, channel)
        if control & CCR_EN and not old & CCR_EN:
            self._reload[channel] = self._get(0x0C, channel)
            self._peripheral[channel] = self._get(0x10, channel)
            self._memory[channel] = self._get(0x14, channel)
            if not control & CCR_MEM2MEM:
                self._listen(channel)
            self._serve(channel)
        self._update(channel)

    def _is_requested(self, channel: int) -> bool:
        control = self._get(0x08, channel)
        if not control & CCR_EN or not self._get(0x0C, channel):
            return False
        return bool(control & CCR_MEM2MEM) or self._levels.get(
            16 * channel + self._code(channel), False
        )

    def _serve(self, channel: int) -> None:
        """Move items while there is a request. What an item sets off may come back here."""
        if self._serving[channel] or self._pauses[channel] is not None:
            return
        self._serving[channel] = True
        turns = 0
        while self._is_requested(channel):
            self._move(channel)
            if self._get(0x0C, channel) == self._reload[channel]:
                turns += 1
                if turns == 2:
                    resume = partial(self._resume, channel)
                    self._pauses[channel] = self.machine.clock.schedule(CIRCULAR_PAUSE, resume)
                    break
        self._serving[channel] = False
        self._update(channel)

    def _resume(self, channel: int) -> None:
        self._pauses[channel] = None
        self._serve(channel)

    def _move(self, channel: int) -> None:
        control = self._get(0x08, channel)
        peripheral_width = 1 << (control >> CCR_PSIZE_SHIFT & 3)
        memory_width = 1 << (control >> CCR_MSIZE_SHIFT & 3)
        peripheral, memory = self._peripheral[channel], self._memory[channel]
        if control & CCR_PINC:
            self._peripheral[channel] += peripheral_width
        if control & CCR_MINC:
            self._memory[channel] += memory_width
        left = self._get(0x0C, channel) - 1
        flags = 0
        if left == self._reload[channel] // 2:
            flags |= HTIF
        if left == 0:
            flags |= TCIF
            if control & CCR_CIRC:
                left = self._reload[channel]
                self._peripheral[channel] = self._get(0x10, channel)
                self._memory[channel] = self._get(0x14, channel)
        self.registers.values[self._word(0x0C, channel)] = left
        if flags:
            self.registers["ISR"] |= (flags | GIF) << (4 * channel)
        bus = self.machine.bus
        if control & CCR_DIR:
            item = bus.read(memory, memory_width)
            bus.write(peripheral, item & ((1 << 8 * peripheral_width) - 1), peripheral_width)
        else:
            item = bus.read(peripheral, peripheral_width)
            bus.write(memory, item & ((1 << 8 * memory_width) - 1), memory_width)

    # Flags.

    def _clear_flags(self, value: int, old: int) -> None:
        for channel in range(CHANNELS):
            flags = value >> (4 * channel) & 0xF
            if flags & GIF:
                flags = 0xF
            status = self.registers["ISR"] & ~(flags << (4 * channel))
            if not status >> (4 * channel) & INTERRUPTS:
                status &= ~(GIF << (4 * channel))
            self.registers["ISR"] = status
            self._update(channel)

    def _update(self, channel: int) -> None:
        flags = self.registers["ISR"] >> (4 * channel) & INTERRUPTS
        self.lines[channel].set(flags & self._get(0x08, channel) != 0)

# ironpython: executed by Renode
"""The analogue-to-digital converter (SWRU465 section 13): twelve bits, four channels in turn, each
sampled every 16 us into a FIFO of four.

Channels of the chip are 0 to 3; their registers are those of channels 0, 2, 4 and 6, because the
others belong to the chip's own supervision.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register

CHANNELS = 4
DEPTH = 4
PERIOD = 16000
"""ns between the samples of a channel."""
FULL_SCALE_MV = 1467
CTRL_EN = 1 << 0
IRQ_FULL, IRQ_EMPTY, IRQ_UNDERFLOW, IRQ_OVERFLOW = 1, 2, 4, 8
TIMER_MASK = 0x1FFFF
TIMER_EN = 1 << 25
TIMER_RESET = 1 << 24
TIMER_HZ = 40000000
SECOND = 1000000000


class CC3220_ADC(Block):
    """Outputs 0 to 3: interrupts of the channels, 4 to 7: their DMA requests.

    `set_voltage` is what a pin sees.
    """

    STATUS = PARTLY
    MISSING = "the gain; what isn't wired reads 0"
    OUTPUTS = tuple(range(2 * CHANNELS))
    SIZE = 0x100
    REGISTERS = (
        Register("ADC_CTRL", 0x000, on_write="_control"),
        Register("adc_ch_gain", 0x004, count=8),
        Register("adc_ch_irq_en", 0x024, writable=0xF, count=8, on_write="_enable_interrupts"),
        Register("adc_ch_irq_status", 0x044, writable=0, count=8, on_write="_clear"),
        Register("adc_dma_mode_en", 0x064, writable=0xFF, on_write="_enable_dma"),
        Register("adc_timer_configuration", 0x068, on_write="_configure_timer"),
        Register("adc_timer_current_count", 0x070, writable=0, on_read="_timer"),
        Register("channelFIFODATA", 0x074, writable=0, count=8, on_read="_take"),
        Register("adc_ch_fifo_lvl", 0x094, writable=0, count=8),
        Register("ADC_CH_ENABLE", 0x0B8, writable=0x1E, on_write="_control"),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        self._millivolts = [0] * CHANNELS
        self._event = None  # type: typing.Any
        self._running = False
        self._started = 0
        self._fifos = [[] for _ in range(CHANNELS)]  # type: list[list[int]]
        self._timer_started = 0
        Block.__init__(self, machine, name)

    def set_voltage(self, channel, millivolts):
        # type: (int, int) -> None
        self._millivolts[channel] = millivolts

    def reset(self):
        # type: () -> None
        if self._event is not None:
            self._event.cancel()
            self._event = None
        self._running = False
        for fifo in self._fifos:
            del fifo[:]
        Block.reset(self)

    def _is_on(self, channel):
        # type: (int) -> bool
        return self.registers["ADC_CH_ENABLE"] >> (1 + channel) & 1 != 0

    def _control(self, value, old):
        # type: (int, int) -> None
        running = self.registers["ADC_CTRL"] & CTRL_EN and self.registers["ADC_CH_ENABLE"]
        if running and not self._running:
            self._started = self.machine.clock.now
        elif not running and self._event is not None:
            self._event.cancel()
            self._event = None
        self._running = bool(running)
        self._await_sample()

    def _has_effect(self):
        # type: () -> bool
        """Whether the next sample changes anything, as a second overflow does not."""
        for channel in range(CHANNELS):
            if self._is_on(channel) and (
                len(self._fifos[channel]) < DEPTH
                or not self.registers.values[0x44 // 4 + 2 * channel] & IRQ_OVERFLOW
            ):
                return True
        return False

    def _await_sample(self):
        # type: () -> None
        """Schedule the next sample that has an effect. They are whole periods from the start."""
        if self._running and self._event is None and self._has_effect():
            gone = self.machine.clock.now - self._started
            self._event = self.machine.clock.schedule(PERIOD - gone % PERIOD, self._sample)

    def _sample(self):
        # type: () -> None
        self._event = None
        stamp = self._timer() & TIMER_MASK
        for channel in range(CHANNELS):
            if not self._is_on(channel):
                continue
            fifo = self._fifos[channel]
            code = min(4095, max(0, self._millivolts[channel] * 4096 // FULL_SCALE_MV))
            if len(fifo) == DEPTH:
                self._raise(channel, IRQ_OVERFLOW)
            else:
                fifo.append(stamp << 14 | code << 2)
            if len(fifo) == DEPTH:
                self._raise(channel, IRQ_FULL)
            self._show(channel)
        self._await_sample()

    def _take(self, index):
        # type: (int) -> int
        channel, other = divmod(index, 2)
        if other:
            return 0
        fifo = self._fifos[channel]
        if not fifo:
            self._raise(channel, IRQ_UNDERFLOW)
            return 0
        sample = fifo.pop(0)
        if not fifo:
            self._raise(channel, IRQ_EMPTY)
        self._show(channel)
        self._await_sample()
        return sample

    def _show(self, channel):
        # type: (int) -> None
        level = len(self._fifos[channel])
        self.registers.values[0x94 // 4 + 2 * channel] = level
        dma = self.registers["adc_dma_mode_en"] >> (2 * channel) & 1
        self.lines[CHANNELS + channel].set(dma != 0 and level > 0)

    def _enable_dma(self, value, old):
        # type: (int, int) -> None
        for channel in range(CHANNELS):
            self._show(channel)

    # Interrupts.

    def _raise(self, channel, flag):
        # type: (int, int) -> None
        self.registers.values[0x44 // 4 + 2 * channel] |= flag
        self._update(channel)

    def _update(self, channel):
        # type: (int) -> None
        status = self.registers.values[0x44 // 4 + 2 * channel]
        self.lines[channel].set(status & self.registers.values[0x24 // 4 + 2 * channel] != 0)

    def _enable_interrupts(self, index, value, old):
        # type: (int, int, int) -> None
        self._update(index // 2)

    def _clear(self, index, value, old):
        # type: (int, int, int) -> None
        self.registers.values[0x44 // 4 + index] &= ~value
        self._update(index // 2)
        self._await_sample()

    # The timer that stamps samples.

    def _timer(self):
        # type: () -> int
        config = self.registers["adc_timer_configuration"]
        if not config & TIMER_EN:
            return 0
        ticks = (self.machine.clock.now - self._timer_started) * TIMER_HZ // SECOND  # type: int
        return ticks % ((config & TIMER_MASK) + 1)

    def _configure_timer(self, value, old):
        # type: (int, int) -> None
        if value & TIMER_RESET or value & ~old & TIMER_EN:
            self._timer_started = self.machine.clock.now
        self.registers["adc_timer_configuration"] &= ~TIMER_RESET


MYPY = False
if MYPY:
    import typing  # noqa: F401

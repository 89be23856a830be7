# ironpython: executed by Renode
"""The analogue-to-digital converter (SWRU465 section 13): twelve bits, four channels in turn, each
sampled every 16 us into a FIFO of four.

Channels of the chip are 0 to 3; their registers are those of channels 0, 2, 4 and 6, because the
others belong to the chip's own supervision.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Field, Register, packed

CHANNELS = 4
REGISTER_CHANNELS = 8
DEPTH = 4
PERIOD = 16000
"""ns between the samples of a channel."""
FULL_SCALE_MV = 1467
CTRL = Register(
    "ADC_CTRL",
    0x000,
    on_write="_control",
    fields=packed("adc_en adc_soft_reset adc_core_en adc_buf_en adc_buf_bypass adc_cap_scale"),
)
FLAGS = packed("FIFO_FULL FIFO_EMPTY FIFO_UNDERFLOW FIFO_OVERFLOW")
IRQ_EN = Register(
    "adc_ch_irq_en", 0x024, count=REGISTER_CHANNELS, on_write="_enable_interrupts", fields=FLAGS
)
IRQ_STATUS = Register(
    "adc_ch_irq_status",
    0x044,
    access=READ_ONLY,
    count=REGISTER_CHANNELS,
    on_write="_clear",
    fields=FLAGS,
)
DMA_MODE_EN = Register(
    "adc_dma_mode_en", 0x064, on_write="_enable_dma", fields=packed("DMA_MODEenable:8")
)
TIMER = Register(
    "adc_timer_configuration",
    0x068,
    on_write="_configure_timer",
    fields=packed("timercount:24 timerreset/sc timeren"),
)
FIFO_LVL = Register(
    "adc_ch_fifo_lvl",
    0x094,
    access=READ_ONLY,
    count=REGISTER_CHANNELS,
    fields=packed("adc_channel_fifo_lvl:3"),
)
CH_ENABLE = Register(
    "ADC_CH_ENABLE", 0x0B8, on_write="_control", fields=(Field("ADC_CH", 1, count=CHANNELS),)
)
TIMER_COUNT = 0x1FFFF
"""The bits that the counter has, of those that are written."""
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
        CTRL,
        Register(
            "adc_ch_gain", 0x004, count=REGISTER_CHANNELS, fields=packed("adc_channel_gain:2")
        ),
        IRQ_EN,
        IRQ_STATUS,
        DMA_MODE_EN,
        TIMER,
        Register(
            "adc_timer_current_count",
            0x070,
            access=READ_ONLY,
            on_read="_timer",
            fields=packed("timercurrentcount:17"),
        ),
        Register(
            "channelFIFODATA", 0x074, access=READ_ONLY, count=REGISTER_CHANNELS, on_read="_take"
        ),
        FIFO_LVL,
        CH_ENABLE,
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
        running = self.registers["ADC_CTRL"] & CTRL.adc_en and self.registers["ADC_CH_ENABLE"]
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
                or not self.registers.values[IRQ_STATUS.word + 2 * channel]
                & IRQ_STATUS.FIFO_OVERFLOW
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
        stamp = self._timer()
        for channel in range(CHANNELS):
            if not self._is_on(channel):
                continue
            fifo = self._fifos[channel]
            code = min(4095, max(0, self._millivolts[channel] * 4096 // FULL_SCALE_MV))
            if len(fifo) == DEPTH:
                self._raise(channel, IRQ_STATUS.FIFO_OVERFLOW)
            else:
                fifo.append(stamp << 14 | code << 2)
            if len(fifo) == DEPTH:
                self._raise(channel, IRQ_STATUS.FIFO_FULL)
            self._show(channel)
        self._await_sample()

    def _take(self, index):
        # type: (int) -> int
        channel, other = divmod(index, 2)
        if other:
            return 0
        fifo = self._fifos[channel]
        if not fifo:
            self._raise(channel, IRQ_STATUS.FIFO_UNDERFLOW)
            return 0
        sample = fifo.pop(0)
        if not fifo:
            self._raise(channel, IRQ_STATUS.FIFO_EMPTY)
        self._show(channel)
        self._await_sample()
        return sample

    def _show(self, channel):
        # type: (int) -> None
        level = len(self._fifos[channel])
        self.registers.values[FIFO_LVL.word + 2 * channel] = level
        dma = self.registers["adc_dma_mode_en"] >> (2 * channel) & 1
        self.lines[CHANNELS + channel].set(dma != 0 and level > 0)

    def _enable_dma(self, value, old):
        # type: (int, int) -> None
        for channel in range(CHANNELS):
            self._show(channel)

    # Interrupts.

    def _raise(self, channel, flag):
        # type: (int, int) -> None
        self.registers.values[IRQ_STATUS.word + 2 * channel] |= flag
        self._update(channel)

    def _update(self, channel):
        # type: (int) -> None
        status = self.registers.values[IRQ_STATUS.word + 2 * channel]
        enabled = self.registers.values[IRQ_EN.word + 2 * channel]
        self.lines[channel].set(status & enabled != 0)

    def _enable_interrupts(self, index, value, old):
        # type: (int, int, int) -> None
        self._update(index // 2)

    def _clear(self, index, value, old):
        # type: (int, int, int) -> None
        self.registers.values[IRQ_STATUS.word + index] &= ~value
        self._update(index // 2)
        self._await_sample()

    # The timer that stamps samples.

    def _timer(self):
        # type: () -> int
        config = self.registers["adc_timer_configuration"]
        if not config & TIMER.timeren:
            return 0
        ticks = (self.machine.clock.now - self._timer_started) * TIMER_HZ // SECOND  # type: int
        return ticks % ((config & TIMER_COUNT) + 1)

    def _configure_timer(self, value, old):
        # type: (int, int) -> None
        if value & TIMER.timerreset or value & ~old & TIMER.timeren:
            self._timer_started = self.machine.clock.now


MYPY = False
if MYPY:
    import typing  # noqa: F401

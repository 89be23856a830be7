# ironpython: executed by Renode
"""McSPI, the controllers GSPI, SSPI and LSPI (SWRU465 section 8): channel 0 as a master.

A word is exchanged with the attached device the moment the channel is enabled, has a word to send
and room for what comes back; the wire takes no virtual time. A slave keeps its registers only.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Field, Register
from renode_wifi.peripherals.base.stream import (
    WORD_ANSWER,
    WORD_FULL,
    WORD_OPEN,
    WORD_STATUS,
    OpenWire,
    WordPort,
)
from renode_wifi.peripherals.cc3220.mcspi_registers import (
    CH0CONF,
    CH0CTRL,
    CH0STAT,
    IRQENABLE,
    IRQSTATUS,
    MODULCTRL,
    RX0,
    SYSCONFIG,
    SYSSTATUS,
    TX0,
    XFERLEVEL,
)

TRM_BOTH, TRM_RECEIVE, TRM_SEND = range(3)

# As numbers of the module: the fast paths ask them for each word.
TX0_OFFSET, RX0_OFFSET = TX0.offset, RX0.offset
CH0CONF_OFFSET, CH0CTRL_OFFSET, XFERLEVEL_OFFSET = CH0CONF.offset, CH0CTRL.offset, XFERLEVEL.offset
IRQSTATUS_WORD, IRQENABLE_WORD = IRQSTATUS.word, IRQENABLE.word
CONF_WORD, STAT_WORD, CTRL_WORD = CH0CONF.word, CH0STAT.word, CH0CTRL.word
TX_WORD, LEVEL_WORD = TX0.word, XFERLEVEL.word
CONF_FORCE, CTRL_EN = CH0CONF.FORCE, CH0CTRL.EN
IRQ_TX_EMPTY, IRQ_RX_FULL, IRQ_EOW = IRQSTATUS.TX0_EMPTY, IRQSTATUS.RX0_FULL, IRQSTATUS.EOW
STAT_RXS, STAT_TXS, STAT_EOT = CH0STAT.RXS, CH0STAT.TXS, CH0STAT.EOT
STAT_TXFFE, STAT_TXFFF = CH0STAT.TXFFE, CH0STAT.TXFFF
STAT_RXFFE, STAT_RXFFF = CH0STAT.RXFFE, CH0STAT.RXFFF
STAT_DISABLED = STAT_EOT | STAT_TXFFE | STAT_RXFFE
STAT_IDLE = STAT_DISABLED | STAT_TXS
ALL_BITS = 0xFFFFFFFF
SECOND = 1000000000
"""ns."""
CLOCK_HERTZ = 40000000
"""Of the controllers: PRCMPeripheralClockGet gives the crystal's."""
FIFO_BYTES = 64
"""The buffer, which both directions share when both use it."""


class OneByOne(object):
    """A device that is given several words at once, for one that isn't."""

    def __init__(self, device):
        # type: (typing.Any) -> None
        self.exchange = device.exchange

    def exchange_all(self, words, bits):
        # type: (typing.Sequence[int], int) -> list[int]
        return [self.exchange(word, bits) for word in words]


class CC3220_McSPI(Block):
    """`attach` puts a device with `exchange(word, bits) -> word` on the wire; one that also has
    `exchange_all(words, bits) -> words` is given the words of DMA so.

    Outputs: 0 interrupt, 1 and 2 DMA requests to receive and to send, 3 chip select (high while the
    software asserts it).
    """

    STATUS = PARTLY
    MISSING = "bus time, the slave"
    OUTPUTS = (0, 1, 2, 3)
    SIZE = 0x200
    REGISTERS = (
        Register("HL_REV", 0x000, reset=0x40301A0B, access=READ_ONLY),
        Register("HL_HWINFO", 0x004, reset=0x00000007, access=READ_ONLY),
        Register("HL_SYSCONFIG", 0x010),
        Register("REVISION", 0x100, reset=0x2B, access=READ_ONLY),
        SYSCONFIG,
        SYSSTATUS,
        IRQSTATUS,
        IRQENABLE,
        Register("WAKEUPENABLE", 0x120, fields=(Field("WKEN", 0),)),
        Register("SYST", 0x124),
        MODULCTRL,
        CH0CONF,
        CH0STAT,
        CH0CTRL,
        TX0,
        RX0,
        Register("CHANNELS", 0x140, count=15),
        XFERLEVEL,
        Register("DAFTX", 0x180),
        Register("DAFRX", 0x1A0),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._values = self.registers.values
        self._enabled = False
        self.word_port = WordPort(TX0.word, RX0.word, CH0STAT.word)
        self.attach(OpenWire())
        self._clear()

    def attach(self, device):
        # type: (typing.Any) -> None
        """Put a device at the other end of the wire."""
        self._settle()
        self.word_port.state[WORD_OPEN] = 0
        self._exchange = device.exchange  # type: typing.Callable[[int, int], int]
        self._constant = hasattr(device, "constant")
        if not hasattr(device, "exchange_all"):
            device = OneByOne(device)
        self._exchange_all = device.exchange_all  # type: ExchangeAll

    def bit_time(self):
        # type: () -> int
        """ns of a bit on the wire: the crystal's clock, divided by a power of 2 or any number."""
        conf = self.registers["CH0CONF"]
        ratio = 1 << CH0CONF["CLKD"].get(conf)
        if conf & CH0CONF.CLKG:
            extension = CH0CTRL["EXTCLK"].get(self.registers["CH0CTRL"])
            ratio = (extension << 4 | CH0CONF["CLKD"].get(conf)) + 1
        return ratio * SECOND // CLOCK_HERTZ

    def mode(self):
        # type: () -> int
        """0 to 3: POL, then PHA."""
        conf = self.registers["CH0CONF"]
        return (2 if conf & CH0CONF.POL else 0) + (1 if conf & CH0CONF.PHA else 0)

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._clear()

    def _clear(self):
        # type: () -> None
        self._sending = []  # type: list[int]
        self._received = []  # type: list[int]
        self._left = 0
        self.word_port.state[WORD_OPEN] = 0
        self._configure(0, 0)

    # The bus. A polled transfer sets a word count, enables the channel and asserts chip select,
    # writes TX0 and reads RX0 once per word, and takes the first two back.

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        values = self._values
        if self._constant:
            self._settle()
        if offset == TX0_OFFSET and self._plain and not self._received:
            word = self._exchange(value & self._mask, self._bits)
            self._received.append(word)
            if self._left:
                self._count_word()
            values[STAT_WORD] = self._full_status
        elif width != 4:
            self.registers.write(offset, value, width)
        elif offset == CH0CONF_OFFSET and value ^ values[CONF_WORD] == CONF_FORCE:
            values[CONF_WORD] = value
            self.lines[3].set(value & CONF_FORCE != 0)
        elif (
            offset == CH0CTRL_OFFSET
            and value ^ values[CTRL_WORD] == CTRL_EN
            and self._simple
            and not self._sending
        ):
            values[CTRL_WORD] = value
            self._enable(value & CTRL_EN != 0)
        elif offset == XFERLEVEL_OFFSET and not (value ^ values[LEVEL_WORD]) & 0xFFFF:
            values[LEVEL_WORD] = value
        else:
            self.registers.write(offset, value, width)
        if self._constant:
            self._offer()

    def read(self, offset, width):
        # type: (int, int) -> int
        if self._constant:
            self._settle()
        plain = offset == RX0_OFFSET and self._plain and not self._sending
        if plain and len(self._received) == 1:
            self._values[STAT_WORD] = STAT_IDLE
            value = self._received.pop() & ((1 << 8 * width) - 1)
        else:
            value = self.registers.read(offset, width)
        if self._constant:
            self._offer()
        return value

    def _settle(self):
        # type: () -> None
        """Take notice of the words that an engine has exchanged."""
        state = self.word_port.state
        if state[WORD_OPEN]:
            self._received[:] = [state[WORD_ANSWER]] * state[WORD_FULL]

    def _offer(self):
        # type: () -> None
        """An engine may exchange words by itself, until the next access that it leaves to us."""
        state = self.word_port.state
        opened = self._plain and not (self._left or self._sending or len(self._received) > 1)
        state[WORD_OPEN] = int(opened)
        if opened:
            state[WORD_FULL] = len(self._received)
            state[WORD_ANSWER] = self._exchange(self._mask, self._bits)
            state[WORD_STATUS] = STAT_IDLE
            state[WORD_STATUS + 1] = self._full_status

    def exchange_burst(self, sent, received, words):
        # type: (int, int, typing.Sequence[int]) -> typing.Sequence[int]
        """Store words at the offset `sent`, loading after each an answer from `received`.

        Returns the answers. As many words as leave nothing but those behind, or none: the rest has
        to go by single accesses.
        """
        if self._constant:
            self._settle()
            self.word_port.state[WORD_OPEN] = 0
        registers = sent == TX0_OFFSET and received == RX0_OFFSET
        if not registers or not self._active or self._mode != TRM_BOTH:
            return []
        if self._sending or self._received:
            return []
        if self._left:
            # The last word that is counted interrupts.
            words = words[: self._left - 1]
            self._left -= len(words)
        if not words:
            return []
        values, mask = self._values, self._mask
        values[TX_WORD] = words[-1]
        if mask != ALL_BITS:
            words = [word & mask for word in words]
        answers = self._exchange_all(words, self._bits)
        if self._receive_level <= 1:
            values[IRQSTATUS_WORD] |= IRQ_RX_FULL
        self._publish()
        return answers

    def _enable(self, enabled):
        # type: (bool) -> None
        """Turn a channel on or off for which nothing but polling is set up."""
        values = self._values
        self._enabled = self._active = self._plain = enabled
        if enabled:
            self._left = values[LEVEL_WORD] >> 16
            values[STAT_WORD] = STAT_IDLE
            values[IRQSTATUS_WORD] |= IRQ_TX_EMPTY
        else:
            del self._received[:]
            del self._sending[:]
            values[STAT_WORD] = STAT_DISABLED

    # Settings.

    def _configure_system(self, value, old):
        # type: (int, int) -> None
        if value & SYSCONFIG.SOFTRESET:
            self.reset()

    def _configure(self, value, old):
        # type: (int, int) -> None
        """Everything that the settings decide, once per change of them."""
        conf = self.registers["CH0CONF"]
        level = self.registers["XFERLEVEL"]
        self._bits = CH0CONF["WL"].get(conf) + 1
        self._mask = (1 << self._bits) - 1
        word_bytes = 1 if self._bits <= 8 else 2 if self._bits <= 16 else 4
        both = conf & (CH0CONF.FFEW | CH0CONF.FFER) == CH0CONF.FFEW | CH0CONF.FFER
        depth = FIFO_BYTES // (2 if both else 1) // word_bytes
        self._send_room = depth if conf & CH0CONF.FFEW else 1
        self._receive_room = depth if conf & CH0CONF.FFER else 1
        self._receive_level = 1
        if conf & CH0CONF.FFER:
            threshold = XFERLEVEL["AFL"].get(level) + word_bytes
            self._receive_level = min(threshold // word_bytes, depth)
        self._mode = CH0CONF["TRM"].get(conf)
        enabled = self.registers["CH0CTRL"] & CTRL_EN != 0
        master = not self.registers["MODULCTRL"] & MODULCTRL.MS
        if enabled and not self._enabled:
            self._left = XFERLEVEL["WCNT"].get(level)
        if not enabled:
            del self._received[:]
            del self._sending[:]
        self._enabled = enabled
        self._active = enabled and master
        self._dma = conf & (CH0CONF.DMAR | CH0CONF.DMAW)
        self.lines[3].set(conf & CONF_FORCE != 0)
        # What the fast paths of read and write ask: a polled exchange of whole words, with the
        # states of CH0STAT that alternate in it.
        self._plain = False
        self._publish()
        silent = self.registers["IRQENABLE"] == 0
        self._simple = master and self._mode == TRM_BOTH and not self._dma and silent
        self._plain = self._simple and enabled and not self._sending
        self._full_status = STAT_TXS | STAT_EOT | STAT_TXFFE | STAT_RXS
        if self._receive_room == 1:
            self._full_status |= STAT_RXFFF

    # Words.

    def _count_word(self):
        # type: () -> None
        if self._left:
            self._left -= 1
            if not self._left:
                self._values[IRQSTATUS_WORD] |= IRQ_EOW

    def _send(self, value, old):
        # type: (int, int) -> None
        if len(self._sending) < self._send_room:
            self._sending.append(value & self._mask)
        self._publish()

    def _take(self):
        # type: () -> int
        word = self._received.pop(0) if self._received else 0
        self._publish()
        return word

    def _pump(self):
        # type: () -> None
        """Exchange while there is something to send and room for what comes back."""
        if not self._active:
            return
        while self._mode == TRM_SEND or len(self._received) < self._receive_room:
            if self._mode == TRM_RECEIVE:
                if not self._left:
                    break
                word = self._exchange(self._mask, self._bits)
            elif self._sending:
                word = self._exchange(self._sending.pop(0), self._bits)
            else:
                break
            if self._mode != TRM_SEND:
                self._received.append(word)
            self._count_word()

    def _publish(self):
        # type: () -> None
        """Exchange what can be; CH0STAT, the interrupt and the DMA requests follow the buffers."""
        self._pump()
        sending, received = len(self._sending), len(self._received)
        status = STAT_TXFFE | STAT_EOT if not sending else 0
        if self._enabled and sending < self._send_room:
            status |= STAT_TXS
        if sending >= self._send_room:
            status |= STAT_TXFFF
        if received:
            status |= STAT_RXS
        else:
            status |= STAT_RXFFE
        if received >= self._receive_room:
            status |= STAT_RXFFF
        values = self._values
        values[STAT_WORD] = status
        if self._enabled:
            events = 0
            if sending < self._send_room and self._mode != TRM_RECEIVE:
                events |= IRQ_TX_EMPTY
            if received >= self._receive_level:
                events |= IRQ_RX_FULL
            values[IRQSTATUS_WORD] |= events
        self.lines[0].set(values[IRQSTATUS_WORD] & values[IRQENABLE_WORD] != 0)
        # The request to receive first: it makes the room that a request to send needs.
        self.lines[1].set(self._dma & CH0CONF.DMAR != 0 and received > 0)
        self.lines[2].set(
            self._dma & CH0CONF.DMAW != 0 and self._enabled and len(self._sending) < self._send_room
        )

    # Interrupts.

    def _clear_interrupts(self, value, old):
        # type: (int, int) -> None
        self.registers["IRQSTATUS"] &= ~value
        self._publish()


MYPY = False
if MYPY:
    import typing

    ExchangeAll = typing.Callable[[typing.Sequence[int], int], typing.Sequence[int]]

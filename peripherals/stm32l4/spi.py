# ironpython: executed by Renode
"""SPI1 to SPI3 (RM0351 section 42): 4 to 16 bit frames through two FIFOs of 32 bits.

The FIFOs hold bytes. A frame of up to 8 bits takes one byte, a longer one takes two, and an access
of DR moves as many bytes as it is wide: so a 16-bit access carries two 8-bit frames, and an 8-bit
read takes half of a 16-bit frame away, which is how ST's HAL drains the receive FIFO.

A frame takes its bits on the wire, each a period of the divided bus clock: it leaves the transmit
FIFO when it begins and is exchanged with the attached device at its end. Short frames that the CPU
moves take no time (spi_clock.py), nor do those of 16 bits with a device that says
`exchanges_at_once`, but for `timed_words`; nor any, where the clock is not exact (Renode). SR is a
plain register, so OVR clears with the read of DR instead of the read of SR that has to follow it.
"""

from array import array

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import reversed_bits
from renode_wifi.peripherals.base.stream import (
    OPEN_TO_NOTHING,
    OPEN_TO_STREAM,
    PORT_ANSWER,
    PORT_ERRORS,
    PORT_FIFO,
    PORT_FRAME,
    PORT_INTERRUPTS,
    PORT_LEVEL,
    PORT_LEVELS,
    PORT_OPEN,
    PORT_READABLE,
    PORT_SETTINGS,
    PORT_STATUS,
    OpenWire,
    StreamPort,
)
from renode_wifi.peripherals.stm32l4.spi_clock import SpiClock
from renode_wifi.peripherals.stm32l4.spi_registers import CR1, CR2, CRCPR, DR, RXCRCR, SR, TXCRCR
from renode_wifi.peripherals.stm32l4.spi_status import (
    CAUSES,
    ENABLES_SHIFT,
    FIFO_BYTES,
    FIFO_LEVEL,
    FTLVL_SHIFT,
    INTERRUPT_ENABLES,
    INTERRUPTS,
    STATUS_BY_HALF,
    STATUS_BY_QUARTER,
)

CR2_OFFSET, DR_OFFSET = CR2.offset, DR.offset
CR1_WORD, CR2_WORD, SR_WORD, DR_WORD = CR1.word, CR2.word, SR.word, DR.word
NO_OVERRUN = ~SR.OVR


class STM32L4_SPI(Block):
    """A master with software or hardware chip select; a slave keeps its registers only."""

    STATUS = PARTLY
    MISSING = "slave and TI modes, CRC"
    OUTPUTS = ("IRQ", "DMAReceive", "DMASend")
    REGISTERS = (CR1, CR2, SR, DR, CRCPR, RXCRCR, TXCRCR)

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._values = self.registers.values
        self._clock = SpiClock(machine, name, self.registers)
        self.mode = self._clock.mode
        self._irq = self.lines["IRQ"]
        # The receive FIFO, the interrupts enabled and what SR shows of both are in the port's
        # array, so that an engine may exchange frames of 16 bits without this model.
        self.port = StreamPort(self._irq, DR_WORD, SR_WORD, CR2_WORD, CAUSES, SR.OVR)
        self._state = self.port.state
        self._reported_crc = False
        self._bits = 8
        self._mask = 0xFF
        self._frame_bytes = 1
        # What the fast paths of read and write ask: nothing but plain full-duplex frames under way;
        # and, for write, an enabled master with one frame per 16-bit access.
        self._plain = False
        self._simple = False
        self._direct = False
        self._frame_time = 0  # ns; 0: it is exchanged at once.
        self._frame_end = None  # type: Event | None
        self._shifting = 0
        self.timed_words = False
        self._attached = OpenWire()  # type: typing.Any
        self._connect(self._attached)
        self._clear()

    def attach(self, device):
        # type: (typing.Any) -> None
        """Put `device.exchange(frame, bits) -> frame` at the other end of the wire.

        A device may have a `stream`: what it exchanges in frames of 16 bits; or a `constant`, with
        which it answers whatever it is sent. exchanges_at_once: those of 16 bits take no time.
        shares_bus: it `choose`s itself while it is selected.
        """
        if getattr(device, "shares_bus", False):
            device.bus = self
            return
        self._attached = device
        self.choose()

    def choose(self, device=None):
        # type: (typing.Any) -> None
        """Only this one is on the wires: one that shares the bus, or None for the attached one."""
        self._connect(device or self._attached)
        self._time_frames()
        self._settle()

    def _connect(self, device):
        # type: (typing.Any) -> None
        self._exchange = device.exchange  # type: typing.Callable[[int, int], int]
        self.port.stream = getattr(device, "stream", None)
        self.port.probe = getattr(device, "probe", None)
        self._constant = getattr(device, "constant", None)  # type: int | None
        self._exchanges_at_once = getattr(device, "exchanges_at_once", False)  # type: bool

    def bit_time(self):
        # type: () -> int
        """ns of a bit on the wire: the bus clock's period, divided by 2 to 256."""
        return self._clock.time(1)

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._clear()

    def _clear(self):
        # type: () -> None
        if self._frame_end is not None:
            self._frame_end.cancel()
            self._frame_end = None
        self._state[PORT_FIFO] = 0
        self._state[PORT_LEVEL] = 0
        self._transmit_fifo = 0
        self._transmit_bytes = 0
        self._state[PORT_ERRORS] = 0
        self._configure(0, 0)

    # The bus. Nearly every access a driver makes per frame is one of the first two cases; they are
    # written flat, and read no register that an attribute repeats.

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        state = self._state
        if (
            offset == CR2_OFFSET
            and value & ~INTERRUPT_ENABLES == state[PORT_SETTINGS]
            and width != 1
        ):
            # Interrupt-driven drivers do this up to four times per frame.
            values = self._values
            values[CR2_WORD] = value
            state[PORT_INTERRUPTS] = interrupts = INTERRUPTS[(value >> ENABLES_SHIFT) & 7]
            pending = values[SR_WORD] & interrupts != 0
            if pending != self._irq.level:
                self._irq.set(pending)
        elif offset == DR_OFFSET:
            if width == 1 or not self._direct:
                self._transmit(value, width)
                return
            frame = self._exchange(value & self._mask, self._bits)
            level = state[PORT_LEVEL]
            if level <= 2:
                state[PORT_FIFO] |= frame << (8 * level)
                state[PORT_LEVEL] = level = level + 2
            else:
                state[PORT_ERRORS] |= SR.OVR
            self._values[SR_WORD] = status = state[PORT_STATUS + level] | state[PORT_ERRORS]
            pending = status & state[PORT_INTERRUPTS] != 0
            if pending != self._irq.level:
                self._irq.set(pending)
        else:
            self.registers.write(offset, value, width)

    def read(self, offset, width):
        # type: (int, int) -> int
        if offset != DR_OFFSET:
            return self.registers.read(offset, width)
        state = self._state
        level = state[PORT_LEVEL]
        if width != 1 and level >= 2:
            frame = state[PORT_FIFO] & 0xFFFF
            state[PORT_FIFO] >>= 16
            level -= 2
        elif level:
            frame = state[PORT_FIFO] & 0xFF
            state[PORT_FIFO] >>= 8
            level -= 1
        else:
            frame = 0
        state[PORT_LEVEL] = level
        state[PORT_ERRORS] &= NO_OVERRUN
        if self._plain:
            self._values[SR_WORD] = status = state[PORT_STATUS + level] | state[PORT_ERRORS]
            pending = status & state[PORT_INTERRUPTS] != 0
            if pending != self._irq.level:
                self._irq.set(pending)
        else:
            self._exchange_pending()
        return frame

    def _read_halfword(self):
        # type: () -> int
        return self.read(DR_OFFSET, 2)

    def _write_halfword(self, value, old):
        # type: (int, int) -> None
        self.write(DR_OFFSET, value, 2)

    # Everything that isn't a full-duplex exchange of 9 to 16 bit frames.

    def _configure(self, value, old):
        # type: (int, int) -> None
        control = self.registers["CR1"]
        control2 = self.registers["CR2"]
        self._state[PORT_INTERRUPTS] = INTERRUPTS[(control2 >> ENABLES_SHIFT) & 7]
        size = CR2["DS"].get(control2)
        if size < 3:
            # "Not used" sizes are forced to 8 bits.
            size = 7
            self.registers["CR2"] = CR2["DS"].put(control2, size)
        self._bits = size + 1
        self._mask = (1 << self._bits) - 1
        self._frame_bytes = 1 if self._bits <= 8 else 2
        self._state[PORT_SETTINGS] = self.registers["CR2"] & ~INTERRUPT_ENABLES
        # A write of CR1 is the last step of clearing MODF.
        errors = self._state[PORT_ERRORS] & ~SR.MODF
        selected = CR1.MSTR | CR1.SPE
        if control & (selected | CR1.SSM | CR1.SSI) == selected | CR1.SSM:
            # Software chip select says that another master drives the bus.
            errors |= SR.MODF
            control &= ~selected
            self.registers["CR1"] = control
        self._state[PORT_ERRORS] = errors
        status = STATUS_BY_QUARTER if control2 & CR2.FRXTH else STATUS_BY_HALF
        self._state[PORT_STATUS : PORT_STATUS + PORT_LEVELS] = array("I", status)
        if control & CR1.CRCEN and not self._reported_crc:
            self._reported_crc = True
            self.machine.log.warning("%s: CRC calculation isn't modelled", self.name)
        self._enabled = control & selected == selected
        self._lsb_first = control & CR1.LSBFIRST != 0
        self._receives = control & (CR1.BIDIMODE | CR1.BIDIOE) != CR1.BIDIMODE | CR1.BIDIOE
        self._receive_only = (
            control & CR1.BIDIOE == 0 if control & CR1.BIDIMODE else control & CR1.RXONLY != 0
        )
        self._dma = control2 & (CR2.RXDMAEN | CR2.TXDMAEN)
        self._time_frames()
        self._exchange_pending()
        self._settle()

    def _time_frames(self):
        # type: () -> None
        """How long a frame takes with the settings and the clock of now."""
        at_once = self._exchanges_at_once and self._bits == 16 and not self.timed_words
        self._frame_time = 0
        if self._enabled and not at_once:
            self._frame_time = self._clock.frame_time(self._bits, not self._dma)

    def _settle(self):
        # type: () -> None
        """What the fast paths may do from here on."""
        waits = self._transmit_bytes or self._frame_end or self._dma or self._receive_only
        self._plain = not waits
        self._simple = self._plain and self._enabled and self._receives
        self._simple = self._simple and not self._lsb_first and not self._frame_time
        self._direct = self._simple and self._frame_bytes == 2
        self._open_port()

    def _clear_crc(self, value, old):
        # type: (int, int) -> None
        self._state[PORT_ERRORS] &= value | ~SR.CRCERR
        self._publish()

    def _open_port(self):
        # type: () -> None
        """Publish what an engine may do by itself."""
        state = self._state
        state[PORT_OPEN] = 0
        if self._simple and self._constant is not None:
            state[PORT_OPEN] = OPEN_TO_NOTHING
            state[PORT_ANSWER] = self._constant & self._mask
        elif self._direct and self._bits == 16 and self.port.stream is not None:
            state[PORT_OPEN] = OPEN_TO_STREAM
        state[PORT_FRAME] = self._frame_bytes
        state[PORT_READABLE] = 1 if self._plain else 0

    def _transmit(self, value, width):
        # type: (int, int) -> None
        """Into the transmit FIFO; a store without room is lost."""
        count = 1 if width == 1 else 2
        level = self._transmit_bytes
        if level + count <= FIFO_BYTES:
            self._transmit_fifo |= (value & ((1 << (8 * count)) - 1)) << (8 * level)
            self._transmit_bytes = level + count
        self._exchange_pending()
        self._settle()

    def _exchange_pending(self):
        # type: () -> None
        """Clock out every whole frame; a receive-only master stays one frame ahead of its reader.

        A receive-only master of the chip clocks until it is disabled; stopping after one unread
        frame gives a reader in time the same frames and never overruns.
        """
        if self._frame_end is not None:
            # It ends even if the block is disabled meanwhile.
            pass
        elif self._enabled and self._frame_time:
            self._begin_frame()
        elif self._enabled:
            if self._receive_only:
                while not self._status() & SR.RXNE:
                    self._receive(0)
            else:
                while self._transmit_bytes >= self._frame_bytes:
                    self._receive(self._take_frame())
        self._publish()

    def _begin_frame(self):
        # type: () -> None
        """The next frame, if there is one, goes from the transmit FIFO into the shift register."""
        if self._receive_only:
            if self._status() & SR.RXNE:
                return
            self._shifting = 0
        elif self._transmit_bytes >= self._frame_bytes:
            self._shifting = self._take_frame()
        else:
            return
        if self._clock.has_changed():
            self._time_frames()
        self._frame_end = self.machine.clock.schedule(self._frame_time, self._end_frame)

    def _end_frame(self):
        # type: () -> None
        self._frame_end = None
        self._receive(self._shifting)
        self._exchange_pending()
        self._settle()

    def _take_frame(self):
        # type: () -> int
        bits = 8 * self._frame_bytes
        frame = self._transmit_fifo & ((1 << bits) - 1)
        self._transmit_fifo >>= bits
        self._transmit_bytes -= self._frame_bytes
        return frame & self._mask

    def _receive(self, sent):
        # type: (int) -> None
        if self._lsb_first:
            sent = reversed_bits(sent, self._bits)
        frame = self._exchange(sent, self._bits) & self._mask
        if self._lsb_first:
            frame = reversed_bits(frame, self._bits)
        if not self._receives:
            return
        state = self._state
        level = state[PORT_LEVEL]
        if level + self._frame_bytes > FIFO_BYTES:
            state[PORT_ERRORS] |= SR.OVR
            return
        state[PORT_FIFO] |= frame << (8 * level)
        state[PORT_LEVEL] = level + self._frame_bytes

    def _status(self):
        # type: () -> int
        """SR, but for what the transmit FIFO decides."""
        state = self._state
        return state[PORT_STATUS + state[PORT_LEVEL]] | state[PORT_ERRORS]

    def _publish(self):
        # type: () -> None
        """SR, the interrupt and the DMA requests follow the FIFOs."""
        status = self._status()
        if self._transmit_bytes:
            status |= FIFO_LEVEL[self._transmit_bytes] << FTLVL_SHIFT
            if self._transmit_bytes > 2:
                status &= ~SR.TXE
        if self._frame_end is not None:
            status |= SR.BSY
        self._values[SR_WORD] = status
        self._irq.set(status & self._state[PORT_INTERRUPTS] != 0)
        # A request is an edge for the DMA: it takes everything there is to take at once.
        self.lines["DMAReceive"].set(self._dma & CR2.RXDMAEN != 0 and status & SR.RXNE != 0)
        self.lines["DMASend"].set(
            self._dma & CR2.TXDMAEN != 0 and self._enabled and status & SR.TXE != 0
        )


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.clock import Event  # noqa: F401

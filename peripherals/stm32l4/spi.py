# ironpython: executed by Renode
"""SPI1 to SPI3 (RM0351 section 42): 4 to 16 bit frames through two FIFOs of 32 bits.

The FIFOs hold bytes. A frame of up to 8 bits takes one byte, a longer one takes two, and an access
of DR moves as many bytes as it is wide: so a 16-bit access carries two 8-bit frames, and an 8-bit
read takes half of a 16-bit frame away, which is how ST's HAL drains the receive FIFO.

Frames are exchanged with the attached device the moment they reach the transmit FIFO of an enabled
master: the wire takes no virtual time, so BSY never reads 1. SR is a plain register, so OVR clears
with the read of DR instead of the read of SR that has to follow it.
"""

from array import array

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register
from renode_wifi.peripherals.base.stream import (
    PORT_ERRORS,
    PORT_FIFO,
    PORT_INTERRUPTS,
    PORT_LEVEL,
    PORT_LEVELS,
    PORT_OPEN,
    PORT_READABLE,
    PORT_SETTINGS,
    PORT_STATUS,
    Port,
)

CR1_MSTR = 1 << 2
CR1_SPE = 1 << 6
CR1_LSBFIRST = 1 << 7
CR1_SSI = 1 << 8
CR1_SSM = 1 << 9
CR1_RXONLY = 1 << 10
CR1_CRCEN = 1 << 13
CR1_BIDIOE = 1 << 14
CR1_BIDIMODE = 1 << 15

CR2_RXDMAEN = 1 << 0
CR2_TXDMAEN = 1 << 1
CR2_ERRIE = 1 << 5
CR2_RXNEIE = 1 << 6
CR2_TXEIE = 1 << 7
CR2_DS_SHIFT = 8
CR2_FRXTH = 1 << 12
CR2_INTERRUPTS = CR2_ERRIE | CR2_RXNEIE | CR2_TXEIE
CR2_ENABLES_SHIFT = 5

SR_RXNE = 1 << 0
SR_TXE = 1 << 1
SR_CRCERR = 1 << 4
SR_MODF = 1 << 5
SR_OVR = 1 << 6
SR_FRE = 1 << 8
SR_ERRORS = SR_CRCERR | SR_MODF | SR_OVR | SR_FRE
SR_FRLVL_SHIFT = 9
SR_FTLVL_SHIFT = 11

CR1_OFFSET = 0x00
CR2_OFFSET = 0x04
DR_OFFSET = 0x0C
CR2_WORD = CR2_OFFSET // 4
DR_WORD = DR_OFFSET // 4
SR_WORD = 0x08 // 4
FIFO_BYTES = 4

CAUSES = ((CR2_TXEIE, SR_TXE), (CR2_RXNEIE, SR_RXNE), (CR2_ERRIE, SR_ERRORS))

# Bits of SR that interrupt, by the enable bits TXEIE, RXNEIE, ERRIE of CR2.
INTERRUPTS = tuple(
    (SR_ERRORS if enables & 1 else 0)
    | (SR_RXNE if enables & 2 else 0)
    | (SR_TXE if enables & 4 else 0)
    for enables in range(8)
)

# FRLVL and FTLVL by bytes in the FIFO; three bytes have no code of their own and count as full.
FIFO_LEVEL = (0, 1, 2, 3, 3)


def _status_by_level(threshold):
    # type: (int) -> tuple[int, ...]
    """SR with an empty transmit FIFO, by bytes in the receive FIFO."""
    return tuple(
        SR_TXE | (SR_RXNE if level >= threshold else 0) | (FIFO_LEVEL[level] << SR_FRLVL_SHIFT)
        for level in range(FIFO_BYTES + 1)
    )


STATUS_BY_HALF = _status_by_level(2)
STATUS_BY_QUARTER = _status_by_level(1)


def _reversed_bits(value, bits):
    # type: (int, int) -> int
    result = 0
    for _ in range(bits):
        result = (result << 1) | (value & 1)
        value >>= 1
    return result


class OpenWire(object):
    """Nothing on MISO: the pull-up reads as ones."""

    def exchange(self, frame, bits):
        # type: (int, int) -> int
        return (1 << bits) - 1


class STM32L4_SPI(Block):
    """A master with software or hardware chip select; a slave keeps its registers only.

    `attach` puts a device with `exchange(frame, bits) -> frame` on the wire.
    """

    OUTPUTS = ("IRQ", "DMAReceive", "DMASend")
    REGISTERS = (
        Register("CR1", CR1_OFFSET, on_write="_configure"),
        Register("CR2", CR2_OFFSET, reset=0x0700, writable=0x7FFF, on_write="_configure"),
        Register(
            "SR", 0x08, reset=SR_TXE, writable=0, write_zero_clears=SR_CRCERR, on_write="_clear_crc"
        ),
        Register("DR", DR_OFFSET, on_read="_read_halfword", on_write="_write_halfword"),
        Register("CRCPR", 0x10, reset=0x0007, writable=0xFFFF),
        Register("RXCRCR", 0x14, writable=0),
        Register("TXCRCR", 0x18, writable=0),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._values = self.registers.values
        self._irq = self.lines["IRQ"]
        # The receive FIFO, the interrupts enabled and what SR shows of both are in the port's
        # array, so that an engine may exchange frames of 16 bits without this model.
        self.port = Port(self._irq, DR_WORD, SR_WORD, CR2_WORD, CAUSES, SR_OVR)
        self._state = self.port.state
        self._told_crc = False
        self._bits = 8
        self._mask = 0xFF
        self._frame_bytes = 1
        # What the fast paths of read and write ask: nothing but plain full-duplex frames under way;
        # and, for write, an enabled master with one frame per 16-bit access.
        self._plain = False
        self._direct = False
        self.attach(OpenWire())
        self._clear()

    def attach(self, device):
        # type: (typing.Any) -> None
        """Put `device.exchange(frame, bits) -> frame` at the other end of the wire.

        A device may have a `stream`: what it exchanges in frames of 16 bits.
        """
        self._exchange = device.exchange  # type: typing.Callable[[int, int], int]
        self.port.stream = getattr(device, "stream", None)
        self._open_port()

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._clear()

    def _clear(self):
        # type: () -> None
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
        if offset == CR2_OFFSET and value & ~CR2_INTERRUPTS == state[PORT_SETTINGS] and width != 1:
            # Interrupt-driven drivers do this up to four times per frame.
            values = self._values
            values[CR2_WORD] = value
            state[PORT_INTERRUPTS] = interrupts = INTERRUPTS[(value >> CR2_ENABLES_SHIFT) & 7]
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
                state[PORT_ERRORS] |= SR_OVR
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
        state[PORT_ERRORS] &= ~SR_OVR
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
        self._state[PORT_INTERRUPTS] = INTERRUPTS[(control2 >> CR2_ENABLES_SHIFT) & 7]
        size = (control2 >> CR2_DS_SHIFT) & 0xF
        if size < 3:
            # "Not used" sizes are forced to 8 bits.
            size = 7
            self.registers["CR2"] = (control2 & ~(0xF << CR2_DS_SHIFT)) | (size << CR2_DS_SHIFT)
        self._bits = size + 1
        self._mask = (1 << self._bits) - 1
        self._frame_bytes = 1 if self._bits <= 8 else 2
        self._state[PORT_SETTINGS] = self.registers["CR2"] & ~CR2_INTERRUPTS
        # A write of CR1 is the last step of clearing MODF.
        errors = self._state[PORT_ERRORS] & ~SR_MODF
        selected = CR1_MSTR | CR1_SPE
        if control & (selected | CR1_SSM | CR1_SSI) == selected | CR1_SSM:
            # Software chip select says that another master drives the bus.
            errors |= SR_MODF
            control &= ~selected
            self.registers["CR1"] = control
        self._state[PORT_ERRORS] = errors
        status = STATUS_BY_QUARTER if control2 & CR2_FRXTH else STATUS_BY_HALF
        self._state[PORT_STATUS : PORT_STATUS + PORT_LEVELS] = array("I", status)
        if control & CR1_CRCEN and not self._told_crc:
            self._told_crc = True
            self.machine.log.warning("%s: CRC calculation isn't modelled", self.name)
        self._enabled = control & selected == selected
        self._lsb_first = control & CR1_LSBFIRST != 0
        self._receives = control & (CR1_BIDIMODE | CR1_BIDIOE) != CR1_BIDIMODE | CR1_BIDIOE
        self._receive_only = (
            control & CR1_BIDIOE == 0 if control & CR1_BIDIMODE else control & CR1_RXONLY != 0
        )
        self._dma = control2 & (CR2_RXDMAEN | CR2_TXDMAEN)
        self._exchange_pending()
        self._plain = self._transmit_bytes == 0 and not self._dma and not self._receive_only
        self._direct = (
            self._plain
            and self._enabled
            and self._receives
            and not self._lsb_first
            and self._frame_bytes == 2
        )
        self._open_port()

    def _clear_crc(self, value, old):
        # type: (int, int) -> None
        self._state[PORT_ERRORS] &= value | ~SR_CRCERR
        self._publish()

    def _open_port(self):
        # type: () -> None
        """Tell what an engine may do by itself."""
        stream = self.port.stream is not None
        self._state[PORT_OPEN] = 1 if self._direct and self._bits == 16 and stream else 0
        self._state[PORT_READABLE] = 1 if self._plain else 0

    def _transmit(self, value, width):
        # type: (int, int) -> None
        """Into the transmit FIFO; a store without room is lost."""
        count = 1 if width == 1 else 2
        level = self._transmit_bytes
        if level + count <= FIFO_BYTES:
            self._transmit_fifo |= (value & ((1 << (8 * count)) - 1)) << (8 * level)
            self._transmit_bytes = level + count
        self._exchange_pending()
        self._plain = self._transmit_bytes == 0 and not self._dma and not self._receive_only
        self._direct = self._direct and self._plain
        self._open_port()

    def _exchange_pending(self):
        # type: () -> None
        """Clock out every whole frame; a receive-only master stays one frame ahead of its reader.

        A receive-only master of the chip clocks until it is disabled; stopping after one unread
        frame gives a reader in time the same frames and never overruns.
        """
        if self._enabled:
            if self._receive_only:
                while not self._status() & SR_RXNE:
                    self._receive(0)
            else:
                while self._transmit_bytes >= self._frame_bytes:
                    bits = 8 * self._frame_bytes
                    frame = self._transmit_fifo & ((1 << bits) - 1)
                    self._transmit_fifo >>= bits
                    self._transmit_bytes -= self._frame_bytes
                    self._receive(frame & self._mask)
        self._publish()

    def _receive(self, sent):
        # type: (int) -> None
        if self._lsb_first:
            sent = _reversed_bits(sent, self._bits)
        frame = self._exchange(sent, self._bits) & self._mask
        if self._lsb_first:
            frame = _reversed_bits(frame, self._bits)
        if not self._receives:
            return
        state = self._state
        level = state[PORT_LEVEL]
        if level + self._frame_bytes > FIFO_BYTES:
            state[PORT_ERRORS] |= SR_OVR
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
            status |= FIFO_LEVEL[self._transmit_bytes] << SR_FTLVL_SHIFT
            if self._transmit_bytes > 2:
                status &= ~SR_TXE
        self._values[SR_WORD] = status
        self._irq.set(status & self._state[PORT_INTERRUPTS] != 0)
        # A request is an edge for the DMA: it takes everything there is to take at once.
        self.lines["DMAReceive"].set(self._dma & CR2_RXDMAEN != 0 and status & SR_RXNE != 0)
        self.lines["DMASend"].set(
            self._dma & CR2_TXDMAEN != 0 and self._enabled and status & SR_TXE != 0
        )


MYPY = False
if MYPY:
    import typing  # noqa: F401

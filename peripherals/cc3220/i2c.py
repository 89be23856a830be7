# ironpython: executed by Renode
"""I2CA0 (SWRU465 section 7): the master, byte by byte or in bursts through the FIFOs. Bits take the
time that MTPR says, and BUSY reads 1 meanwhile. The slave keeps its registers only.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register

MCS_RUN, MCS_START, MCS_STOP = 1 << 0, 1 << 1, 1 << 2
MCS_QCMD, MCS_BURST = 1 << 5, 1 << 6
STATUS_BUSY, STATUS_ERROR, STATUS_ADRACK = 1 << 0, 1 << 1, 1 << 2
STATUS_IDLE, STATUS_BUSBSY = 1 << 5, 1 << 6
INT_DATA, INT_NACK, INT_START, INT_STOP = 1 << 0, 1 << 4, 1 << 5, 1 << 6
INT_TX_REQ, INT_RX_REQ, INT_TX_EMPTY, INT_RX_FULL = 1 << 8, 1 << 9, 1 << 10, 1 << 11
INT_ALL = 0xFFF
TRIG, RXTRIG_SHIFT = 7, 16
"""Of FIFOCTL: bytes in a FIFO at which a request is flagged, on their way down or up."""
FIFOCTL_TXFLUSH, FIFOCTL_RXFLUSH = 1 << 14, 1 << 30
FIFO_TXFE, FIFO_TXFF, FIFO_RXFE, FIFO_RXFF = 1 << 0, 1 << 1, 1 << 16, 1 << 17
DEPTH = 8
MTPR_TPR, MTPR_HS = 0x7F, 1 << 7
CLOCKS, HIGH_SPEED_CLOCKS = 20, 6
"""System clocks in a period of SCL, times TPR + 1."""
SYSTEM_CLOCK_HZ = 80000000
SECOND = 1000000000
# Times on the bus, in bits: a start with an address and its acknowledge, a byte, a stop.
ADDRESS_BITS, BYTE_BITS, STOP_BITS = 10, 9, 1


class CC3220_I2C(Block):
    """A device on the bus has `start(reading)`, `write(byte)`, `read()` and `stop()`.

    Output 0: interrupt.
    """

    STATUS = PARTLY
    MISSING = "the slave, DMA"
    OUTPUTS = (0,)
    SIZE = 0x1000
    REGISTERS = (
        Register("MSA", 0x000, writable=0xFF),
        Register("MCS", 0x004, reset=STATUS_IDLE, writable=0, on_write="_command"),
        Register("MDR", 0x008, writable=0xFF),
        Register("MTPR", 0x00C, reset=1),
        Register("MIMR", 0x010, writable=INT_ALL, on_write="_update"),
        Register("MRIS", 0x014, writable=0),
        Register("MMIS", 0x018, writable=0),
        Register("MICR", 0x01C, writable=0, on_write="_clear"),
        Register("MCR", 0x020, writable=0x3F),
        Register("MCLKOCNT", 0x024, writable=0xFF),
        Register("MBMON", 0x02C, reset=3, writable=0),
        Register("MBLEN", 0x030, writable=0xFF),
        Register("MBCNT", 0x034, writable=0),
        Register("SOAR", 0x800, writable=0x7F),
        Register("SCSR", 0x804, writable=0),
        Register("SDR", 0x808, writable=0xFF),
        Register("SIMR", 0x80C, writable=0x1FF),
        Register("SRIS", 0x810, writable=0),
        Register("SMIS", 0x814, writable=0),
        Register("SICR", 0x818, writable=0),
        Register("SOAR2", 0x81C, writable=0xFF),
        Register("SACKCTL", 0x820, writable=3),
        Register("FIFODATA", 0xF00, writable=0xFF, on_read="_take", on_write="_put"),
        Register("FIFOCTL", 0xF04, reset=0x00040004, on_write="_flush"),
        Register("FIFOSTATUS", 0xF08, reset=FIFO_TXFE | FIFO_RXFE, writable=0),
        Register("OBSMUXSEL", 0xF80, count=2),
        Register("PP", 0xFC0, reset=0, writable=0),
        Register("PC", 0xFC4, reset=0),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        self._devices = {}  # type: dict[int, typing.Any]
        self._sending = []  # type: list[int]
        self._received = []  # type: list[int]
        self._device = None  # type: typing.Any
        self._burst_left = 0
        self._stalled = False
        self._given = 0
        self._flags = 0
        self._event = None  # type: typing.Any
        self._step = None  # type: typing.Any
        Block.__init__(self, machine, name)

    def attach(self, device, address):
        # type: (typing.Any, int) -> None
        """Put `device` on the bus at a seven-bit address."""
        self._devices[address] = device

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._cancel()
        self._stalled = False
        self._device = None
        del self._sending[:]
        del self._received[:]
        self._burst_left = 0

    # Time.

    def _bit_time(self):
        # type: () -> int
        """ns of a period of SCL (SWRU465 section 7.3.1.1)."""
        period = self.registers["MTPR"]
        clocks = HIGH_SPEED_CLOCKS if period & MTPR_HS else CLOCKS
        return (1 + (period & MTPR_TPR)) * clocks * SECOND // SYSTEM_CLOCK_HZ

    def _after(self, bits, action):
        # type: (int, typing.Callable[[], None]) -> None
        """Call `action` once so many bits have gone over the bus."""
        self.registers["MCS"] = STATUS_BUSY | STATUS_BUSBSY
        self._step = action
        self._event = self.machine.clock.schedule(bits * self._bit_time(), self._over)

    def _over(self):
        # type: () -> None
        self._event = None
        step, self._step = self._step, None
        step()

    def _cancel(self):
        # type: () -> None
        if self._event is not None:
            self._event.cancel()
        self._event = None
        self._step = None

    # The master.

    def _reading(self):
        # type: () -> bool
        return self.registers["MSA"] & 1 != 0

    def _command(self, value, old):
        # type: (int, int) -> None
        """A command that is written while one is under way takes its place."""
        self._cancel()
        self._burst_left = 0
        self._stalled = False
        self._flags = 0
        self._given = value
        if value & MCS_START:
            self._after(ADDRESS_BITS, self._addressed)
        else:
            self._transfer()

    def _addressed(self):
        # type: () -> None
        self._flags |= INT_START
        self._device = self._devices.get(self.registers["MSA"] >> 1)
        if self._device is None:
            # Nobody acknowledges the address.
            self.registers["MCS"] = STATUS_ERROR | STATUS_ADRACK | STATUS_IDLE
            self._raise(self._flags | INT_NACK | INT_DATA | INT_STOP)
            return
        self._device.start(self._reading())
        self._transfer()

    def _transfer(self):
        # type: () -> None
        value = self._given
        if self._device is None:
            self.registers["MCS"] = STATUS_IDLE
            if value & (MCS_RUN | MCS_STOP | MCS_BURST):
                self._raise(INT_DATA)
        elif value & MCS_BURST:
            self._burst_left = self.registers["MBLEN"]
            self._next()
        elif value & MCS_RUN and not value & MCS_QCMD:
            self._after(BYTE_BITS, self._byte)
        else:
            self._end()

    def _byte(self):
        # type: () -> None
        if self._reading():
            self.registers["MDR"] = self._device.read() & 0xFF
        else:
            self._device.write(self.registers["MDR"])
        self._end()

    def _end(self):
        # type: () -> None
        """The bytes of a command are over."""
        if self._given & MCS_STOP:
            self._after(STOP_BITS, self._stopped)
        else:
            self._done()

    def _stopped(self):
        # type: () -> None
        self._device.stop()
        self._device = None
        self._flags |= INT_STOP
        self._done()

    def _done(self):
        # type: () -> None
        self.registers["MCS"] = STATUS_IDLE if self._device is None else STATUS_BUSBSY
        self._raise(self._flags | INT_DATA)

    # Bursts.

    def _next(self):
        # type: () -> None
        """The next byte of a burst, which waits for a FIFO that is empty, or full of what came."""
        self.registers["MBCNT"] = self._burst_left
        self._show()
        waits = len(self._received) == DEPTH if self._reading() else not self._sending
        self._stalled = self._burst_left != 0 and waits
        if not self._burst_left:
            self._end()
        elif not self._stalled:
            self._after(BYTE_BITS, self._burst_byte)

    def _burst_byte(self):
        # type: () -> None
        levels = self.registers["FIFOCTL"]
        flags = 0
        if self._reading():
            self._received.append(self._device.read() & 0xFF)
            if len(self._received) == levels >> RXTRIG_SHIFT & TRIG:
                flags |= INT_RX_REQ
            if len(self._received) == DEPTH:
                flags |= INT_RX_FULL
        elif self._sending:
            self._device.write(self._sending.pop(0))
            if len(self._sending) == levels & TRIG:
                flags |= INT_TX_REQ
            if not self._sending:
                flags |= INT_TX_EMPTY
        self._burst_left -= 1
        if flags:
            self._raise(flags)
        self._next()

    # FIFOs.

    def _show(self):
        # type: () -> None
        status = 0
        if not self._sending:
            status |= FIFO_TXFE
        if len(self._sending) == DEPTH:
            status |= FIFO_TXFF
        if not self._received:
            status |= FIFO_RXFE
        if len(self._received) == DEPTH:
            status |= FIFO_RXFF
        self.registers["FIFOSTATUS"] = status

    def _put(self, value, old):
        # type: (int, int) -> None
        if len(self._sending) < DEPTH:
            self._sending.append(value & 0xFF)
        self._continue()

    def _take(self):
        # type: () -> int
        byte = self._received.pop(0) if self._received else 0
        self._continue()
        return byte

    def _continue(self):
        # type: () -> None
        """A burst that waited for a FIFO goes on."""
        self._show()
        if self._stalled:
            self._next()

    def _flush(self, value, old):
        # type: (int, int) -> None
        if value & FIFOCTL_TXFLUSH:
            del self._sending[:]
        if value & FIFOCTL_RXFLUSH:
            del self._received[:]
        self.registers["FIFOCTL"] &= ~(FIFOCTL_TXFLUSH | FIFOCTL_RXFLUSH)
        self._show()

    # Interrupt.

    def _raise(self, flags):
        # type: (int) -> None
        self.registers["MRIS"] |= flags
        self._update(0, 0)

    def _clear(self, value, old):
        # type: (int, int) -> None
        self.registers["MRIS"] &= ~value
        self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        masked = self.registers["MRIS"] & self.registers["MIMR"]
        self.registers["MMIS"] = masked
        self.lines[0].set(masked != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401

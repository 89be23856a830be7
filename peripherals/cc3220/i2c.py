# ironpython: executed by Renode
"""I2CA0 (SWRU465 section 7): the master, byte by byte or in bursts through the FIFOs. Bits take the
time that MTPR says, and BUSY reads 1 meanwhile. The slave keeps its registers only.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Register, packed

MSA = Register("MSA", 0x000, fields=packed("RS SA:7"))
MCS = Register(
    "MCS",
    0x004,
    reset=0x20,
    access=READ_ONLY,
    on_write="_command",
    fields=packed("BUSY ERROR ADRACK ACK ARBLST IDLE BUSBSY CLKTO -:22 ACTDMATX ACTDMARX"),
)
# MCS as it is written.
COMMAND = Register(
    "MCS", 0x004, access=WRITE_ONLY, fields=packed("RUN START STOP ACK HS QCMD BURST")
)
MTPR = Register("MTPR", 0x00C, reset=1, fields=packed("TPR:7 HS"))
MIMR = Register(
    "MIMR",
    0x010,
    on_write="_update",
    fields=packed(
        "IM CLKIM DMARXIM DMATXIM NACKIM STARTIM STOPIM ARBLOSTIM TXIM RXIM TXFEIM RXFFIM"
    ),
)
MRIS = Register(
    "MRIS",
    0x014,
    access=READ_ONLY,
    fields=packed(
        "RIS CLKRIS DMARXRIS DMATXRIS NACKRIS STARTRIS STOPRIS ARBLOSTRIS TXRIS RXRIS "
        "TXFERIS RXFFRIS"
    ),
)
MMIS = Register(
    "MMIS",
    0x018,
    access=READ_ONLY,
    fields=packed(
        "MIS CLKMIS DMARXMIS DMATXMIS NACKMIS STARTMIS STOPMIS ARBLOSTMIS TXMIS RXMIS "
        "TXFEMIS RXFFMIS"
    ),
)
MICR = Register(
    "MICR",
    0x01C,
    access=WRITE_ONLY,
    on_write="_clear",
    fields=packed(
        "IC CLKIC DMARXIC DMATXIC NACKIC STARTIC STOPIC ARBLOSTIC TXIC RXIC TXFEIC RXFFIC"
    ),
)
FIFOCTL = Register(
    "FIFOCTL",
    0xF04,
    reset=0x00040004,
    on_write="_flush",
    fields=packed(
        "TXTRIG:3 -:10 DMATXENA TXFLUSH/sc TXASGNMT RXTRIG:3 -:10 DMARXENA RXFLUSH/sc RXASGNMT"
    ),
)
FIFOSTATUS = Register(
    "FIFOSTATUS",
    0xF08,
    reset=0x00010001,
    access=READ_ONLY,
    fields=packed("TXFE TXFF -:14 RXFE RXFF"),
)
DEPTH = 8
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
        MSA,
        MCS,
        Register("MDR", 0x008, fields=packed("DATA:8")),
        MTPR,
        MIMR,
        MRIS,
        MMIS,
        MICR,
        Register("MCR", 0x020, fields=packed("LPBK -:3 MFE SFE")),
        Register("MCLKOCNT", 0x024, fields=packed("CNTL:8")),
        Register("MBMON", 0x02C, reset=3, access=READ_ONLY, fields=packed("SCL SDA")),
        Register("MBLEN", 0x030, fields=packed("CNTL:8")),
        Register("MBCNT", 0x034, access=READ_ONLY, fields=packed("CNTL:8")),
        Register("SOAR", 0x800, fields=packed("OAR:7")),
        Register(
            "SCSR",
            0x804,
            access=READ_ONLY,
            fields=packed("RREQ TREQ FBR OAR2SEL QCMDST QCMDRW -:24 ACTDMATX ACTDMARX"),
        ),
        Register("SDR", 0x808, fields=packed("DATA:8")),
        Register(
            "SIMR",
            0x80C,
            fields=packed("DATAIM STARTIM STOPIM DMARXIM DMATXIM TXIM RXIM TXFEIM RXFFIM"),
        ),
        Register(
            "SRIS",
            0x810,
            access=READ_ONLY,
            fields=packed("DATARIS STARTRIS STOPRIS DMARXRIS DMATXRIS TXRIS RXRIS TXFERIS RXFFRIS"),
        ),
        Register(
            "SMIS",
            0x814,
            access=READ_ONLY,
            fields=packed("DATAMIS STARTMIS STOPMIS DMARXMIS DMATXMIS TXMIS RXMIS TXFEMIS RXFFMIS"),
        ),
        Register(
            "SICR",
            0x818,
            access=WRITE_ONLY,
            fields=packed("DATAIC STARTIC STOPIC DMARXIC DMATXIC TXIC RXIC TXFEIC RXFFIC"),
        ),
        Register("SOAR2", 0x81C, fields=packed("OAR2:7 OAR2EN")),
        Register("SACKCTL", 0x820, fields=packed("ACKOEN ACKOVAL")),
        Register("FIFODATA", 0xF00, on_read="_take", on_write="_put", fields=packed("DATA:8")),
        FIFOCTL,
        FIFOSTATUS,
        Register("OBSMUXSEL", 0xF80, count=2, fields=packed("LN0:3 -:5 LN1:3 -:5 LN2:3 -:5 LN3:3")),
        Register("PP", 0xFC0, access=READ_ONLY, fields=packed("HS")),
        Register("PC", 0xFC4, fields=packed("HS")),
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
        clocks = HIGH_SPEED_CLOCKS if period & MTPR.HS else CLOCKS
        return (1 + (period & MTPR.TPR)) * clocks * SECOND // SYSTEM_CLOCK_HZ

    def _after(self, bits, action):
        # type: (int, typing.Callable[[], None]) -> None
        """Call `action` once so many bits have gone over the bus."""
        self.registers["MCS"] = MCS.BUSY | MCS.BUSBSY
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
        return self.registers["MSA"] & MSA.RS != 0

    def _command(self, value, old):
        # type: (int, int) -> None
        """A command that is written while one is under way takes its place."""
        self._cancel()
        self._burst_left = 0
        self._stalled = False
        self._flags = 0
        self._given = value
        if value & COMMAND.START:
            self._after(ADDRESS_BITS, self._addressed)
        else:
            self._transfer()

    def _addressed(self):
        # type: () -> None
        self._flags |= MRIS.STARTRIS
        self._device = self._devices.get(MSA["SA"].get(self.registers["MSA"]))
        if self._device is None:
            # Nobody acknowledges the address.
            self.registers["MCS"] = MCS.ERROR | MCS.ADRACK | MCS.IDLE
            self._raise(self._flags | MRIS.NACKRIS | MRIS.RIS | MRIS.STOPRIS)
            return
        self._device.start(self._reading())
        self._transfer()

    def _transfer(self):
        # type: () -> None
        value = self._given
        if self._device is None:
            self.registers["MCS"] = MCS.IDLE
            if value & (COMMAND.RUN | COMMAND.STOP | COMMAND.BURST):
                self._raise(MRIS.RIS)
        elif value & COMMAND.BURST:
            self._burst_left = self.registers["MBLEN"]
            self._next()
        elif value & COMMAND.RUN and not value & COMMAND.QCMD:
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
        if self._given & COMMAND.STOP:
            self._after(STOP_BITS, self._stopped)
        else:
            self._done()

    def _stopped(self):
        # type: () -> None
        self._device.stop()
        self._device = None
        self._flags |= MRIS.STOPRIS
        self._done()

    def _done(self):
        # type: () -> None
        self.registers["MCS"] = MCS.IDLE if self._device is None else MCS.BUSBSY
        self._raise(self._flags | MRIS.RIS)

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
            if len(self._received) == FIFOCTL["RXTRIG"].get(levels):
                flags |= MRIS.RXRIS
            if len(self._received) == DEPTH:
                flags |= MRIS.RXFFRIS
        elif self._sending:
            self._device.write(self._sending.pop(0))
            if len(self._sending) == FIFOCTL["TXTRIG"].get(levels):
                flags |= MRIS.TXRIS
            if not self._sending:
                flags |= MRIS.TXFERIS
        self._burst_left -= 1
        if flags:
            self._raise(flags)
        self._next()

    # FIFOs.

    def _show(self):
        # type: () -> None
        status = 0
        if not self._sending:
            status |= FIFOSTATUS.TXFE
        if len(self._sending) == DEPTH:
            status |= FIFOSTATUS.TXFF
        if not self._received:
            status |= FIFOSTATUS.RXFE
        if len(self._received) == DEPTH:
            status |= FIFOSTATUS.RXFF
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
        if value & FIFOCTL.TXFLUSH:
            del self._sending[:]
        if value & FIFOCTL.RXFLUSH:
            del self._received[:]
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

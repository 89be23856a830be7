# ironpython: executed by Renode
"""Controller area network CAN1 (RM0351 section 46): modes, filters, and frames in loop-back mode.

Without a bus a frame stays in its mailbox, as on a wire where nobody acknowledges.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import (
    ONE_CLEARS,
    READ_ONLY,
    Field,
    Register,
    packed,
)

MAILBOXES, FIFOS, BANKS = 3, 2, 28
MAILBOX_STRIDE = 0x10
DEPTH = 3
"""Frames that a FIFO holds."""

MCR = Register(
    "MCR",
    0x00,
    reset=0x00010002,
    on_write="_master",
    fields=packed("INRQ SLEEP TXFP RFLM NART AWUM ABOM TTCM -:7 RESET/sc DBF"),
)
MSR = Register(
    "MSR",
    0x04,
    reset=0x00000C02,
    on_write="_update",
    fields=packed("INAK/r SLAK/r ERRI/rc_w1 WKUI/rc_w1 SLAKI/rc_w1 -:3 TXM/r RXM/r SAMP/r RX/r"),
)
TSR = Register(
    "TSR",
    0x08,
    reset=0x1C000000,
    on_write="_transmit_status",
    fields=(
        Field("RQCP", 0, count=MAILBOXES, stride=8, access=ONE_CLEARS),
        Field("TXOK", 1, count=MAILBOXES, stride=8, access=ONE_CLEARS),
        Field("ALST", 2, count=MAILBOXES, stride=8, access=ONE_CLEARS),
        Field("TERR", 3, count=MAILBOXES, stride=8, access=ONE_CLEARS),
        Field("ABRQ", 7, count=MAILBOXES, stride=8, access="sc"),
        Field("CODE", 24, 2, READ_ONLY),
        Field("TME", 26, count=MAILBOXES, access=READ_ONLY),
        Field("LOW", 29, count=MAILBOXES, access=READ_ONLY),
    ),
)
RFR = Register(
    "RF{}R",
    0x0C,
    count=FIFOS,
    on_write="_release",
    fields=packed("FMP:2/r - FULL/rc_w1 FOVR/rc_w1 RFOM/sc"),
)
IER = Register(
    "IER",
    0x14,
    on_write="_update",
    fields=packed(
        "TMEIE FMPIE0 FFIE0 FOVIE0 FMPIE1 FFIE1 FOVIE1 - EWGIE EPVIE BOFIE LECIE -:3 ERRIE WKUIE "
        "SLKIE"
    ),
)
BTR = Register(
    "BTR", 0x1C, reset=0x01230000, fields=packed("BRP:10 -:6 TS1:4 TS2:3 - SJW:2 -:4 LBKM SILM")
)
TIR = Register(
    "TI{}R",
    0x180,
    count=MAILBOXES,
    stride=MAILBOX_STRIDE,
    on_write="_request",
    fields=packed("TXRQ RTR IDE EXID:18 STID:11"),
)
FMR = Register("FMR", 0x200, reset=0x2A1C0E01, fields=packed("FINIT -:7 CAN2SB:6"))
FS1R = Register("FS1R", 0x20C, fields=packed("FSC:28"))
FM1R = Register("FM1R", 0x204, fields=packed("FBM:28"))
FFA1R = Register("FFA1R", 0x214, fields=packed("FFA:28"))
FA1R = Register("FA1R", 0x21C, fields=packed("FACT:28"))
OUTPUT_WORD = 0x1B0 // 4
FILTER_WORD = 0x240 // 4


def _mailbox(name, offset, fields, count, access="rw"):
    # type: (str, int, str, int, str) -> Register
    return Register(
        name, offset, count=count, stride=MAILBOX_STRIDE, access=access, fields=packed(fields)
    )


class STM32L4_CAN(Block):
    """Outputs: 0 transmission, 1 and 2 the FIFOs, 3 changes of state."""

    STATUS = PARTLY
    MISSING = "the bus: frames go round in loop-back mode only"
    OUTPUTS = (0, 1, 2, 3)
    REGISTERS = (
        MCR,
        MSR,
        TSR,
        RFR,
        IER,
        Register("ESR", 0x18, fields=packed("EWGF/r EPVF/r BOFF/r - LEC:3 -:9 TEC:8/r REC:8/r")),
        BTR,
        TIR,
        _mailbox("TDT{}R", 0x184, "DLC:4 -:4 TGT -:7 TIME:16", MAILBOXES),
        _mailbox("TDL{}R", 0x188, "DATA0:8 DATA1:8 DATA2:8 DATA3:8", MAILBOXES),
        _mailbox("TDH{}R", 0x18C, "DATA4:8 DATA5:8 DATA6:8 DATA7:8", MAILBOXES),
        _mailbox("RI{}R", 0x1B0, "- RTR IDE EXID:18 STID:11", FIFOS, READ_ONLY),
        _mailbox("RDT{}R", 0x1B4, "DLC:4 -:4 FMI:8 TIME:16", FIFOS, READ_ONLY),
        _mailbox("RDL{}R", 0x1B8, "DATA0:8 DATA1:8 DATA2:8 DATA3:8", FIFOS, READ_ONLY),
        _mailbox("RDH{}R", 0x1BC, "DATA4:8 DATA5:8 DATA6:8 DATA7:8", FIFOS, READ_ONLY),
        FMR,
        FM1R,
        FS1R,
        FFA1R,
        FA1R,
        Register("F{}R1", 0x240, count=BANKS, stride=8),
        Register("F{}R2", 0x244, count=BANKS, stride=8),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._fifos = ([], [])  # type: tuple[list[tuple[int, ...]], list[tuple[int, ...]]]

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._fifos = ([], [])

    # Modes.

    def _master(self, value, old):
        # type: (int, int) -> None
        if value & MCR.RESET:
            self.reset()
            return
        status = self.registers["MSR"] & ~(MSR.INAK | MSR.SLAK)
        if value & MCR.INRQ:
            status |= MSR.INAK
        elif value & MCR.SLEEP:
            status |= MSR.SLAK
        self.registers["MSR"] = status
        for mailbox in range(MAILBOXES):
            self._send(mailbox)
        self._update(0, 0)

    # Transmission.

    def _request(self, mailbox, value, old):
        # type: (int, int, int) -> None
        if value & TIR.TXRQ:
            self.registers["TSR"] &= ~(TSR.TME0 << mailbox | 0xF << (8 * mailbox))
            self._send(mailbox)

    def _send(self, mailbox):
        # type: (int) -> None
        values = self.registers.values
        first = TIR.word + mailbox * MAILBOX_STRIDE // 4
        runs = not self.registers["MSR"] & (MSR.INAK | MSR.SLAK)
        if not (values[first] & TIR.TXRQ and runs and self.registers["BTR"] & BTR.LBKM):
            return
        frame = tuple(values[first : first + 4])
        self._end(mailbox, TSR.RQCP0 | TSR.TXOK0)
        self._receive((frame[0] & ~TIR.TXRQ, frame[1] & 0xF, frame[2], frame[3]))

    def _end(self, mailbox, flags):
        # type: (int, int) -> None
        self.registers.values[TIR.word + mailbox * MAILBOX_STRIDE // 4] &= ~TIR.TXRQ & 0xFFFFFFFF
        self.registers["TSR"] |= flags << (8 * mailbox) | TSR.TME0 << mailbox
        self._update(0, 0)

    def _transmit_status(self, value, old):
        # type: (int, int) -> None
        for mailbox in range(MAILBOXES):
            if value >> (8 * mailbox) & TSR.RQCP0:
                # RQCP clears the other flags of its mailbox.
                self.registers["TSR"] &= ~(0xF << (8 * mailbox))
            waits = not self.registers["TSR"] & TSR.TME0 << mailbox
            if value >> (8 * mailbox) & TSR.ABRQ0 and waits:
                self._end(mailbox, TSR.RQCP0)
        self._update(0, 0)

    # Reception.

    def _receive(self, frame):
        # type: (tuple[int, ...]) -> None
        """Into the FIFO of the first filter that lets a frame through."""
        index = [0, 0]
        for bank in range(BANKS):
            bit = 1 << bank
            fifo = 1 if self.registers["FFA1R"] & bit else 0
            filters = self._filters(bank)
            if self.registers["FA1R"] & bit and not self.registers["FMR"] & FMR.FINIT:
                for number, (identifier, mask, is_wide) in enumerate(filters):
                    if not (_shape(frame[0], is_wide) ^ identifier) & mask:
                        self._put(
                            fifo, (frame[0], frame[1] | (index[fifo] + number) << 8) + frame[2:]
                        )
                        return
            index[fifo] += len(filters)

    def _filters(self, bank):
        # type: (int) -> list[tuple[int, int, bool]]
        """(identifier, mask, whether of 32 bits) of a bank's filters (section 46.7.4)."""
        word = FILTER_WORD + 2 * bank
        first, second = self.registers.values[word], self.registers.values[word + 1]
        is_list = self.registers["FM1R"] >> bank & 1
        if self.registers["FS1R"] >> bank & 1:
            if is_list:
                return [(first, 0xFFFFFFFE, True), (second, 0xFFFFFFFE, True)]
            return [(first, second & 0xFFFFFFFE, True)]
        halves = [first & 0xFFFF, first >> 16, second & 0xFFFF, second >> 16]
        if is_list:
            return [(half, 0xFFFF, False) for half in halves]
        return [(halves[0], halves[1], False), (halves[2], halves[3], False)]

    def _put(self, fifo, frame):
        # type: (int, tuple[int, ...]) -> None
        held = self._fifos[fifo]
        word = RFR.word + fifo
        if len(held) < DEPTH:
            held.append(frame)
        else:
            self.registers.values[word] |= RFR.FOVR
            if not self.registers["MCR"] & MCR.RFLM:
                held[-1] = frame
        if len(held) == DEPTH:
            self.registers.values[word] |= RFR.FULL
        self._show(fifo)

    def _release(self, fifo, value, old):
        # type: (int, int, int) -> None
        if value & RFR.RFOM and self._fifos[fifo]:
            self._fifos[fifo].pop(0)
            self.registers.values[RFR.word + fifo] &= ~RFR.FULL
        self._show(fifo)

    def _show(self, fifo):
        # type: (int) -> None
        """The output mailbox and the count of a FIFO."""
        values = self.registers.values
        held = self._fifos[fifo]
        word = RFR.word + fifo
        values[word] = values[word] & ~RFR.FMP | len(held)
        if held:
            first = OUTPUT_WORD + fifo * MAILBOX_STRIDE // 4
            for offset, value in enumerate(held[0]):
                values[first + offset] = value
        self._update(0, 0)

    # Interrupts.

    def _update(self, value, old):
        # type: (int, int) -> None
        enables, status = self.registers["IER"], self.registers["MSR"]
        completed = self.registers["TSR"] & TSR.RQCP
        self.lines[0].set(bool(enables & IER.TMEIE and completed))
        for fifo in range(FIFOS):
            flags = self.registers.values[RFR.word + fifo]
            enabled = enables >> (3 * fifo + 1)
            pending = (
                (enabled & 1 and flags & RFR.FMP)
                or (enabled & 2 and flags & RFR.FULL)
                or (enabled & 4 and flags & RFR.FOVR)
            )
            self.lines[1 + fifo].set(bool(pending))
        woken = enables & IER.WKUIE and status & MSR.WKUI
        slept = enables & IER.SLKIE and status & MSR.SLAKI
        self.lines[3].set(bool(woken or slept))


def _shape(identifier, is_wide):
    # type: (int, bool) -> int
    """An identifier as a filter register has it."""
    if is_wide:
        return identifier
    standard = identifier >> 21 & 0x7FF
    return (
        standard << 5
        | (identifier >> 1 & 1) << 4
        | (identifier >> 2 & 1) << 3
        | (identifier >> 18 & 7)
    )


MYPY = False
if MYPY:
    import typing  # noqa: F401

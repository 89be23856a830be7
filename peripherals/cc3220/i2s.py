# ironpython: executed by Renode
"""McASP, the audio port, without a codec (SWRU465 section 12): what is sent is dropped, what is
received is silence, and both are always ready.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Field, Register, packed

PINS = (Field("AXR", 0, count=16),) + packed("AMUTE ACLKX AHCLKX AFSX ACLKR AHCLKR AFSR", 25)
RECEIVER = packed("RCLKRST RHCLKRST RSRCLR RSMRST RFRST")
SENDER = packed("XCLKRST XHCLKRST XSRCLR XSMRST XFRST", 8)
GBLCTL = Register("GBLCTL", 0x044, on_write="_control", fields=RECEIVER + SENDER)
GBLCTLR = Register("GBLCTLR", 0x060, on_write="_control_receiver", fields=RECEIVER)
GBLCTLX = Register("GBLCTLX", 0x0A0, on_write="_control_sender", fields=SENDER)
RXSTAT = Register(
    "RXSTAT",
    0x080,
    access=READ_ONLY,
    fields=packed("ROVRN RSYNCERR RCKFAIL RTDMSLOT RLAST RDATA RSTAFRM RDMAERR RERR"),
)
TXSTAT = Register(
    "TXSTAT",
    0x0C0,
    access=READ_ONLY,
    fields=packed("XUNDRN XSYNCERR XCKFAIL XTDMSLOT XLAST XDATA XSTAFRM XDMAERR XERR"),
)
RUNS = GBLCTL.RSRCLR | GBLCTL.RSMRST, GBLCTL.XSRCLR | GBLCTL.XSMRST
"""Receiver and sender, out of reset."""


class CC3220_I2S(Block):
    """Output 0: interrupt."""

    STATUS = PARTLY
    MISSING = "the codec: silence comes in, what goes out is dropped"
    OUTPUTS = (0,)
    SIZE = 0x2000
    REGISTERS = (
        Register(
            "PID",
            0x000,
            reset=0x44307B02,
            access=READ_ONLY,
            fields=packed("REVMINOR:6 CUSTOM:2 REVMAJOR:3 RTL:5 FUNCTION:12 -:2 SCHEME:2"),
        ),
        Register("ESYSCONFIG", 0x004, reset=1, fields=packed("IDLE_MODE:2 OTHER:4")),
        Register("PFUNC", 0x010, fields=PINS),
        Register("PDIR", 0x014, fields=PINS),
        Register("PDOUT", 0x018, fields=PINS),
        Register("PDIN", 0x01C, fields=PINS),
        Register("PDCLR", 0x020, fields=PINS),
        Register("TLGC", 0x030, fields=packed("TM PC:3 MC:2 TOEN ESEL MMS -:5 MT:2")),
        Register("TLMR", 0x034),
        Register("TLEC", 0x038),
        GBLCTL,
        Register(
            "AMUTE",
            0x048,
            fields=packed(
                "MUTEN:2 INPOL INEN INSTAT ROVRN XUNDRN RSYNCERR XSYNCERR RCKFAIL XCKFAIL "
                "RDMAERR XDMAERR"
            ),
        ),
        Register("LBCTL", 0x04C, fields=packed("DLBEN ORD MODE:2 IOLBEN")),
        Register("TXDITCTL", 0x050, fields=packed("DITEN - VA VB")),
        GBLCTLR,
        Register("RXMASK", 0x064),
        Register(
            "RXFMT",
            0x068,
            fields=packed("RROT:3 RBUSEL RSSZ:4 RPBIT:5 RPAD:2 RRVRS RDATDLY:2"),
        ),
        Register("RXFMCTL", 0x06C, fields=packed("FSRP FSRM -:2 FRWID -:2 RMOD:9")),
        Register(
            "ACLKRCTL",
            0x070,
            fields=packed("CLKRDIV:5 CLKRM - CLKRP -:8 CLKRADJ:2 ADJBUSY/r DIVBUSY/r BUSY/r"),
        ),
        Register(
            "AHCLKRCTL",
            0x074,
            fields=packed("HCLKRDIV:12 -:2 HCLKRP HCLKRM HCLKRADJ:2 ADJBUSY/r DIVBUSY/r BUSY/r"),
        ),
        Register("RXTDM", 0x078),
        Register(
            "EVTCTLR",
            0x07C,
            fields=packed("ROVRN RSYNCERR RCKFAIL RDMAERR RLAST RDATA - RSTAFRM"),
        ),
        RXSTAT,
        Register("RXTDMSLOT", 0x084, access=READ_ONLY),
        Register("RXCLKCHK", 0x088, fields=packed("RPS:4 -:4 RMIN:8 RMAX:8 RCNT:8")),
        Register("REVTCTL", 0x08C, fields=packed("RDATDMA")),
        GBLCTLX,
        Register("TXMASK", 0x0A4),
        Register(
            "TXFMT",
            0x0A8,
            fields=packed("XROT:3 XBUSEL XSSZ:4 XPBIT:5 XPAD:2 XRVRS XDATDLY:2"),
        ),
        Register("TXFMCTL", 0x0AC, fields=packed("FSXP FSXM -:2 FXWID -:2 XMOD:9")),
        Register(
            "ACLKXCTL",
            0x0B0,
            fields=packed("CLKXDIV:5 CLKXM ASYNC CLKXP -:8 CLKXADJ:2 ADJBUSY/r DIVBUSY/r BUSY/r"),
        ),
        Register(
            "AHCLKXCTL",
            0x0B4,
            fields=packed("HCLKXDIV:12 -:2 HCLKXP HCLKXM HCLKXADJ:2 ADJBUSY/r DIVBUSY/r BUSY/r"),
        ),
        Register("TXTDM", 0x0B8),
        Register(
            "EVTCTLX",
            0x0BC,
            fields=packed("XUNDRN XSYNCERR XCKFAIL XDMAERR XLAST XDATA - XSTAFRM"),
        ),
        TXSTAT,
        Register("TXTDMSLOT", 0x0C4, access=READ_ONLY),
        Register("TXCLKCHK", 0x0C8, fields=packed("XPS:4 -:4 XMIN:8 XMAX:8 XCNT:8")),
        Register("XEVTCTL", 0x0CC, fields=packed("XDATDMA")),
        Register("CLKADJEN", 0x0D0, fields=packed("ENABLE")),
        Register("DIT", 0x100, count=24),
        Register("XRSRCTL", 0x180, count=16, fields=packed("SRMOD:2 DISMOD:2 XRDY/r RRDY/r")),
        Register("TXBUF", 0x200, count=16),
        Register("RXBUF", 0x280, access=READ_ONLY, count=16),
        Register("WFIFOCTL", 0x1000, fields=packed("WNUMDMA:8 WNUMEVT:8 WENA")),
        Register("WFIFOSTS", 0x1004, access=READ_ONLY, fields=packed("WLVL:8")),
        Register("RFIFOCTL", 0x1008, fields=packed("RNUMDMA:8 RNUMEVT:8 RENA")),
        Register("RFIFOSTS", 0x100C, access=READ_ONLY, fields=packed("RLVL:8")),
    )

    def _control(self, value, old):
        # type: (int, int) -> None
        """GBLCTLR and GBLCTLX are the two halves of GBLCTL; data is ready out of reset."""
        control = self.registers["GBLCTL"]
        self.registers["GBLCTLR"] = control
        self.registers["GBLCTLX"] = control
        self.registers["RXSTAT"] = RXSTAT.RDATA if control & RUNS[0] else 0
        self.registers["TXSTAT"] = TXSTAT.XDATA if control & RUNS[1] else 0

    def _control_receiver(self, value, old):
        # type: (int, int) -> None
        half = GBLCTLR.written()
        self.registers["GBLCTL"] = self.registers["GBLCTL"] & ~half | value & half
        self._control(0, 0)

    def _control_sender(self, value, old):
        # type: (int, int) -> None
        half = GBLCTLX.written()
        self.registers["GBLCTL"] = self.registers["GBLCTL"] & ~half | value & half
        self._control(0, 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401

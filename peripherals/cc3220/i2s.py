# ironpython: executed by Renode
"""McASP, the audio port, without a codec (SWRU465 section 12): what is sent is dropped, what is
received is silence, and both are always ready.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register

STAT_DATA = 1 << 5


class CC3220_I2S(Block):
    """Output 0: interrupt."""

    STATUS = PARTLY
    MISSING = "the codec: silence comes in, what goes out is dropped"
    OUTPUTS = (0,)
    SIZE = 0x2000
    REGISTERS = (
        Register("PID", 0x000, reset=0x44307B02, writable=0),
        Register("ESYSCONFIG", 0x004, reset=1),
        Register("PFUNC", 0x010),
        Register("PDIR", 0x014),
        Register("PDOUT", 0x018),
        Register("PDIN", 0x01C),
        Register("PDCLR", 0x020),
        Register("TLGC", 0x030, count=3),
        Register("GBLCTL", 0x044, writable=0x1F1F, on_write="_control"),
        Register("AMUTE", 0x048),
        Register("LBCTL", 0x04C),
        Register("TXDITCTL", 0x050),
        Register("GBLCTLR", 0x060, writable=0x1F, on_write="_control_receiver"),
        Register("RXMASK", 0x064),
        Register("RXFMT", 0x068),
        Register("RXFMCTL", 0x06C),
        Register("ACLKRCTL", 0x070),
        Register("AHCLKRCTL", 0x074),
        Register("RXTDM", 0x078),
        Register("EVTCTLR", 0x07C),
        Register("RXSTAT", 0x080, writable=0),
        Register("RXTDMSLOT", 0x084, writable=0),
        Register("RXCLKCHK", 0x088),
        Register("REVTCTL", 0x08C),
        Register("GBLCTLX", 0x0A0, writable=0x1F00, on_write="_control_sender"),
        Register("TXMASK", 0x0A4),
        Register("TXFMT", 0x0A8),
        Register("TXFMCTL", 0x0AC),
        Register("ACLKXCTL", 0x0B0),
        Register("AHCLKXCTL", 0x0B4),
        Register("TXTDM", 0x0B8),
        Register("EVTCTLX", 0x0BC),
        Register("TXSTAT", 0x0C0, writable=0),
        Register("TXTDMSLOT", 0x0C4, writable=0),
        Register("TXCLKCHK", 0x0C8),
        Register("XEVTCTL", 0x0CC),
        Register("CLKADJEN", 0x0D0),
        Register("DIT", 0x100, count=24),
        Register("XRSRCTL", 0x180, count=16),
        Register("TXBUF", 0x200, count=16),
        Register("RXBUF", 0x280, writable=0, count=16),
        Register("WFIFOCTL", 0x1000),
        Register("WFIFOSTS", 0x1004, writable=0),
        Register("RFIFOCTL", 0x1008),
        Register("RFIFOSTS", 0x100C, writable=0),
    )

    def _control(self, value, old):
        # type: (int, int) -> None
        """GBLCTLR and GBLCTLX are the two halves of GBLCTL; data is ready out of reset."""
        control = self.registers["GBLCTL"]
        self.registers["GBLCTLR"] = control
        self.registers["GBLCTLX"] = control
        self.registers["RXSTAT"] = STAT_DATA if control & 0x0C else 0
        self.registers["TXSTAT"] = STAT_DATA if control & 0xC00 else 0

    def _control_receiver(self, value, old):
        # type: (int, int) -> None
        self.registers["GBLCTL"] = self.registers["GBLCTL"] & ~0x1F | value & 0x1F
        self._control(0, 0)

    def _control_sender(self, value, old):
        # type: (int, int) -> None
        self.registers["GBLCTL"] = self.registers["GBLCTL"] & ~0x1F00 | value & 0x1F00
        self._control(0, 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401

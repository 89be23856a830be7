# ironpython: executed by Renode
"""MMCHS, the host controller for memory cards, with an empty slot (SWRU465 section 11): commands
that expect a response time out, the others complete.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register

SYSCONFIG_SOFTRESET = 1 << 1
CON_INIT = 1 << 1
CMD_RSP_SHIFT = 16
SYSCTL_ICE, SYSCTL_ICS = 1 << 0, 1 << 1
SYSCTL_RESETS = 7 << 24
STAT_CC, STAT_ERRI, STAT_CTO = 1 << 0, 1 << 15, 1 << 16


class CC3220_SDHOST(Block):
    """Output 0: interrupt."""

    STATUS = PARTLY
    MISSING = "the card: its slot is empty"
    OUTPUTS = (0,)
    SIZE = 0x300
    REGISTERS = (
        Register("HL_REV", 0x000, writable=0),
        Register("HL_HWINFO", 0x004, writable=0),
        Register("HL_SYSCONFIG", 0x010),
        Register("SYSCONFIG", 0x110, reset=0x15, on_write="_configure"),
        Register("SYSSTATUS", 0x114, reset=1, writable=0),
        Register("CSRE", 0x124),
        Register("SYSTEST", 0x128),
        Register("CON", 0x12C),
        Register("PWCNT", 0x130),
        Register("BLK", 0x204),
        Register("ARG", 0x208),
        Register("CMD", 0x20C, on_write="_command"),
        Register("RSP", 0x210, writable=0, count=4),
        Register("DATA", 0x220),
        Register("PSTATE", 0x224, writable=0),
        Register("HCTL", 0x228),
        Register("SYSCTL", 0x22C, on_write="_control"),
        Register("STAT", 0x230, writable=0, on_write="_clear"),
        Register("IE", 0x234, on_write="_update"),
        Register("ISE", 0x238, on_write="_update"),
        Register("AC12", 0x23C, writable=0),
        Register("CAPA", 0x240, reset=0x06E10080),
        Register("CUR_CAPA", 0x248),
        Register("FE", 0x250),
        Register("ADMAES", 0x254),
        Register("ADMASAL", 0x258),
        Register("REV", 0x2FC, reset=0x31010000, writable=0),
    )

    def _configure(self, value, old):
        # type: (int, int) -> None
        if value & SYSCONFIG_SOFTRESET:
            self.reset()

    def _control(self, value, old):
        # type: (int, int) -> None
        """The clock is stable at once, and resets are done."""
        control = self.registers["SYSCTL"] & ~(SYSCTL_RESETS | SYSCTL_ICS)
        self.registers["SYSCTL"] = control | (SYSCTL_ICS if control & SYSCTL_ICE else 0)

    def _command(self, value, old):
        # type: (int, int) -> None
        answered = value >> CMD_RSP_SHIFT & 3 and not self.registers["CON"] & CON_INIT
        self.registers["STAT"] |= STAT_CTO | STAT_ERRI if answered else STAT_CC
        self._update(0, 0)

    def _clear(self, value, old):
        # type: (int, int) -> None
        status = self.registers["STAT"] & ~value
        if not status >> 16:
            status &= ~STAT_ERRI
        self.registers["STAT"] = status
        self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        enabled = self.registers["IE"] & self.registers["ISE"]
        self.lines[0].set(self.registers["STAT"] & enabled != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401

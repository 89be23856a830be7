# ironpython: executed by Renode
"""SD card host SDMMC1 (RM0351 section 45) with an empty slot.

A command that expects a response times out, the others are sent.
"""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    WRITE_ONLY,
    Cause,
    Interrupt,
    Register,
    packed,
)

FLAGS = (
    "CCRCFAIL DCRCFAIL CTIMEOUT DTIMEOUT TXUNDERR RXOVERR CMDREND CMDSENT DATAEND - DBCKEND CMDACT "
    "TXACT RXACT TXFIFOHE RXFIFOHF TXFIFOF RXFIFOF TXFIFOE RXFIFOE TXDAVL RXDAVL SDIOIT"
)
CMD = Register(
    "CMD",
    0x0C,
    on_write="_command",
    fields=packed("CMDINDEX:6 WAITRESP:2 WAITINT WAITPEND CPSMEN SDIOSUSPEND"),
)
DCTRL = Register(
    "DCTRL",
    0x2C,
    on_write="_start_data",
    fields=packed("DTEN DTDIR DTMODE DMAEN DBLOCKSIZE:4 RWSTART RWSTOP RWMOD SDIOEN"),
)
STA = Register("STA", 0x34, access=READ_ONLY, fields=packed(FLAGS))
ICR = Register(
    "ICR",
    0x38,
    access=WRITE_ONLY,
    clears="STA",
    fields=packed(
        "CCRCFAILC DCRCFAILC CTIMEOUTC DTIMEOUTC TXUNDERRC RXOVERRC CMDRENDC CMDSENTC DATAENDC - "
        "DBCKENDC -:11 SDIOITC"
    ),
)
MASK = Register(
    "MASK",
    0x3C,
    fields=packed(" ".join(flag if flag == "-" else flag + "IE" for flag in FLAGS.split())),
)


class STM32L4_SDMMC(RegistersOnly):
    MISSING = "the card: commands time out"
    REGISTERS = (
        Register("POWER", 0x00, fields=packed("PWRCTRL:2")),
        Register(
            "CLKCR", 0x04, fields=packed("CLKDIV:8 CLKEN PWRSAV BYPASS WIDBUS:2 NEGEDGE HWFC_EN")
        ),
        Register("ARG", 0x08),
        CMD,
        Register("RESPCMD", 0x10, access=READ_ONLY, fields=packed("RESPCMD:6")),
        Register("RESP", 0x14, access=READ_ONLY, count=4, first=1),
        Register("DTIMER", 0x24),
        Register("DLEN", 0x28, fields=packed("DATALENGTH:25")),
        DCTRL,
        Register("DCOUNT", 0x30, access=READ_ONLY, fields=packed("DATACOUNT:25")),
        STA,
        ICR,
        MASK,
        Register("FIFOCNT", 0x48, access=READ_ONLY, fields=packed("FIFOCOUNT:24")),
        Register("FIFO", 0x80),
    )
    INTERRUPTS = (Interrupt("IRQ", Cause(STA, STA.mask(READ_ONLY), MASK, MASK.written(), True)),)

    def _command(self, value, old):
        # type: (int, int) -> None
        if value & CMD.CPSMEN:
            expects = CMD["WAITRESP"].get(value) in (1, 3)
            self._raise(STA.CTIMEOUT if expects else STA.CMDSENT)

    def _start_data(self, value, old):
        # type: (int, int) -> None
        if value & DCTRL.DTEN:
            self._raise(STA.DTIMEOUT)

    def _raise(self, flags):
        # type: (int) -> None
        self.registers["STA"] |= flags
        self.registers.update_interrupts()

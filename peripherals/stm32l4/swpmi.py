# ironpython: executed by Renode
"""Single wire protocol master interface (RM0351 section 44) without a card on its wire."""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    WRITE_ONLY,
    Cause,
    Interrupt,
    Register,
    packed,
)

CR = Register(
    "CR",
    0x00,
    on_write="_control",
    fields=packed("RXDMA TXDMA RXMODE TXMODE LPBK SWPACT -:4 DEACT"),
)
ISR = Register(
    "ISR",
    0x0C,
    reset=0x000002C2,
    access=READ_ONLY,
    fields=packed("RXBFF TXBEF RXBERF RXOVRF TXUNRF RXNE TXE TCF SRF SUSP DEACTF"),
)
ICR = Register(
    "ICR",
    0x10,
    access=WRITE_ONLY,
    clears="ISR",
    fields=packed("CRXBFF CTXBEF CRXBERF CRXOVRF CTXUNRF -:2 CTCF CSRF"),
)
IER = Register(
    "IER", 0x14, fields=packed("RXBFIE TXBEIE RXBERIE RXOVRIE TXUNRIE RIE TIE TCIE SRIE")
)


class STM32L4_SWPMI(RegistersOnly):
    """DEACT deactivates the bus at once."""

    MISSING = "frames: no card answers"
    REGISTERS = (
        CR,
        Register("BRR", 0x04, reset=0x00000001, fields=packed("BR:6")),
        ISR,
        ICR,
        IER,
        Register("RFL", 0x18, access=READ_ONLY, fields=packed("RFL:5")),
        Register("TDR", 0x1C, access=WRITE_ONLY),
        Register("RDR", 0x20, access=READ_ONLY),
        Register("OR", 0x24, fields=packed("SWP_TBYP SWP_CLASS")),
    )
    INTERRUPTS = (Interrupt("IRQ", Cause(ISR, ISR.mask(READ_ONLY), IER, IER.written(), True)),)

    def _control(self, value, old):
        # type: (int, int) -> None
        if value & CR.DEACT:
            self.registers["CR"] &= ~(CR.DEACT | CR.SWPACT)
            self.registers["ISR"] |= ISR.DEACTF
        elif value & CR.SWPACT:
            self.registers["ISR"] &= ~ISR.DEACTF

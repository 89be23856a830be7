"""I2C1 to I2C3 (RM0090 section 27): registers; nobody answers on the wire."""

from __future__ import annotations

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import Cause, Interrupt, Register, packed

CR1 = Register(
    "CR1",
    0x00,
    on_write="_control",
    fields=packed(
        "PE SMBUS - SMBTYPE ENARP ENPEC ENGC NOSTRETCH START/sc STOP/sc ACK POS PEC ALERT - SWRST"
    ),
)
CR2 = Register(
    "CR2", 0x04, on_write="_update", fields=packed("FREQ:6 -:2 ITERREN ITEVTEN ITBUFEN DMAEN LAST")
)
DR = Register("DR", 0x10, on_write="_data", fields=packed("DR:8"))
SR1 = Register(
    "SR1",
    0x14,
    access="r",
    fields=packed(
        "SB ADDR BTF ADD10 STOPF - RXNE TXE BERR/rc_w0 ARLO/rc_w0 AF/rc_w0 OVR/rc_w0 PECERR/rc_w0"
        " - TIMEOUT/rc_w0 SMBALERT/rc_w0"
    ),
)
SR2 = Register(
    "SR2",
    0x18,
    access="r",
    fields=packed("MSL BUSY TRA - GENCALL SMBDEFAULT SMBHOST DUALF PEC:8"),
)


class STM32F4_I2C(RegistersOnly):
    """A start condition is given, and the address after it gets no acknowledge (AF)."""

    MISSING = "transfers: no device answers"
    OUTPUTS = ("EventInterrupt", "ErrorInterrupt")
    INTERRUPTS = (
        Interrupt("EventInterrupt", Cause(SR1, SR1.SB, CR2, CR2.ITEVTEN)),
        Interrupt("ErrorInterrupt", Cause(SR1, SR1.AF, CR2, CR2.ITERREN)),
    )
    REGISTERS = (
        CR1,
        CR2,
        Register("OAR1", 0x08, fields=packed("ADD0 ADD:9 -:5 ADDMODE")),
        Register("OAR2", 0x0C, fields=packed("ENDUAL ADD2:7")),
        DR,
        SR1,
        SR2,
        Register("CCR", 0x1C, fields=packed("CCR:12 -:2 DUTY FS")),
        Register("TRISE", 0x20, reset=0x02, fields=packed("TRISE:6")),
        Register("FLTR", 0x24, fields=packed("DNF:4 ANOFF")),
    )

    def attach(self, device: object, address: int | None = None) -> None:
        """A device on the wire, which never gets its address."""

    def _control(self, value: int, old: int) -> None:
        if value & CR1.SWRST or not value & CR1.PE:
            self.registers["SR1"] = self.registers["SR2"] = 0
        elif value & CR1.STOP:
            self.registers["SR1"] &= ~SR1.SB
            self.registers["SR2"] &= ~(SR2.MSL | SR2.BUSY)
        elif value & CR1.START:
            self.registers["SR1"] |= SR1.SB
            self.registers["SR2"] |= SR2.MSL | SR2.BUSY
        self.registers.update_interrupts()

    def _data(self, value: int, old: int) -> None:
        if self.registers["SR1"] & SR1.SB:
            self.registers["SR1"] = self.registers["SR1"] & ~SR1.SB | SR1.AF
            self.registers.update_interrupts()

    def _update(self, value: int, old: int) -> None:
        self.registers.update_interrupts()

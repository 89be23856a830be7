"""Power controller (RM0090 section 5): the ready flags that start-up code waits for."""

from __future__ import annotations

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import READ_ONLY, Field, Register, packed

CR = Register(
    "CR",
    0x00,
    reset=0x0000C000,
    on_write="_scale",
    fields=packed(
        "LPDS PDDS CWUF/sc CSBF/sc PVDE PLS:3 DBP FPDS LPUDS MRUDS - ADCDC1 VOS:2"
        " ODEN ODSWEN UDEN:2"
    ),
)
CSR = Register(
    "CSR",
    0x04,
    fields=(
        Field("WUF", 0, access=READ_ONLY),
        Field("SBF", 1, access=READ_ONLY),
        Field("PVDO", 2, access=READ_ONLY),
        Field("BRR", 3, access=READ_ONLY),
        Field("EWUP", 8),
        Field("BRE", 9),
        Field("VOSRDY", 14, access=READ_ONLY),
        Field("ODRDY", 16, access=READ_ONLY),
        Field("ODSWRDY", 17, access=READ_ONLY),
    ),
)


class STM32_PWR(RegistersOnly):
    """The regulator is ready for a scale, and for over-drive, as soon as software asks."""

    MISSING = "low-power modes and the voltage detector"
    OUTPUTS = ()
    REGISTERS = (CR, CSR)

    def _scale(self, value: int, old: int) -> None:
        control = self.registers["CR"]
        ready = CSR.VOSRDY
        if control & CR.ODEN:
            ready |= CSR.ODRDY
        if control & CR.ODSWEN:
            ready |= CSR.ODSWRDY
        kept = self.registers["CSR"] & ~(CSR.VOSRDY | CSR.ODRDY | CSR.ODSWRDY)
        self.registers["CSR"] = kept | ready

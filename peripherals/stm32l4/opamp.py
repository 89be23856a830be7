# ironpython: executed by Renode
"""Operational amplifiers OPAMP1 and OPAMP2 (RM0351 section 23): settings and trims."""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import Register, packed

CONTROL = "OPAEN OPALPM OPAMODE:2 PGA_GAIN:2 -:2 VM_SEL:2 VP_SEL - CALON CALSEL USERTRIM CALOUT/r"
CSR1 = Register("OPAMP1_CSR", 0x00, fields=packed(CONTROL + " -:15 OPA_RANGE"))
CSR2 = Register("OPAMP2_CSR", 0x10, fields=packed(CONTROL))
TRIM = packed("TRIMOFFSETN:5 -:3 TRIMOFFSETP:5")
LOW_POWER_TRIM = packed("TRIMLPOFFSETN:5 -:3 TRIMLPOFFSETP:5")


class STM32L4_OPAMP(RegistersOnly):
    MISSING = "the amplifiers: CALOUT stays 0"
    OUTPUTS = ()
    REGISTERS = (
        CSR1,
        Register("OPAMP1_OTR", 0x04, fields=TRIM),
        Register("OPAMP1_LPOTR", 0x08, fields=LOW_POWER_TRIM),
        CSR2,
        Register("OPAMP2_OTR", 0x14, fields=TRIM),
        Register("OPAMP2_LPOTR", 0x18, fields=LOW_POWER_TRIM),
    )

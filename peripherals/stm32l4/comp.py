# ironpython: executed by Renode
"""Comparators COMP1 and COMP2 (RM0351 section 22): settings and their lock."""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import ONE_SETS, READ_ONLY, Field, Register

FIELDS = (
    Field("EN", 0),
    Field("PWRMODE", 2, 2),
    Field("INMSEL", 4, 3),
    Field("INPSEL", 7),
    Field("POLARITY", 15),
    Field("HYST", 16, 2),
    Field("BLANKING", 18, 3),
    Field("BRGEN", 22),
    Field("SCALEN", 23),
    Field("VALUE", 30, access=READ_ONLY),
    Field("LOCK", 31, access=ONE_SETS),
)
CSR1 = Register("COMP1_CSR", 0x00, fields=FIELDS, on_write="_first_written")
CSR2 = Register(
    "COMP2_CSR", 0x04, fields=FIELDS + (Field("WINMODE", 9),), on_write="_second_written"
)


class STM32L4_COMP(RegistersOnly):
    """A locked register keeps its value up to the next reset."""

    MISSING = "the inputs: VALUE stays 0"
    SIZE = 0x200
    OUTPUTS = ()
    REGISTERS = (CSR1, CSR2)

    def _first_written(self, value, old):
        # type: (int, int) -> None
        if old & CSR1.LOCK:
            self.registers["COMP1_CSR"] = old

    def _second_written(self, value, old):
        # type: (int, int) -> None
        if old & CSR2.LOCK:
            self.registers["COMP2_CSR"] = old

# ironpython: executed by Renode
"""Voltage reference buffer (RM0351 section 21): ready as soon as it is switched on."""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Field, Register

CSR = Register(
    "CSR",
    0x00,
    reset=0x00000002,
    fields=(
        Field("ENVR", 0),
        Field("HIZ", 1),
        Field("VRS", 2),
        Field("VRR", 3, access=READ_ONLY, follows="ENVR"),
    ),
)
CCR = Register("CCR", 0x04, fields=(Field("TRIM", 0, 6),))


class STM32L4_VREFBUF(Block):
    SIZE = 0x1D0
    OUTPUTS = ()
    REGISTERS = (CSR, CCR)

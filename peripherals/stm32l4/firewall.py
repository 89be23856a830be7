# ironpython: executed by Renode
"""Firewall (RM0351 section 4): segments and options."""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import Register, packed


class STM32L4_FIREWALL(RegistersOnly):
    MISSING = "the guard: code outside of the segments reaches them"
    OUTPUTS = ()
    REGISTERS = (
        Register("CSSA", 0x00, fields=packed("-:8 ADD:16")),
        Register("CSL", 0x04, fields=packed("-:8 LENG:14")),
        Register("NVDSSA", 0x08, fields=packed("-:8 ADD:16")),
        Register("NVDSL", 0x0C, fields=packed("-:8 LENG:14")),
        Register("VDSSA", 0x10, fields=packed("-:6 ADD:10")),
        Register("VDSL", 0x14, fields=packed("-:6 LENG:10")),
        Register("CR", 0x20, fields=packed("FPA VDS VDE")),
    )

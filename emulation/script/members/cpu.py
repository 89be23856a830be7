"""Registers of `sysbus.cpu`, by name and by Renode's numbers."""

from __future__ import annotations

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.script.values import Unpadded

GENERAL = (*(f"R{number}" for number in range(13)), "SP", "LR", "PC", "XPSR")
"""The last one has number 16, as in GDB; Renode's is 25."""
SPECIAL = {18: "CONTROL", 19: "BASEPRI", 28: "PRIMASK", 30: "FAULTMASK"}
NUMBERS = (
    dict(enumerate(GENERAL))
    | {25: "XPSR", 74: "FPSCR"}
    | SPECIAL
    | {42 + number: f"D{number}" for number in range(16)}
)
"""Renode's CortexMRegisters."""
SHOWN = (*GENERAL, "MSP", "PSP", *SPECIAL.values())


class CpuRegisters:
    """Of one processor."""

    def __init__(self, machine: Machine) -> None:
        self._core = machine.core

    def get_register(self, register: int | str) -> int:
        """A register by name, such as "R3", "PC", "XPSR", "MSP", "D0", or by Renode's number."""
        return Unpadded(self._core.read_register(_name(register)))

    def set_register(self, register: int | str, value: int) -> None:
        """Set a register, which is given as for `GetRegister`."""
        self._core.write_register(_name(register), value)

    def get_registers_values(self) -> str:
        """The core's registers."""
        return "\n".join(f"{name:9s} 0x{self._core.read_register(name):08X}" for name in SHOWN)


def _name(register: int | str) -> str:
    if isinstance(register, str):
        return register
    name = NUMBERS.get(register)
    if name is None:
        raise RenodeWifiError(
            f"no register has number {register}", cure="0 to 15 are R0 to PC, 16 is xPSR"
        )
    return name

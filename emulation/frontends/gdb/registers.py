"""The registers as GDB knows them, and the target description that says so.

Names, groups and features are those of the GDB manual, appendix G.5.3 "ARM Features": m-profile,
m-system, vfp. Registers have the numbers of their order here.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr


@dataclass(frozen=True)
class CoreRegister:
    """name: GDB's; the core's is the same in upper case. size: bytes. kind: GDB's type of it."""

    name: str
    size: int = 4
    kind: str = "uint32"


@dataclass(frozen=True)
class Feature:
    name: str
    registers: tuple[CoreRegister, ...]


M_PROFILE = Feature(
    "org.gnu.gdb.arm.m-profile",
    (
        *(CoreRegister(f"r{number}") for number in range(13)),
        CoreRegister("sp", kind="data_ptr"),
        CoreRegister("lr"),
        CoreRegister("pc", kind="code_ptr"),
        CoreRegister("xpsr"),
    ),
)
M_SYSTEM = Feature(
    "org.gnu.gdb.arm.m-system",
    (
        CoreRegister("msp", kind="data_ptr"),
        CoreRegister("psp", kind="data_ptr"),
        *(CoreRegister(name) for name in ("primask", "basepri", "faultmask", "control")),
    ),
)
VFP = Feature(
    "org.gnu.gdb.arm.vfp",
    (
        *(CoreRegister(f"d{number}", 8, "ieee_double") for number in range(16)),
        CoreRegister("fpscr"),
    ),
)


class CoreRegisters:
    """The registers of a core with or without an FPU."""

    def __init__(self, has_fpu: bool) -> None:
        self.features = (M_PROFILE, M_SYSTEM, VFP) if has_fpu else (M_PROFILE, M_SYSTEM)
        self.all = tuple(each for feature in self.features for each in feature.registers)
        self.numbers = {register.name: number for number, register in enumerate(self.all)}

    def description(self) -> str:
        """target.xml."""
        lines = [
            '<?xml version="1.0"?>',
            '<!DOCTYPE target SYSTEM "gdb-target.dtd">',
            '<target version="1.0">',
            "<architecture>arm</architecture>",
        ]
        for feature in self.features:
            lines.append(f"<feature name={quoteattr(feature.name)}>")
            lines += [
                f"<reg name={quoteattr(each.name)} bitsize={quoteattr(str(8 * each.size))}"
                f' regnum="{self.numbers[each.name]}" type={quoteattr(each.kind)}/>'
                for each in feature.registers
            ]
            lines.append("</feature>")
        lines.append("</target>")
        return "\n".join(lines) + "\n"

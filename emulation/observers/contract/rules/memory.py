"""Accesses to memory that this processor permits, and others do not."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.emulation.observers.contract.port import ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.platform.machine import Machine

UNALIGNED = Rule(
    "unaligned-access",
    "a load or store that is not aligned to its size",
    Level.WARNING,
    {
        name: Basis(
            "ARMv6-M and Armv8-M Baseline fault on every unaligned access, ARMv7-M on those that"
            " CCR.UNALIGN_TRP forbids",
            "DDI0419, section A3.2.1; DDI0553, section B3.29; DDI0403E, section A3.2.1",
        )
        for name in (ST, TI)
    },
    is_costly=True,
)
RULES = (UNALIGNED,)


class Report(Protocol):
    """Rule, what the firmware did, in which way it breaks the rule, and by which instruction."""

    def __call__(self, rule: Rule, what: str, message: str, instruction: int) -> None: ...


class UnalignedAccesses:
    """Of one machine, until `detach`."""

    def __init__(self, machine: Machine, report: Report) -> None:
        self._machine = machine
        self._report = report
        machine.core.debug.report_unaligned(self._on_access)

    def detach(self) -> None:
        self._machine.core.debug.report_unaligned(None)

    def _on_access(self, instruction: int, access: int) -> None:
        message = f"0x{access:08X} is no multiple of what is accessed"
        self._report(UNALIGNED, "unaligned access", message, instruction)

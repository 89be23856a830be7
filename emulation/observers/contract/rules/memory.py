"""Accesses to memory that this processor permits, and others do not."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.observers.contract.port import ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.platform.machine import Machine

RAM_ST = "RM0351, section 2.4: embedded SRAM; only an erase of SRAM2 clears it"
RAM_TI = "SWRU465, section 2.1: on-chip SRAM"

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
UNINITIALISED = Rule(
    "uninitialised-read",
    "RAM is read that nobody has written",
    Level.ERROR,
    {
        ST: Basis("SRAM has no reset value: its content after power-on is unknown", RAM_ST),
        TI: Basis("SRAM has no reset value: its content after power-on is unknown", RAM_TI),
    },
    is_costly=True,
)
RULES = (UNALIGNED, UNINITIALISED)


class InstructionReport(Protocol):
    """Rule, what the firmware did, in which way it breaks the rule, and by which instruction."""

    def __call__(self, rule: Rule, what: str, message: str, instruction: int) -> None: ...


class UnalignedAccesses:
    """Of one machine, until `detach`."""

    def __init__(self, machine: Machine, report: InstructionReport) -> None:
        self._machine = machine
        self._report = report
        machine.core.debug.report_unaligned(self._on_access)

    def detach(self) -> None:
        self._machine.core.debug.report_unaligned(None)

    def _on_access(self, instruction: int, access: int) -> None:
        message = f"0x{access:08X} is no multiple of what is accessed"
        self._report(UNALIGNED, "unaligned access", message, instruction)


class UninitialisedReads:
    """Of one machine, from power-on until `detach`. A byte is reported once.

    Raises RenodeWifiError when the machine has run: who has written what is not known then.
    """

    def __init__(self, machine: Machine, report: InstructionReport) -> None:
        if machine.core.instructions:
            raise RenodeWifiError(
                f"{UNINITIALISED.id} is followed from power-on", cure="ask for it before the run"
            )
        self._machine = machine
        self._report = report
        machine.core.debug.report_uninitialised(self._on_load)
        for image in machine.images:
            for segment in image.segments:  # Zeros of an image are written, too.
                machine.bus.write_bytes(segment.address, segment.data)

    def detach(self) -> None:
        self._machine.core.debug.report_uninitialised(None)

    def _on_load(self, instruction: int, access: int) -> None:
        message = f"nobody has written 0x{access:08X} since power-on"
        self._report(UNINITIALISED, "load", message, instruction)


WATCHES: dict[str, type[UnalignedAccesses] | type[UninitialisedReads]] = {
    UNALIGNED.id: UnalignedAccesses,
    UNINITIALISED.id: UninitialisedReads,
}
"""By the rule's id."""

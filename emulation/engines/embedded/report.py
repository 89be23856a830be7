"""A fault of the guest, put into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from renode_wifi.emulation.engines.embedded.native import FaultRecord
from renode_wifi.emulation.image.crash import REGISTERS, Crash
from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.machine import Bus

EXCEPTION_NAMES = {
    0: "thread mode",
    2: "NMI",
    3: "HardFault",
    4: "MemManage",
    5: "BusFault",
    6: "UsageFault",
    11: "SVCall",
    12: "DebugMonitor",
    14: "PendSV",
    15: "SysTick",
}

# Bits of CFSR and HFSR in words (ARMv7-M Architecture Reference Manual, B3.2.15 and B3.2.16).
CFSR_CAUSES = {
    0: "instruction fetch from an execute-never region",
    1: "access that the MPU forbids",
    3: "unstacking that the MPU forbids on exception return",
    4: "stacking that the MPU forbids on exception entry (stack overflow?)",
    5: "lazy stacking of the FPU that the MPU forbids",
    8: "instruction fetch where nothing is mapped",
    9: "access where nothing is mapped",
    10: "access to an undocumented register",
    11: "unstacking on exception return where nothing is mapped",
    12: "stacking on exception entry where nothing is mapped (stack overflow?)",
    16: "undefined instruction",
    17: "branch to an address without the Thumb bit",
    18: "invalid EXC_RETURN",
    19: "use of a disabled coprocessor",
    24: "unaligned access",
    25: "division by zero",
}
HFSR_CAUSES = {
    1: "the vector table cannot be read",
    30: "SVC where the priority forbids it",
    31: "BKPT without a debugger",
}
CURES = {
    9: "check the pointer, or map a model there (the platform's .repl)",
    8: "check the function pointer or the return address on the stack",
    12: "give the stack more room",
    1: "see which region of the MPU has the address, and who may write it",
    4: "give the stack more room",
    17: "vectors and function pointers need bit 0 set",
    19: "enable the FPU in CPACR first",
    31: "attach a debugger (--gdb), or serve semihosting (BKPT 0xAB): docs/debugging.md",
}
NEAR_STACK = 1024
"""Bytes from the stack pointer: further off no frame of a function reaches, as a rule."""
NOCP = 19
NO_FPU = "this chip has no FPU: build the firmware without one (-mfloat-abi=soft)"


HANDLER_TIMEOUT = 100 * MILLISECOND
SHCSR = 0xE000ED24
ACTIVE = {4: 1 << 0, 5: 1 << 1, 6: 1 << 3}
"""Bits of SHCSR (B3.2.13) by exception: its handler is active."""


class AccessKind(IntEnum):
    NONE = 0
    FETCH = 1
    READ = 2
    WRITE = 3


@dataclass(frozen=True)
class CrashReport(Crash):
    """A fault as the core met it: registers are those of the faulting instruction.

    raised: the fault's own exception; taken: the one entered, after escalation, 0 for a lockup.
    during: the exception that was running. frame: the stacked words R0-R3, R12, LR, PC, xPSR,
    empty where there was no memory for them; frame_address: where they are.
    """

    raised: int = 0
    taken: int = 0
    during: int = 0
    access: AccessKind = AccessKind.NONE
    frame_address: int | None = None
    frame: tuple[int, ...] = field(default=())

    @property
    def lockup(self) -> bool:
        return self.taken == 0

    @property
    def escalated(self) -> bool:
        """A fault whose own handler wasn't entered."""
        return self.taken != self.raised


def exception_name(number: int) -> str:
    return EXCEPTION_NAMES.get(number, f"IRQ {number - 16}")


def _cause(fault: FaultRecord, has_fpu: bool) -> tuple[str, str | None]:
    for bit, text in CFSR_CAUSES.items():
        if fault.cfsr >> bit & 1:
            return text, NO_FPU if bit == NOCP and not has_fpu else CURES.get(bit)
    for bit, text in HFSR_CAUSES.items():
        if fault.hfsr >> bit & 1:
            return text, CURES.get(bit)
    return "unknown fault", None


def crash_report(
    fault: FaultRecord, process_stack: int, time: int, bus: Bus, has_fpu: bool = True
) -> CrashReport:
    """The report of `fault`, at `time` ns; its stacked frame is read over the bus.

    process_stack: PSP.
    """
    frame: tuple[int, ...] = ()
    if fault.frame:
        frame = tuple(memoryview(bus.read_bytes(fault.frame, 32)).cast("I"))
    registers = dict(zip((*REGISTERS, "psp"), (*fault.registers, process_stack), strict=True))
    access = AccessKind(fault.access)
    text, cure = _cause(fault, has_fpu)
    if access in (AccessKind.READ, AccessKind.WRITE):
        if abs(fault.address - registers["sp"]) <= NEAR_STACK:
            cure = "the stack pointer is where no memory is: give the stack more room"
        text = f"{text}: {access.name.lower()} at 0x{fault.address:08X}"
    elif access is AccessKind.FETCH:
        text = f"{text}: 0x{fault.address:08X}"
    if fault.taken == 0:
        outcome = "lockup"
    else:
        outcome = exception_name(fault.taken)
    return CrashReport(
        cause=f"{outcome} in {exception_name(fault.during)}: {text}",
        time=time,
        registers=registers,
        address=fault.address if access is not AccessKind.NONE else None,
        fault_status={"CFSR": fault.cfsr, "HFSR": fault.hfsr},
        cure=cure,
        raised=fault.raised,
        taken=fault.taken,
        during=fault.during,
        access=access,
        frame_address=fault.frame or None,
        frame=frame,
    )


class HandledFault:
    """A fault that the firmware's own handler has taken at `now` (ns): it may know what to do.

    It is a crash if that handler is still active at `until`.
    """

    def __init__(self, report: CrashReport, now: int) -> None:
        self.report = report
        self.until = now + HANDLER_TIMEOUT

    @staticmethod
    def fits(report: CrashReport) -> bool:
        """MemManage, bus and usage faults have handlers that firmware enables (B1.5.14)."""
        return report.taken == report.raised and report.taken in ACTIVE

    def is_active(self, bus: Bus) -> bool:
        return bool(bus.read(SHCSR, 4) & ACTIVE[self.report.taken])

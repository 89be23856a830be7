"""When a fault ends the run: the firmware's own handler comes first, unless it only loops.

A handler that loops is found in two ways. A loop that neither loads nor calls can have no end; it
is found at the first look, microseconds after the fault. A loop that loads may wait for a
peripheral; it counts as endless when registers and stack are the same at several looks, each
`PERIOD` after the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from zlib import crc32

from renode_wifi.emulation.engines.embedded.report import AccessKind, CrashReport
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image import thumb
from renode_wifi.emulation.image.crash import IPSR, REGISTERS, Crash
from renode_wifi.emulation.platform.core import OnFault, Stop
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND

FAULT_HANDLERS = range(3, 7)
"""Exception numbers of HardFault to UsageFault (ARMv7-M, B1.5.2)."""

PRECISERR = 1 << 9
"""CFSR: a load or a store where nothing answers (B3.2.15)."""
FIRST_LOOKS = 64
"""Looks a microsecond apart: time for a handler to save what it saves before it loops."""
PERIOD = 100 * MILLISECOND
SAMPLES = 8
"""Looks each period, a microsecond apart, which see what states a loop goes through."""
ENDLESS_PERIODS = 3
"""Periods in a row with the same state: a byte on a slow UART takes 10 ms, not 300."""
STACK_BYTES = 256
MAX_LOOP = 8
"""Instructions of a loop without loads."""

State = tuple[int, ...]


@dataclass
class Watched:
    """What is kept of a fault whose handler runs.

    since: ns. looks: how many were made. states: seen in this period; before: in the one before.
    same: periods in a row that have a state in common with the one before.
    """

    fault: Crash | None = None
    since: int = 0
    looks: int = 0
    states: set[State] = field(default_factory=set)
    before: set[State] = field(default_factory=set)
    same: int = 0


@dataclass
class FaultWatch:
    """Runs one machine by the policy `on_fault`; on_handled(crash) is called for handled faults."""

    machine: Machine
    on_fault: OnFault = OnFault.REPORT
    on_handled: Callable[[Crash], None] | None = None
    crash: Crash | None = None
    """What ended the last run."""
    is_over: bool = False
    """Nothing but a reset makes the guest go on."""
    watched: Watched = field(default_factory=Watched)
    is_debugged: bool = False
    """A debugger is not stopped by faults that the firmware's enabled handlers take."""

    def __post_init__(self) -> None:
        self.machine.core.stop_on_fault = True
        self.machine.core.on_fault = self._log_access
        self.machine.reset_listeners.append(self.forget)

    def _log_access(self, fault: Crash) -> None:
        """A log tester sees what the processor met before the crash ends its wait."""
        assert isinstance(fault, CrashReport)
        if fault.fault_status["CFSR"] & PRECISERR and fault.address is not None:
            is_store = fault.access is AccessKind.WRITE
            self.machine.unanswered.on_unmapped(fault.registers, fault.address, is_store)

    def forget(self) -> None:
        """The chip was reset."""
        self._report_handled()
        self.crash, self.is_over = None, False

    def run(self, until: int) -> Stop:
        """As `Machine.run`; Stop.CRASH when the policy says that the guest has crashed."""
        machine = self.machine
        # Firmware may live on faults. Where they are nobody's concern, they don't leave the core.
        machine.core.stop_on_fault = self.on_fault is not OnFault.CONTINUE
        machine.core.stop_on_handled = self.on_fault is OnFault.STOP and not self.is_debugged
        if self.is_over and self.on_fault is not OnFault.STOP:
            return Stop.CRASH
        self.crash = None
        while True:
            look = self._next_look()
            target = until if look is None else min(until, look)
            stop = machine.run(target)
            if stop is Stop.CRASH:
                if self._faulted():
                    return Stop.CRASH
                continue
            if stop is not Stop.TIME:
                return stop
            if look is not None and machine.now >= look and self._look():
                return Stop.CRASH
            if machine.now >= until:
                return Stop.TIME

    def _next_look(self) -> int | None:
        watched = self.watched
        if watched.fault is None:
            return None
        if watched.looks < FIRST_LOOKS:
            return watched.since + (watched.looks + 1) * MICROSECOND
        period, sample = divmod(watched.looks - FIRST_LOOKS, SAMPLES)
        return watched.since + (period + 1) * PERIOD + sample * MICROSECOND

    def _faulted(self) -> bool:
        fault = self.machine.core.last_fault
        assert isinstance(fault, CrashReport)
        if fault.lockup or self.on_fault is OnFault.STOP:
            self.crash, self.is_over = fault, fault.lockup
            return True
        self._report_handled()
        if self.on_fault is OnFault.REPORT:
            self.watched = Watched(fault, self.machine.now)
        return False

    def _report_handled(self) -> None:
        """The handler of a fault did what it was there for."""
        fault, self.watched = self.watched.fault, Watched()
        if fault is not None and self.on_handled is not None and self.crash is None:
            self.on_handled(fault)

    def _look(self) -> bool:
        """True: the handler loops without end."""
        watched, core = self.watched, self.machine.core
        watched.looks += 1
        if core.read_register("xpsr") & IPSR not in FAULT_HANDLERS:
            self._report_handled()
            return False
        endless = loops_purely(self._halfword, core.read_register("pc"))
        if not endless and watched.looks > FIRST_LOOKS:
            endless = self._repeats()
        if endless:
            self.crash, self.is_over = watched.fault, True
        return endless

    def _repeats(self) -> bool:
        watched = self.watched
        watched.states.add(self._state())
        if (watched.looks - FIRST_LOOKS) % SAMPLES:
            return False
        watched.same = watched.same + 1 if watched.states & watched.before else 0
        watched.before, watched.states = watched.states, set()
        return watched.same + 1 >= ENDLESS_PERIODS

    def _state(self) -> State:
        """Registers and the top of the stack."""
        core = self.machine.core
        registers = [core.read_register(name) for name in REGISTERS]
        try:
            stack = self.machine.bus.read_bytes(core.read_register("sp"), STACK_BYTES)
        except RenodeWifiError:
            stack = b""
        return (*registers, crc32(stack))

    def _halfword(self, address: int) -> int:
        return int.from_bytes(self.machine.bus.read_bytes(address, 2), "little")


def loops_purely(halfword: Callable[[int], int], pc: int) -> bool:
    """Whether the code at `pc` is a loop of branches, hints and moves, which nothing can end."""
    seen: set[int] = set()
    address = pc & ~1
    for _ in range(MAX_LOOP):
        if address in seen:
            return True
        seen.add(address)
        try:
            first = halfword(address)
            second = halfword(address + 2) if thumb.size(first) == 4 else 0
        except RenodeWifiError:
            return False
        distance, move = thumb.jump(first, second), thumb.moved(first)
        if distance is not None:
            address += distance
        elif thumb.is_hint(first) or (move is not None and move[0] != thumb.PC):
            address += 2
        else:
            return False
    return False

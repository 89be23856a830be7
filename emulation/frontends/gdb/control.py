"""Lets machines run as their debuggers want it.

It stands between whoever lets time pass and the engine. While a debugger holds its machine, virtual
time stands still for all machines; else the engine runs in slices, between which the servers look
at their sockets. How a run is cut into slices changes nothing in it.
"""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb.killed import Killed
from renode_wifi.emulation.frontends.gdb.server import GdbServer, wait_for
from renode_wifi.emulation.frontends.gdb.session import SIGSEGV, SIGTRAP, GdbSession, Mode
from renode_wifi.emulation.image import thumb
from renode_wifi.emulation.image.crash import IPSR
from renode_wifi.emulation.platform.core import DebugUnit, Stop
from renode_wifi.peripherals.base.clock import MILLISECOND

SLICE = 20 * MILLISECOND
"""Virtual time between looks at the sockets: some milliseconds of real time."""
IDLE_WAIT = 0.1
"""Seconds between looks at what the caller asks for while a debugger holds a machine."""

NMI = 2
ASYNCHRONOUS = 14
"""Exceptions from PendSV on, and NMI, come from elsewhere than the instruction being executed."""
FRAME_PC = 24
"""Offset of the return address in a stack frame (ARMv7-M, B1.5.6)."""


class Debugged:
    """One machine with a server. wait: it is held until a debugger has come."""

    def __init__(self, server: GdbServer, debug: DebugUnit, wait: bool) -> None:
        self.server = server
        self.debug = debug
        self.wait = wait
        self.on_connection: Callable[[bool], None] = lambda connected: None
        """Called when a debugger has come, and when it has gone."""
        self._was_connected = False

    def poll(self) -> None:
        self.server.poll()
        connected = self.server.is_connected
        if connected != self._was_connected:
            self._was_connected = connected
            self.debug.attached = connected
            if connected:
                self.wait = False
            self.on_connection(connected)

    @property
    def session(self) -> GdbSession | None:
        return self.server.session if self.server.is_connected else None

    @property
    def is_held(self) -> bool:
        return self.wait or (self.session is not None and self.session.mode is Mode.HALTED)

    def register(self, name: str) -> int:
        return self.server.target.machine.core.read_register(name)

    def halfword(self, address: int) -> int:
        return int.from_bytes(self.server.target.read_memory(address, 2), "little")


class DebugControl:
    """run(until): lets all machines run to that virtual time (ns). now(): the virtual time."""

    def __init__(self, run: Callable[[int], Stop], now: Callable[[], int]) -> None:
        self.machines: list[Debugged] = []
        self._run = run
        self._now = now
        self._stop_asked = False
        self._crashed_at: int | None = None

    # -- as whoever lets time pass sees it -----------------------------------------------------

    def request_stop(self) -> None:
        """Come back from `run`; safe from any thread."""
        self._stop_asked = True

    def run(self, until: int) -> Stop:
        """As `Engine.run`. Raises Killed."""
        try:
            while True:
                for each in self.machines:
                    each.poll()
                self._look_for_kill()
                if self._stop_asked:
                    return Stop.REQUEST
                if any(each.is_held for each in self.machines):
                    wait_for([each.server for each in self.machines], IDLE_WAIT)
                    continue
                stop = self._slice(min(until, self._now() + SLICE))
                if stop is Stop.TIME:
                    if self._now() >= until:
                        return stop
                elif stop is not Stop.BREAKPOINT:
                    if stop is Stop.CRASH and self._report_crash():
                        continue
                    return stop
        finally:
            self._stop_asked = False

    def poll(self) -> None:
        """Serve debuggers while nobody lets time pass."""
        for each in self.machines:
            each.poll()

    @property
    def wants_to_run(self) -> bool:
        """A debugger is connected, and none holds its machine."""
        sessions = [each.session for each in self.machines]
        return any(sessions) and not any(each.is_held for each in self.machines)

    def close(self) -> None:
        """The run is over."""
        for each in list(self.machines):
            self.remove(each)

    def remove(self, machine: Debugged) -> None:
        """End a server. Its debugger sees the program end."""
        if machine.session is not None:
            machine.session.end(0)
        machine.server.flush()
        machine.server.close()
        machine.debug.attached = False
        self.machines.remove(machine)

    def _look_for_kill(self) -> None:
        for each in self.machines:
            session = each.server.session
            if session is not None and session.mode is Mode.KILLED:
                session.mode = Mode.DETACHED
                raise Killed("the debugger has ended the run", cure="`detach` lets it go on")

    def _report_crash(self) -> bool:
        """Have the debuggers look at a crash. False: there are none, or they have seen it."""
        reported = False
        for each in self.machines:
            session = each.session
            # A machine that is locked up crashes again at once: then the run is over.
            if session is not None and session.is_running and self._crashed_at != self._now():
                session.halt(SIGSEGV)
                reported = True
        self._crashed_at = self._now()
        return reported

    # -- running ------------------------------------------------------------------------------

    def _slice(self, until: int) -> Stop:
        for each in self.machines:
            if each.session is not None and each.session.mode is Mode.STEP:
                return self._step(each, until)
        stop = self._run(until)
        if stop is Stop.BREAKPOINT:
            running = [each for each in self.machines if each.session and each.session.is_running]
            for each in [each for each in running if self._has_stopped(each)] or running:
                self._report_stop(each)
        return stop

    @staticmethod
    def _has_stopped(machine: Debugged) -> bool:
        """It is at a stop of its debugger, or of its program."""
        target, pc = machine.server.target, machine.register("pc")
        if target.watched is not None or pc in target.stops.breakpoints:
            return True
        return thumb.is_breakpoint(machine.halfword(pc))

    def _report_stop(self, machine: Debugged) -> None:
        """Report to the machine's debugger why it has stopped."""
        session = machine.session
        if session is None or not session.is_running:
            return
        watched = machine.server.target.watched
        if watched is not None:
            address, is_store = watched
            kind = self._watch_kind(session, address, is_store)
            session.halt(SIGTRAP, f"{kind}:{address:x};")
        elif machine.register("pc") in session.target.stops.breakpoints:
            session.halt(SIGTRAP, "swbreak:;")
        else:
            session.halt(SIGTRAP)

    @staticmethod
    def _watch_kind(session: GdbSession, address: int, is_store: bool) -> str:
        for each in session.target.stops.watchpoints:
            if each.start < address + 4 and address < each.start + each.size:
                if each.reads and each.writes:
                    return "awatch"
                if each.writes if is_store else each.reads:
                    return "watch" if each.writes else "rwatch"
        return "watch" if is_store else "rwatch"

    def _step(self, machine: Debugged, until: int) -> Stop:
        """Single steps, while the PC is in the range that the debugger gave."""
        session = machine.session
        assert session is not None
        while True:
            stop = self._step_once(machine, until)
            if stop is not Stop.BREAKPOINT:
                return stop
            pc = machine.register("pc")
            inside = session.step_range is not None and pc in session.step_range
            if session.target.watched is not None or pc in session.target.stops.breakpoints:
                inside = False
            if not session.is_running or not inside:
                break
            machine.poll()
            if self._stop_asked or not session.is_running or machine.session is None:
                return stop
        self._report_stop(machine)
        return stop

    def _step_once(self, machine: Debugged, until: int) -> Stop:
        """One instruction. An interrupt's handler that comes in between runs to its end, so that
        a step goes on in the code that the user looks at."""
        before, level, stack = (machine.register(name) for name in ("pc", "xpsr", "sp"))
        self._skip_bkpt(machine, before)
        with machine.debug.stepping():
            stop = self._run(until)
        now = machine.register("xpsr") & IPSR
        interrupted = now != level & IPSR and (now == NMI or now >= ASYNCHRONOUS)
        if stop is not Stop.BREAKPOINT or not interrupted:
            return stop
        return self._finish_handler(machine, level & IPSR, stack, until)

    def _finish_handler(self, machine: Debugged, level: int, stack: int, until: int) -> Stop:
        frame = machine.register("psp" if machine.register("lr") & 4 else "msp")
        try:
            raw = machine.server.target.read_memory(frame + FRAME_PC, 4)
        except RenodeWifiError:
            return Stop.BREAKPOINT
        back = int.from_bytes(raw, "little") & ~1
        breakpoints = machine.server.target.stops.breakpoints
        added = back not in breakpoints
        if added:
            machine.debug.add_breakpoint(back)
        try:
            while True:
                stop = self._run(until)
                if stop is not Stop.BREAKPOINT or machine.register("pc") != back:
                    return stop
                if machine.register("xpsr") & IPSR == level:
                    return stop
        finally:
            if added:
                machine.debug.remove_breakpoint(back)

    @staticmethod
    def _skip_bkpt(machine: Debugged, pc: int) -> None:
        """A BKPT instruction of the program has halted it: go on behind it."""
        if thumb.is_breakpoint(machine.halfword(pc)):
            machine.server.target.machine.core.write_register("pc", pc + 2)

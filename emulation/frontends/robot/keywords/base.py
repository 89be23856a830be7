"""What the keywords share: the session, its machines and how time passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from renode_wifi.emulation.board.session import GuestCrash, Session
from renode_wifi.emulation.engines import select as engines
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.frontends.contract import offer_contract
from renode_wifi.emulation.frontends.gdb import offer
from renode_wifi.emulation.frontends.recording import offer_recordings
from renode_wifi.emulation.frontends.robot.decorator import Recorded
from renode_wifi.emulation.frontends.robot.errors import KeywordException
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import SECOND

PREFIX = "wifi-"
"""Of temporary files: a Renode that starts removes folders `renode-*` that it takes for its own."""


class Keywords:
    """engine: "embedded", "renode" or "auto"."""

    def __init__(self, engine: str = "auto") -> None:
        engines.check_name(engine)
        self.engine = engine
        self.events: list[Recorded] = []
        """Keywords of this test, as `Provides` keeps them for `Requires`."""
        self.recording = True
        self._session: Session | None = None
        self._crash_reported = False
        self._expecting_crash = False
        self._pauses = False

    @property
    def session(self) -> Session:
        if self._session is None:
            self.use(Session(engines.start_empty(self.engine)))
        assert self._session is not None
        return self._session

    def use(self, session: Session) -> None:
        """Drive that session from here on."""
        self._session = session
        self._crash_reported = False
        offer(session.engine)
        offer_recordings(session)
        offer_contract(session)
        session.engine.fault_listeners.append(self._on_handled_fault)

    def end_session(self) -> None:
        """Drop all machines, and what watches them."""
        if self._session is not None:
            self._session.close()
        self._session = None
        self.forget_testers()

    def forget_testers(self) -> None:
        """The machines are gone, or others."""

    # -- time ---------------------------------------------------------------------------------

    def advance(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let time pass until a condition, which is asked at each stop; False: it never came."""
        try:
            found = self.session.run_until(until, seconds)
            self._set_started(not self._pauses)
            return found
        except GuestCrash:
            self._crash_reported = True
            raise

    def wait_for_stop(self, seconds: float) -> Stop:
        engine = self.session.engine
        stop = engine.run(engine.now + round(seconds * SECOND))
        self._set_started(stop is Stop.TIME)
        return stop

    def let_pass(self, seconds: float) -> None:
        """Let time pass; whether the emulation counts as started stays as it is."""
        engine = self.session.engine
        started = isinstance(engine, EmbeddedEngine) and engine.script.requests.started
        self.advance(seconds)
        self._set_started(started)

    def _set_started(self, started: bool) -> None:
        engine = self.session.engine
        if isinstance(engine, EmbeddedEngine):
            engine.script.requests.started = started

    def pause_behind(self, given: bool | None, default: bool) -> None:
        """Whether the emulation counts as paused behind the keyword under way (`emulation
        IsStarted`); time stands still between keywords in any case."""
        self._pauses = default if given is None else given

    @contextmanager
    def expecting_crash(self) -> Iterator[None]:
        self._expecting_crash = True
        try:
            yield
        finally:
            self._expecting_crash = False

    def fail_on_crash(self) -> None:
        """Fails once for a crash during which no keyword waited for anything."""
        session = self._session
        if session is None or not session.engine.machines or self._expecting_crash:
            return
        if session.crash is None:
            self._crash_reported = False
        elif not self._crash_reported:
            self._crash_reported = True
            raise GuestCrash(session.crash_report())

    def know_crash(self) -> None:
        """Not to be reported again, or of a state that is there to be looked at."""
        self._crash_reported = self.session.crash is not None

    def _on_handled_fault(self, fault: object) -> None:
        """A fault that the firmware's handler took."""

    # -- machines -----------------------------------------------------------------------------

    def machine_name(self, machine: str | None, peripheral: str = "") -> str:
        """The machine meant: the only one where none is named."""
        names = self.session.engine.machines
        listing = ", ".join(names)
        if machine is not None:
            if machine not in names:
                raise KeywordException(
                    f"Machine with name {machine} not found. Available machines: [{listing}]",
                    "give one of them",
                )
            return machine
        if not names:
            what = f" Could not create tester for peripheral: {peripheral}" if peripheral else ""
            raise KeywordException(
                f"There is no machine in the emulation.{what}", "use `Create Board`, or a script"
            )
        if len(names) > 1:
            raise KeywordException(
                "No machine name provided. Don't know which one to choose."
                f" Available machines: [{listing}]",
                "give machine=",
            )
        return names[0]

    def peripheral(self, name: str, kind: str, machine: str | None) -> str:
        """The name under which a peripheral traces, which has to be of that kind."""
        owner = self.machine_name(machine, name)
        known = self.session.engine.peripherals(owner)
        full = name if name in known else f"sysbus.{name}"
        if known and kind != known.get(full):
            raise KeywordException(
                f"Peripheral for machine '{owner}' not found or of wrong type: '{name}'."
                f" Available peripherals: [{', '.join(known)}]",
                f"name one that is a {kind}",
            )
        return self.session.engine.source(name.rsplit(".", 1)[-1], owner)

    def select(self, machine: str | None) -> None:
        if machine:
            if machine not in self.session.engine.machines:
                raise KeywordException(
                    f"Could not find machine named {machine} in the emulation", "`mach` lists them"
                )
            self.session.execute(f'mach set "{machine}"')


OnEvent = Callable[[int, TraceFields], None]


def listen(session: Session, event: str, source: str, listener: OnEvent) -> None:
    """Call back with (time, fields) for one event of one peripheral."""

    def on_trace(time: int, origin: str, name: str, fields: TraceFields) -> None:
        if origin == source:
            listener(time, fields)

    session.engine.subscribe(on_trace, event)

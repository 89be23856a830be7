"""Runs the checks over the calls of an image."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.call_chain import STACK_WORDS_SCANNED, call_chain
from renode_wifi.emulation.image.crash import place
from renode_wifi.emulation.image.image import Image, combined
from renode_wifi.emulation.observers.calls.attach import record_calls
from renode_wifi.emulation.observers.calls.recorder import Call, CallRecorder
from renode_wifi.emulation.observers.calls.render import signature
from renode_wifi.emulation.observers.contract.check import Check
from renode_wifi.emulation.observers.contract.port import port_of
from renode_wifi.emulation.observers.contract.rule import Finding, Rule
from renode_wifi.emulation.observers.contract.rules import CHECKS, rules
from renode_wifi.emulation.observers.contract.rules.board import BoardChecks
from renode_wifi.emulation.observers.contract.rules.certificates import (
    HANDSHAKE,
    NEAR_EXPIRY,
    near_expiry,
)
from renode_wifi.emulation.observers.contract.rules.memory import WATCHES
from renode_wifi.emulation.observers.contract.sockets import OpenSockets
from renode_wifi.emulation.observers.notes import notes_of
from renode_wifi.emulation.platform.trace import TraceFields

PORT_FUNCTIONS = ("SOCKETS_", "WIFI_")
DEPTH = 8
"""Call sites of a finding."""
GUESS = "perhaps "
"""In front of one that no unwind table confirms."""

FindingListener = Callable[[Finding], None]


class ContractMonitor:
    """Of a board, or the machine that a monitor has selected, best from its start on.

    listeners: called with each finding when it comes first, as soon as the session's notes are
    looked at. silenced: the reason for each rule that is not to fail the run. costly: rules that
    slow a run, which are looked at only if they are named.

    It takes no virtual time and changes nothing that the guest sees. Raises RenodeWifiError for a
    machine without a known port, rules that there are not, an image without symbols, and on an
    engine without hooks.
    """

    def __init__(
        self,
        session: Session,
        silenced: Mapping[str, str] | None = None,
        recorder: CallRecorder | None = None,
        costly: Collection[str] = (),
    ) -> None:
        self.silenced = _checked(silenced or {})
        _check_costly(costly)
        self._findings: list[Finding] = []
        self.listeners: list[FindingListener] = []
        self._recorder = record_calls(session, live=False) if recorder is None else recorder
        engine = session.engine
        assert isinstance(engine, EmbeddedEngine), "the recorder refuses others"
        self.port = port_of(engine.machine)
        self._image = session.image or combined(engine.machine.images)
        self._sockets = OpenSockets()
        self._by_site: dict[tuple[str, int, str], Finding] = {}
        self._calls: list[Call] = []
        """Of the application, under way."""
        self._checks = [
            kind(self.port, self._sockets, self._recorder.read_memory, self._found)
            for kind in CHECKS
            if self.port.name in kind.RULE.basis
        ]
        self._entering = [each for each in self._checks if type(each).entered != Check.entered]
        self._returning = [each for each in self._checks if type(each).returned != Check.returned]
        self._recorder.keep_stacks(4 * STACK_WORDS_SCANNED, PORT_FUNCTIONS)
        self._recorder.follow(self._entered, self._returned)
        self._board = BoardChecks(engine.machine, self.port.name, self._found_here)
        self._watches = [
            WATCHES[name](engine.machine, self._found_here) for name in dict.fromkeys(costly)
        ]
        self._notes = notes_of(session)
        self._notes.add(self._on_handshake, (HANDSHAKE,))
        self._notes.want_context((HANDSHAKE,))

    @property
    def findings(self) -> list[Finding]:
        """In the order in which they came; the same call of the same task that breaks the same
        rule again counts up."""
        self._recorder.flush()
        return self._findings

    @property
    def failing(self) -> list[Finding]:
        """Findings that are neither silenced nor mere notes."""
        return [finding for finding in self.findings if finding.failing]

    def end(self) -> None:
        """The run is over: what should have come has not come."""
        self._recorder.flush()
        for check in self._checks:
            check.ended()

    def detach(self) -> None:
        """Find nothing any more."""
        self._recorder.flush()
        self._recorder.unfollow(self._entered, self._returned)
        self._board.detach()
        for watch in self._watches:
            watch.detach()
        self._notes.remove(self._on_handshake)

    def _entered(self, call: Call) -> None:
        if not _is_of_application(call):
            return
        self._calls.append(call)
        socket = self._sockets.of(call)
        for check in self._entering:
            check.entered(call, socket)

    def _returned(self, call: Call) -> None:
        if call not in self._calls:
            return
        self._calls.remove(call)
        if call.ending:
            return
        socket = self._sockets.of(call)
        for check in self._returning:
            check.returned(call, socket)
        self._sockets.apply(call)

    def _on_handshake(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """For `Notes`: a TLS session stands, or does not."""
        world = self._recorder.machine.world
        message = near_expiry(fields, None if world is None else world.date.when)
        call = self._recorder.current() if message else None
        if call is None:
            return
        while call.parent is not None and call.parent.name.startswith(PORT_FUNCTIONS):
            call = call.parent
        self._found(NEAR_EXPIRY, call, message)

    def _found(self, rule: Rule, call: Call, message: str) -> None:
        site = (rule.id, call.caller, call.task)
        known = self._by_site.get(site)
        if known is not None:
            known.count += 1
            return
        finding = Finding(
            rule,
            rule.basis[self.port.name],
            self._recorder.now,
            call.task,
            signature(call) if call.number else call.name,
            message,
            partial(_places, call, self._image),
            silenced=self.silenced.get(rule.id),
        )
        self._by_site[site] = finding
        self._findings.append(finding)
        for listener in self.listeners:
            listener(finding)

    def _found_here(
        self, rule: Rule, what: str, message: str, instruction: int | None = None
    ) -> None:
        """The firmware does it right now."""
        if self.port.name in rule.basis:
            self._found(rule, self._recorder.here(what, instruction), message)


def _places(call: Call, image: Image) -> list[str]:
    def read(address: int, length: int) -> bytes:
        offset = address - call.stack
        if offset < 0 or offset + length > len(call.frames):
            raise IndexError
        return call.frames[offset : offset + length]

    sites = call_chain(call.registers, image, read, DEPTH) if call.registers else []
    rows = [f"{GUESS if s.is_guess else ''}{place(s.address, image)}" for s in sites]
    if "pc" in call.registers or not rows:
        rows.insert(0, place(call.caller, image))
    return rows


def _is_of_application(call: Call) -> bool:
    """Ports call each other's functions, and their own, too."""
    if not call.name.startswith(PORT_FUNCTIONS):
        return False
    parent = call.parent
    while parent is not None:
        if parent.name.startswith(PORT_FUNCTIONS):
            return False
        parent = parent.parent
    return True


def silences(texts: Sequence[str], where: str) -> dict[str, str]:
    """`RULE=REASON` each; empty ones say nothing. Raises RenodeWifiError."""
    named: dict[str, str] = {}
    for text in filter(None, map(str.strip, texts)):
        name, equals, named[name] = text.partition("=")
        if not equals:
            raise RenodeWifiError(
                f"{text!r} gives no reason", where=where, cure=f"write {text}=REASON"
            )
    return named


def _check_costly(names: Collection[str]) -> None:
    known = [rule.id for rule in rules() if rule.is_costly]
    for name in names:
        if name not in known:
            raise RenodeWifiError(
                f"there is no rule {name!r} among those that are looked at on demand",
                cure=f"they are {', '.join(known)}",
            )


def _checked(silenced: Mapping[str, str]) -> dict[str, str]:
    known = [rule.id for rule in rules()]
    for name, reason in silenced.items():
        if name not in known:
            raise RenodeWifiError(
                f"there is no rule {name!r} of the port contract",
                cure=f"they are {', '.join(known)}",
            )
        if not reason.strip():
            raise RenodeWifiError(
                f"rule {name!r} is silenced without a reason", cure=f"write {name}=REASON"
            )
    return dict(silenced)

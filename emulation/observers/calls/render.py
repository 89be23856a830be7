"""Calls as lines of text, live, with what the radio and the network do for them."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.observers.calls.recorder import Call, CallRecorder
from renode_wifi.emulation.observers.calls.values import Value
from renode_wifi.emulation.observers.notes import Notes
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import SECOND

NETWORK = "network"
TASK_WIDTH = 12
MAX_SHOWN = 60
FLOW_EVENTS = ("connect", "connected", "refused", "fin", "reset", "broken", "link-lost")
NESTED = ("at", "message", "tls", "fault", "dns", *FLOW_EVENTS)


def signature(call: Call) -> str:
    """`SOCKETS_Connect(xSocket=0, pxAddress=10.10.0.1:8883, xAddressLength=8)`."""
    return f"{call.name}({', '.join(f'{n}={_shown(v)}' for n, v in call.arguments.items())})"


def outcome(call: Call) -> str:
    """`= SOCKETS_ERROR_NONE <0.004 s>`."""
    assert call.finished is not None
    duration = f"<{(call.finished - call.started) / SECOND:.6f} s>"
    if call.ending:
        return f"did not return: {call.ending} {duration}"
    stored = "".join(f", {name}={_shown(value)}" for name, value in call.outputs.items())
    return f"= {_shown(call.result)}{stored} {duration}"


def nested(source: str, event: str, fields: TraceFields) -> str:
    """What a line says of a radio's or the network's event; "" for what is of no interest here."""
    if event == "at":
        return f"AT {_cut(fields['request'])} -> {_cut(fields['reply'])}"
    if event == "message" and "opcode" in fields:
        return f"NWP {fields['direction']} {fields['opcode']}"
    if event == "tls" and source != NETWORK:
        verdict = fields["problem"] or f"{fields['version']} {fields['cipher']}"
        return f"TLS of socket {fields['socket']}: {verdict}"
    if event == "fault":
        return f"fault {' '.join(str(value) for value in fields.values())}"
    if source == NETWORK and event in FLOW_EVENTS and "flow" in fields:
        return f"TCP {event} {fields.get('origin', '')} -> {fields.get('destination', '')}"
    if source == NETWORK and event == "dns":
        return f"DNS {fields['name']}: {fields['answer']}"
    return ""


class LiveCalls:
    """Writes a line for each call; one that something happened in has a line for its beginning,
    lines for what happened, and a line for its end.

    notes: of the radio and the network, to be looked at together with the calls.
    """

    def __init__(
        self, recorder: CallRecorder, write: Callable[[str], None], notes: Notes | None = None
    ) -> None:
        self._recorder = recorder
        self._write = write
        self._begun: Call | None = None
        """Its beginning is not written yet: nothing has come in between."""
        recorder.follow(self._on_call, self._on_return)
        if notes is not None:
            notes.want_context(NESTED)
            notes.add(self.on_trace, NESTED)

    def on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """For `Notes.add`."""
        text = nested(source.rpartition("/")[2], event, fields)
        if not text:
            return
        call = self._recorder.current()
        self._write_begun()
        self._line(time, call.task if call is not None else "", f"    | {text}")

    def flush(self) -> None:
        """Look at what was noted, and write the beginning of a call that has not ended yet."""
        self._recorder.flush()
        self._write_begun()

    def _write_begun(self) -> None:
        if self._begun is not None:
            call, self._begun = self._begun, None
            self._line(call.started, call.task, f"{_indent(call)}{signature(call)} ...")

    def _on_call(self, call: Call) -> None:
        self._write_begun()
        self._begun = call

    def _on_return(self, call: Call) -> None:
        assert call.finished is not None
        if self._begun is call:
            self._begun = None
            text = f"{signature(call)} {outcome(call)}"
            self._line(call.started, call.task, f"{_indent(call)}{text}")
            return
        self._write_begun()
        handle = next(iter(call.arguments.values()), "")
        what = f"... {call.name}({_shown(handle)}{', …' if len(call.arguments) > 1 else ''})"
        self._line(call.finished, call.task, f"{_indent(call)}{what} {outcome(call)}")

    def _line(self, time: int, task: str, text: str) -> None:
        self._write(f"[{time / SECOND:11.6f}] {task:<{TASK_WIDTH}} {text}")


def _indent(call: Call) -> str:
    depth, parent = 0, call.parent
    while parent is not None:
        depth, parent = depth + 1, parent.parent
    return "  " * depth


def _shown(value: Value) -> str:
    return "NULL" if value is None else str(value)


def _cut(value: object) -> str:
    """One line of a request or reply: what lies between its line ends."""
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    text = " ".join(part for part in text.replace("\r", "\n").split("\n") if part.strip(" >"))
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"

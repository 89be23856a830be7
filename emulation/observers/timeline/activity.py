"""What models and observers trace, as slices and events on lanes."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.board.console import UartLine
from renode_wifi.emulation.observers.calls.recorder import SOURCE as CALLS
from renode_wifi.emulation.observers.timeline.lanes import Details, Lane, Pool, Sink
from renode_wifi.emulation.platform.trace import TraceFields

NETWORK = "network"
CLOSING_STATES = ("closed", "failed")
TCP_ENDS = ("connect-failed", "reset", "broken", "link-lost")
WLAN_EVENTS = ("join", "associated", "dhcp", "joined", "join-failed", "left", "link-lost", "scan")
UNANSWERED = "SEND"
"""How commands of the network processor begin that have no answer."""
MAX_SHOWN = 120
FAULTS, WLAN, NAMES = Lane("world", "faults"), Lane("world", "wlan"), Lane("world", "dns")

Handler = Callable[[int, str, TraceFields], None]


class ActivityLanes:
    """For `Session.subscribe`: calls of the network API, transactions of the radio, its sockets
    with their states, connections with their packets, servers, joins and faults."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._pools: dict[tuple[str, str], Pool] = {}
        self._commands: dict[tuple[str, object], list[object]] = {}
        """NWP commands without a response, by radio and opcode."""
        self._sockets: dict[Lane, str] = {}
        self._calls: dict[Lane, list[object]] = {}
        self._count = 0
        self._flows: dict[object, Lane] = {}
        self._handlers: dict[str, Handler] = {
            "call": self._on_call,
            "return": self._on_return,
            "at": self._on_at,
            "message": self._on_message,
            "socket": self._on_socket,
            "tls": self._on_tls,
            "payload": self._on_payload,
            "fault": self._on_fault,
            "connect": self._on_connect,
            "connected": self._on_flow,
            "data": self._on_flow,
            "fin": self._on_flow,
            "datagram": self._on_datagram,
            "dns": self._on_dns,
            **dict.fromkeys(TCP_ENDS, self._on_flow_end),
        }

    def on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        handler = self._handlers.get(event)
        source = source.rpartition("/")[2]
        if handler is not None:
            handler(time, source, {"event": event, **fields})
        if source == NETWORK:
            if event in WLAN_EVENTS:
                self._sink.instant(WLAN, time, event, shown(fields))
            if "server" in fields:
                lane = Lane("servers", str(fields["server"]))
                self._sink.instant(lane, time, event, shown(fields))

    def on_line(self, line: UartLine) -> None:
        """For a console's listeners."""
        self._sink.instant(Lane("world", "console"), line.time, line.text[:MAX_SHOWN], {})

    def finish(self, time: int) -> None:
        """End what is under way."""
        for lane, numbers in self._calls.items():
            for _ in numbers:
                self._sink.end(lane, time, {})
        lanes = [lane for pool in self._pools.values() for lane in pool.lanes()]
        for lane in [*lanes, *self._sockets]:
            self._sink.end(lane, time, {})
        for pools in (self._calls, self._pools, self._sockets, self._flows, self._commands):
            pools.clear()

    # The firmware

    def _on_call(self, time: int, source: str, fields: TraceFields) -> None:
        if source != CALLS:
            return
        lane = _calls_of(fields)
        self._calls.setdefault(lane, []).append(fields["number"])
        arguments = fields["arguments"]
        details = arguments if isinstance(arguments, dict) else {}
        self._sink.begin(lane, time, str(fields["function"]), shown(details))

    def _on_return(self, time: int, source: str, fields: TraceFields) -> None:
        lane = _calls_of(fields)
        numbers = self._calls.get(lane, [])
        if source == CALLS and fields["number"] in numbers:
            numbers.remove(fields["number"])
            names = ("result", "value", "outputs", "ending")
            self._sink.end(lane, time, shown({n: fields[n] for n in names if n in fields}))

    # The radio

    def _on_at(self, time: int, source: str, fields: TraceFields) -> None:
        started = fields["started"]
        assert isinstance(started, int)
        lane = Lane("radio", source)
        request = _text(fields["request"]).split("\r", 1)[0].strip()
        self._sink.begin(lane, started, request[:MAX_SHOWN] or "(empty)", {})
        self._sink.end(lane, time, shown({"reply": fields["reply"], "data": fields["data"]}))

    def _on_message(self, time: int, source: str, fields: TraceFields) -> None:
        if "opcode" not in fields:
            self._sink.instant(Lane("radio", source), time, "message", shown(fields))
            return
        opcode, direction = str(fields["opcode"]), fields["direction"]
        pool = self._pool("radio", source)
        # What is answered by an event alone ends with it.
        command = opcode.removesuffix("_ASYNC") if direction == "event" else opcode
        waiting = self._commands.setdefault((source, command), [])
        size = {"bytes": len(_bytes(fields["body"]))}
        if direction == "command" and opcode.startswith(UNANSWERED):
            self._sink.instant(Lane("radio", source), time, opcode, size)
        elif direction == "command":
            self._count += 1
            waiting.append(self._count)
            self._sink.begin(pool.take(self._count), time, opcode, size)
        elif waiting:
            lane = pool.give_back(waiting.pop(0))
            assert lane is not None
            self._sink.end(lane, time, size)
        else:
            self._sink.instant(Lane("radio", f"{source} events"), time, opcode, size)

    def _on_socket(self, time: int, source: str, fields: TraceFields) -> None:
        state = fields.get("state")
        lane = _socket(source, fields)
        if state is None:
            self._sink.instant(lane, time, "remote", shown(fields))
            return
        if lane in self._sockets:
            del self._sockets[lane]
            self._sink.end(lane, time, {})
        if state in CLOSING_STATES:
            self._sink.instant(lane, time, str(state), shown(fields))
        else:
            self._sockets[lane] = str(state)
            self._sink.begin(lane, time, str(state), shown(fields))

    def _on_tls(self, time: int, source: str, fields: TraceFields) -> None:
        if source != NETWORK:
            problem = fields.get("problem")
            name = f"TLS failed: {problem}" if problem else f"TLS {fields.get('version')}"
            self._sink.instant(_socket(source, fields), time, name, shown(fields))

    def _on_payload(self, time: int, source: str, fields: TraceFields) -> None:
        name = f"{fields['direction']} {fields['size']} B"
        self._sink.instant(_socket(source, fields), time, name, {})

    def _on_fault(self, time: int, source: str, fields: TraceFields) -> None:
        name = str(fields.get("do") or fields.get("kind"))
        self._sink.instant(FAULTS, time, name, shown({"source": source, **fields}))

    # The network

    def _on_connect(self, time: int, source: str, fields: TraceFields) -> None:
        if source != NETWORK or fields["flow"] in self._flows:
            return
        lane = self._pool("network", f"TCP {fields['destination']}").take(fields["flow"])
        self._flows[fields["flow"]] = lane
        self._sink.begin(lane, time, f"{fields['origin']} → {fields['destination']}", {})

    def _on_flow(self, time: int, source: str, fields: TraceFields) -> None:
        lane = self._flows.get(fields.get("flow"))
        if source == NETWORK and lane is not None:
            size = f" {len(_bytes(fields['data']))} B" if "data" in fields else ""
            name = f"{fields['event']}{size}"
            self._sink.instant(lane, time, name, {"origin": fields.get("origin", "")})

    def _on_flow_end(self, time: int, source: str, fields: TraceFields) -> None:
        lane = self._flows.pop(fields.get("flow"), None)
        if source != NETWORK or lane is None:
            return
        self._sink.instant(lane, time, str(fields["event"]), shown(fields))
        self._sink.end(lane, time, {"ended by": fields["event"]})
        for pool in self._pools.values():
            pool.give_back(fields["flow"])

    def _on_datagram(self, time: int, source: str, fields: TraceFields) -> None:
        name = f"{fields['origin']} → {fields['destination']} {len(_bytes(fields['data']))} B"
        self._sink.instant(Lane(NETWORK, "UDP"), time, name, {})

    def _on_dns(self, time: int, source: str, fields: TraceFields) -> None:
        self._sink.instant(NAMES, time, f"{fields['name']}: {fields['answer']}", {})

    def _pool(self, group: str, name: str) -> Pool:
        return self._pools.setdefault((group, name), Pool(group, name))


def shown(fields: Details) -> dict[str, object]:
    """Fields as a viewer shows them: numbers, and texts of one line."""
    return {
        name: value if isinstance(value, int | float) else _text(value)[:MAX_SHOWN]
        for name, value in fields.items()
        if name != "event"
    }


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
        return value if value.isprintable() else repr(value)[1:-1]
    return str(value)


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value


def _socket(source: str, fields: TraceFields) -> Lane:
    return Lane("sockets", f"{source} socket {fields.get('socket')}")


def _calls_of(fields: TraceFields) -> Lane:
    return Lane("calls", str(fields["task"]) or "main")

"""The points of a run: commands of the radio, events of the network, writes of flash, and time."""

from __future__ import annotations

import re
from typing import Any

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.explore.plan import Point, Setup
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND
from renode_wifi.peripherals.network.servers import TcpServer
from renode_wifi.peripherals.network.world import World

EVENTS = ("join", "joined", "dns", "connect", "connected", "tls", "data", "fin", "datagram", "ping")
"""Events of the network that are points."""
LETTERS = re.compile(r"[A-Z?][A-Z0-9?]*")

Raw = tuple[int, str, str, str | None, str | None]
"""time, family, name, command, `address:port` of the server."""


class Recorder:
    """Notes the points of a board's run from now on."""

    def __init__(self, board: Board, setup: Setup) -> None:
        self._board = board
        self._setup = setup
        self._raw: list[Raw] = []
        self._flows: dict[Any, str] = {}
        self._servers = _servers(board.world)
        engine = board.engine
        engine.subscribe(self._on_at, "at")
        engine.subscribe(self._on_message, "message")
        engine.subscribe(self._on_flash, "flash")
        for event in EVENTS:
            engine.subscribe(self._on_network, event)
        self._open = True

    def points(self) -> list[Point]:
        """Those noted so far, in the order of time; none are noted afterwards."""
        self._open = False
        setup = self._setup
        step = round(setup.every * SECOND)
        end = round(setup.length * SECOND)
        times: list[Raw] = [
            (time, "time", f"after {time / SECOND:g} s", None, None)
            for time in range(step, end, step)
        ]
        raw = sorted(_without_bulk(self._raw) + times, key=lambda entry: entry[:3])
        return [
            Point(number, time, family, name, command, *self._server(place))
            for number, (time, family, name, command, place) in enumerate(raw)
        ]

    def _server(self, place: str | None) -> tuple[str | None, bool]:
        return self._servers.get(place or "", (None, False))

    def _note(
        self, time: int, family: str, name: str, command: str | None, place: str | None = None
    ) -> None:
        if self._open:
            self._raw.append((time, family, name, command, place))

    def _on_at(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        text, started = fields["request"], fields["started"]
        assert isinstance(text, str)
        assert isinstance(started, int)
        letters = LETTERS.match(text)
        name = text[:2] if letters is None else letters[0][:2]
        self._note(started, "radio", name, name)

    def _on_message(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        if self._open and fields.get("direction") == "command":
            name = str(fields["opcode"])
            self._note(time, "radio", name, name)

    def _on_flash(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        name = f"{fields['operation']} of page {fields['page']}"
        self._note(time, "flash", name, str(fields["operation"]))

    def _on_network(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        flow = fields.get("flow")
        place = None
        if flow is not None:
            ends = [str(fields.get(end, "")) for end in ("destination", "origin")]
            found = next((end for end in ends if end in self._servers), None)
            place = self._flows.setdefault(flow, found or ends[0])
        if event == "dns":
            # What is reported is the answer.
            names = self._board.world.internet.names.settings
            latency = self._board.world.internet.link.settings.latency
            time -= names.latency + 2 * latency + MICROSECOND
        what = fields.get("name") or fields.get("ssid") or place or ""
        self._note(max(0, time), "network", f"{event} {what}".strip(), None, place)


def _without_bulk(raw: list[Raw]) -> list[Raw]:
    """Of writes to one page in a row only the first, the middle and the last one."""
    kept: list[Raw] = []
    run: list[Raw] = []
    for entry in (*raw, None):
        if run and (entry is None or entry[1:3] != run[0][1:3]):
            kept += run if len(run) < 4 else [run[0], run[len(run) // 2], run[-1]]
            run = []
        if entry is None or entry[1] != "flash":
            kept += [] if entry is None else [entry]
        else:
            run.append(entry)
    return kept


def _servers(world: World) -> dict[str, tuple[str, bool]]:
    """Names of TCP servers by their address and port, and whether they have TLS."""
    return {
        f"{server.settings.address}:{server.settings.port}": (name, server.settings.tls is not None)
        for name, server in world.servers.items()
        if isinstance(server, TcpServer)
    }

"""A board on Renode: a Renode process that this one drives.

Renode runs the board's script like any other; `drive.py` in it takes orders over a connection on
the loopback interface. The radio and the world run here, so that tests can look at them. With
pyrenode3 (its PYRENODE_* variables set) Renode runs inside this process instead.
"""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renode_wifi.emulation.engines.renode import find, protocol
from renode_wifi.emulation.engines.renode.connections import Listener, Worlds
from renode_wifi.emulation.engines.renode.process import (
    InProcessRenode,
    Renode,
    RenodeProcess,
    monitor_path,
    wants_pyrenode3,
)
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.crash import Crash
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform.boards import BoardType
from renode_wifi.emulation.platform.core import OnFault, Stop
from renode_wifi.emulation.platform.trace import TraceFields, TraceListener
from renode_wifi.peripherals.base.clock import MILLISECOND

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

CONTROL = "RENODE_WIFI_CONTROL"
START_TIMEOUT = 180.0
END_TIMEOUT = 10.0
"""Seconds of real time, both."""
SLICE = 5 * MILLISECOND
"""Virtual time between looks at what listeners say; a stop takes effect at its end."""
UART = "uart"
_MACHINE = re.compile(r"\s*\d+: ")
HELD_COMMANDS = frozenset(("start", "s", "pause", "p"))
"""Virtual time passes in `run` alone, as on the embedded engine."""


class RenodeEngine:
    """Implements `emulation.engines.engine.Engine`."""

    name = "renode"
    crash: Crash | None = None
    on_fault = OnFault.CONTINUE
    """Renode lets handlers run and reports no faults."""

    def __init__(self) -> None:
        self.fault_listeners: list[Callable[[Crash], None]] = []
        self._now = 0
        self._instructions = 0
        self._stop = False
        self._listeners: list[tuple[TraceListener, str | None]] = []
        self._events: deque[tuple[int, str, str, TraceFields]] = deque()
        self._unreported: deque[tuple[int, str, str, TraceFields]] = deque()
        self._closed = False
        control = Listener()
        self._worlds = Worlds(self._on_trace)
        environment = {CONTROL: control.where, protocol.ENVIRONMENT: self._worlds.port.where}
        self._renode: Renode | None = None
        try:
            if wants_pyrenode3():
                environment[CONTROL] += ":stay"
                self._renode = InProcessRenode(environment)
            else:
                self._renode = RenodeProcess(find.find().command, environment)
            self._connection = self._connected(control)
        except BaseException:
            control.close()
            self._worlds.close()
            if self._renode is not None:
                self._renode.close()
            raise
        control.close()
        self._stream = self._connection.makefile("rw", encoding="utf-8", newline="\n")

    def _connected(self, control: Listener) -> socket.socket:
        assert self._renode is not None
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            try:
                return control.accept(0.2)
            except TimeoutError:
                ended = self._renode.ended()
                if ended is not None:
                    raise RenodeWifiError(
                        f"Renode did not start: {ended}", cure=find.INSTALL_HINT
                    ) from None
        raise RenodeWifiError(
            f"Renode did not answer within {START_TIMEOUT:.0f} s", cure=find.INSTALL_HINT
        )

    @classmethod
    def of_board(cls, board: BoardType, world: Path | None, seed: int | None) -> RenodeEngine:
        engine = cls()
        try:
            engine.execute(f'$name="{board.name}"')
            engine.execute(f"$world={monitor_path(world or board.default_world)}")
            if seed is not None:
                engine.execute(f"$seed={seed}")
            engine.execute(f"include {monitor_path(board.script)}")
            # The script's own would load an image that it does not know of.
            engine.execute(f'macro reset "cpu VectorTableOffset 0x{board.vector_table:08X}"')
        except BaseException:
            engine.close()
            raise
        return engine

    @classmethod
    def empty(cls) -> RenodeEngine:
        return cls()

    @property
    def now(self) -> int:
        return self._now

    @property
    def instructions(self) -> int:
        return self._instructions

    @property
    def world(self) -> World | None:
        services = self._worlds.services
        return services[-1].world if services else None

    @property
    def machines(self) -> list[str]:
        # "Current machine: …", then "    0: name" each.
        lines = self.execute("mach").splitlines()
        return [line.split(": ", 1)[1].strip() for line in lines if _MACHINE.match(line)]

    def peripherals(self, machine: str) -> dict[str, str]:
        return {}

    def load(self, image: Image) -> None:
        for segment in image.segments:
            self._ask("program", str(segment.address), protocol.pack_bytes(segment.data))
        for machine in self._worlds.last_machines():
            if machine.radio is not None:
                programmed = [(segment.address, segment.data) for segment in image.segments]
                machine.radio.provision(programmed, image.files)
        if self._now:
            self.reset()

    def run(self, until: int) -> Stop:
        self._deliver()
        while self._now < until:
            if self._stop:
                self._stop = False
                return Stop.REQUEST
            now, self._instructions = self._ask("run", str(min(until, self._now + SLICE)))
            # Renode may end a slice a cycle early.
            self._now = max(now, min(until, self._now + 1))
            self._deliver()
        if self._stop:
            self._stop = False
            return Stop.REQUEST
        return Stop.TIME

    def request_stop(self) -> None:
        self._stop = True

    def reset(self) -> None:
        self._ask("reset")
        self._deliver()

    def subscribe(self, listener: TraceListener, event: str | None = None) -> None:
        self._listeners.append((listener, event))

    def source(self, name: str, machine: str | None = None) -> str:
        (source,) = self._ask("source", name, machine or "")
        return str(source)

    def write_uart(self, name: str, data: bytes) -> None:
        self._ask("write", name, protocol.pack_bytes(data))

    def execute(self, command: str) -> str:
        if command.strip() in HELD_COMMANDS:
            return ""
        (text,) = self._ask("execute", command)
        if not self._unreported:
            self._deliver()
        return str(text)

    def read_memory(self, address: int, length: int) -> bytes:
        (data,) = self._ask("read", str(address), str(length))
        return bytes(data)

    def save(self) -> bytes:
        raise self._no_snapshots()

    def restore(self, state: bytes) -> None:
        raise self._no_snapshots()

    def _no_snapshots(self) -> RenodeWifiError:
        return RenodeWifiError(
            "Renode cannot save a board whose models are written in Python",
            cure="take snapshots on the embedded engine: --engine embedded",
        )

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._stream.close()
        self._connection.close()
        assert self._renode is not None
        self._renode.close()
        self._worlds.close()

    # -- inner --------------------------------------------------------------------------------

    def _ask(self, *fields: str) -> list[Any]:
        try:
            self._stream.write(protocol.encode(fields) + "\n")
            self._stream.flush()
            for line in self._stream:
                kind, *values = protocol.decode(line.rstrip("\n"))
                if kind == UART:
                    sent: TraceFields = {"byte": int(values[2])}
                    self._events.append((int(values[0]), values[1], "uart", sent))
                elif kind == protocol.DONE:
                    return [protocol.unpack(value) for value in values[1:]]
                else:
                    raise RenodeWifiError(f"Renode: {values[0]}")
        except (OSError, ValueError):
            # It died under our hands; what it said follows.
            pass
        raise self._gone()

    def _gone(self) -> RenodeWifiError:
        assert self._renode is not None
        deadline = time.monotonic() + END_TIMEOUT
        ended = None
        while ended is None and not self._closed and time.monotonic() < deadline:
            ended = self._renode.ended()
            time.sleep(0.05)
        return RenodeWifiError(f"Renode ended: {ended or 'it was closed'}", cure="start it again")

    def _on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """Called on a radio's thread; listeners are called on that of `run`."""
        self._events.append((time, source, event, fields))

    def _deliver(self) -> None:
        """Report to listeners what happened, in the order of its virtual time.

        What came after the event at which one asks for a stop is reported in the next run: who
        waits for something sees nothing later than that, as on the embedded engine.
        """
        events = []
        while self._events:
            events.append(self._events.popleft())
        self._unreported.extend(sorted(events, key=lambda event: event[0]))
        while self._unreported and not self._stop:
            event = self._unreported.popleft()
            for listener, wanted in self._listeners:
                if wanted in (None, event[2]):
                    listener(*event)

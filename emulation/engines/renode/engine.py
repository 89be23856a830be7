"""A board on Renode: a Renode process that this one drives.

Renode runs the board's script like any other; `drive.py` in it takes orders over a connection on
the loopback interface. The radio and the world run here, so that tests can look at them. With
pyrenode3 (its PYRENODE_* variables set) Renode runs inside this process instead.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renode_wifi.emulation.engines.renode import driven, protocol
from renode_wifi.emulation.engines.renode.process import monitor_path
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.crash import REGISTERS, Crash
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform.boards import BoardType
from renode_wifi.emulation.platform.core import OnFault, Stop
from renode_wifi.emulation.platform.trace import TraceFields, TraceListener
from renode_wifi.emulation.terminals.attached import Terminals
from renode_wifi.peripherals.base.clock import MILLISECOND

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

SLICE = 5 * MILLISECOND
"""Virtual time between looks at what listeners say; a stop takes effect at its end."""
UART, EVERYTHING = "uart", "everything"
"""What ends a run early, to report it: bytes of UARTs, or whatever may have been traced."""
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
        self.terminals = Terminals()
        self.terminals.type = self.write_uart
        self.terminals.is_receiving = self.is_receiving
        self.terminals.listen = lambda: self.subscribe(self.terminals.on_uart, UART)
        self._events: deque[tuple[int, str, str, TraceFields]] = deque()
        self._unreported: deque[tuple[int, str, str, TraceFields]] = deque()
        self._closed = False
        self._renode = driven.take()
        self._renode.on_trace = self._on_trace
        self._worlds = self._renode.worlds

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
            engine.execute(f'macro reset "wifi_vectors 0x{board.vector_table:08X}"')
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
        if self._closed:
            return None
        service = self._worlds.service_of(self._selected())
        return service.world if service is not None else None

    @property
    def machines(self) -> list[str]:
        return [str(name) for name in self._ask("machines")]

    def peripherals(self, machine: str) -> dict[str, str]:
        return {}

    def load(self, image: Image) -> None:
        for segment in image.segments:
            self._ask("program", str(segment.address), protocol.pack_bytes(segment.data))
        name = self._selected()
        service = self._worlds.service_of(name)
        machine = service.machines.get(name) if service is not None else None
        if machine is not None and machine.radio is not None:
            programmed = [(segment.address, segment.data) for segment in image.segments]
            machine.radio.provision(programmed, image.files)
        if self._now:
            self.reset()

    def run(self, until: int) -> Stop:
        return self.terminals.run(self._run_renode, lambda: self._now, until)

    def _run_renode(self, until: int) -> Stop:
        self._deliver()
        while self._now < until:
            if self._stop:
                self._stop = False
                return Stop.REQUEST
            uart_only = all(wanted == UART for _, wanted in self._listeners)
            what = UART if uart_only else EVERYTHING
            now, self._instructions = self._ask("run", str(until), str(SLICE), what)
            # Renode may end a slice a cycle early.
            self._now = max(now, min(until, self._now + 1))
            self._deliver()
        if self._stop:
            self._stop = False
            return Stop.REQUEST
        return Stop.TIME

    def request_stop(self) -> None:
        self._stop = True
        self._renode.stop()

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

    def is_receiving(self, name: str) -> bool:
        return True

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

    def registers(self) -> dict[str, int]:
        return dict(zip((*REGISTERS, "psp"), self._ask("registers"), strict=False))

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
        if not self._closed:
            self._closed = True
            self.terminals.close()
            self._renode.give_back()

    # -- inner --------------------------------------------------------------------------------

    def _selected(self) -> str:
        """The machine that requests are for; "" without any."""
        (name,) = self._ask("selected")
        return str(name)

    def _ask(self, *fields: str) -> list[Any]:
        return self._renode.ask(*fields)

    def _on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """Called on a world's thread; listeners are called on that of `run`."""
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

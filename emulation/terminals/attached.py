"""The terminals of a session, each at a serial port: lets bytes pass while time passes.

What is typed reaches the board between two slices of virtual time. That moment depends on the host,
as it must; without terminals a run is not cut at all.
"""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.emulation.terminals.pace import RealTime
from renode_wifi.emulation.terminals.terminal import Terminal
from renode_wifi.peripherals.base.clock import MILLISECOND

SLICE = 10 * MILLISECOND
"""Virtual time between looks at the terminals."""
MAX_HELD = 64 << 10
"""Bytes for a port whose reception is off; what comes behind them goes to the port, and is lost."""


class Terminals:
    """Terminals by name, and which serial ports they are connected to.

    Ports have the names under which they trace (`Engine.source`). The engine sets `type`,
    `is_receiving` and `listen`. What is typed before firmware has switched a port's reception on
    waits for it: input from a pipe is there before the firmware has started.
    """

    def __init__(self) -> None:
        self.by_name: dict[str, Terminal] = {}
        self.pace: RealTime | None = None
        """Virtual time does not run ahead of real time, if given."""
        self.type: Callable[[str, bytes], None] = lambda port, data: None
        """Sends bytes to the RX pin of a port."""
        self.is_receiving: Callable[[str], bool] = lambda port: True
        self.listen: Callable[[], None] = lambda: None
        """Called once: from then on `on_uart` is to be notified of what ports send."""
        self._ports: dict[str, list[Terminal]] = {}
        self._is_listening = False
        self._held: dict[str, bytes] = {}

    @property
    def is_used(self) -> bool:
        return bool(self.by_name) or self.pace is not None

    @property
    def is_live(self) -> bool:
        """Somebody is at one of those that are connected."""
        return any(each.is_live for terminals in self._ports.values() for each in terminals)

    def add(self, name: str, terminal: Terminal) -> None:
        """Raises RenodeWifiError for a name that is taken."""
        if name in self.by_name:
            terminal.close()
            raise RenodeWifiError(f"there is a terminal {name!r} already", cure="name it otherwise")
        self.by_name[name] = terminal

    def remove(self, name: str) -> None:
        """Disconnect and close it."""
        terminal = self.by_name.pop(name)
        for port in list(self._ports):
            self.disconnect(port, terminal)
        terminal.close()

    def connect(self, port: str, terminal: Terminal) -> None:
        if not self._is_listening:
            self._is_listening = True
            self.listen()
        terminals = self._ports.setdefault(port, [])
        if terminal not in terminals:
            terminals.append(terminal)

    def disconnect(self, port: str, terminal: Terminal | None = None) -> None:
        """Take a terminal from a port, or all."""
        terminals = self._ports.get(port, [])
        self._ports[port] = [each for each in terminals if terminal not in (None, each)]

    def on_uart(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """A trace listener for the event "uart"."""
        byte = fields["byte"]
        assert isinstance(byte, int)
        for terminal in self._ports.get(source, ()):
            terminal.write(byte)

    def poll(self) -> None:
        """Let pass what has come on both sides; never waits."""
        connected = set()
        for port, terminals in self._ports.items():
            for terminal in terminals:
                connected.add(id(terminal))
                self._pass_on(port, terminal.poll())
        for terminal in self.by_name.values():
            if id(terminal) not in connected:
                terminal.poll()

    def _pass_on(self, port: str, data: bytes) -> None:
        data = self._held.pop(port, b"") + data
        if data and len(data) <= MAX_HELD and not self.is_receiving(port):
            self._held[port] = data
        elif data:
            self.type(port, data)

    def run(self, run: Callable[[int], Stop], now: Callable[[], int], until: int) -> Stop:
        """Run to virtual time `until` (ns) by `run`, with bytes passing meanwhile."""
        if not self.is_used:
            return run(until)
        try:
            while True:
                self.poll()
                stop = run(min(until, now() + SLICE))
                if stop is not Stop.TIME or now() >= until:
                    return stop
                if self.pace is not None:
                    self.pace.wait(now())
        finally:
            self.poll()

    def close(self) -> None:
        for name in list(self.by_name):
            self.remove(name)

"""A bridged world: with a fake host for the rules of time, or with real sockets."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.network.bridge.host_port import Target
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.world import World
from renode_wifi.peripherals.network.worldfile.read import read_world_file
from tests.peripherals.network.rig import ACCESS_POINT, MAC

REMOTE = IPv4Address("10.10.0.9")


class FakeHost:
    """A host whose wall clock moves only in `wait`, and whose peers answer after `delay` ns."""

    def __init__(self) -> None:
        self.wall = 0
        self.delay = 30 * MILLISECOND
        self.answers = True
        self.due: list[tuple[int, int, Any]] = []
        self.opened: list[Target] = []
        self.sent: dict[int, bytearray] = {}
        self.inbox: dict[int, list[Any]] = {}
        self.up: dict[int, bool | Failure] = {}
        self.closed: list[tuple[int, bool]] = []
        self.room = 1_000_000
        self.waits: list[int] = []
        self.refuse = False
        self.own: list[str] = []
        self.allowed: list[Any] = []
        self.names = {"known.test": ["1.2.3.4"]}

    def wall_time(self) -> int:
        return self.wall

    def wait(self, duration: int) -> None:
        self.waits.append(duration)
        end = self.wall + duration
        if self.due:
            end = max(self.wall, min(end, min(time for time, _, _ in self.due)))
        self.wall = end
        for entry in [entry for entry in self.due if entry[0] <= self.wall]:
            self.due.remove(entry)
            _, handle, what = entry
            if isinstance(what, bool | Failure):
                self.up[handle] = what
            else:
                self.inbox[handle].append(what)

    def open_stream(self, target: Target, allowed: Any) -> int:
        handle = len(self.opened)
        self.opened.append(target)
        self.allowed.append(allowed)
        self.sent[handle], self.inbox[handle] = bytearray(), []
        self.up[handle] = False
        outcome: bool | Failure = Failure.REFUSED if self.refuse else True
        self.due.append((self.wall + self.delay, handle, outcome))
        return handle

    def is_own(self, address: IPv4Address) -> bool:
        return str(address) in self.own

    def open_datagrams(self, target: Target, allowed: Any) -> int:
        handle = self.open_stream(target, allowed)
        self.due.pop()
        return handle

    def connected(self, handle: int) -> bool | Failure:
        return self.up[handle]

    def send(self, handle: int, data: bytes) -> int | Failure:
        taken = data[: self.room]
        self.sent[handle] += taken
        if self.answers and taken:
            self.due.append((self.wall + self.delay, handle, taken.upper()))
        return len(taken)

    def receive(self, handle: int) -> bytes | Failure | None:
        return self.inbox[handle].pop(0) if self.inbox[handle] else b""

    def shutdown(self, handle: int) -> None:
        self.due.append((self.wall + self.delay, handle, None))

    def close(self, handle: int, *, reset: bool = False) -> None:
        self.closed.append((handle, reset))

    def listen(self, target: Target, where: str) -> int:
        return 99

    def accept(self, handle: int) -> int | None:
        return None

    def start_lookup(self, name: str) -> int:
        handle = self.open_stream((name, 0), None)
        self.due.pop()
        if name in self.names:
            self.due.append((self.wall + self.delay, handle, self.names[name]))
        return handle

    def lookup_result(self, handle: int) -> list[IPv4Address] | Failure | None:
        if not self.inbox[handle]:
            return None
        return [IPv4Address(address) for address in self.inbox[handle].pop()]

    def close_all(self) -> None:
        self.opened.clear()


class Bridged:
    def __init__(self, folder: Path, text: str, host: Any = None) -> None:
        file = folder / "world.yaml"
        file.write_text(ACCESS_POINT + "mode: bridged\n" + text, encoding="utf-8")
        self.machine: Any = BenchMachine()
        self.world = World(read_world_file(file), self.machine, None, host)
        self.station = self.world.station(MAC)
        self.answers: list[Any] = []
        self.station.join(b"lab", b"lab-secret", None, self.answers.append)
        self.machine.clock.advance(2 * SECOND)

    @property
    def now(self) -> int:
        return self.machine.clock.now

    def run(self, duration: int) -> None:
        self.machine.clock.advance(duration)

    def until(self, condition: Any) -> None:
        """Real sockets take what time they take; virtual time is bounded."""
        for _ in range(5_000):
            if condition():
                return
            self.run(2 * MILLISECOND)
        raise AssertionError("it never happened")


FORWARD = 'forwards: [{from: "10.10.0.9:1883", to: "127.0.0.1:18830"}]\n'

"""A world on a test rig: built from YAML text, moved by hand, with a phone-like station in it."""

from __future__ import annotations

import pickle
import textwrap
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.network.contract.station import Lease, Security
from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsSettings, TlsVerdict
from renode_wifi.peripherals.network.world import World, load_world

GATEWAY = IPv4Address("10.10.0.1")
MAC = bytes.fromhex("020000000001")
ACCESS_POINT = """
access_points:
  - {ssid: lab, passphrase: lab-secret}
"""


class Recorder:
    """The owner of streams, who writes down what it is notified of."""

    def __init__(self, *, keep_reading: bool = True) -> None:
        self.log: list[Any] = []
        self.data = bytearray()
        self.keep_reading = keep_reading
        self.verdict: TlsVerdict | None = None

    def on_connected(self, stream: Stream) -> None:
        self.log.append("connected")

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        self.log.append(failure)

    def on_data(self, stream: Stream) -> None:
        if self.keep_reading:
            while data := stream.receive(1_000):
                self.data += data

    def on_writable(self, stream: Stream) -> None:
        self.log.append("writable")

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        self.log.append(("closed", failure))

    def on_handshake(self, stream: TlsStream, verdict: TlsVerdict) -> None:
        self.verdict = verdict

    def on_datagram(self, sender: tuple[IPv4Address, int], data: bytes) -> None:
        self.log.append((sender, data))

    def on_link_lost(self, reason: str) -> None:
        self.log.append(("link lost", reason))

    def on_station_joined(self, mac: bytes, lease: Lease) -> None:
        self.log.append(("joined", mac, lease.address))

    def on_station_left(self, mac: bytes, lease: Lease) -> None:
        self.log.append(("left", mac, lease.address))


class Rig:
    """A machine, a world and one station; picklable as a whole."""

    def __init__(
        self,
        folder: Path,
        text: str,
        *,
        seed: int | None = None,
        access_point: str = ACCESS_POINT,
        **variables: str,
    ) -> None:
        file = folder / "world.yaml"
        file.write_text(access_point + textwrap.dedent(text), encoding="utf-8")
        self.machine: Any = BenchMachine()
        self.world: World = load_world(file, self.machine, seed, variables)
        self.station = self.world.station(MAC)
        self.answers: list[Any] = []

    @property
    def clock(self) -> Any:
        return self.machine.clock

    def run(self, seconds: float = 1) -> None:
        self.machine.clock.advance(int(seconds * SECOND))

    def join(
        self,
        ssid: bytes = b"lab",
        passphrase: bytes = b"lab-secret",
        security: Security | None = None,
        **more: Any,
    ) -> Any:
        self.answers.clear()
        self.station.join(ssid, passphrase, security, self.answers.append, **more)
        self.run(20)
        return self.answers[-1]

    def resolve(self, name: str) -> Any:
        self.answers.clear()
        self.station.resolve(name, self.answers.append)
        self.run(10)
        return self.answers[-1]

    def connect(
        self, port: int, address: IPv4Address = GATEWAY, **more: Any
    ) -> tuple[Stream, Recorder]:
        events = Recorder(**more)
        stream = self.station.connect((address, port), events)
        self.run(1)
        return stream, events

    def secure(self, port: int, **settings: Any) -> tuple[TlsStream, Recorder]:
        stream, events = self.connect(port)
        settings.setdefault("ca", self.world.ca_pem)
        secure = TlsStream(stream, TlsSettings(**settings), events, self.clock, Random(1))
        self.run(1)
        return secure, events

    def events(self, name: str) -> list[dict[str, Any]]:
        return [fields for _, _, event, fields in self.machine.traced if event == name]


def joined(folder: Path, text: str, **more: Any) -> Rig:
    rig = Rig(folder, text, **more)
    assert isinstance(rig.join(), Lease)
    return rig


def saved(thing: Any) -> Any:
    """What a snapshot gives back."""
    return pickle.loads(pickle.dumps(thing))

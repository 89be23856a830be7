"""Peers of the board's sockets, and sockets connected to them."""

from __future__ import annotations

from ipaddress import IPv4Address

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import ECHO, TARPIT, Rig


def connected(driver: HostDriver, port: int = ECHO) -> int:
    number = driver.socket()
    assert driver.connect(number, port) == 0
    return number


class Phone:
    """A peer in the world that connects to the board."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.station = rig.world.station(b"\x02phone")
        self.closed = False
        self.joined: list[object] = []
        self.station.join(b"fwemu-ap", b"fwemu-pass", None, self.joined.append)
        rig.driver.run(5 * SECOND)
        self.stream: Stream | None = None
        self.data = b""

    def connect(self, port: int) -> None:
        lease = self.rig.nwp.processor.lease
        assert lease is not None
        self.stream = self.station.connect((lease.address, port), self)

    def on_connected(self, stream: Stream) -> None: ...

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None: ...

    def on_writable(self, stream: Stream) -> None: ...

    def on_data(self, stream: Stream) -> None:
        self.data += stream.receive(10_000)

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        self.closed = True


class Silence:
    def on_datagram(self, sender: tuple[IPv4Address, int], data: bytes) -> None: ...


def stuffed(rig: Rig, driver: HostDriver, port: int = TARPIT) -> int:
    """A connected socket with data that its peer doesn't take."""
    number = connected(driver, port)
    for _ in range(15):
        driver.send(number, bytes(1460))
    driver.run(SECOND)
    socket = rig.nwp.sockets.table[number]
    assert socket is not None
    assert socket.unsent
    driver.events.clear()
    return number

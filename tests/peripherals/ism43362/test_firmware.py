"""Quirks by version of the module's firmware, each switchable, and the timing of the radio."""

from __future__ import annotations

import dataclasses
from ipaddress import IPv4Address
from typing import Any

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.ism43362.firmware import quirks_of
from renode_wifi.peripherals.ism43362.module import ISM43362
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.network.contract.station import Lease, Security
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.worldfile.network import AccessPointSettings
from renode_wifi.peripherals.network.worldfile.radio import RadioSettings
from tests.peripherals.ism43362.drivers import Status, StPort, Wires
from tests.peripherals.ism43362.rig import Rig
from tests.peripherals.ism43362.worlds import ECHO, TLS_ECHO, UDP_ECHO, make_world

SHIPPED, BETA, LATER = "C3.5.2.5.STM", "C3.5.2.3.BETA9", "C3.5.2.7.STM"


# Which firmware has which


def test_boards_firmware_is_the_default() -> None:
    profile = ModuleProfile.from_attributes({})
    assert profile == ModuleProfile()
    assert profile.firmware == SHIPPED
    assert profile == ModuleProfile.from_attributes({"firmware": SHIPPED})
    assert {name: getattr(profile, name) for name in quirks_of(SHIPPED)} == quirks_of(SHIPPED)


@pytest.mark.parametrize("firmware", [SHIPPED, BETA, LATER, "C3.5.2.5", "C3.5.2.3", "C6.2.1.7"])
def test_quirks_of_a_version_are_the_profiles(firmware: str) -> None:
    profile = ModuleProfile.from_attributes({"firmware": firmware})
    quirks = quirks_of(firmware)
    assert {name: getattr(profile, name) for name in quirks} == quirks


def test_versions_differ() -> None:
    assert quirks_of(BETA) == quirks_of("C3.5.2.3") != quirks_of(SHIPPED)
    assert quirks_of("C3.5.2.33") == quirks_of("C6.2.1.7") == quirks_of(SHIPPED)


@pytest.mark.parametrize("firmware", [SHIPPED, BETA])
@pytest.mark.parametrize("quirk", quirks_of(SHIPPED))
def test_each_quirk_is_switchable(firmware: str, quirk: str) -> None:
    there = quirks_of(firmware)[quirk]
    profile = ModuleProfile.from_attributes({"firmware": firmware, quirk: not there})
    expected = dataclasses.replace(
        ModuleProfile.from_attributes({"firmware": firmware}), **{quirk: not there}
    )
    assert profile == expected


def test_world_file_decides_the_firmware() -> None:
    machine = BenchMachine()
    module = ISM43362(machine, "wifi", firmware=BETA, unansweredA0=False)
    radio = RadioSettings(options={"firmware": SHIPPED})
    module.connect_world(make_world(machine, radio=radio))
    assert module.profile.broken_udp_server
    assert not module.profile.unanswered_a0


# A0


def access_point(port: StPort) -> tuple[Status, bytes]:
    assert port.start()
    port.ok(b"AS=0,board\r", b"A1=0\r", b"AC=6\r", b"AT=4\r")
    return port.execute(b"A0\r")


def visible(rig: Rig) -> list[bytes]:
    return [beacon.ssid for beacon in rig.world.station(b"\x02phone").scan()]


@pytest.mark.parametrize("firmware", [SHIPPED, BETA])
def test_a0_starts_the_access_point_without_a_reply(firmware: str) -> None:
    rig = Rig(firmware=firmware)
    assert access_point(rig.port) == (Status.IO_ERROR, b"")
    assert b"board" in visible(rig)
    assert rig.port.reset()
    assert b"board" not in visible(rig)
    rig.port.ok(b"AS=0,board\r", b"A1=0\r")
    assert rig.port.ok(b"AD\r") == b"[AP     ] board,0,192.168.10.1"


def test_a0_replies_where_that_is_switched_off() -> None:
    status, reply = access_point(Rig(unansweredA0=False).port)
    assert status is Status.OK
    assert b"[AP     ] board" in reply


# WEP


def wep_port(key: bytes, **attributes: Any) -> StPort:
    machine = BenchMachine()
    module = ISM43362(machine, "wifi", **attributes)
    old = AccessPointSettings(b"old", b"\x02\0\0\0\0\x01", security=Security.WEP, passphrase=key)
    module.connect_world(make_world(machine, access_points=(old,)))
    port = StPort(Wires(machine, module))
    assert port.start()
    return port


WEP40, WEP128 = b"01234", b"0123456789abc"


@pytest.mark.parametrize(
    ("firmware", "key", "joins"),
    [
        (SHIPPED, WEP40, True),
        (SHIPPED, WEP128, False),
        (SHIPPED, WEP128.hex().encode(), False),
        (BETA, WEP128, True),
    ],
)
def test_wep(firmware: str, key: bytes, joins: bool) -> None:
    assert wep_port(key, firmware=firmware).connect_ap(b"old", key, 1) == joins


@pytest.mark.parametrize("broken", [True, False])
def test_wep_128_by_itself_after_a_start(broken: bool) -> None:
    port = wep_port(WEP128, brokenWep128=broken)
    port.ok(b"C1=old\r", b"C2=" + WEP128 + b"\r", b"C3=1\r", b"CC=1\r", b"Z1\r")
    assert port.reset()
    port.wires.wait_ms(5000)
    assert port.ok(b"CS\r") == b"%d" % (not broken)


# Sockets


@pytest.mark.parametrize(("protocol", "number"), [(b"0", ECHO), (b"1", UDP_ECHO), (b"3", TLS_ECHO)])
def test_second_start_of_a_client_fails_and_leaves_the_first(protocol: bytes, number: int) -> None:
    port = Rig().joined()
    port.ok(b"P0=0\r", b"P1=" + protocol + b"\r", b"P3=10.10.0.1\r", b"P4=%d\r" % number)
    port.ok(b"P6=1\r")
    assert port.execute(b"P6=1\r")[0] is Status.UNEXPECTED_CLOSED_SOCKET
    assert port.send_data(b"S3=0005\r", b"hello")[0] is Status.OK
    port.ok(b"R2=100\r")
    assert port.receive_data() == (Status.OK, b"hello")
    port.ok(b"P6=0\r", b"P6=1\r")


def test_start_after_a_failure_or_an_end_is_no_second_one() -> None:
    rig = Rig()
    port = rig.joined()
    port.ok(b"P0=0\r", b"P1=0\r", b"P3=10.10.0.1\r", b"P4=1\r")
    assert port.execute(b"P6=1\r")[0] is Status.UNEXPECTED_CLOSED_SOCKET
    port.ok(b"P4=%d\r" % ECHO, b"P6=1\r")
    rig.world.server("echo").connections[0].stream.abort()
    rig.wires.wait_ms(50)
    port.ok(b"P6=1\r")
    assert port.disconnect()
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    port.ok(b"P6=1\r")


class Peer:
    """Someone who gets datagrams at port 5353, and whose ports they came from."""

    def __init__(self, rig: Rig) -> None:
        self.got: list[int] = []
        joined: list[object] = []
        self.station = rig.world.station(b"\x02peer1")
        self.station.join(b"fwemu-ap", b"fwemu-pass", None, joined.append)
        rig.wires.wait_ms(3000)
        assert isinstance(joined[0], Lease)
        self.address = str(joined[0].address).encode()
        self.port = self.station.datagrams(5353, self)
        assert not isinstance(self.port, Failure)

    def on_datagram(self, sender: tuple[IPv4Address, int], data: bytes) -> None:
        self.got.append(sender[1])


@pytest.mark.parametrize(
    ("commands", "port_used"),
    [
        ((b"P2=64779\r", b"P4=5353\r", b"P6=1\r"), 5353),
        # Mbed's driver sets the local port so (ISM43362.cpp of b8ace72).
        ((b"P4=50123\r", b"P6=1\r"), 50123),
        ((b"P2=64779\r", b"P6=1\r"), 49152),
    ],
)
def test_udp_client_sends_from_the_port_of_p4(commands: tuple[bytes, ...], port_used: int) -> None:
    rig = Rig()
    port = rig.joined()
    peer = Peer(rig)
    port.ok(b"P0=0\r", b"P1=1\r", b"P3=" + peer.address + b"\r", *commands)
    assert port.ok(b"P?\r").split(b",")[2] == b"%d" % port_used
    port.ok(b"P4=5353\r")
    port.send_data(b"S3=0005\r", b"hello")
    rig.wires.wait_ms(50)
    assert peer.got == [port_used]


def test_two_udp_clients_of_one_port() -> None:
    rig = Rig()
    port = rig.joined()
    peer = Peer(rig)
    for socket in (b"0", b"1"):
        port.ok(b"P0=" + socket + b"\r", b"P1=1\r", b"P3=" + peer.address + b"\r")
        port.ok(b"P4=5353\r", b"P6=1\r")
        port.send_data(b"S3=0005\r", b"hello")
        rig.wires.wait_ms(50)
    assert peer.got == [5353, 49152]


def test_udp_client_sends_from_the_port_of_p2_where_that_is_heeded() -> None:
    rig = Rig(udpPortFromP4=False)
    port = rig.joined()
    peer = Peer(rig)
    port.ok(b"P0=0\r", b"P1=1\r", b"P3=" + peer.address + b"\r", b"P2=64779\r", b"P4=5353\r")
    port.ok(b"P6=1\r")
    port.send_data(b"S3=0005\r", b"hello")
    rig.wires.wait_ms(50)
    assert peer.got == [64779]


@pytest.mark.parametrize(
    ("firmware", "servers"),
    [(SHIPPED, [b"10.10.0.1", b"0.0.0.0"]), (BETA, [b"255.255.255.255"] * 2)],
)
def test_dns_servers_in_the_network_settings(firmware: str, servers: list[bytes]) -> None:
    port = Rig(firmware=firmware).joined()
    assert port.ok(b"C?\r").split(b",")[8:10] == servers
    assert port.ok(b"D0=broker.test\r") == b"10.10.0.1"


# Timing


def times(**attributes: Any) -> dict[str, int]:
    """µs of a join, a look-up, a TCP and a TLS connect."""
    rig = Rig(**attributes)
    port = rig.port
    assert port.start()
    port.ok(b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=3\r", b"P9=0\r")

    def timed(*commands: bytes) -> int:
        start = rig.wires.now_us
        port.ok(*commands)
        return rig.wires.now_us - start

    connect = (b"P3=10.10.0.1\r", b"P4=%d\r" % ECHO, b"P6=1\r")
    secure = (b"P0=1\r", b"P1=3\r", b"P3=10.10.0.1\r", b"P4=%d\r" % TLS_ECHO, b"P6=1\r")
    return {
        "join": timed(b"C0\r"),
        "dns": timed(b"D0=broker.test\r"),
        "connect": timed(*connect),
        "handshake": timed(*secure),
    }


def test_typical_timing() -> None:
    optimistic, typical = times(), times(timing="typical")
    added = {name: (typical[name] - optimistic[name]) // 1000 for name in typical}
    assert added == {"join": 2700, "dns": 60, "connect": 60, "handshake": 960}
    assert 3_500_000 < typical["join"] < 4_000_000
    assert 950_000 < typical["handshake"] < 1_100_000


def test_times_of_a_timing_are_switchable() -> None:
    profile = ModuleProfile.from_attributes({"timing": "typical", "joinTimeMs": 5})
    assert (profile.join_time_ms, profile.handshake_time_ms) == (5, 900)


# Keep-alive


@pytest.mark.parametrize(("keep_alive", "ended"), [(b"PK=1,3000\r", True), (b"PK=0,3000\r", False)])
def test_keep_alive_notices_a_peer_that_has_vanished(keep_alive: bytes, ended: bool) -> None:
    rig = Rig()
    port = rig.joined()
    peer = Peer(rig)
    listened: list[object] = []
    listener = peer.station.listen(80, listened.append, 1)
    assert not isinstance(listener, Failure)
    port.ok(b"P0=0\r", keep_alive, b"P1=0\r", b"P3=" + peer.address + b"\r", b"P4=80\r", b"P6=1\r")
    peer.station.leave()
    rig.wires.wait_ms(120_000)
    port.ok(b"R2=10\r")
    status, _ = port.receive_data()
    assert (status is Status.UNEXPECTED_CLOSED_SOCKET) == ended

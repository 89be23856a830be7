"""Scanning and joining."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.contract.station import Beacon, JoinFailure, Lease, Security
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.servers.http import HttpServer
from renode_wifi.peripherals.network.servers.mqtt import MqttBroker
from renode_wifi.peripherals.network.world import MAX_STATIONS
from tests.peripherals.network.rig import MAC, Recorder, Rig, joined

TWO = """
access_points:
  - {ssid: lab, passphrase: lab-secret}
  - {ssid: cafe, security: open, network: {subnet: 192.168.7.0/24}}
servers:
  echo: {type: echo, port: 7}
"""


def test_a_scan_finds_the_access_points_and_ten_neighbours_strongest_first(tmp_path: Path) -> None:
    beacons = Rig(tmp_path, "").station.scan()
    assert len(beacons) == 11
    assert b"lab" in {beacon.ssid for beacon in beacons}
    assert [b.rssi for b in beacons] == sorted((b.rssi for b in beacons), reverse=True)
    assert len({beacon.bssid for beacon in beacons}) == 11


def test_scans_follow_the_seed(tmp_path: Path) -> None:
    def scans(seed: int) -> list[Any]:
        station = Rig(tmp_path, "", seed=seed).station
        return [station.scan() for _ in range(3)]

    assert scans(5) == scans(5)
    assert scans(5) != scans(6)
    assert scans(5)[0] != scans(5)[1]


def test_more_neighbours_than_names_have_names_of_their_own(tmp_path: Path) -> None:
    names = {b.ssid for b in Rig(tmp_path, "air: {neighbours: 30}").station.scan()}
    assert len(names) == 31


def test_joining_takes_time_and_gives_an_address_of_the_pool(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "air: {association: 400 ms}\nnetwork: {dhcp: {latency: 100 ms}}")
    rig.station.join(b"lab", b"lab-secret", Security.WPA2, rig.answers.append)
    rig.run(0.499)
    assert rig.answers == []
    rig.run(0.001)
    (lease,) = rig.answers
    assert lease == rig.station.lease
    assert lease.address == IPv4Address("10.10.0.50")
    assert lease.gateway == lease.dns == IPv4Address("10.10.0.1")
    assert rig.station.beacon is not None
    assert rig.station.beacon.ssid == b"lab"


@pytest.mark.parametrize(
    ("ssid", "passphrase", "security", "failure"),
    [
        (b"invalid ssid", b"lab-secret", None, JoinFailure.NO_ACCESS_POINT),
        (b"x" * 33, b"lab-secret", None, JoinFailure.NO_ACCESS_POINT),
        (b"", b"lab-secret", None, JoinFailure.NO_ACCESS_POINT),
        (b"lab", b"invalid password", None, JoinFailure.WRONG_PASSPHRASE),
        (b"lab", b"", None, JoinFailure.WRONG_PASSPHRASE),
        (b"lab", b"x" * 64, Security.WPA2, JoinFailure.WRONG_PASSPHRASE),
        (b"lab", b"lab-secret", Security.WEP, JoinFailure.WRONG_SECURITY),
        (b"lab", b"lab-secret", Security.OPEN, JoinFailure.WRONG_SECURITY),
        (b"kitchen", b"guess-guess", None, JoinFailure.WRONG_PASSPHRASE),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path,
    ssid: bytes,
    passphrase: bytes,
    security: Security | None,
    failure: JoinFailure,
) -> None:
    rig = Rig(tmp_path, "")
    assert rig.join(ssid, passphrase, security) is failure
    assert rig.station.lease is None
    assert rig.station.beacon is None


@pytest.mark.parametrize("security", [None, Security.WPA2, Security.WPA_WPA2, Security.WPA2_TKIP])
def test_mixed_security_types_fit_wpa2(tmp_path: Path, security: Security | None) -> None:
    assert isinstance(Rig(tmp_path, "").join(security=security), Lease)


def test_the_bssid_chooses_among_equal_names(tmp_path: Path) -> None:
    rig = Rig(
        tmp_path,
        "",
        access_point="""
access_points:
  - {ssid: lab, passphrase: lab-secret, bssid: "02:00:00:00:00:0A", rssi: -70}
  - {ssid: lab, passphrase: lab-secret, bssid: "02:00:00:00:00:0B", rssi: -40}
""",
    )
    rig.join()
    assert rig.station.beacon is not None
    assert rig.station.beacon.bssid[-1] == 0x0B
    rig.join(bssid=bytes.fromhex("02000000000A"))
    assert rig.station.beacon.bssid[-1] == 0x0A
    assert rig.join(bssid=bytes(6)) is JoinFailure.NO_ACCESS_POINT


def test_a_new_join_drops_the_one_under_way(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "", access_point=TWO)
    rig.station.join(b"lab", b"lab-secret", None, rig.answers.append)
    rig.run(0.1)
    rig.station.join(b"cafe", b"", Security.OPEN, rig.answers.append)
    rig.run(5)
    (lease,) = rig.answers
    assert lease.address == IPv4Address("192.168.7.50")


def test_the_echo_server_is_reached_from_both_access_points(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "", access_point=TWO)
    for ssid, passphrase in ((b"lab", b"lab-secret"), (b"cafe", b"")):
        rig.join(ssid, passphrase)
        stream, events = rig.connect(7)
        stream.send(b"hello")
        rig.run()
        assert bytes(events.data) == b"hello"
        stream.close()


def test_the_same_station_keeps_its_address_and_others_get_other_ones(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "")
    first = rig.join()
    rig.station.leave()
    assert rig.join() == first
    other = rig.world.station(b"\x02other")
    other.join(b"lab", b"lab-secret", None, rig.answers.append)
    rig.run(5)
    assert rig.answers[-1].address == IPv4Address("10.10.0.51")


def test_a_pool_can_be_empty(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "network: {dhcp: {first: 10.10.0.9, last: 10.10.0.9}}")
    assert isinstance(rig.join(), Lease)
    rig.world.station(b"\x02other").join(b"lab", b"lab-secret", None, rig.answers.append)
    rig.run(20)
    assert rig.answers[-1] is JoinFailure.NO_ADDRESS


def test_without_dhcp_only_static_addresses_work(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "network: {dhcp: false}")
    assert rig.join() is JoinFailure.NO_ADDRESS
    assert rig.join(dhcp=False) is JoinFailure.NO_ADDRESS
    static = Lease(IPv4Address("10.10.0.77"), *(IPv4Address("10.10.0.1"),) * 3)
    assert rig.join(static=static) == static


def test_leaving_ends_connections_without_a_word(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    stream, events = rig.connect(7)
    rig.station.leave()
    assert not stream.open
    assert stream.send(b"late") == 0
    rig.run(100)
    assert events.log == ["connected"]
    (connection,) = rig.world.server("echo").connections
    assert connection.open
    connection.send(b"anybody there?")
    rig.run(100)
    assert connection.failure is Failure.TIMED_OUT


def test_leaving_twice_is_fine(tmp_path: Path) -> None:
    rig = joined(tmp_path, "")
    rig.station.leave()
    rig.station.leave()
    assert rig.station.lease is None


def test_without_a_lease_nothing_works(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "names: {a.test: 10.10.0.1}")
    _, events = rig.connect(7)
    assert events.log == [Failure.NOT_JOINED]
    assert rig.station.listen(80, print) is Failure.NOT_JOINED
    assert rig.station.datagrams(80, events) is Failure.NOT_JOINED
    assert rig.resolve("a.test") is Failure.NOT_JOINED
    pings: list[int | None] = []
    rig.station.ping(IPv4Address("10.10.0.1"), 100 * MILLISECOND, pings.append)
    rig.run()
    assert pings == [None]


def test_a_vanishing_access_point_puts_its_stations_out(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    owner = Recorder()
    rig.station.events = owner
    stream, _ = rig.connect(7)
    rig.world.inject("ap-vanishes", 5_000_000_000, access_point="lab")
    assert owner.log == [("link lost", "the access point vanished")]
    assert rig.station.lease is None
    assert not stream.open
    assert b"lab" not in {beacon.ssid for beacon in rig.station.scan()}
    assert rig.join() is not None
    rig.run(5)
    assert isinstance(rig.join(), Lease)


def test_an_access_point_may_vanish_during_a_join(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "faults: [{at: 100 ms, do: ap-vanishes}]")
    assert rig.join() is JoinFailure.NO_ACCESS_POINT
    rig = Rig(tmp_path, "faults: [{at: 800 ms, do: ap-vanishes}]")
    assert rig.join() is JoinFailure.NO_ADDRESS


def test_a_station_can_be_an_access_point_for_another(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "")
    beacon = Beacon(b"board", b"\x02board", 1, -30, Security.WPA2)
    address = Lease(
        IPv4Address("192.168.10.1"),
        IPv4Address("255.255.255.0"),
        IPv4Address("192.168.10.1"),
        IPv4Address("192.168.10.1"),
    )
    rig.station.start_access_point(beacon, b"board-secret", address)
    accepted: list[Any] = []
    listener = rig.station.listen(80, accepted.append)
    assert not isinstance(listener, Failure)
    assert b"board" not in {beacon.ssid for beacon in rig.station.scan()}
    phone = rig.world.station(b"\x02phone")
    phone.join(b"board", b"board-secret", Security.WPA2, rig.answers.append)
    rig.run(5)
    assert rig.answers[-1].gateway == address.address
    events = Recorder()
    stream = phone.connect((address.address, 80), events)
    rig.run()
    (server,) = accepted
    server.send(b"welcome")
    rig.run()
    assert bytes(events.data) == b"welcome"
    lost = phone.events = Recorder()
    rig.station.stop_access_point()
    assert lost.log == [("link lost", "the access point was switched off")]
    assert not stream.open
    rig.station.stop_access_point()
    assert replace(beacon, rssi=0) not in [replace(b, rssi=0) for b in phone.scan()]


def test_an_unknown_access_point_is_reported_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(RenodeWifiError, match="its access points: lab"):
        Rig(tmp_path, "").world.access_point("lob")


def test_stations_are_known_by_their_address(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "")
    assert rig.world.station(MAC) is rig.station


def test_nobody_gets_the_address_of_a_server(tmp_path: Path) -> None:
    text = """
    network: {dhcp: {first: 10.10.0.50, last: 10.10.0.52}}
    servers:
      a: {type: echo, port: 7, address: 10.10.0.50}
      b: {type: echo, port: 7, address: 10.10.0.51, start: false}
    """
    rig = joined(tmp_path, text)
    assert rig.station.lease is not None
    assert rig.station.lease.address == IPv4Address("10.10.0.52")


def test_an_address_of_a_station_that_left_is_given_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "network: {dhcp: {first: 10.10.0.50, last: 10.10.0.51}}")
    addresses = []
    for number in range(3):
        station = rig.world.station(bytes([2, 0, 0, 0, 0, number]))
        station.join(b"lab", b"lab-secret", None, rig.answers.append)
        rig.run(5)
        assert station.lease is not None
        addresses.append(str(station.lease.address))
        if number != 1:
            station.leave()
    assert addresses == ["10.10.0.50", "10.10.0.51", "10.10.0.50"]


def test_idle_stations_are_forgotten(tmp_path: Path) -> None:
    rig = joined(tmp_path, "")
    rig.station.events = Recorder()
    for number in range(MAX_STATIONS + 50):
        rig.world.station(number.to_bytes(6, "big"))
    assert len(rig.world.stations) == len(rig.world.air.clients) == MAX_STATIONS
    assert rig.world.station(rig.station.mac) is rig.station


def test_a_server_is_asked_for_by_name_and_type(tmp_path: Path) -> None:
    world = Rig(tmp_path, "servers: {web: {type: http, port: 80}}").world
    assert world.server("web", HttpServer).requests == []
    with pytest.raises(RenodeWifiError, match="server web is of type http, and no MqttBroker"):
        world.server("web", MqttBroker)

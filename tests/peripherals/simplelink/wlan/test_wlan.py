"""Joining, leaving, roles, profiles, policies, scanning, settings."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import ECHO, Rig

AUTO, FAST = 0x01, 0x02


@pytest.fixture
def rig() -> Rig:
    return Rig()


def disconnected(driver: HostDriver, wait: int = 60 * SECOND) -> tuple[bytes, int] | None:
    message = driver.event(Opcode.WLAN_DISCONNECTED, wait)
    if message is None:
        return None
    length, ssid, _, reason = message.unpack("B32s6sB")
    return ssid[:length], reason


def add_profile(driver: HostDriver, ssid: bytes, key: bytes, priority: int = 0) -> int:
    head = struct.pack("<hBB6sBB", 2 if key else 0, len(ssid), priority, bytes(6), len(key), 0)
    return driver.status(Opcode.WLAN_PROFILE_ADD, head + ssid + key)


def test_join_is_reported_in_two_events(rig: Rig) -> None:
    """SWRU455M, Station, Connection: the link and the address are an event each."""
    driver = rig.started()
    assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == 0
    message = driver.event(Opcode.WLAN_CONNECTED)
    assert message is not None
    assert message.device & 1
    length, ssid, bssid, channel = message.unpack("B32s6sB")
    assert (ssid[:length], bssid) == (b"fwemu-ap", b"\x02\0\0\0\0\x01")
    assert 1 <= channel <= 13
    address = driver.event(Opcode.IP_ACQUIRED)
    assert address is not None
    assert address.unpack("III")[1:] == (0x0A0A0001, 0x0A0A0001)
    answer = driver.command(Opcode.NETCFG_GET, struct.pack("<HHHH", 0, 7, 0, 16))
    assert answer.unpack("8xI") == address.unpack("I")


def test_key_may_come_with_its_zero_byte(rig: Rig) -> None:
    rig.started().joined(key=b"fwemu-pass\0")


def test_open_network_is_joined_without_a_key(rig: Rig) -> None:
    """SWRU455M, Station, Security: an open network needs no key."""
    driver = rig.started()
    assert driver.connect_ap(b"open", b"", security=0) == 0
    assert driver.event(Opcode.IP_ACQUIRED) is not None


def test_wrong_key_ends_in_a_disconnected_event(rig: Rig) -> None:
    """SWRU455M, Station, Connection: a wrong key ends with the event of a lost link."""
    driver = rig.started()
    assert driver.connect_ap(b"fwemu-ap", b"wrong-pass") == 0
    assert disconnected(driver) == (b"fwemu-ap", 204)
    assert driver.event(Opcode.WLAN_CONNECTED, 60 * SECOND) is None


def test_network_that_is_not_there_is_looked_for_in_silence(rig: Rig) -> None:
    driver = rig.started()
    assert driver.connect_ap(b"nowhere", b"some-secret") == 0
    assert disconnected(driver, 30 * SECOND) is None
    assert driver.events == []
    driver.joined()


def test_network_that_appears_later_is_joined(rig: Rig) -> None:
    rig.world.access_point("fwemu-ap").up = False
    driver = rig.started()
    assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == 0
    assert driver.event(Opcode.WLAN_CONNECTED, 20 * SECOND) is None
    rig.world.access_point("fwemu-ap").up = True
    assert driver.event(Opcode.WLAN_CONNECTED, 20 * SECOND) is not None


def test_without_dhcp_there_is_a_link_and_a_timeout(rig: Rig) -> None:
    rig.world.inject("dhcp-fails")
    driver = rig.started()
    assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == 0
    assert driver.event(Opcode.DHCP_TIMEOUT, 60 * SECOND) is not None
    assert driver.event(Opcode.WLAN_CONNECTED, 0) is not None
    assert driver.event(Opcode.IP_ACQUIRED, SECOND) is None


@pytest.mark.parametrize(
    ("ssid", "key", "security", "error"),
    [
        (b"", b"", 0, Error.WLAN_SSID_LENGTH),
        (b"x" * 33, b"", 0, Error.WLAN_SSID_LENGTH),
        (b"fwemu-ap", b"fwemu-pass", 5, Error.WLAN_INVALID_SECURITY),
        (b"fwemu-ap", b"x" * 65, 2, Error.WLAN_KEY_TOO_LONG),
        (b"fwemu-ap", b"short", 2, Error.WLAN_PASSWORD),
    ],
)
def test_what_cannot_be_joined_is_refused(
    rig: Rig, ssid: bytes, key: bytes, security: int, error: int
) -> None:
    assert rig.started().connect_ap(ssid, key, security) == error


def test_leaving_is_reported_with_the_user_s_reason(rig: Rig) -> None:
    """SWRU455M, Station, Disconnection: the event has the reason."""
    driver = rig.joined()
    assert driver.status(Opcode.WLAN_DISCONNECT) == 0
    assert disconnected(driver) == (b"fwemu-ap", 200)
    assert driver.last is not None
    assert not driver.last.device & 1
    assert driver.status(Opcode.WLAN_DISCONNECT) == Error.WLAN_ALREADY_DISCONNECTED


def test_leaving_while_joining_drops_the_join(rig: Rig) -> None:
    driver = rig.started()
    assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == 0
    assert driver.status(Opcode.WLAN_DISCONNECT) == 0
    assert disconnected(driver) == (b"fwemu-ap", 208)
    assert driver.event(Opcode.WLAN_CONNECTED, 30 * SECOND) is None


def test_second_connect_leaves_the_first_network(rig: Rig) -> None:
    driver = rig.joined()
    assert driver.connect_ap(b"open", b"", security=0) == 0
    assert disconnected(driver) == (b"fwemu-ap", 200)
    assert driver.event(Opcode.WLAN_CONNECTED) is not None


@pytest.mark.parametrize(("fault", "reason"), [("ap-vanishes", 109), ("deauthenticate", 1)])
def test_lost_link_is_reported_and_breaks_connections(rig: Rig, fault: str, reason: int) -> None:
    driver = rig.joined()
    number = driver.socket()
    assert driver.connect(number, ECHO) == 0
    rig.world.inject(fault, access_point="fwemu-ap")
    assert disconnected(driver) == (b"fwemu-ap", reason)
    assert driver.receive(number) == (Error.GENERAL, b"")
    assert driver.close(number) == 0


def test_profile_is_joined_by_itself_with_the_auto_policy(rig: Rig) -> None:
    """SWRU455M, Connection Policies: Auto joins a saved profile."""
    driver = rig.started()
    assert add_profile(driver, b"fwemu-ap", b"fwemu-pass") == 0
    driver.stop()
    driver.start()
    assert driver.event(Opcode.IP_ACQUIRED, 20 * SECOND) is not None
    rig.world.inject("ap-vanishes", access_point="fwemu-ap", duration=10 * SECOND)
    assert disconnected(driver) == (b"fwemu-ap", 109)
    assert driver.event(Opcode.IP_ACQUIRED, 40 * SECOND) is not None


def restarted(rig: Rig) -> None:
    rig.driver.stop()
    rig.driver.start()
    rig.driver.run(20 * SECOND)


def set_policy(driver: HostDriver, bits: int) -> None:
    assert driver.status(Opcode.WLAN_POLICY_SET, struct.pack("<BBBB", 0x10, 0, bits, 0)) == 0


@pytest.mark.parametrize(
    ("policy", "joins"), [(0, False), (AUTO, False), (FAST, True), (AUTO | FAST, True)]
)
def test_fast_policy_joins_the_last_network_after_a_restart(
    rig: Rig, policy: int, joins: bool
) -> None:
    """SWRU455M, Connection Policies: by the parameters of the last successful connection."""
    driver = rig.joined()
    set_policy(driver, policy)
    restarted(rig)
    assert (rig.nwp.processor.lease is not None) == joins
    assert bool([e for e in driver.events if e.opcode == Opcode.WLAN_CONNECTED]) == joins


def test_fast_policy_falls_back_on_profiles(rig: Rig) -> None:
    """SWRU455M, Connection Policies: Fast with Auto goes on with the profiles."""
    driver = rig.joined()
    add_profile(driver, b"open", b"")
    set_policy(driver, AUTO | FAST)
    driver.stop()
    rig.world.air.remove(rig.world.air.find(b"fwemu-ap", None)[0])
    driver.start()
    driver.run(20 * SECOND)
    assert rig.nwp.wlan.station.associated is not None
    assert rig.nwp.wlan.station.associated.ssid == b"open"


def test_fast_policy_knows_nothing_before_the_first_connection(rig: Rig) -> None:
    driver = rig.started()
    set_policy(driver, AUTO | FAST)
    restarted(rig)
    assert rig.nwp.processor.lease is None


@pytest.mark.parametrize(
    ("profiles", "best"),
    [
        ([(b"open", b"", 1), (b"fwemu-ap", b"fwemu-pass", 0)], b"open"),
        ([(b"open", b"", 3), (b"fwemu-ap", b"fwemu-pass", 15)], b"fwemu-ap"),
        ([(b"open", b"", 3), (b"fwemu-ap", b"fwemu-pass", 3)], b"fwemu-ap"),
        ([(b"nowhere", b"", 15), (b"open", b"", 0)], b"open"),
    ],
)
def test_best_profile_is_joined(
    rig: Rig, profiles: list[tuple[bytes, bytes, int]], best: bytes
) -> None:
    """wlan.h, sl_WlanProfileAdd: by priority, then by security."""
    driver = rig.started()
    for ssid, key, priority in profiles:
        add_profile(driver, ssid, key, priority)
    restarted(rig)
    assert rig.nwp.wlan.station.associated is not None
    assert rig.nwp.wlan.station.associated.ssid == best


def test_profiles_of_one_name_differ_by_security(rig: Rig) -> None:
    """wlan.h, sl_WlanProfileAdd: name, address and security type make a profile."""
    driver = rig.started()
    assert add_profile(driver, b"net", b"") == 0
    assert add_profile(driver, b"net", b"passphrase") == 1
    assert add_profile(driver, b"net", b"otherphrase") == 1
    assert [add_profile(driver, b"net%d" % n, b"") for n in range(6)] == [
        2,
        3,
        4,
        5,
        6,
        Error.WLAN_PROFILES_FULL,
    ]


def test_policy_without_auto_joins_nothing(rig: Rig) -> None:
    """SWRU455M, Connection Policies: without Auto the device waits for the host."""
    driver = rig.started()
    assert driver.status(Opcode.WLAN_POLICY_SET, bytes((0x10, 0, 0, 0))) == 0
    assert add_profile(driver, b"fwemu-ap", b"fwemu-pass") == 0
    driver.stop()
    driver.start()
    assert driver.event(Opcode.WLAN_CONNECTED, 30 * SECOND) is None
    assert driver.status(Opcode.WLAN_POLICY_SET, bytes((0x10, 0, 1, 0))) == 0
    assert driver.event(Opcode.WLAN_CONNECTED, 30 * SECOND) is not None


def test_auto_policy_waits_for_its_network_and_survives_a_wrong_key(rig: Rig) -> None:
    driver = rig.started()
    rig.world.access_point("fwemu-ap").up = False
    assert add_profile(driver, b"fwemu-ap", b"wrong-pass") == 0
    driver.stop()
    driver.start()
    driver.run(12 * SECOND)
    rig.world.access_point("fwemu-ap").up = True
    assert disconnected(driver) == (b"fwemu-ap", 204)
    assert disconnected(driver) == (b"fwemu-ap", 204)


def test_profiles_are_kept_shown_and_deleted(rig: Rig) -> None:
    """SWRU455M, Profiles: profiles outlive a restart until they are deleted."""
    driver = rig.started()
    driver.status(Opcode.WLAN_POLICY_SET, bytes((0x10, 0, 0, 0)))
    numbers = [add_profile(driver, b"net%d" % n, b"long-secret", n) for n in range(7)]
    assert numbers == list(range(7))
    assert add_profile(driver, b"net8", b"") == Error.WLAN_PROFILES_FULL
    assert add_profile(driver, b"net3", b"other-secret", 9) == 3
    answer = driver.command(Opcode.WLAN_PROFILE_GET, bytes((3, 1, 2, 3)))
    assert len(answer.body) == 244
    security, length, priority, _, key_length = answer.unpack("hBB6sB")
    assert (security, length, priority, key_length) == (2, 4, 9, 0)
    assert answer.body[20:24] == b"net3"
    assert driver.status(Opcode.WLAN_PROFILE_DELETE, bytes((3, 0, 0, 0))) == 0
    assert driver.status(Opcode.WLAN_PROFILE_DELETE, bytes((3, 0, 0, 0))) == 0
    assert driver.status(Opcode.WLAN_PROFILE_DELETE, bytes((7, 0, 0, 0))) < 0
    (status,) = driver.command(Opcode.WLAN_PROFILE_GET, bytes((3, 0, 0, 0))).unpack("h")
    assert status == Error.WLAN_PROFILE_INDEX
    assert driver.status(Opcode.WLAN_PROFILE_DELETE, bytes((255, 0, 0, 0))) == 0
    assert rig.nwp.wlan.saved.profiles == [None] * 7


def test_profile_can_be_changed_by_its_number(rig: Rig) -> None:
    driver = rig.started()
    driver.status(Opcode.WLAN_POLICY_SET, bytes((0x10, 0, 0, 0)))
    add_profile(driver, b"old", b"")
    head = struct.pack("<hBB6sBBIBBBBI", 0, 3, 1, bytes(6), 0, 0, 0, 0, 0, 0, 0, 0)
    assert driver.status(Opcode.WLAN_PROFILE_UPDATE, head + b"new") == 0
    assert rig.nwp.wlan.saved.profiles[0] is not None
    assert rig.nwp.wlan.saved.profiles[0].ssid == b"new"
    head = struct.pack("<hBB6sBBIBBBBI", 0, 3, 1, bytes(6), 0, 0, 5, 0, 0, 0, 0, 0)
    assert driver.status(Opcode.WLAN_PROFILE_UPDATE, head + b"new") == Error.WLAN_PROFILE_INDEX


@pytest.mark.parametrize(
    ("set_code", "get_code"),
    [
        (Opcode.WLAN_POLICY_SET, Opcode.WLAN_POLICY_GET),
        (Opcode.WLAN_POLICY_SET_NEW, Opcode.WLAN_POLICY_GET_NEW),
    ],
)
def test_policies_are_given_back(rig: Rig, set_code: Opcode, get_code: Opcode) -> None:
    """SWRU455M, Policies: policies outlive a restart."""
    driver = rig.started()
    assert driver.status(set_code, bytes((0x20, 0, 1, 4)) + struct.pack("<I", 60)) == 0
    answer = driver.command(get_code, bytes((0x20, 0, 0, 0)))
    assert answer.body == bytes((0x20, 0, 1, 4)) + struct.pack("<I", 60)
    assert driver.status(set_code, bytes((0x77, 0, 1, 0))) == Error.WLAN_INVALID_POLICY


def test_scan_lists_networks_at_once(rig: Rig) -> None:
    """SWRU455M, Scan: results have name, address, security, channel and signal."""
    driver = rig.started()
    answer = driver.command(Opcode.WLAN_SCAN_RESULTS, bytes((0, 10, 0, 0)))
    (count,) = answer.unpack("h")
    assert count == 10
    assert len(answer.body) == 4 + 44 * count
    entries = [answer.body[4 + 44 * n :][:44] for n in range(count)]
    mine = next(entry for entry in entries if entry.startswith(b"fwemu-ap\0"))
    _, bssid, length, rssi, info, channel = struct.unpack_from("<32s6sBbHB", mine)
    assert (bssid, length) == (b"\x02\0\0\0\0\x01", 8)
    assert -92 <= rssi <= -20
    assert info >> 8 & 7 == 4
    assert channel >= 1
    more = driver.command(Opcode.WLAN_SCAN_RESULTS, bytes((10, 10, 0, 0)))
    assert 0 < more.unpack("h")[0] < 10


def test_extended_scan_has_longer_entries(rig: Rig) -> None:
    answer = rig.started().command(Opcode.WLAN_EXTENDED_SCAN_RESULTS, bytes((0, 3, 0, 0)))
    assert len(answer.body) == 4 + 52 * 3


def test_access_point_role_reports_its_address_and_is_on_the_air(rig: Rig) -> None:
    """SWRU455M, Access Point: the access point has its own address."""
    driver = rig.started()
    body = struct.pack("<HHHH", 0, 0, 0, 5) + b"board"
    assert driver.status(Opcode.WLAN_CONFIG_SET, body) == 0
    assert driver.status(Opcode.WLAN_SET_MODE, bytes((2, 0, 0, 0))) == 0
    driver.stop()
    assert driver.start() == 3
    message = driver.event(Opcode.IP_ACQUIRED)
    assert message is not None
    assert message.unpack("I") == (0x0A7B2D01,)
    phone = rig.world.station(b"\x02phone")
    outcomes: list[object] = []
    phone.join(b"board", b"", None, outcomes.append)
    driver.run(20 * SECOND)
    assert phone.lease is not None
    number = driver.socket()
    assert driver.connect_ap(b"open", b"", security=0) == Error.WLAN_INVALID_ROLE
    assert driver.bind(number, 8000) == 0
    assert driver.listen(number) == 0
    answer = driver.command(Opcode.WLAN_CONFIG_GET, struct.pack("<HHHH", 0, 5, 0, 80))
    assert len(answer.body) == 88
    assert answer.body[8] == 2
    driver.stop()
    assert phone.lease is None


def test_joined_station_is_reported_with_its_lease(rig: Rig) -> None:
    """SWRU455M, Access Point: stations and their leases are events."""
    driver = rig.started()
    driver.status(Opcode.WLAN_SET_MODE, bytes((2, 0, 0, 0)))
    driver.stop()
    driver.start()
    driver.events.clear()
    phone = rig.world.station(b"\x02phone")
    outcomes: list[object] = []
    phone.join(rig.nwp.wlan.settings.ssid, b"", None, outcomes.append)
    added = driver.event(Opcode.WLAN_STATION_ADDED)
    leased = driver.event(Opcode.IP_LEASED)
    assert added is not None
    assert leased is not None
    assert added.body[:6] == b"\x02phone"
    assert phone.lease is not None
    assert leased.unpack("I") == (int(phone.lease.address),)
    phone.leave()
    assert driver.event(Opcode.WLAN_STATION_REMOVED) is not None
    assert driver.event(Opcode.IP_RELEASED) is not None


def test_connection_information_names_the_network(rig: Rig) -> None:
    answer = rig.joined().command(Opcode.WLAN_CONFIG_GET, struct.pack("<HHHH", 0, 5, 0, 80))
    mode, state, security, _, length, ssid = answer.unpack("8x4BB32s")
    assert (mode, state, security, ssid[:length]) == (0, 1, 2, b"fwemu-ap")


def test_settings_are_kept_or_refused(rig: Rig) -> None:
    driver = rig.started()
    assert driver.status(Opcode.WLAN_CONFIG_SET, struct.pack("<HHHH", 0, 1, 9, 2) + b"EU") == 0
    driver.stop()
    driver.start()
    answer = driver.command(Opcode.WLAN_CONFIG_GET, struct.pack("<HHHH", 0, 1, 9, 2))
    assert answer.body[8:] == b"EU"
    head = struct.pack("<HHHH", 0, 9, 9, 2)
    assert driver.status(Opcode.WLAN_CONFIG_SET, head + b"EU") == Error.INVALID
    assert driver.status(Opcode.WLAN_CONFIG_GET, head) == Error.INVALID
    answer = driver.command(Opcode.WLAN_CONFIG_GET, struct.pack("<HHHH", 0, 0, 0, 32))
    assert answer.body[8:].startswith(b"mysimplelink-")


def test_provisioning_ends_by_command_or_by_time(rig: Rig) -> None:
    """SWRA513C, Provisioning Command: it ends by a command or after the inactivity time."""
    driver = rig.started()
    assert driver.status(Opcode.WLAN_PROVISIONING, struct.pack("<BBHI", 2, 0, 30, 0)) == 0
    assert driver.event(Opcode.WLAN_PROVISIONING_STATUS, 20 * SECOND) is None
    message = driver.event(Opcode.WLAN_PROVISIONING_STATUS, 20 * SECOND)
    assert message is not None
    assert message.unpack("B") == (12,)
    driver.status(Opcode.WLAN_PROVISIONING, struct.pack("<BBHI", 2, 0, 30, 0))
    driver.status(Opcode.WLAN_PROVISIONING, struct.pack("<BBHI", 4, 0, 0, 0))
    assert driver.event(Opcode.WLAN_PROVISIONING_STATUS, SECOND) is not None
    assert driver.event(Opcode.WLAN_PROVISIONING_STATUS, 60 * SECOND) is None


def test_access_point_talks_to_its_stations(rig: Rig) -> None:
    """SWRU455M, Access Point: sockets reach the stations."""
    driver = rig.started()
    driver.status(Opcode.WLAN_SET_MODE, bytes((2, 0, 0, 0)))
    driver.stop()
    driver.start()
    phone = rig.world.station(b"\x02phone")
    outcomes: list[object] = []
    phone.join(rig.nwp.wlan.settings.ssid, b"", None, outcomes.append)
    driver.run(10 * SECOND)
    assert phone.lease is not None
    received: list[bytes] = []

    class Receiver:
        def on_datagram(self, sender: object, data: bytes) -> None:
            received.append(data)

    outside = phone.datagrams(5000, Receiver())
    number = driver.socket(2)
    driver.send_to(number, b"hello phone", 5000, str(phone.lease.address))
    driver.run(SECOND)
    assert received == [b"hello phone"]
    assert driver.bind(driver.socket(2), 6000) == 0
    outside.send_to((phone.lease.gateway, 6000), b"hello board")  # type: ignore[union-attr]
    got = driver.receive_from(1)
    assert got is not None
    assert got[:2] == (11, b"hello board")
    listener = driver.socket()
    assert driver.connect(listener, 9, str(phone.lease.address)) == Error.REFUSED

"""Settings of the WLAN silo one by one: what is kept, what it does, what is refused."""

from __future__ import annotations

import logging
import struct

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.network.worldfile.network import AccessPointSettings
from renode_wifi.peripherals.simplelink.messages.wlan import (
    BeaconInformation,
    LinkQuality,
    LinkQualityEvent,
    PowerPolicyParameters,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.wlan.options import OPTIONS, WITHOUT_EFFECT
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import UDP_ECHO, Rig
from tests.peripherals.simplelink.wlan.test_wlan import add_profile

AP, GENERAL, P2P, ACCESS_LIST = range(4)
CONNECTION, SCAN, POWER, DIRECT = 0x10, 0x20, 0x30, 0x40
LONG_SLEEP = 4


@pytest.fixture
def rig() -> Rig:
    return Rig()


def set_option(driver: HostDriver, identity: int, option: int, value: bytes) -> int:
    head = struct.pack("<HHHH", 0, identity, option, len(value))
    return driver.status(Opcode.WLAN_CONFIG_SET, head + value)


def get_option(driver: HostDriver, identity: int, option: int) -> tuple[int, bytes]:
    request = struct.pack("<HHHH", 0, identity, option, 80)
    answer = driver.command(Opcode.WLAN_CONFIG_GET, request)
    return answer.unpack("h")[0], answer.body[8:]


def set_policy(driver: HostDriver, kind: int, option: int, value: bytes = b"") -> int:
    return driver.status(Opcode.WLAN_POLICY_SET, bytes((kind, 0, option, len(value))) + value)


@pytest.mark.parametrize(
    ("identity", "option", "value", "status"),
    [
        (AP, 0, b"x" * 33, Error.INVALID),
        (AP, 0, b"", Error.INVALID),
        (AP, 3, b"\x0b", 0),
        (AP, 3, b"\x0e", Error.WLAN_ILLEGAL_CHANNEL),
        (AP, 3, b"\0", Error.WLAN_ILLEGAL_CHANNEL),
        (AP, 4, b"\3", Error.INVALID),
        (AP, 6, b"\2", 0),
        (AP, 6, b"\5", Error.WLAN_INVALID_SECURITY),
        (AP, 7, b"password", 0),
        (AP, 7, b"12345", 0),
        (AP, 7, b"secret", Error.WLAN_AP_PASSWORD_LENGTH),
        (AP, 7, b"x" * 65, Error.WLAN_AP_PASSWORD_LENGTH),
        (AP, 19, b"\4", 0),
        (AP, 19, b"\5", Error.INVALID),
        (AP, 19, b"\0", Error.INVALID),
        (AP, 26, struct.pack("<H", 90), 0),
        (AP, 5, b"\0", Error.INVALID),
        (GENERAL, 9, b"JP", 0),
        (GENERAL, 9, b"XX", Error.WLAN_COUNTRY),
        (GENERAL, 9, b"USA", Error.WLAN_COUNTRY),
        (GENERAL, 10, b"\x0f", 0),
        (GENERAL, 10, b"\x10", Error.WLAN_POWER),
        (GENERAL, 11, b"\xff", Error.WLAN_POWER),
        (GENERAL, 32, b"\2", Error.INVALID),
        (GENERAL, 43, b"\1", 0),
        (GENERAL, 44, bytes(20), Error.INVALID),
        (P2P, 12, b"board", 0),
        (P2P, 13, b"x" * 18, Error.INVALID),
        (P2P, 14, bytes((6, 81, 11, 81)), 0),
        (P2P, 14, bytes((7, 81, 11, 81)), Error.INVALID),
        (ACCESS_LIST, 25, b"\2", Error.WLAN_ACCESS_LIST_MODE),
        (ACCESS_LIST, 22, b"\0", Error.WLAN_ACCESS_LIST_EMPTY),
        (5, 0, b"\0", Error.INVALID),
        (9, 0, b"\0", Error.INVALID),
    ],
)
def test_a_setting_is_kept_or_refused(
    rig: Rig, identity: int, option: int, value: bytes, status: int
) -> None:
    """SWRU455A, Device Settings: each has its values, and an error for others."""
    driver = rig.started()
    before = get_option(driver, identity, option)
    assert set_option(driver, identity, option, value) == status
    assert get_option(driver, identity, option) == ((0, value) if status == 0 else before)


def test_every_setting_has_a_value_from_the_beginning(rig: Rig) -> None:
    driver = rig.started()
    for identity, option in OPTIONS:
        status, value = get_option(driver, identity, option)
        assert status == 0
        assert len(value) in OPTIONS[identity, option].sizes


def test_no_setting_is_accepted_without_effect(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """SWRU455A, Device Settings: what this device has not is refused, and the log says why."""
    driver = rig.started()
    with caplog.at_level(logging.WARNING):
        for (identity, option), reason in WITHOUT_EFFECT.items():
            assert set_option(driver, identity, option, bytes(20)) == Error.INVALID
            assert get_option(driver, identity, option)[0] == Error.INVALID
            assert reason in caplog.text


def test_the_country_says_which_channels_there_are(rig: Rig) -> None:
    """SWRU455A, Access Point: the country code allows channels beyond 11."""
    driver = rig.started()
    assert set_option(driver, AP, 3, b"\x0d") == 0
    assert set_option(driver, GENERAL, 9, b"US") == 0
    assert set_option(driver, AP, 3, b"\x0d") == Error.WLAN_ILLEGAL_CHANNEL


def one_network(channel: int, rssi: int) -> Rig:
    settings = AccessPointSettings(
        b"fwemu-ap", b"\x02\0\0\0\0\x01", channel, passphrase=b"fwemu-pass", rssi=rssi
    )
    return Rig({"access_points": (settings,)})


def test_a_network_beyond_the_country_s_channels_is_neither_listed_nor_joined() -> None:
    """SWRU455M, Station, Country Code: US has channels 1 to 11, EU and JP 1 to 13."""
    rig = one_network(13, -40)
    driver = rig.started()
    station = rig.nwp.processor.station
    assert station is not None
    for country, there in ((b"US", False), (b"JP", True)):
        assert set_option(driver, GENERAL, 9, country) == 0
        assert any(beacon.ssid == b"fwemu-ap" for beacon in station.scan()) == there
        assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == 0
        assert (driver.event(Opcode.WLAN_CONNECTED) is not None) == there


def test_with_less_power_a_weak_network_is_out_of_reach() -> None:
    """SWRU455M, Station, Tx Power: 0 to 15 dB below the most."""
    rig = one_network(6, -85)
    driver = rig.started()
    assert set_option(driver, GENERAL, 10, b"\x08") == 0
    driver.stop()
    driver.start()
    assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == 0
    assert driver.event(Opcode.WLAN_CONNECTED) is None
    assert set_option(driver, GENERAL, 10, b"\x07") == 0
    assert driver.event(Opcode.WLAN_CONNECTED) is not None


def test_with_less_power_the_access_point_is_received_weaker() -> None:
    """SWRU455M, Access Point, Tx Power: 0 to 15 dB below the most."""
    rig = Rig()
    driver = rig.started()
    assert driver.status(Opcode.WLAN_SET_MODE, bytes((2, 0, 0, 0))) == 0
    received = []
    for power in (0, 15):
        assert set_option(driver, GENERAL, 11, bytes((power,))) == 0
        driver.stop()
        driver.start()
        driver.run(SECOND)
        beacons = rig.world.station(b"\x02phone").scan()
        received += [each.rssi for each in beacons if each.ssid.startswith(b"mysimplelink")]
    assert 9 <= received[0] - received[1] <= 21


@pytest.mark.parametrize(
    ("options", "again", "state"),
    [((), 150, 0), ((10,), 300, 0x8000), ((11,), 0, 0), ((11, 12), 150, 0), ((10, 9), 150, 0)],
)
def test_an_address_is_renewed_faster_than_it_was_got(
    options: tuple[int, ...], again: int, state: int
) -> None:
    """SWRU455M, DHCP Client, Fast Renew: with waiting, without, and not at all."""
    driver = Rig().started()
    for option in options:
        head = struct.pack("<HHHH", 0, 7, option, 0)
        assert driver.status(Opcode.NETCFG_SET, head) == 0
    answer = driver.command(Opcode.NETCFG_GET, struct.pack("<HHHH", 0, 6, 0, 4))
    assert answer.unpack("8xI")[0] & 0x8000 == state
    spent = []
    for _ in range(2):
        started = driver.machine.clock.now
        driver.joined()
        spent.append(driver.machine.clock.now - started)
        assert driver.status(Opcode.WLAN_DISCONNECT) == 0
        assert driver.event(Opcode.WLAN_DISCONNECTED) is not None
    assert (spent[0] - spent[1]) // MILLISECOND == 300 - again


def test_a_suspended_profile_is_not_joined(rig: Rig) -> None:
    """SWRU455A, Profiles: those that are suspended are left out."""
    driver = rig.started()
    assert add_profile(driver, b"fwemu-ap", b"fwemu-pass", priority=7) == 0
    assert add_profile(driver, b"open", b"") == 1
    assert set_option(driver, GENERAL, 33, struct.pack("<I", 1)) == 0
    assert set_policy(driver, CONNECTION, 1) == 0
    event = driver.event(Opcode.WLAN_CONNECTED)
    assert event is not None
    assert event.body[1:5] == b"open"


def test_beacons_have_an_interval_once_there_is_a_connection(rig: Rig) -> None:
    driver = rig.started()
    assert get_option(driver, GENERAL, 44)[0] == Error.WLAN_NOT_CONNECTED
    driver.joined()
    status, value = get_option(driver, GENERAL, 44)
    assert (status, BeaconInformation.parse(value)) == (0, BeaconInformation(100, 1))


def test_a_weak_signal_is_an_event(rig: Rig) -> None:
    """SWRU455A, Device Settings: the link quality event, by threshold, hysteresis and pacing."""
    driver = rig.joined()

    def watch(threshold: int, enabled: int = 1) -> int:
        value = LinkQuality(threshold, 1000, 0, 0, 0, 5, 0, enabled).emit()
        return set_option(driver, GENERAL, 38, value)

    assert watch(-101) == Error.INVALID
    assert set_option(driver, GENERAL, 38, b"\0") == Error.INVALID
    assert watch(-80) == 0
    assert driver.event(Opcode.WLAN_LINK_QUALITY, 2 * SECOND) is None
    assert watch(0) == 0
    event = driver.event(Opcode.WLAN_LINK_QUALITY, SECOND)
    assert event is not None
    assert LinkQualityEvent.parse(event.body).rssi < 0
    assert driver.event(Opcode.WLAN_LINK_QUALITY, 2 * SECOND) is None
    assert watch(0) == 0
    assert watch(0, enabled=0) == 0
    assert driver.event(Opcode.WLAN_LINK_QUALITY, 2 * SECOND) is None
    assert watch(0) == 0
    driver.off()
    driver.start()
    driver.joined()
    assert driver.event(Opcode.WLAN_LINK_QUALITY, 2 * SECOND) is None


@pytest.mark.parametrize(
    ("kind", "option", "value", "status"),
    [
        (CONNECTION, 0x2B, b"", 0),
        (CONNECTION, 0x04, b"", Error.WLAN_INVALID_POLICY),
        (SCAN, 0, b"", 0),
        (SCAN, 1, struct.pack("<I", 30), 0),
        (SCAN, 1, b"\x1e", Error.WLAN_SCAN_POLICY_PARAMETERS),
        (SCAN, 4, struct.pack("<I", 30), Error.WLAN_INVALID_POLICY),
        (POWER, 0, b"", 0),
        (POWER, 3, b"", 0),
        (POWER, 5, b"", Error.WLAN_POWER_POLICY),
        (POWER, LONG_SLEEP, PowerPolicyParameters(0, 800).emit(), 0),
        (POWER, LONG_SLEEP, b"", Error.WLAN_POWER_POLICY_PARAMETERS),
        (POWER, 6, PowerPolicyParameters(0, 2001).emit(), Error.WLAN_POWER_POLICY_PARAMETERS),
        (DIRECT, 0x43, b"", 0),
        (DIRECT, 0x02, b"", Error.WLAN_INVALID_POLICY),
        (0x50, 0, b"", Error.WLAN_INVALID_POLICY),
    ],
)
def test_a_policy_is_kept_or_refused(
    rig: Rig, kind: int, option: int, value: bytes, status: int
) -> None:
    """SWRU455A, Policies: kinds, options and parameters that there are."""
    driver = rig.started()
    assert set_policy(driver, kind, option, value) == status
    answer = driver.command(Opcode.WLAN_POLICY_GET, bytes((kind, 0, 0, 0)))
    assert (answer.body[2] == option) is (status == 0 or option == 0)


def test_a_sleeping_station_receives_when_it_wakes(rig: Rig) -> None:
    """SWRU455A, Power Management Policies: the long sleep interval delays what is received."""
    driver = rig.joined()
    sleep = 800 * MILLISECOND

    def echoed_at() -> int:
        number = driver.socket(2)
        driver.send_to(number, b"hello", UDP_ECHO, "10.10.0.1")
        driver.receive_from(number)
        assert driver.last is not None
        return driver.last.time

    asked = rig.machine.clock.now
    assert echoed_at() - asked < 100 * MILLISECOND
    assert set_policy(driver, POWER, LONG_SLEEP, PowerPolicyParameters(0, 800).emit()) == 0
    for _ in range(2):
        assert echoed_at() % sleep < 5 * MILLISECOND
    asked = rig.machine.clock.now
    assert driver.resolve(b"echo.test")[0] == 0
    assert rig.machine.clock.now - asked > 100 * MILLISECOND
    assert rig.machine.clock.now % sleep < 5 * MILLISECOND
    assert set_policy(driver, POWER, 0) == 0
    asked = rig.machine.clock.now
    assert echoed_at() - asked < 100 * MILLISECOND

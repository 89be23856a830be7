"""What the station does by itself: provisioning, roaming; and what scans show."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.station import Security
from renode_wifi.peripherals.network.worldfile.network import AccessPointSettings
from renode_wifi.peripherals.simplelink.messages.wlan import ProvisioningStatus, ScanParameters
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from renode_wifi.peripherals.simplelink.wlan import provisioning
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import Rig
from tests.peripherals.simplelink.wlan.test_wlan import add_profile

AUTO, FAST, AUTO_PROVISIONING = 0x01, 0x02, 0x20
CONNECTION, SCAN = 0x10, 0x20
NEAR, FAR = b"\x02\0\0\0\0\x0a", b"\x02\0\0\0\0\x0b"


def set_policy(driver: HostDriver, kind: int, option: int, value: bytes = b"") -> None:
    body = bytes((kind, 0, option, len(value))) + value
    assert driver.status(Opcode.WLAN_POLICY_SET, body) == 0


def statuses(driver: HostDriver) -> list[int]:
    return [
        ProvisioningStatus.parse(event.body).status
        for event in driver.events
        if event.opcode == Opcode.WLAN_PROVISIONING_STATUS
    ]


def restarted(driver: HostDriver, option: int) -> None:
    """With a connection policy, and without a word from the host afterwards."""
    set_policy(driver, CONNECTION, option)
    driver.off()
    driver.start()


@pytest.mark.parametrize("option", [AUTO, AUTO | AUTO_PROVISIONING])
def test_provisioning_starts_by_itself_without_profiles_and_commands(option: int) -> None:
    """SWRU455A, Auto-Provisioning: no profiles, and two seconds without a command."""
    driver = Rig().started()
    restarted(driver, option)
    driver.run(SECOND)
    assert statuses(driver) == []
    driver.run(2 * SECOND)
    expected = [provisioning.AUTO_STARTED] if option & AUTO_PROVISIONING else []
    assert statuses(driver) == expected


def test_a_command_keeps_provisioning_from_starting() -> None:
    driver = Rig().started()
    restarted(driver, AUTO | AUTO_PROVISIONING)
    driver.status(Opcode.WLAN_POLICY_GET, bytes((CONNECTION, 0, 0, 0)))
    driver.run(100 * SECOND)
    assert statuses(driver) == []


def test_provisioning_starts_after_two_minutes_without_a_link() -> None:
    """SWRU455A, Auto-Provisioning: with profiles and Auto, two minutes after the link was lost."""
    rig = Rig()
    driver = rig.started()
    set_policy(driver, CONNECTION, AUTO | AUTO_PROVISIONING)
    assert add_profile(driver, b"fwemu-ap", b"fwemu-pass") == 0
    driver.off()
    driver.start()
    assert driver.event(Opcode.IP_ACQUIRED) is not None
    driver.run(200 * SECOND)
    assert statuses(driver) == []
    rig.world.inject("ap-vanishes", access_point="fwemu-ap")
    driver.run(119 * SECOND)
    assert statuses(driver) == []
    driver.run(5 * SECOND)
    assert statuses(driver) == [provisioning.AUTO_STARTED]
    stop = struct.pack("<BBHI", provisioning.STOP, provisioning.REMAIN, 0, 0)
    assert driver.status(Opcode.WLAN_PROVISIONING, stop) == 0
    driver.run(SECOND)
    assert statuses(driver)[-1] == provisioning.STOPPED


def test_an_access_point_starts_provisioning_with_its_network() -> None:
    """SWRU455A, Auto-Provisioning: AP and SmartConfig in the role of an access point."""
    rig = Rig()
    driver = rig.started()
    assert driver.status(Opcode.WLAN_SET_MODE, bytes((2, 0, 0, 0))) == 0
    restarted(driver, AUTO_PROVISIONING)
    driver.run(3 * SECOND)
    assert statuses(driver) == [provisioning.AUTO_STARTED]
    assert any(b"mysimplelink" in beacon.ssid for beacon in rig.world.air.scan())


def two_access_points(hidden: bool = False) -> Rig:
    points = tuple(
        AccessPointSettings(
            b"house",
            bssid,
            channel,
            Security.WPA2,
            passphrase=b"house-pass",
            rssi=rssi,
            hidden=hidden,
        )
        for bssid, channel, rssi in ((NEAR, 1, -40), (FAR, 11, -70))
    )
    return Rig({"access_points": points})


def bssid_of(driver: HostDriver) -> bytes:
    message = driver.event(Opcode.WLAN_CONNECTED, 60 * SECOND)
    assert message is not None
    return bytes(message.body[33:39])


def test_the_stronger_of_two_access_points_is_joined_and_the_other_after_it() -> None:
    """SWRU455A, Connection Policies: Auto joins again by the profile, wherever its network is."""
    rig = two_access_points()
    driver = rig.started()
    assert add_profile(driver, b"house", b"house-pass") == 0
    set_policy(driver, CONNECTION, AUTO)
    assert bssid_of(driver) == NEAR
    assert driver.event(Opcode.IP_ACQUIRED) is not None
    near = next(point for point in rig.world.air.access_points if point.settings.bssid == NEAR)
    near.up = False
    rig.world.air.deauthenticate(near, "the access point vanished")
    assert driver.event(Opcode.WLAN_DISCONNECTED) is not None
    assert bssid_of(driver) == FAR
    assert driver.event(Opcode.IP_ACQUIRED) is not None


def test_a_profile_with_an_address_joins_that_access_point_alone() -> None:
    """wlan.h, sl_WlanProfileAdd: the MAC address of the access point."""
    driver = two_access_points().started()
    head = struct.pack("<hBB6sBB", 2, 5, 0, FAR, 10, 0)
    assert driver.status(Opcode.WLAN_PROFILE_ADD, head + b"house" + b"house-pass") == 0
    set_policy(driver, CONNECTION, AUTO)
    assert bssid_of(driver) == FAR


def scanned(driver: HostDriver) -> list[tuple[bytes, int, int]]:
    """Name, channel, and the bit that says that it is hidden."""
    answer = driver.command(Opcode.WLAN_SCAN_RESULTS, bytes((0, 30, 0, 0)))
    (count,) = answer.unpack("h")
    entries = [answer.body[4 + 44 * index : 48 + 44 * index] for index in range(count)]
    found = []
    for entry in entries:
        ssid, _, length, _, info, channel = struct.unpack("<32s6sBbhb", entry[:43])
        found.append((ssid[:length], channel, info >> 13 & 1))
    return found


def test_hidden_networks_are_listed_if_the_policy_says_so_until_power_fails() -> None:
    """SWRU455A, Scan: SL_WLAN_SCAN_POLICY with hidden networks."""
    driver = two_access_points(hidden=True).started()
    assert not any(hidden for _, _, hidden in scanned(driver))
    set_policy(driver, SCAN, 0x03, struct.pack("<I", 60))
    assert [entry for entry in scanned(driver) if entry[2]] == [(b"", 1, 1), (b"", 11, 1)]
    driver.off()
    driver.start()
    assert not any(hidden for _, _, hidden in scanned(driver))


def test_a_hidden_network_is_joined_by_command_and_by_profile() -> None:
    """SWRU455A, Scan: the scan for a connection asks for the network by its name."""
    driver = two_access_points(hidden=True).started()
    driver.joined(b"house", b"house-pass")
    assert driver.status(Opcode.WLAN_DISCONNECT) == 0
    driver.run(SECOND)
    driver.events.clear()
    assert add_profile(driver, b"house", b"house-pass") == 0
    set_policy(driver, CONNECTION, AUTO)
    assert bssid_of(driver) == NEAR


def test_scan_parameters_choose_channels_and_strength() -> None:
    """SWRU455A, Scan: channel mask and RSSI threshold, -95 dBm by default."""
    driver = two_access_points().started()

    def house() -> list[int]:
        return [channel for ssid, channel, _ in scanned(driver) if ssid == b"house"]

    def set_parameters(channels: int, rssi: int) -> int:
        value = ScanParameters(channels, rssi).emit()
        head = struct.pack("<HHHH", 0, 1, 18, len(value))
        return driver.status(Opcode.WLAN_CONFIG_SET, head + value)

    answer = driver.command(Opcode.WLAN_CONFIG_GET, struct.pack("<HHHH", 0, 1, 18, 8))
    assert ScanParameters.parse(answer.body[8:]) == ScanParameters(0x1FFF, -95)
    assert house() == [1, 11]
    assert set_parameters(1 << 10, -95) == 0
    assert house() == [11]
    assert set_parameters(0x1FFF, -60) == 0
    assert house() == [1]

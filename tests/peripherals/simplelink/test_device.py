"""Power, start and stop, versions, the date, masks, addresses; saving in the middle of it."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.simplelink.module import CC3220_NWP
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode, name_of
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import ECHO, Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


def get(driver: HostDriver, identity: int, option: int) -> tuple[int, bytes]:
    answer = driver.command(Opcode.DEVICE_GET, struct.pack("<HHHH", 0, identity, option, 0xBEEF))
    status, _, _, length = answer.unpack("hHHH")
    return status, answer.body[8 : 8 + length]


def test_power_brings_init_complete_with_a_full_pool(rig: Rig) -> None:
    """SWRU455M, Start: the device notifies the host when its initialisation is complete."""
    assert rig.driver.start() == 1
    assert rig.driver.last is not None
    assert rig.driver.last.pool == rig.nwp.profile.tx_pool
    assert rig.driver.last.time == rig.nwp.profile.boot_time_us * 1000


def test_nothing_is_said_without_power(rig: Rig) -> None:
    driver = rig.started()
    rig.nwp.on_gpio(0, False)
    driver.post(Opcode.DEVICE_GET, bytes(8))
    driver.run(SECOND)
    assert driver.events == []
    assert rig.nwp.waiting == 0


def test_power_off_takes_the_answers_on_their_way(rig: Rig) -> None:
    """SWRU455M, Stop: whatever was under way is gone with the power."""
    driver = rig.started()
    driver.post(Opcode.NETCFG_GET, struct.pack("<HHHH", 0, 2, 0, 6))
    rig.nwp.on_gpio(0, False)
    rig.nwp.on_gpio(0, True)
    driver.run(SECOND)
    assert [message.opcode for message in driver.events] == [Opcode.INIT_COMPLETE]


@pytest.mark.parametrize(("role", "status"), [(0, 1), (2, 3), (3, 5)])
def test_role_outlives_a_power_cycle(rig: Rig, role: int, status: int) -> None:
    """SWRU455M, Start: the role that was set is the one of the next start."""
    driver = rig.started()
    assert driver.status(Opcode.WLAN_SET_MODE, bytes((role, 1, 2, 3))) == 0
    driver.stop()
    assert driver.start() == status


def test_role_that_does_not_exist_is_refused(rig: Rig) -> None:
    """SWRU455M, Start: station, access point and P2P are the roles."""
    assert rig.started().status(Opcode.WLAN_SET_MODE, bytes((1, 0, 0, 0))) == -2050


def test_version_has_the_chip_and_four_numbers(rig: Rig) -> None:
    """SWRU455M, Version: chip, firmware, PHY, NWP and ROM."""
    status, value = get(rig.started(), 1, 12)
    assert status == 0
    assert len(value) == 20
    assert struct.unpack_from("<I", value)[0] == rig.nwp.profile.chip_id


def test_date_goes_on_with_time(rig: Rig) -> None:
    """SWRU455M, Time and Date: the date that the host sets goes on with time."""
    driver = rig.started()
    date = struct.pack("<11I", 58, 59, 23, 31, 12, 2024, 0, 0, 0, 0, 0)
    head = struct.pack("<HHHH", 0, 1, 11, len(date))
    assert driver.status(Opcode.DEVICE_SET, head + date) == 0
    driver.run(3 * SECOND)
    _, value = get(driver, 1, 11)
    assert struct.unpack_from("<6I", value) == (1, 0, 0, 1, 1, 2025)


def test_date_that_no_calendar_has_is_refused(rig: Rig) -> None:
    """SWRU455M, Time and Date: a date has to be valid."""
    date = struct.pack("<11I", 0, 0, 0, 30, 2, 2024, 0, 0, 0, 0, 0)
    head = struct.pack("<HHHH", 0, 1, 11, len(date))
    assert rig.started().status(Opcode.DEVICE_SET, head + date) == Error.INVALID


def test_device_status_reports_the_connection(rig: Rig) -> None:
    """SWRU455M, Device Status: the WLAN class has a bit for the connection."""
    driver = rig.started()
    assert get(driver, 2, 2) == (0, bytes(4))
    driver.joined()
    assert get(driver, 2, 2) == (0, b"\0\0\0\x80")
    assert get(driver, 9, 9)[0] == Error.INVALID


def test_event_masks_are_kept(rig: Rig) -> None:
    """SWRU455M, Event Mask: masks are set and read by class."""
    driver = rig.started()
    assert driver.status(Opcode.EVENT_MASK_SET, struct.pack("<II", 2, 5)) == 0
    assert driver.command(Opcode.EVENT_MASK_GET, struct.pack("<I", 2)).unpack("II") == (2, 5)
    assert driver.status(Opcode.EVENT_MASK_SET, struct.pack("<II", 99, 5)) == Error.INVALID


def test_masked_event_is_not_sent(rig: Rig) -> None:
    """SWRU455M, Event Mask: an event that is masked is not sent."""
    driver = rig.started()
    assert driver.status(Opcode.EVENT_MASK_SET, struct.pack("<II", 2, 1)) == 0
    assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == 0
    assert driver.event(Opcode.IP_ACQUIRED) is not None
    assert driver.event(Opcode.WLAN_CONNECTED, SECOND) is None
    # The mask outlives a restart (device.h, sl_DeviceEventMaskSet).
    driver.stop()
    driver.start()
    assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == 0
    assert driver.event(Opcode.IP_ACQUIRED) is not None
    assert driver.event(Opcode.WLAN_CONNECTED, SECOND) is None
    assert driver.status(Opcode.EVENT_MASK_SET, struct.pack("<II", 2, 0)) == 0
    driver.joined()


def test_the_host_is_not_behind_a_uart(rig: Rig) -> None:
    """SWRU455M, Host Interface, UART: the CC32xx has none."""
    body = struct.pack("<IB", 115200, 0)
    assert rig.started().status(Opcode.UART_SET_MODE, body) == Error.INVALID


def test_settings_may_be_forgotten_with_the_power(rig: Rig) -> None:
    """SWRU455A, Device Settings: without SL_DEVICE_GENERAL_PERSISTENT settings are volatile."""
    driver = rig.started()
    persistent, auto = struct.pack("<HHHH", 0, 1, 5, 1), bytes((0x10, 0, 0x01, 0))
    name = struct.pack("<HHHH", 0, 0x10, 0, 5)
    ap_ssid = struct.pack("<HHHH", 0, 0, 0, 5)

    def settings() -> tuple[int, bytes, bytes]:
        policy = driver.command(Opcode.WLAN_POLICY_GET, bytes((0x10, 0, 0, 0))).body[2]
        device = driver.command(Opcode.NETAPP_GET, name).body[8:]
        return policy, device, driver.command(Opcode.WLAN_CONFIG_GET, ap_ssid).body[8:]

    def change(policy: int, text: bytes) -> None:
        command = bytes((0x10, 0, policy, 0))
        assert driver.status(Opcode.WLAN_POLICY_SET, command) == 0
        assert driver.status(Opcode.NETAPP_SET, name + text) == 0
        assert driver.status(Opcode.WLAN_CONFIG_SET, ap_ssid + text) == 0

    assert driver.status(Opcode.WLAN_POLICY_SET, auto) == 0
    change(0, b"first")
    assert driver.status(Opcode.DEVICE_SET, persistent + b"\2\0\0\0") == Error.INVALID
    assert driver.status(Opcode.DEVICE_SET, persistent + b"\0\0\0\0") == 0
    for _ in range(2):
        change(2, b"other")
        assert settings() == (2, b"other", b"other")
        driver.stop()
        driver.start()
        # The access point's settings are persistent by themselves.
        assert settings() == (0, b"first", b"other")
    assert driver.status(Opcode.DEVICE_SET, persistent + b"\1\0\0\0") == 0
    change(2, b"third")
    driver.stop()
    driver.start()
    assert settings() == (2, b"third", b"third")


def test_mac_address_is_ti_s_and_can_be_changed(rig: Rig) -> None:
    """SWRU455M, MAC Address: the host may set another one."""
    driver = rig.started()
    answer = driver.command(Opcode.NETCFG_GET, struct.pack("<HHHH", 0, 2, 0, 6))
    assert answer.body[8:11] == b"\x08\x00\x28"
    new = bytes.fromhex("080028abcdef")
    assert driver.status(Opcode.NETCFG_SET, struct.pack("<HHHH", 0, 1, 1, 6) + new) == 0
    driver.stop()
    driver.start()
    driver.joined()
    assert rig.nwp.processor.station is not None
    assert rig.nwp.processor.station.mac == new


def test_mac_address_may_come_from_the_description() -> None:
    nwp = CC3220_NWP(BenchMachine(), "nwp", mac="08:00:28:00:00:01")
    assert nwp.netcfg.mac == bytes.fromhex("080028000001")


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"mac": "nonsense"}, "write it as 08:00:28"),
        ({"chipId": "0x31"}, "type int"),
        ({"colour": "red"}, "bootTimeUs, certificateStore, chipId"),
        ({"sockets": 17}, "knows 16 sockets"),
        ({"sockets": 4}, "secureSockets 6"),
    ],
)
def test_wrong_attributes_are_reported(attributes: dict[str, Any], message: str) -> None:
    with pytest.raises(RenodeWifiError, match=message):
        CC3220_NWP(BenchMachine(), "nwp", **attributes)


def test_static_address_is_used(rig: Rig) -> None:
    """SWRU455M, Static IP Address: the host may give the device its address."""
    driver = rig.started()
    numbers = struct.pack("<4I", 0x0A0A0063, 0xFFFFFF00, 0x0A0A0001, 0x0A0A0001)
    assert driver.status(Opcode.NETCFG_SET, struct.pack("<HHHH", 0, 7, 4, 16) + numbers) == 0
    driver.joined()
    answer = driver.command(Opcode.NETCFG_GET, struct.pack("<HHHH", 0, 7, 0, 16))
    assert answer.unpack("hHHH") == (0, 7, 4, 16)
    assert answer.body[8:] == numbers
    assert driver.status(Opcode.NETCFG_SET, struct.pack("<HHHH", 0, 7, 1, 0)) == 0
    assert rig.nwp.netcfg.static is None


def test_address_without_a_netmask_is_refused(rig: Rig) -> None:
    numbers = struct.pack("<4I", 0x0A0A0063, 0x00FF00FF, 0, 0)
    body = struct.pack("<HHHH", 0, 7, 4, 16) + numbers
    assert rig.started().status(Opcode.NETCFG_SET, body) == Error.INVALID


@pytest.mark.parametrize("identity", [3, 4, 6, 8, 9, 11, 12])
def test_other_network_settings_have_values(rig: Rig, identity: int) -> None:
    answer = rig.joined().command(Opcode.NETCFG_GET, struct.pack("<HHHH", 0, identity, 0, 64))
    assert answer.unpack("hH") == (0, identity)


def test_second_dns_server_is_kept_and_unknown_settings_refused(rig: Rig) -> None:
    driver = rig.started()
    body = struct.pack("<HHHHI", 0, 12, 0, 4, 0x08080808)
    assert driver.status(Opcode.NETCFG_SET, body) == 0
    answer = driver.command(Opcode.NETCFG_GET, struct.pack("<HHHH", 0, 12, 0, 4))
    assert answer.body[8:] == b"\x08\x08\x08\x08"
    assert driver.status(Opcode.NETCFG_SET, struct.pack("<HHHH", 0, 77, 0, 0)) == Error.INVALID
    assert driver.status(Opcode.NETCFG_GET, struct.pack("<HHHH", 0, 77, 0, 0)) == Error.INVALID


def test_unknown_command_is_answered(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    driver = rig.started()
    driver.post(0x8999)
    message = driver.event(0x0D99)
    assert message is not None
    assert message.unpack("h") == (rig.nwp.profile.unknown_command_status,)
    assert "0x8999 is not known" in caplog.text


def test_command_too_short_ends_in_a_fatal_error(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    driver = rig.started()
    driver.post(Opcode.CONNECT, bytes(4))
    message = driver.event(Opcode.ABORT)
    assert message is not None
    assert message.failing == 0x22
    assert "fatal error: CONNECT" in caplog.text
    driver.post(Opcode.SOCKET, bytes((2, 1, 0, 0)))
    driver.run(SECOND)
    assert driver.events == []
    driver.off()
    assert driver.start() == 1


def test_names_of_opcodes() -> None:
    assert name_of(Opcode.CONNECT) == "CONNECT"
    assert name_of(0x1406) == "CONNECT"
    assert name_of(0x7777) == "0x7777"


def test_saved_processor_goes_on_as_the_first(rig: Rig) -> None:
    driver = rig.joined()
    number = driver.socket()
    assert driver.connect(number, ECHO) == 0
    driver.send(number, b"first")
    copy = rig.saved()
    for one in (rig, copy):
        assert one.driver.receive_all(number, 5) == b"first"
        one.driver.send(number, b"second")
        assert one.driver.receive_all(number, 6) == b"second"
    assert copy.machine.clock.now == rig.machine.clock.now
    assert copy.machine.traced == rig.machine.traced

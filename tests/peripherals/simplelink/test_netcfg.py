"""Addresses: IPv6, the station's without DHCP, their release."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.simplelink.ipv6 import GLOBAL as IPV6_GLOBAL
from renode_wifi.peripherals.simplelink.ipv6 import LOCAL as IPV6_LOCAL
from renode_wifi.peripherals.simplelink.netcfg import INTERFACE
from renode_wifi.peripherals.simplelink.netcfg import IPV4_STATION as STATION
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


def set_config(driver: HostDriver, identity: int, option: int, value: bytes = b"") -> int:
    head = struct.pack("<HHHH", 0, identity, option, len(value))
    return driver.status(Opcode.NETCFG_SET, head + value)


def get_config(driver: HostDriver, identity: int) -> tuple[int, int, bytes]:
    """Status, option and value."""
    answer = driver.command(Opcode.NETCFG_GET, struct.pack("<HHHH", 0, identity, 0, 64))
    status, _, option = answer.unpack("hHH")
    return status, option, answer.body[8:]


def restarted(driver: HostDriver) -> None:
    driver.stop()
    driver.start()
    driver.joined()


def test_a_link_local_address_of_ipv6_comes_with_the_link(rig: Rig) -> None:
    """SWRU455A, IPv6: enabled by SL_NETCFG_IF, the local address is reported, and its loss."""
    driver = rig.started()
    assert set_config(driver, INTERFACE, 0, struct.pack("<H", 0x8)) == Error.INVALID
    assert set_config(driver, INTERFACE, 0, struct.pack("<H", 0x40)) == Error.INVALID
    assert set_config(driver, INTERFACE, 1, struct.pack("<H", 0x4)) == Error.INVALID
    assert set_config(driver, INTERFACE, 0, struct.pack("<H", 0xC)) == 0
    driver.joined()
    assert driver.event(Opcode.IPV6_ACQUIRED, 5 * SECOND) is None
    restarted(driver)
    event = driver.event(Opcode.IPV6_ACQUIRED, 5 * SECOND)
    assert event is not None
    mac = rig.nwp.netcfg.mac
    low = b"\xff\xfe" + mac[3:]
    expected = (0xFE800000, 0, int.from_bytes(bytes((mac[0] ^ 2,)) + mac[1:3] + low[:1], "big"))
    assert event.unpack("3I") == expected
    assert driver.event(Opcode.IPV6_ACQUIRED, 5 * SECOND) is None
    local = get_config(driver, IPV6_LOCAL)
    assert (local[0], local[1], local[2][:16], local[2][32:]) == (
        0,
        5,
        event.body[:16],
        b"\1\0\0\0",
    )
    assert get_config(driver, IPV6_GLOBAL)[2] == bytes(36)
    assert driver.status(Opcode.WLAN_DISCONNECT) == 0
    lost = driver.event(Opcode.IPV6_LOST)
    assert lost is not None
    assert lost.body[:16] == event.body[:16]


def test_addresses_of_ipv6_may_be_given(rig: Rig) -> None:
    """SWRU455A, IPv6: static addresses; without a router there is no other global one."""
    driver = rig.started()
    value = struct.pack("<9I", 0x20010DB8, 0, 0, 7, 0x20010DB8, 0, 0, 8, 0)
    assert set_config(driver, IPV6_GLOBAL, 4, value) == 0
    assert set_config(driver, IPV6_GLOBAL, 4, b"short") == Error.INVALID
    assert set_config(driver, IPV6_GLOBAL, 1) == Error.INVALID
    assert set_config(driver, IPV6_LOCAL, 6) == 0
    assert set_config(driver, INTERFACE, 0, struct.pack("<I", 0xC)) == 0
    restarted(driver)
    event = driver.event(Opcode.IPV6_ACQUIRED, 5 * SECOND)
    assert event is not None
    assert event.body[:32] == value[:32]
    assert driver.event(Opcode.IPV6_ACQUIRED, 5 * SECOND) is None
    status, option, got = get_config(driver, IPV6_GLOBAL)
    assert (status, option, got[:32], got[32]) == (0, 4, value[:32], 1)
    assert struct.unpack("<I", get_config(driver, INTERFACE)[2])[0] == 0xC | 0x200 | 0x400 | 0x1000


def test_a_station_without_dhcp_may_take_an_address_itself(rig: Rig) -> None:
    """SWRU455A, DHCP Client: SL_NETCFG_ADDR_DHCP_LLA, after 25 seconds or what the host says."""
    rig.world.inject("dhcp-fails")
    driver = rig.started()
    assert set_config(driver, STATION, 2, struct.pack("<I", 20)) == 0
    assert get_config(driver, STATION)[1] == 2
    begun = rig.machine.clock.now
    assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == 0
    assert driver.event(Opcode.DHCP_TIMEOUT, 60 * SECOND) is not None
    event = driver.event(Opcode.IP_ACQUIRED, 60 * SECOND)
    assert event is not None
    assert event.unpack("I")[0] >> 16 == 0xA9FE
    assert 19 * SECOND < event.time - begun < 23 * SECOND
    assert set_config(driver, STATION, 2, b"\1") == Error.INVALID
    assert set_config(driver, STATION, 1) == 0
    assert get_config(driver, STATION)[1] == 1


def test_the_address_is_released_where_the_host_says_so(rig: Rig) -> None:
    """SWRU455A, DHCP Client: SL_NETCFG_ADDR_RELEASE_IP_SET gives the address back."""
    driver = rig.joined()
    first = rig.nwp.processor.lease

    def address_of_a_phone(number: int) -> object:
        phone = rig.world.station(bytes((2, 0, 0, 0, 0, number)))
        joined: list[object] = []
        phone.join(b"fwemu-ap", b"fwemu-pass", None, joined.append)
        driver.run(5 * SECOND)
        phone.leave()
        return joined[0]

    assert driver.status(Opcode.WLAN_DISCONNECT) == 0
    driver.run(SECOND)
    assert address_of_a_phone(1) != first
    driver.joined()
    assert set_config(driver, STATION, 7) == 0
    assert driver.status(Opcode.WLAN_DISCONNECT) == 0
    driver.run(SECOND)
    assert address_of_a_phone(2) == first
    assert set_config(driver, STATION, 8) == 0
    for option in (9, 10, 11, 12):
        assert set_config(driver, STATION, option) == 0
    for option in (0, 3, 5, 13):
        assert set_config(driver, STATION, option) == Error.INVALID

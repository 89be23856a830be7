"""The access point of the network processor: who may join, which address, and who is there."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.station import JoinFailure
from renode_wifi.peripherals.network.stack.wireless import WirelessStation
from renode_wifi.peripherals.simplelink.messages.netapp import DhcpServerOptions
from renode_wifi.peripherals.simplelink.messages.netcfg import StationInfo
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.wlan.web import Form
from tests.peripherals.simplelink.rig import Rig

DHCP_SERVER = 2
AP, ACCESS_LIST = 0, 3
STATIONS, ADD_MAC, DELETE_MAC, DELETE_INDEX, ENTRIES, MODE = 19, 20, 21, 22, 24, 25
NUMBER, INFO, DISCONNECT = 3, 4, 5


class Rigged(Rig):
    """A device that runs an access point, and phones."""

    def __init__(self) -> None:
        super().__init__()
        self.started()
        assert self.driver.status(Opcode.WLAN_SET_MODE, bytes((2, 0, 0, 0))) == 0
        self.restart()

    def restart(self) -> None:
        self.driver.stop()
        self.driver.start()
        self.driver.run(SECOND)

    def phone(self, number: int) -> tuple[WirelessStation, list[object]]:
        """With what became of its join."""
        phone = self.world.station(bytes((2, 0, 0, 0, 1, number)))
        outcomes: list[object] = []
        phone.join(self.nwp.wlan.settings.ssid, b"", None, outcomes.append)
        self.driver.run(15 * SECOND)
        return phone, outcomes

    def set_wlan(self, identity: int, option: int, value: bytes) -> int:
        head = struct.pack("<HHHH", 0, identity, option, len(value))
        return self.driver.status(Opcode.WLAN_CONFIG_SET, head + value)

    def get_wlan(self, identity: int, option: int, length: int) -> bytes:
        head = struct.pack("<HHHH", 0, identity, option, length)
        return self.driver.command(Opcode.WLAN_CONFIG_GET, head).body[8:]

    def get_net(self, identity: int, option: int, length: int) -> bytes:
        head = struct.pack("<HHHH", 0, identity, option, length)
        answer = self.driver.command(Opcode.NETCFG_GET, head)
        (size,) = answer.unpack("6xH")
        return answer.body[8 : 8 + size]

    def set_pool(self, first: str, last: str) -> int:
        value = DhcpServerOptions(3600, IPv4Address(first), IPv4Address(last)).emit()
        head = struct.pack("<HHHH", 0, DHCP_SERVER, 0, len(value))
        return self.driver.status(Opcode.NETAPP_SET, head + value)


@pytest.fixture
def rig() -> Rigged:
    return Rigged()


def test_addresses_come_from_the_pool_that_the_host_sets(rig: Rigged) -> None:
    """SWRU455A, Access Point: the DHCP server's first and last address."""
    assert rig.set_pool("10.123.45.100", "10.123.45.101") == 0
    rig.restart()
    phones = [rig.phone(number)[0] for number in range(2)]
    assert [str(phone.lease and phone.lease.address) for phone in phones] == [
        "10.123.45.100",
        "10.123.45.101",
    ]
    assert rig.phone(3)[1] == [JoinFailure.NO_ADDRESS]
    assert rig.set_pool("10.123.45.9", "10.123.45.8") == Error.INVALID


def test_without_its_dhcp_server_nobody_gives_addresses(rig: Rigged) -> None:
    """SWRU455A, Network Applications: the DHCP server can be stopped."""
    assert rig.driver.status(Opcode.NETAPP_STOP, struct.pack("<I", DHCP_SERVER)) == 0
    rig.restart()
    assert rig.phone(1)[1] == [JoinFailure.NO_ADDRESS]
    assert rig.driver.status(Opcode.NETAPP_START, struct.pack("<I", DHCP_SERVER)) == 0
    rig.restart()
    assert rig.phone(1)[0].lease is not None


def test_stations_are_counted_listed_and_disconnected(rig: Rigged) -> None:
    """SWRU455A, Access Point: connected stations are read, and disconnected by their address."""
    assert rig.get_net(NUMBER, 0, 1) == b"\0"
    phones = [rig.phone(number)[0] for number in range(3)]
    assert rig.get_net(NUMBER, 0, 1) == b"\3"
    size = StationInfo.LAYOUT.size
    listed = rig.get_net(INFO, 1, 4 * size)
    assert [StationInfo.parse(listed[at : at + size]).mac for at in (0, size)] == [
        phone.mac for phone in phones[1:]
    ]
    assert len(listed) == 2 * size
    head = struct.pack("<HHHH", 0, DISCONNECT, 1, 6)
    assert rig.driver.status(Opcode.NETCFG_SET, head + phones[0].mac) == 0
    rig.driver.run(SECOND)
    assert phones[0].lease is None
    assert rig.driver.event(Opcode.WLAN_STATION_REMOVED) is not None
    assert rig.get_net(NUMBER, 0, 1) == b"\2"
    status = rig.driver.status(Opcode.NETCFG_SET, head + phones[0].mac)
    assert status == Error.WLAN_NO_SUCH_STATION


def test_no_more_stations_join_than_there_may_be(rig: Rigged) -> None:
    """SWRU455A, Access Point: four stations at most, or fewer."""
    for number in range(4):
        assert rig.phone(number)[0].lease is not None
    assert rig.phone(5)[1] == [JoinFailure.REFUSED]
    assert rig.set_wlan(AP, STATIONS, b"\1") == 0
    rig.restart()
    assert rig.phone(1)[0].lease is not None
    assert rig.phone(2)[1] == [JoinFailure.REFUSED]


def test_stations_of_the_access_list_may_not_join(rig: Rigged) -> None:
    """SWRU455A, Access Point: the black list of MAC addresses, while it is on."""
    phone, _ = rig.phone(1)
    assert rig.set_wlan(ACCESS_LIST, ADD_MAC, phone.mac) == 0
    assert rig.set_wlan(ACCESS_LIST, ADD_MAC, b"\2\0\0\0\0\x09") == 0
    assert rig.get_wlan(ACCESS_LIST, ENTRIES, 1)[:1] == b"\2"
    assert rig.get_wlan(ACCESS_LIST, 0, 12)[:12] == phone.mac + b"\2\0\0\0\0\x09"
    assert phone.lease is not None
    assert rig.set_wlan(ACCESS_LIST, MODE, b"\1") == 0
    assert rig.phone(1)[1] == [JoinFailure.REFUSED]
    assert rig.phone(2)[0].lease is not None
    assert rig.set_wlan(ACCESS_LIST, DELETE_MAC, phone.mac) == 0
    assert rig.phone(1)[0].lease is not None
    assert rig.set_wlan(ACCESS_LIST, DELETE_INDEX, b"\0") == 0
    assert rig.set_wlan(ACCESS_LIST, DELETE_INDEX, b"\0") == Error.WLAN_ACCESS_LIST_EMPTY
    for number in range(8):
        assert rig.set_wlan(ACCESS_LIST, ADD_MAC, bytes((2, 0, 0, 0, 9, number))) == 0
    assert (
        rig.set_wlan(ACCESS_LIST, ADD_MAC, bytes((2, 0, 0, 0, 9, 9))) == Error.WLAN_ACCESS_LIST_FULL
    )


def test_rules_are_saved_and_restored(rig: Rigged) -> None:
    rig.phone(1)
    copy = rig.saved()
    assert isinstance(copy, Rigged)
    assert copy.get_net(NUMBER, 0, 1) == b"\1"
    assert copy.set_wlan(AP, STATIONS, b"\1") == 0
    assert copy.phone(2)[1] == [JoinFailure.REFUSED]
    assert rig.phone(2)[0].lease is not None


def test_the_page_of_a_device_shows_expels_and_refuses_its_stations(rig: Rigged) -> None:
    """SWRU455A, RESTful API Processing: stations of the access point, and its access list."""
    phones = [rig.phone(number)[0] for number in (1, 2)]
    http = rig.nwp.processor.netapp.http
    assert http.apis is not None
    assert http.tokens is not None

    def post(path: str, **fields: str) -> int:
        form = Form({f"__SL_P_{name.replace('_', '.')}": [text] for name, text in fields.items()})
        answer = http.apis.answer(f"/api/1/wlan/{path}", form)  # type: ignore[union-attr]
        assert answer is not None
        return answer.status

    assert http.tokens.value(b"__SL_G_CM2") == b"02:00:00:00:01:02"
    assert http.tokens.value(b"__SL_G_CI1") == str(phones[0].lease.address).encode()  # type: ignore[union-attr]
    assert post("station_action", CRR="3") == 400
    assert post("station_action", C_B="5") == 400
    assert post("station_action", C_B="2", CRR="1", CRL="2") == 204
    assert [phone.lease for phone in phones] == [None, None]
    assert http.tokens.value(b"__SL_G_SR2") == b"selected"
    assert http.tokens.value(b"__SL_G_CL1") == b"02:00:00:00:01:02"
    assert post("ap_aclist", C_M="1") == 204
    assert [rig.phone(number)[0].lease is None for number in (1, 2)] == [False, True]
    assert post("ap_aclist", C_M="2") == 400
    assert post("ap_aclist", CRS="1") == 204
    assert http.tokens.value(b"__SL_G_CLS") == b"0"
    assert rig.phone(2)[0].lease is not None

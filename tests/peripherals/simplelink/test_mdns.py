"""mDNS of the network processor: its services as others see them, and others' as the host does."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.servers.names.mdns import MdnsHost
from renode_wifi.peripherals.network.worldfile.servers import MdnsServiceSettings, ServerSettings
from renode_wifi.peripherals.simplelink.messages.netapp_mdns import (
    ADD,
    ONLY_IPV6,
    UNIQUE,
    UPDATE_TEXT,
    VOLATILE,
    AdvertiseTimes,
    GetHostByService,
    GetServiceList,
    RegisterService,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.rig import Rig

PRINTER, SCANNER = "Printer._ipp._tcp.local", "Scanner._http._tcp.local"
ADDRESS = IPv4Address("10.10.0.20")
LISTED = 0x1C72
MDNS, HTTP, STATION_NAME = 4, 1, "mysimplelink"


class Neighbours(Rig):
    """A rig with a printer that announces two services."""

    def __init__(self) -> None:
        services = {
            PRINTER: MdnsServiceSettings(631, "paper=A4;size=10"),
            SCANNER: MdnsServiceSettings(80),
        }
        settings = ServerSettings("printer", "mdns", ADDRESS, 5353, services=services)
        super().__init__({"more": (settings,)})

    @property
    def printer(self) -> MdnsHost:
        server = self.world.server("printer")
        assert isinstance(server, MdnsHost)
        return server

    def register(
        self, name: str, text: str = "", options: int = 0, port: int = 1000, ttl: int = 120
    ) -> int:
        message = RegisterService(name, text, port, ttl, options | ADD)
        return self.driver.status(Opcode.MDNS_REGISTER, message.emit())

    def unregister(self, name: str) -> int:
        message = RegisterService(name, "", 0, 0, 0)
        return self.driver.status(Opcode.MDNS_REGISTER, message.emit())

    def find(self, name: str, family: int = 2) -> tuple[int, IPv4Address, int, bytes]:
        status = self.driver.status(Opcode.MDNS_BY_SERVICE, GetHostByService(name, family).emit())
        if status:
            return status, IPv4Address(0), 0, b""
        message = self.driver.event(Opcode.MDNS_FOUND)
        assert message is not None
        status, length, port, address = message.unpack("hHII")
        return status, IPv4Address(address), port, message.body[12 : 12 + length]

    def listed(self, flags: int = 2, index: int = 0, count: int = 8) -> tuple[int, bytes]:
        self.driver.post(Opcode.MDNS_LOOKUP, GetServiceList(index, count, flags).emit())
        message = self.driver.event(LISTED)
        assert message is not None
        return message.unpack("h")[0], message.body[4:]

    def set(self, option: int, value: bytes, application: int = MDNS) -> int:
        body = struct.pack("<HHHH", 0, application, option, len(value)) + value
        return self.driver.status(Opcode.NETAPP_SET, body)


@pytest.fixture
def rig() -> Neighbours:
    rig = Neighbours()
    rig.joined()
    rig.driver.run(3 * SECOND)
    return rig


def test_http_server_and_host_name_are_advertised(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Introduction: the internal HTTP server and the host's name by default."""
    (service,) = rig.printer.found.values()
    assert service.name.startswith(STATION_NAME)
    assert (service.type, service.port) == ("_http._tcp.local", 80)
    assert service.address == rig.nwp.processor.lease.address
    assert "srcvers=1D90645" in service.text


def test_registered_service_is_announced_found_and_taken_back(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Advertisement: services are registered and unregistered by name."""
    assert rig.register("Lamp._lamp._tcp.local", "colour=red;level=3", port=4578, ttl=60) == 0
    rig.driver.run(2 * SECOND)
    lamp = rig.printer.found["Lamp._lamp._tcp.local"]
    assert (lamp.port, lamp.text, lamp.ttl) == (4578, "colour=red;level=3", 60)
    rig.printer.found.clear()
    rig.printer.query("_lamp._tcp.local")
    rig.driver.run(SECOND)
    assert list(rig.printer.found) == ["Lamp._lamp._tcp.local"]
    assert rig.unregister("lamp._LAMP._tcp.local") == 0
    rig.driver.run(SECOND)
    assert rig.printer.found == {}
    assert rig.unregister("Lamp._lamp._tcp.local") == Error.MDNS_SERVICE_NAME


def test_text_is_updated_without_registering_again(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Advertisement: SL_NETAPP_MDNS_OPTION_UPDATE_TEXT."""
    name = "Lamp._lamp._tcp.local"
    assert rig.register(name, "a=1", UPDATE_TEXT) == Error.MDNS_SERVICE_NAME
    assert rig.register(name, "a=1") == 0
    assert rig.register(name, "a=2", UPDATE_TEXT, port=9) == 0
    rig.driver.run(SECOND)
    assert (rig.printer.found[name].text, rig.printer.found[name].port) == ("a=2", 1000)


def test_five_services_and_six_without_the_http_server(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Key Features: five services, or six if the HTTP server is disabled."""
    names = [f"Number {number}._lamp._udp.local" for number in range(7)]
    assert [rig.register(name) for name in names[:5]] == [0] * 5
    assert rig.register(names[5]) == Error.MDNS_MAX_SERVICES
    assert rig.driver.status(Opcode.NETAPP_STOP, struct.pack("<I", HTTP)) == 0
    assert rig.register(names[5]) == 0
    assert rig.register(names[6]) == Error.MDNS_MAX_SERVICES
    # An empty name is all of them.
    assert rig.unregister("") == 0
    assert rig.register(names[6]) == 0


@pytest.mark.parametrize(
    ("name", "options", "status"),
    [
        ("Lamp", 0, Error.MDNS_SERVICE_NAME),
        ("_lamp._tcp.local", 0, Error.MDNS_SERVICE_NAME),
        ("Lamp._lamp.local", 0, Error.MDNS_SERVICE_NAME),
        ("Lamp._lamp._tcp.local", ONLY_IPV6, Error.MDNS_PARAMETERS),
        ("known._lamp._tcp.local", 0, Error.MDNS_SERVICE_EXISTS),
    ],
)
def test_registration_is_refused(rig: Neighbours, name: str, options: int, status: int) -> None:
    assert rig.register("Known._lamp._tcp.local") == 0
    assert rig.register(name, options=options) == status


def test_services_are_kept_without_power_unless_they_are_volatile(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Advertisement: persistent unless SL_NETAPP_MDNS_OPTIONS_IS_NOT_PERSISTENT."""
    assert rig.register("Kept._lamp._tcp.local") == 0
    assert rig.register("Gone._lamp._tcp.local", options=VOLATILE) == 0
    rig.driver.run(SECOND // 10)
    rig.driver.off()
    rig.printer.found.clear()
    rig.joined()
    rig.driver.run(SECOND)
    assert {name for name in rig.printer.found if "lamp" in name} == {"Kept._lamp._tcp.local"}


def test_unique_name_is_probed_and_given_up_to_its_owner(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Advertisement: SL_NETAPP_MDNS_OPTIONS_IS_UNIQUE_BIT."""
    assert rig.register(PRINTER, options=UNIQUE, port=7) == 0
    rig.driver.run(2 * SECOND)
    assert PRINTER in rig.printer.questions
    assert PRINTER not in rig.printer.found
    assert rig.register("Mine._ipp._tcp.local", options=UNIQUE) == 0
    rig.driver.run(SECOND // 10)
    assert "Mine._ipp._tcp.local" not in rig.printer.found
    rig.driver.run(SECOND)
    assert "Mine._ipp._tcp.local" in rig.printer.found


def test_one_shot_query_gives_the_first_answer(rig: Neighbours) -> None:
    """SWRU455A, mDNS, One Shot Query: address, port and text of the first response."""
    assert rig.find("_ipp._tcp.local") == (0, ADDRESS, 631, b"paper=A4;size=10")
    assert rig.find(SCANNER.lower()) == (0, ADDRESS, 80, b"")
    assert rig.find("_nobody._tcp.local")[0] == Error.MDNS_NO_ANSWER
    assert rig.find("nonsense")[0] == Error.MDNS_PARAMETERS
    assert rig.find("_ipp._tcp.local", family=3)[0] == Error.MDNS_PARAMETERS


def test_continuous_query_fills_the_list_of_services(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Continuous Query: responses are in the list of services."""
    assert rig.listed() == (0, b"")
    assert rig.set(1, b"_ipp._tcp.local") == 0
    rig.driver.run(SECOND)
    count, entries = rig.listed(flags=1, count=3)
    address, port, _, name, host, text = struct.unpack("<IHH60s64s256s", entries)
    assert (count, IPv4Address(address), port) == (1, ADDRESS, 631)
    assert (name.rstrip(b"\0"), host.rstrip(b"\0")) == (PRINTER.encode(), b"printer.local")
    assert text.rstrip(b"\0") == b"paper=A4;size=10"
    asked = rig.printer.questions.count("_ipp._tcp.local")
    rig.driver.run(8 * SECOND)
    assert rig.printer.questions.count("_ipp._tcp.local") > asked
    assert rig.set(1, b"") == 0
    asked = rig.printer.questions.count("_ipp._tcp.local")
    rig.driver.run(60 * SECOND)
    assert rig.printer.questions.count("_ipp._tcp.local") == asked


def test_list_has_eight_services_the_newest_in_three_layouts(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Get Service List: eight services, of which the oldest is replaced."""
    services = rig.printer.services
    template = services[PRINTER]
    services.clear()
    for number in range(10):
        name = f"Number {number}._ipp._tcp.local"
        services[name] = type(template)(name, "printer.local", ADDRESS, 100 + number)
    rig.printer.announce()
    rig.driver.run(SECOND)
    count, entries = rig.listed(flags=3)
    assert count == 8
    assert [port for _, port, _ in struct.iter_unpack("<IHH", entries)] == list(range(102, 110))
    assert rig.listed(flags=2, index=6)[0] == 2
    assert rig.listed(flags=1, count=5)[0] == Error.MDNS_BUFFER_SIZE
    assert rig.listed(flags=4)[0] == Error.MDNS_LIST_FLAG


def test_list_is_cleared_when_the_link_or_mdns_ends(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Get Service List: cleared when mDNS is disabled or Wi-Fi disconnects."""
    rig.printer.announce()
    rig.driver.run(SECOND)
    assert rig.listed()[0] == 2
    assert rig.driver.status(Opcode.NETAPP_STOP, struct.pack("<I", MDNS)) == 0
    assert rig.listed()[0] == Error.MDNS_NOT_STARTED
    assert rig.register("Lamp._lamp._tcp.local") == Error.MDNS_NOT_STARTED
    assert rig.find("_ipp._tcp.local")[0] == Error.MDNS_NOT_STARTED
    assert rig.driver.status(Opcode.NETAPP_START, struct.pack("<I", MDNS)) == 0
    assert rig.listed()[0] == 0
    rig.printer.announce()
    rig.driver.run(SECOND)
    rig.world.inject("deauthenticate", access_point="fwemu-ap")
    rig.driver.run(SECOND)
    assert rig.listed()[0] == 0


def test_masked_types_are_not_listed(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Mask Services: types whose bit is set are not collected."""
    assert rig.set(2, struct.pack("<I", 1 << 0)) == 0
    rig.printer.announce()
    rig.driver.run(SECOND)
    count, entries = rig.listed()
    assert count == 1
    assert SCANNER.encode() in entries


def test_times_of_announcements_are_set(rig: Neighbours) -> None:
    """netapp.h, SL_NETAPP_MDNS_TIMING_PARAMS_OPT."""
    assert rig.set(3, AdvertiseTimes(200, 0, 1, 0, 0, 0).emit()) == 0
    assert rig.set(3, b"short") == Error.INVALID
    assert rig.register("Lamp._lamp._tcp.local") == 0
    rig.driver.run(SECOND)
    rig.printer.found.clear()
    rig.driver.run(10 * SECOND)
    assert rig.printer.found == {}


def test_device_name_is_the_host_name(rig: Neighbours) -> None:
    """SWRU455A, mDNS, Introduction: the host's name is the device's."""
    assert rig.set(0, b"kitchen", application=0x10) == 0
    rig.printer.found.clear()
    rig.printer.query("_http._tcp.local")
    rig.driver.run(SECOND)
    (service,) = rig.printer.found.values()
    assert (service.name, service.host) == ("kitchen._http._tcp.local", "kitchen.local")


def test_a_query_under_way_is_saved_and_restored(rig: Neighbours) -> None:
    name = "_ipp._tcp.local"
    assert rig.driver.status(Opcode.MDNS_BY_SERVICE, GetHostByService(name, 2).emit()) == 0
    copy = rig.saved()
    assert isinstance(copy, Neighbours)
    message = copy.driver.event(Opcode.MDNS_FOUND)
    assert message is not None
    assert message.unpack("h")[0] == 0


def test_a_world_file_announces_services(tmp_path: Path) -> None:
    from renode_wifi.peripherals.network.worldfile.read import read_world_file

    file = tmp_path / "world.yaml"
    file.write_text(
        "access_points: [{ssid: lab}]\nservers:\n  printer:\n    {type: mdns, port: 5353, "
        'services: {"Printer._ipp._tcp.local": {port: 631, text: "paper=A4"}}}\n',
        encoding="utf-8",
    )
    (server,) = read_world_file(file).servers
    assert server.services == {PRINTER: MdnsServiceSettings(631, "paper=A4")}


def test_the_port_is_the_application_s_until_it_is_stopped(rig: Neighbours) -> None:
    number = rig.driver.socket(2)
    assert rig.driver.bind(number, 5353) == Error.ADDRESS_IN_USE
    assert rig.driver.status(Opcode.NETAPP_STOP, struct.pack("<I", MDNS)) == 0
    assert rig.driver.bind(number, 5353) == 0

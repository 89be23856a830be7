"""Advertising, discovery and connections, between two modules in one air."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.bluenrg.codes import (
    SUPPORTED_COMMANDS,
    AciOpcode,
    AciStatus,
    EventCode,
    Procedure,
    VendorEvent,
)
from renode_wifi.peripherals.bluenrg.messages import events, gap, hal, hci
from renode_wifi.peripherals.network.bluetooth import advertising
from renode_wifi.peripherals.network.bluetooth.air import BluetoothAir
from tests.peripherals.bluenrg.rig import Application

ADDRESS = bytes.fromhex("AA22334455AA")
FIRST = (0x0801).to_bytes(2, "little")


class Pair:
    """A peripheral that advertises, and a central."""

    def __init__(self) -> None:
        machine = BenchMachine()
        air = BluetoothAir(machine.clock)
        self.peripheral, self.central = (Application(air, machine) for _ in range(2))
        self.peripheral.pass_time(10)
        write = hal.WriteConfigData(0, 6, ADDRESS)
        self.peripheral.command(AciOpcode.HAL_WRITE_CONFIG_DATA, write)
        self.peripheral.start()
        self.central.start(4)

    def connect(self) -> None:
        assert self.peripheral.advertise() == b"\0"
        create = gap.CreateConnection(0x20, 0x30, 0, ADDRESS, 0, 16, 24, 0, 400, 0, 0)
        assert self.central.command(AciOpcode.GAP_CREATE_CONNECTION, create) == b"\0"
        self.pass_time(150)

    def pass_time(self, milliseconds: float) -> None:
        for _ in range(round(milliseconds)):
            self.central.pass_time(0.5)
            self.peripheral.pass_time(0.5)


def test_a_connection_has_a_handle_and_a_role_at_either_end() -> None:
    pair = Pair()
    pair.connect()
    made = [
        events.ConnectionComplete.parse(app.of(EventCode.LE_META)[0][1:])
        for app in (pair.central, pair.peripheral)
    ]
    assert [(each.connection, each.role, each.interval) for each in made] == [
        (0x801, 0, 24),
        (0x801, 1, 24),
    ]
    assert made[0].peer == ADDRESS
    assert pair.central.vendor(VendorEvent.GAP_PROCEDURE_COMPLETE) == [
        bytes([Procedure.DIRECT_CONNECTION, 0])
    ]


@pytest.mark.parametrize("first", ["central", "peripheral"])
def test_either_end_may_end_it(first: str) -> None:
    pair = Pair()
    pair.connect()
    app = pair.central if first == "central" else pair.peripheral
    other = pair.peripheral if first == "central" else pair.central
    assert app.command(AciOpcode.GAP_TERMINATE, hci.Disconnect(0x801, 0x13)) == b"\0"
    pair.pass_time(40)
    assert app.of(EventCode.DISCONNECTION_COMPLETE) == [b"\0" + FIRST + b"\x16"]
    assert other.of(EventCode.DISCONNECTION_COMPLETE) == [b"\0" + FIRST + b"\x13"]
    again = app.command(AciOpcode.DISCONNECT, hci.Disconnect(0x801, 0x13))
    assert again == bytes([AciStatus.UNKNOWN_CONNECTION])


def test_reset_of_one_end_ends_the_connection_of_the_other() -> None:
    pair = Pair()
    pair.connect()
    pair.peripheral.command(AciOpcode.RESET)
    pair.pass_time(40)
    assert len(pair.central.of(EventCode.DISCONNECTION_COMPLETE)) == 1


def test_discovery_reports_each_advertiser_once_and_ends() -> None:
    pair = Pair()
    pair.peripheral.advertise(services=b"\x03\x0d\x18")
    start = gap.StartDiscovery(0x10, 0x10, 0, 1)
    assert pair.central.command(AciOpcode.GAP_START_GENERAL_DISCOVERY, start) == b"\0"
    pair.pass_time(350)
    reports = [each[1:] for each in pair.central.of(EventCode.LE_META)]
    assert len(reports) == 2
    report = events.AdvertisingReport.parse(reports[0])
    assert report.address == ADDRESS
    assert advertising.local_name(report.data[1:-1]) == "rig"
    terminate = gap.TerminateProcedure(Procedure.GENERAL_DISCOVERY)
    assert pair.central.command(AciOpcode.GAP_TERMINATE_PROCEDURE, terminate) == b"\0"
    assert pair.central.vendor(VendorEvent.GAP_PROCEDURE_COMPLETE) == [b"\x02\0"]


def test_limited_discovery_passes_over_what_is_generally_discoverable() -> None:
    pair = Pair()
    pair.peripheral.advertise()
    pair.central.command(AciOpcode.GAP_START_LIMITED_DISCOVERY, gap.StartDiscovery(16, 16, 0, 0))
    pair.pass_time(150)
    assert pair.central.of(EventCode.LE_META) == []


def test_what_is_advertised_changes_and_stops() -> None:
    app = Application()
    app.start()
    assert app.advertise() == b"\0"
    assert app.advertise() == bytes([AciStatus.NOT_ALLOWED])
    (advertiser,) = app.module.stack.air._advertisers.values()
    data = advertising.structures(advertiser.data)
    assert data[advertising.COMPLETE_NAME] == b"rig"
    maker = advertising.structure(0xFF, b"\x30\0\1")
    assert app.command(AciOpcode.GAP_UPDATE_ADV_DATA, gap.UpdateAdvData(len(maker), maker)) == b"\0"
    assert advertising.structures(advertiser.data)[0xFF] == b"\x30\0\1"
    assert app.command(AciOpcode.GAP_DELETE_AD_TYPE, gap.DeleteAdType(0xFF)) == b"\0"
    assert 0xFF not in advertising.structures(advertiser.data)
    long = advertising.structure(0xFF, bytes(29))
    refused = app.command(AciOpcode.GAP_UPDATE_ADV_DATA, gap.UpdateAdvData(len(long), long))
    assert refused == bytes([AciStatus.INVALID_PARAMETERS])
    assert app.command(AciOpcode.GAP_SET_NON_DISCOVERABLE) == b"\0"
    assert app.module.stack.air._advertisers == {}


def test_hci_s_own_commands_advertise_too() -> None:
    app = Application()
    app.pass_time(10)
    data = advertising.discoverable(b"beacon")
    app.command(
        AciOpcode.LE_SET_ADVERTISING_DATA, hci.AdvertisingData(len(data), data.ljust(31, b"\0"))
    )
    assert app.command(AciOpcode.LE_SET_ADVERTISE_ENABLE, b"\1") == b"\0"
    (advertiser,) = app.module.stack.air._advertisers.values()
    assert advertiser.data == data
    app.command(AciOpcode.LE_SET_ADVERTISE_ENABLE, b"\0")
    assert app.module.stack.air._advertisers == {}


def test_without_a_role_nothing_is_advertised_or_connected() -> None:
    app = Application()
    app.pass_time(10)
    assert app.advertise() == bytes([AciStatus.NOT_ALLOWED])
    create = gap.CreateConnection(1, 1, 0, ADDRESS, 0, 6, 6, 0, 400, 0, 0)
    assert app.command(AciOpcode.GAP_CREATE_CONNECTION, create) == bytes([AciStatus.NOT_ALLOWED])


def test_a_connection_that_is_not_made_may_be_given_up() -> None:
    pair = Pair()
    create = gap.CreateConnection(1, 1, 0, ADDRESS, 0, 6, 6, 0, 400, 0, 0)
    pair.central.command(AciOpcode.GAP_CREATE_CONNECTION, create)
    end = gap.TerminateProcedure(Procedure.DIRECT_CONNECTION)
    assert pair.central.command(AciOpcode.GAP_TERMINATE_PROCEDURE, end) == b"\0"
    pair.peripheral.advertise()
    pair.pass_time(150)
    assert pair.central.of(EventCode.LE_META) == []


def test_intervals_change_on_request_of_either_end() -> None:
    pair = Pair()
    pair.connect()
    ask = gap.ParameterUpdateRequest(0x801, 40, 80, 0, 400)
    assert pair.peripheral.command(AciOpcode.L2CAP_CONN_PARAM_UPDATE_REQ, ask) == b"\0"
    updated = pair.peripheral.of(EventCode.LE_META)[-1]
    assert events.ConnectionUpdateComplete.parse(updated[1:]).interval == 80
    order = gap.ConnectionUpdate(0x801, 6, 12, 0, 400, 0, 0)
    assert pair.central.command(AciOpcode.GAP_START_CONNECTION_UPDATE, order) == b"\0"
    status = pair.central.command(AciOpcode.HAL_GET_LINK_STATUS)
    assert status[1] == 5


def test_version_and_address_are_read() -> None:
    app = Application()
    app.pass_time(10)
    version = hci.LocalVersion.parse(app.command(AciOpcode.READ_LOCAL_VERSION))
    # As `getBlueNRGVersion` of ST's libraries takes it apart: hardware 0x31, firmware 7.2c.
    assert (version.hci_revision, version.lmp_subversion) == (0x3107, 0x23)
    written = hal.WriteConfigData(0, 6, ADDRESS)
    assert app.command(AciOpcode.HAL_WRITE_CONFIG_DATA, written) == b"\0"
    assert app.command(AciOpcode.READ_BD_ADDR) == b"\0" + ADDRESS
    assert app.command(AciOpcode.HAL_READ_CONFIG_DATA, b"\0") == b"\0" + ADDRESS
    wrong = hal.WriteConfigData(0, 5, ADDRESS[:5])
    assert app.command(AciOpcode.HAL_WRITE_CONFIG_DATA, wrong) == bytes(
        [AciStatus.INVALID_PARAMETERS]
    )
    app.module.power_cycle()
    app.pass_time(10)
    assert app.command(AciOpcode.READ_BD_ADDR)[4:] == bytes.fromhex("E18002")


def test_a_controller_says_what_it_does_and_encrypts() -> None:
    app = Application()
    app.pass_time(10)
    features = app.command(AciOpcode.READ_LOCAL_SUPPORTED_FEATURES)
    assert features == b"\0" + bytes([0, 0, 0, 0, 0x60, 0, 0, 0])
    commands = hci.SupportedCommands.parse(app.command(AciOpcode.READ_LOCAL_SUPPORTED_COMMANDS))
    assert commands.bits[5] & 0x80, "Reset"
    assert commands.bits[26] & 0x02, "LE Set Advertise Enable"
    assert not commands.bits[0] & 0x01, "Inquiry"
    # FIPS 197 appendix C.1, lowest byte first as all of HCI.
    key = bytes(range(16))[::-1]
    plaintext = bytes.fromhex("00112233445566778899AABBCCDDEEFF")[::-1]
    encrypted = hci.Encrypted.parse(app.command(AciOpcode.LE_ENCRYPT, hci.Encrypt(key, plaintext)))
    assert encrypted.data[::-1] == bytes.fromhex("69C4E0D86A7B0430D8CDB78070B4C55A")


def test_every_supported_command_has_a_handler() -> None:
    handlers = Application().module.stack.handlers
    assert set(SUPPORTED_COMMANDS) <= set(handlers)

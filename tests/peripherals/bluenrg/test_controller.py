"""The module without its own host: HCI and L2CAP, between two modules in one air."""

from __future__ import annotations

import pickle

import pytest

from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus, EventCode, LeEvent
from renode_wifi.peripherals.bluenrg.link import WRITE
from renode_wifi.peripherals.bluenrg.messages import events, gap, hal, hci, l2cap
from renode_wifi.peripherals.network.bluetooth.air import SCAN_RESPONSE
from tests.peripherals.bluenrg.rig import Application
from tests.peripherals.bluenrg.test_gap import ADDRESS, Pair

HANDLE = 0x801
WITHOUT_HOST = hal.WriteConfigData(0x2C, 1, b"\x01")
CONNECT = hci.LeCreateConnection(0x60, 0x60, 0, 0, ADDRESS, 0, 24, 24, 0, 400, 0, 0)
ATTRIBUTE_READ = b"\x0a\x01\x00"


class ControllerPair(Pair):
    """The central is without its host; the peripheral has its own."""

    def __init__(self) -> None:
        super().__init__()
        assert self.central.command(AciOpcode.HAL_WRITE_CONFIG_DATA, WITHOUT_HOST) == b"\0"
        assert self.central.command(AciOpcode.RESET) == b"\0"

    def connect(self) -> None:
        assert self.peripheral.advertise() == b"\0"
        assert self.central.command(AciOpcode.LE_CREATE_CONNECTION, CONNECT) == b"\0"
        self.pass_time(150)
        assert self.le(LeEvent.CONNECTION_COMPLETE)

    def le(self, subevent: int) -> list[bytes]:
        found = self.central.of(EventCode.LE_META)
        return [each[1:] for each in found if each[0] == subevent]

    def write(self, channel: int, payload: bytes, size: int = 27) -> None:
        """A frame of L2CAP, in packets of ACL data of up to `size` bytes."""
        frame = l2cap.L2capFrame(channel, payload).emit()
        for start in range(0, len(frame), size):
            kind = hci.CONTINUES if start else 0
            packet = hci.AclPacket(HANDLE, kind, frame[start : start + size])
            self.central.window(WRITE, packet.emit())
        self.pass_time(150)

    def frames(self) -> list[l2cap.L2capFrame]:
        """What has come as ACL data."""
        found, whole = [], b""
        for packet in self.central.data:
            whole = packet.data if packet.kind == hci.FLUSHABLE else whole + packet.data
            if l2cap.is_whole(whole):
                found.append(l2cap.L2capFrame.parse(whole))
        return found


def test_data_are_attributes_of_the_other_end() -> None:
    pair = ControllerPair()
    pair.connect()
    pair.write(l2cap.ATTRIBUTES, ATTRIBUTE_READ)
    answer = pair.frames()[0]
    assert (answer.channel, answer.payload[:1]) == (l2cap.ATTRIBUTES, b"\x0b")


@pytest.mark.parametrize("size", [1, 5, 27])
def test_frames_may_come_in_pieces(size: int) -> None:
    pair = ControllerPair()
    pair.connect()
    pair.write(l2cap.ATTRIBUTES, ATTRIBUTE_READ, size)
    assert len(pair.frames()) == 1
    pieces = -(-len(l2cap.L2capFrame(l2cap.ATTRIBUTES, ATTRIBUTE_READ).emit()) // size)
    gone = pair.central.of(EventCode.NUMBER_OF_COMPLETED_PACKETS)
    assert gone == [events.CompletedPackets(1, HANDLE, 1).emit()] * pieces


def test_data_of_no_connection_are_dropped() -> None:
    pair = ControllerPair()
    pair.write(l2cap.ATTRIBUTES, ATTRIBUTE_READ)
    assert pair.central.of(EventCode.NUMBER_OF_COMPLETED_PACKETS) == []


def test_pairing_is_refused() -> None:
    pair = ControllerPair()
    pair.connect()
    pair.write(l2cap.SECURITY, b"\x01\x03\x00\x01\x10\x00\x00")
    assert pair.frames() == [l2cap.L2capFrame(l2cap.SECURITY, l2cap.PAIRING_NOT_SUPPORTED)]


def test_new_parameters_are_accepted() -> None:
    pair = ControllerPair()
    pair.connect()
    request = l2cap.ParameterRequest(l2cap.PARAMETER_REQUEST, 7, 8, 40, 40, 0, 300)
    pair.write(l2cap.SIGNALLING, request.emit())
    answer = l2cap.ParameterResponse(l2cap.PARAMETER_RESPONSE, 7)
    assert pair.frames() == [l2cap.L2capFrame(l2cap.SIGNALLING, answer.emit())]
    assert pair.le(LeEvent.CONNECTION_UPDATE_COMPLETE)[0][3:5] == (40).to_bytes(2, "little")


def test_the_central_sets_parameters_itself() -> None:
    pair = ControllerPair()
    pair.connect()
    message = gap.ConnectionUpdate(HANDLE, 40, 40, 0, 300, 0, 0)
    assert pair.central.command(AciOpcode.LE_CONNECTION_UPDATE, message) == b"\0"
    assert pair.le(LeEvent.CONNECTION_UPDATE_COMPLETE)[0][3:5] == (40).to_bytes(2, "little")


def test_version_and_features_of_the_other_end_can_be_read() -> None:
    pair = ControllerPair()
    pair.connect()
    message = hci.ConnectionHandle(HANDLE)
    for opcode in (AciOpcode.READ_REMOTE_VERSION, AciOpcode.LE_READ_REMOTE_FEATURES):
        assert pair.central.command(opcode, message) == b"\0"
        other = pair.central.command(opcode, hci.ConnectionHandle(0x999))
        assert other == bytes([AciStatus.UNKNOWN_CONNECTION])
    pair.pass_time(60)
    assert len(pair.central.of(EventCode.READ_REMOTE_VERSION_COMPLETE)) == 1
    assert len(pair.le(LeEvent.READ_REMOTE_FEATURES_COMPLETE)) == 1


@pytest.mark.parametrize("active", [0, 1])
def test_scanning_reports_advertising_and_asks_for_more_if_active(active: int) -> None:
    pair = ControllerPair()
    assert pair.peripheral.advertise() == b"\0"
    parameters = hci.LeScanParameters(active, 0x60, 0x30, 0, 0)
    assert pair.central.command(AciOpcode.LE_SET_SCAN_PARAMETERS, parameters) == b"\0"
    assert pair.central.command(AciOpcode.LE_SET_SCAN_ENABLE, hci.LeScanEnable(1, 1)) == b"\0"
    refused = pair.central.command(AciOpcode.LE_SET_SCAN_PARAMETERS, parameters)
    assert refused == bytes([AciStatus.COMMAND_DISALLOWED])
    pair.pass_time(350)
    kinds = [each[1] for each in pair.le(LeEvent.ADVERTISING_REPORT)]
    assert kinds == ([0, SCAN_RESPONSE] if active else [0])
    assert pair.central.command(AciOpcode.LE_SET_SCAN_ENABLE, hci.LeScanEnable(0, 0)) == b"\0"
    pair.pass_time(350)
    assert len(pair.le(LeEvent.ADVERTISING_REPORT)) == len(kinds)


def test_connecting_can_be_cancelled() -> None:
    central = ControllerPair().central
    cancel = AciOpcode.LE_CREATE_CONNECTION_CANCEL
    assert central.command(cancel) == bytes([AciStatus.COMMAND_DISALLOWED])
    assert central.command(AciOpcode.LE_CREATE_CONNECTION, CONNECT) == b"\0"
    again = central.command(AciOpcode.LE_CREATE_CONNECTION, CONNECT)
    assert again == bytes([AciStatus.COMMAND_DISALLOWED])
    assert central.command(cancel) == b"\0"
    central.pass_time(5)
    assert central.of(EventCode.LE_META)[-1][:2] == bytes([1, AciStatus.UNKNOWN_CONNECTION])


def test_the_mode_lasts_until_the_reset_pin() -> None:
    central = Application()
    central.pass_time(10)
    central.command(AciOpcode.HAL_WRITE_CONFIG_DATA, WITHOUT_HOST)
    central.command(AciOpcode.RESET)
    read = hal.ReadConfigData(0x2C)
    assert central.command(AciOpcode.HAL_READ_CONFIG_DATA, read) == b"\0\1"
    central.module.power_cycle()
    central.pass_time(10)
    assert central.command(AciOpcode.HAL_READ_CONFIG_DATA, read) == b"\0\0"


def test_a_connection_can_be_saved() -> None:
    pair = ControllerPair()
    pair.connect()
    pair = pickle.loads(pickle.dumps(pair))
    pair.write(l2cap.ATTRIBUTES, ATTRIBUTE_READ)
    assert len(pair.frames()) == 1
